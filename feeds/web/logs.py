"""Where log lines go: to stderr, one each, ours from INFO and other people's from WARNING."""

import logging


def start_logging() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("feeds").setLevel(logging.INFO)
