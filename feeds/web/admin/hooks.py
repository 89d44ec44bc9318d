"""`/-/hooks/…`: a forge says that somebody has pushed."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor

from starlette.requests import Request

from feeds.publisher import Ticket
from feeds.settings import AdminSettings
from feeds.urls import wire
from feeds.web.admin.asking import RefusedError, read_body
from feeds.web.admin.door import NOTHING, refused, told
from feeds.web.admin.kept import Claim, Kept
from feeds.web.admin.pushes import ref_of
from feeds.web.admin.reports import Reports
from feeds.web.admin.signatures import is_genuine
from feeds.web.replies import Reply

log = logging.getLogger(__name__)

_MOST = 5_000_000  # bytes; GitHub sends up to 25 MB, of which a push has a few thousand
_SHOWN = 100  # characters of what is ignored
_EVENT = {"github": "x-github-event", "gitlab": "x-gitlab-event", "gitea": "x-gitea-event"}
_PUSH = {"github": "push", "gitlab": "Push Hook", "gitea": "push"}
_DELIVERY = {
    "github": ("x-github-delivery",),
    "gitlab": ("webhook-id", "x-gitlab-event-uuid"),
    "gitea": ("x-gitea-delivery",),
}
_SIGNATURE = {"github": "x-hub-signature-256", "gitlab": "webhook-signature", "gitea": "x-gitea-signature"}


class Hooks:
    def __init__(
        self,
        admin: AdminSettings,
        reports: Reports,
        kept: Kept,
        *,
        ask: Callable[[], Ticket],
        desk: Executor,
        address: str,
        clock: Callable[[], float],
    ) -> None:
        """ask: has the posts fetched and looked at. clock: seconds since 1970. The others as Regenerate has them."""
        self._secrets = {forge: secret.get_secret_value() for forge, secret in admin.hook_secrets.items()}
        self._refs = frozenset(f"refs/heads/{branch}" for branch in admin.hook_branches)
        self._reports = reports
        self._kept = kept
        self._ask = ask
        self._desk = desk
        self._address = address
        self._clock = clock

    async def post(self, request: Request) -> Reply:
        forge: str = request.path_params["forge"]
        if forge not in _EVENT:
            return NOTHING
        if forge not in self._secrets:
            return refused(
                404,
                f"No secret is set for this hook. Write it into feeds.toml below [admin], as in "
                f'hook_secrets = {{{forge} = "…"}}, and start the server anew.',
            )
        try:
            body = await read_body(request, most=_MOST)
        except RefusedError as err:
            return err.reply
        fields = request.headers
        if not is_genuine(forge, fields, body, secret=self._secrets[forge], now=self._clock()):
            log.warning("hook.refused: %s, its signature is wrong", forge)
            return refused(403, "The signature is missing or wrong; is the secret the same here and there?")
        return await self._accept(forge, fields, body)

    async def _accept(self, forge: str, fields: Mapping[str, str], body: bytes) -> Reply:
        event = fields.get(_EVENT[forge], "")
        if event == "ping":
            return told(200, {"pong": True})
        if event != _PUSH[forge]:
            return told(202, {"ignored": event[:_SHOWN]})
        if self._refs and (ref := ref_of(fields, body)) not in self._refs:
            return told(202, {"ignored": ref[:_SHOWN] or "a push that does not say to which branch"})
        loop = asyncio.get_running_loop()
        claims = await loop.run_in_executor(self._desk, self._claim, forge, fields)
        if claims is None:
            return told(200, {"replayed": True})
        try:
            ticket = await loop.run_in_executor(self._desk, self._ask)
            self._reports.remember(ticket)
            await loop.run_in_executor(self._desk, _write, claims, ticket.id)
        finally:
            for claim in claims:
                claim.give_up()
        place = (b"location", wire(f"{self._address}/{ticket.id}").encode("ascii"))
        return told(202, {"id": ticket.id, "is_done": False}, place)

    def _claim(self, forge: str, fields: Mapping[str, str]) -> list[Claim] | None:
        """Claim a delivery by its id, and by its signature, which nobody else can give a new id; None: it was here."""
        names = [("delivery", fields[name]) for name in _DELIVERY[forge] if fields.get(name)][:1]
        names += [("signature", fields[name]) for name in (_SIGNATURE[forge],) if fields.get(name)]
        claims: list[Claim] = []
        for kind, name in names:
            try:
                claim = self._kept.claim(kind, forge, name)
            except OSError:  # better twice than not at all
                continue
            if not isinstance(claim, Claim):
                for one in claims:
                    one.give_up()
                return None
            claims.append(claim)
        return claims


def _write(claims: list[Claim], id_: str) -> None:
    for claim in claims:
        claim.write({"id": id_})
