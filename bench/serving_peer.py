"""One server of `serving.py`, on the uvicorn settings of `feeds serve`.

    python serving_peer.py bare|static|ours FOLDER [--loop auto|uvloop|asyncio] [--http auto|httptools|h11]

Prints its port. bare: answers what FOLDER/captured.pickle holds, and does nothing else; the limit of what any ASGI
application can reach. static: Starlette's StaticFiles over FOLDER/static. ours: the site in FOLDER.
"""

import argparse
import os
import pickle
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.staticfiles import StaticFiles

from feeds.cli.running import server_config
from feeds.opening import read_folder
from feeds.site import open_site
from feeds.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

CAPTURED = "captured.pickle"


def bare(folder: Path) -> Any:
    """Answer from a table: 304 to whoever sends If-None-Match, else 200."""
    table = pickle.loads((folder / CAPTURED).read_bytes())
    replies = {
        (path, is_known): (
            {"type": "http.response.start", "status": 304 if is_known else 200, "headers": fields},
            {"type": "http.response.body", "body": body},
        )
        for (path, is_known), (fields, body) in table.items()
    }

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            is_known = False
            for name, _ in scope["headers"]:
                if name == b"if-none-match":
                    is_known = True
                    break
            start, body = replies[scope["path"], is_known]
            await send(start)
            await send(body)

    return app


def ours(folder: Path) -> Any:
    opening = read_folder(folder, environ=os.environ, flags={})
    return create_app(open_site(opening.folder, opening.settings), is_owner=True)


def static(folder: Path) -> Any:
    return StaticFiles(directory=folder / "static")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("bare", "static", "ours"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--loop", default="auto")
    parser.add_argument("--http", default="")
    args = parser.parse_args()
    made: dict[str, Callable[[Path], Any]] = {"bare": bare, "ours": ours, "static": static}
    config = server_config(made[args.kind](args.folder))
    config.lifespan = "auto" if args.kind == "ours" else "off"
    config.loop = args.loop
    config.http = args.http or config.http
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        print(listener.getsockname()[1], flush=True)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
