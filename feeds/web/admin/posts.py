"""`/-/posts/PATH`: scripts write, read and delete posts of the first root without touching the disk themselves."""

import asyncio
import os
import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from starlette.requests import Request

from feeds.errors import FolderError
from feeds.posts.ground import grounds_of
from feeds.posts.habits import is_post_name
from feeds.publisher import Ticket
from feeds.site import Site
from feeds.urls import wire
from feeds.web.admin import writing
from feeds.web.admin.asking import RefusedError, read_body, refuse, wait_of
from feeds.web.admin.door import FRESH, refused, told
from feeds.web.admin.places import Roots, what_is_odd
from feeds.web.admin.reports import Reports
from feeds.web.replies import GUARDS, Reply

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a post of the first root is, or is to be."""

    root: str  # absolute, every symbolic link resolved
    inside: PurePosixPath  # relative to it
    path: str  # POSIX, relative to the site folder


class Posts:
    def __init__(self, site: Site, reports: Reports, *, roots: Roots, desk: Executor, address: str, base: str) -> None:
        """address: readable, of the posts, with a slash at its end; base: likewise of the reports, without one."""
        self._site = site
        self._reports = reports
        self._roots = roots
        self._desk = desk
        self._address = address
        self._report_address = base
        self._state = site.store.state / "admin"
        self._most = site.settings.content.max_file_bytes

    async def get(self, request: Request) -> Reply:
        return await self._answer(self._get, request)

    async def put(self, request: Request) -> Reply:
        return await self._answer(self._put, request)

    async def delete(self, request: Request) -> Reply:
        return await self._answer(self._delete, request)

    async def _answer(self, answer: Callable[[Request], Any], request: Request) -> Reply:
        try:
            reply: Reply = await answer(request)
        except RefusedError as err:
            return err.reply
        except writing.NoFileError as err:
            return refused(409, f"{err}.")
        except FolderError as err:
            return refused(503, f"{err}.")
        return reply

    async def _get(self, request: Request) -> Reply:
        path = request.path_params["path"]
        content = await self._at_desk(lambda: self._read(self._place(path)))
        if content is None:
            return refused(404, "There is no such post.")
        tag = writing.tag_of(content)
        described = ((b"etag", tag.encode("ascii")), FRESH, *GUARDS)
        if (tags := request.headers.get("if-none-match")) and _is_among(tag, tags, is_weak=True):
            return Reply(304, described)
        kind = b"text/markdown" if path.lower().endswith((".md", ".markdown")) else b"text/plain"  # shown by no browser
        fields = ((b"content-type", kind + b"; charset=utf-8"), (b"content-length", b"%d" % len(content)))
        return Reply(200, (*fields, *described), content)

    async def _put(self, request: Request) -> Reply:
        seconds = wait_of(request)
        path = request.path_params["path"]
        _demand_whole(request)
        content = await read_body(request, most=self._most)
        tag = writing.tag_of(content)
        place, is_new, ticket = await self._at_desk(lambda: self._write(self._place(path), content, request))
        answer = {"path": place.path, "etag": tag, **await self._outcome(ticket, seconds)}
        fields = [(b"etag", tag.encode("ascii"))]
        if is_new:
            fields.append((b"location", wire(f"{self._address}{place.inside}").encode("ascii")))
        return told(201 if is_new else 200, answer, *fields)

    async def _delete(self, request: Request) -> Reply:
        seconds = wait_of(request)
        path = request.path_params["path"]
        place = await self._at_desk(lambda: self._place(path))
        ticket = await self._at_desk(lambda: self._remove(place, request))
        if ticket is None:
            return refused(404, "There is no such post.")
        looked = await self._outcome(ticket, seconds)
        return Reply(204, (FRESH,)) if seconds is None else told(200, {"path": place.path, **looked})

    async def _at_desk(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the work brings
        return await asyncio.get_running_loop().run_in_executor(self._desk, work)

    async def _outcome(self, ticket: Ticket, seconds: float | None) -> dict[str, Any]:
        """Tell what came of looking at a post, as far as that is waited for."""
        self._reports.remember(ticket)
        report = await self._reports.within(ticket, seconds) if seconds is not None else None
        return {"id": ticket.id, "result": report} if report else {"id": ticket.id}

    # on the disk

    def _place(self, path: str) -> Place:
        """Find where a path leads. Raises RefusedError where no post can be."""
        if odd := what_is_odd(path) or ("it is written in a roundabout way" if _is_roundabout(path) else ""):
            raise refuse(422, f"There can be no post of this name: {odd}.")
        roots = self._roots.now()
        root = roots[0]
        ground = grounds_of(self._site.folder, roots)[0]
        named_root = path.startswith(f"{root.path}/") and not os.path.lexists(f"{ground.real}/{root.path}")
        inside = PurePosixPath(path.removeprefix(f"{root.path}/") if named_root else path)
        if not is_post_name(f"x{inside.suffix}", in_site_folder=False):
            raise refuse(415, "A post is a file that ends in .md, .markdown, .html or .htm.")
        if not ground.admits(inside):
            raise refuse(422, "There can be no post of this name: it is hidden, or kept for something else.")
        return Place(root=ground.real, inside=inside, path=str(inside) if root.path == "." else f"{root.path}/{inside}")

    def _read(self, place: Place) -> bytes | None:
        try:
            with writing.folder_of(place.root, place.inside) as folder:
                return writing.read(folder, place.inside.name, most=self._most)
        except FileNotFoundError:
            return None

    def _write(self, place: Place, content: bytes, request: Request) -> tuple[Place, bool, Ticket]:
        """Write a post and have it looked at; say where, and whether it is new. Raises RefusedError (412)."""
        with writing.only(self._state, place.path):
            before = self._tag(place)
            _demand(request, before)
            with writing.folder_of(place.root, place.inside, make=True) as folder:
                writing.write(folder, place.inside.name, content)
                ticket = self._site.orders.give([place.path])  # by the time it is read it is safe, too
                writing.secure(folder)
        return place, before is None, ticket

    def _remove(self, place: Place, request: Request) -> Ticket | None:
        """Delete a post and have that looked at; None where there was none. Raises RefusedError (412)."""
        with writing.only(self._state, place.path):
            before = self._tag(place)
            _demand(request, before)
            if before is None:
                return None
            with writing.folder_of(place.root, place.inside) as folder:
                writing.delete(folder, place.inside.name)
                ticket = self._site.orders.give([place.path])
                writing.secure(folder)
        return ticket

    def _tag(self, place: Place) -> str | None:
        try:
            with writing.folder_of(place.root, place.inside) as folder:
                content = writing.read(folder, place.inside.name)
        except FileNotFoundError:
            return None
        return None if content is None else writing.tag_of(content)


def _is_roundabout(path: str) -> bool:
    return not {"", "."}.isdisjoint(path.split("/"))


def _demand_whole(request: Request) -> None:
    """Refuse what would not be the bytes of a post (RFC 9110 §14.5, §8.4)."""
    if "content-range" in request.headers:
        raise refuse(400, "A post is written whole, without Content-Range.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise refuse(415, "A post is written as it is, without Content-Encoding.", (b"accept-encoding", b"identity"))


def _demand(request: Request, tag: str | None) -> None:
    """Demand what If-Match and If-None-Match ask for (RFC 9110 §13.2.2). tag: of the post; None where there is none."""
    wanted, unwanted = request.headers.get("if-match"), request.headers.get("if-none-match")
    fields = [(b"etag", tag.encode("ascii"))] if tag else []
    if wanted is not None and not _is_among(tag, wanted, is_weak=False):
        raise refuse(412, "The post is not, or not any more, what If-Match names.", *fields)
    if unwanted is not None and _is_among(tag, unwanted, is_weak=True):
        raise refuse(412, "There is such a post already, which If-None-Match excludes.", *fields)


def _is_among(tag: str | None, listed: str, *, is_weak: bool) -> bool:
    """Compare by RFC 9110 §8.8.3.2. is_weak: weakly."""
    if tag is None:
        return False
    if listed.strip() == "*":
        return True
    return any(f'"{opaque}"' == tag and (is_weak or not weak) for weak, opaque in _TAG.findall(listed))
