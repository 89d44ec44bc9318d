"""docs/events.md, done as it is shown: who listens hears of a post that is saved."""

import threading
from contextlib import contextmanager
from itertools import count

import pytest

pytestmark = pytest.mark.slow

TOKEN = "0123456789abcdef-desk"
POST = "---\\ntitle: Number {}\\ndate: 2026-11-24 08:00:00\\n---\\n\\nWords.\\n"


@pytest.mark.parametrize(
    ("listens", "hears"), [("curl", "event: feed"), ("feeds", "/feed"), ("feeds --json", '"event": "feed"')]
)
def test_each_listener_hears_of_a_feed_that_moves(shell, serving, blocks, listens, hears):
    (block,) = blocks("docs/events.md", "tests/docs/test_events.py")
    exported, *commands = block.splitlines()
    program, _, option = listens.partition(" ")
    (command,) = (one for one in commands if one.startswith(program))
    (shell.folder / "token").write_text(TOKEN)
    with (
        serving("feeds serve .", shown="https://example.com", FEEDS_ADMIN__TOKENS__DESK=TOKEN) as address,
        shell.running(f"{exported}\nexec {command} {option}") as lines,
    ):
        save = f"curl -fs -T - -H 'Authorization: Bearer {TOKEN}' '{address}/-/posts/2026-11-24-a.md?wait=10'"
        with happening(lambda number: shell.run(f"printf -- '{POST.format(number)}' | {save}")):
            assert any(hears in line for line in lines)


@contextmanager
def happening(do):
    """Do something again and again: whoever listens may not have begun yet."""
    is_over = threading.Event()

    def go_on():
        for number in count():
            if is_over.is_set():
                return
            do(number)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
