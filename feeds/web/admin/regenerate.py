"""`/-/regenerate`: scripts say that they have changed posts, and learn what came of it."""

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from concurrent.futures import Executor

from starlette.requests import Request

from feeds.site import Site
from feeds.urls import wire
from feeds.web.admin.asking import RefusedError, read_body, read_json, refuse, wait_of
from feeds.web.admin.door import NAME, NOTHING, refused, told
from feeds.web.admin.kept import Claim, Kept
from feeds.web.admin.places import Roots, why_not
from feeds.web.admin.reports import Reports
from feeds.web.replies import Reply

_MOST_BYTES = 1_000_000
_MOST_PATHS = 1000
_LONGEST_KEY = 255  # characters


class Regenerate:
    def __init__(self, site: Site, reports: Reports, kept: Kept, *, roots: Roots, desk: Executor, address: str) -> None:
        """desk: does what waits for the disk. address: readable, of the reports, without a slash at its end."""
        self._site = site
        self._reports = reports
        self._kept = kept
        self._roots = roots
        self._desk = desk
        self._address = address

    async def post(self, request: Request) -> Reply:
        try:
            body = await read_body(request, most=_MOST_BYTES)
            paths = await self._paths(request, body)
            seconds = wait_of(request)
        except RefusedError as err:
            return err.reply
        key = request.headers.get("idempotency-key")
        if key is None:
            return await self._order(paths, seconds)
        if not 0 < len(key) <= _LONGEST_KEY:
            return refused(400, f"An Idempotency-Key has 1 to {_LONGEST_KEY} characters.")
        asked = hashlib.sha256(request.scope["query_string"] + b"\0" + body).hexdigest()
        return await self._once(key, asked, paths, seconds, name=request.scope[NAME])

    async def get(self, request: Request) -> Reply:
        try:
            seconds = wait_of(request)
        except RefusedError as err:
            return err.reply
        found = await self._reports.find(request.path_params["id"], seconds or 0)
        if found is None:
            return NOTHING
        return told(200 if found["is_done"] else 202, found)

    async def _paths(self, request: Request, body: bytes) -> Sequence[str]:
        named = read_json(body)
        if unknown := named.keys() - {"paths"}:
            raise refuse(422, f'{min(unknown)!r} says nothing here; name paths as in {{"paths": ["content"]}}.')
        inside = named.get("paths", [])
        if not isinstance(inside, list) or not all(isinstance(path, str) for path in inside):
            raise refuse(422, 'paths is no list of texts, such as {"paths": ["content/a.md"]}.')
        paths = list(dict.fromkeys([*request.query_params.getlist("path"), *inside]))
        if len(paths) > _MOST_PATHS:
            raise refuse(422, f"These are more than {_MOST_PATHS} paths; name their folder, or none.")
        if paths:
            await asyncio.get_running_loop().run_in_executor(self._desk, self._judge, paths)
        return [] if "." in paths else paths

    def _judge(self, paths: Sequence[str]) -> None:
        roots = self._roots.now()
        for path in paths:
            if why := why_not(self._site.folder, roots, path):
                raise refuse(422, f"The path {path!r} cannot be looked at: {why}.")

    async def _order(self, paths: Sequence[str], seconds: float | None) -> Reply:
        orders = self._site.orders
        give = asyncio.get_running_loop().run_in_executor
        ticket = orders.give(paths) if orders.is_here else await give(self._desk, orders.give, paths)
        self._reports.remember(ticket)
        report = await self._reports.within(ticket, seconds) if seconds is not None else None
        place = (b"location", wire(f"{self._address}/{ticket.id}").encode("ascii"))
        return told(200, report) if report else told(202, {"id": ticket.id, "is_done": False}, place)

    async def _once(self, key: str, asked: str, paths: Sequence[str], seconds: float | None, *, name: str) -> Reply:
        """Answer the same request with the same key as the first time (draft-ietf-httpapi-idempotency-key-header)."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._desk, self._kept.claim, "key", name, key)
        if found is None:
            return refused(
                409, "The first request with this Idempotency-Key is still answered.", (b"retry-after", b"1")
            )
        if not isinstance(found, Claim):
            is_same = found["asked"] == asked
            return _read(found) if is_same else refused(422, "This Idempotency-Key was used for another request.")
        try:
            reply = await self._order(paths, seconds)
            await loop.run_in_executor(self._desk, found.write, {"asked": asked, **_written(reply)})
        finally:
            found.give_up()
        return reply


def _written(reply: Reply) -> dict[str, object]:
    fields = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in reply.fields]
    return {"status": reply.status, "fields": fields, "body": base64.b64encode(reply.body).decode("ascii")}


def _read(record: dict[str, object]) -> Reply:
    fields: list[list[str]] = record["fields"]  # type: ignore[assignment]
    return Reply(
        int(str(record["status"])),
        tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in fields),
        base64.b64decode(str(record["body"])),
    )
