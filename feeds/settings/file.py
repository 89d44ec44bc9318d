"""Reads `feeds.toml` and `sources.toml`, with the line of each key, so that a mistake can be found."""

import re
import tomllib
from collections import Counter
from pathlib import Path

from feeds.settings.layers import Layer
from feeds.settings.names import Place, is_secret

FILE_NAME = "feeds.toml"
SOURCES_NAME = "sources.toml"

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w\"'-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_KEY_TUPLE = re.compile(r"\('(.*?)',?\)")  # tomllib spells site.title as ('site', 'title')
_BARE_TEXT = re.compile(r"\s*([\w.-]+)\s*=\s*([^\s\"'\[{#][^\"#]*?)\s*(?:#.*)?")


def file_layer(folder: Path, name: str = FILE_NAME) -> tuple[list[Layer], list[str]]:
    """Return the file's layer, none where there is no file, and the mistakes that keep it from being read."""
    try:
        text = (folder / name).read_bytes().decode("utf-8-sig")
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    except OSError as err:
        return [], [f"{name}: the file cannot be read ({err.strerror}); give the feeds process permission to read it"]
    except UnicodeDecodeError as err:
        line = err.object.count(b"\n", 0, err.start) + 1
        return [], [f"{name} line {line}: the file is not UTF-8; save it in UTF-8"]
    except tomllib.TOMLDecodeError as err:
        return [], [_syntax_mistake(name, text, said=str(err))]
    except RecursionError:
        return [], [f"{name}: values are nested too deeply; flatten them"]
    return [Layer(where=name, values=values, lines=key_lines(text))], []


def key_lines(text: str) -> dict[Place, int]:
    """Find the line of each key and table by their usual spelling; an unusual one is simply not found."""
    lines: dict[Place, int] = {}
    table: Place = ()
    blocks: Counter[Place] = Counter()
    is_inside_text = False
    for number, line in enumerate(text.split("\n"), 1):
        place = None
        if is_inside_text:
            pass
        elif header := _HEADER.match(line):
            place = table = _table(header[1], _names(header[2]), blocks)
        elif key := _KEY.match(line):
            place = (*table, *_names(key[1]))
        if place is not None:
            lines.setdefault(place, number)
        is_inside_text ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return lines


def _table(bracket: str, names: Place, blocks: Counter[Place]) -> Place:
    if bracket == "[":
        return names
    blocks[names] += 1
    return (*names, blocks[names] - 1)


def _names(spelled: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in spelled.split("."))


def _syntax_mistake(name: str, text: str, *, said: str) -> str:
    position = _POSITION.search(said)
    what = _KEY_TUPLE.sub(lambda found: found[1].replace("', '", "."), _POSITION.sub("", said))
    what = what[:1].lower() + what[1:]
    if not position or not position[1]:
        return f"{name}: the file cannot be read ({what}); close the text, list or table that is open at its end"
    number = int(position[1])
    line = text.split("\n")[number - 1].strip()
    if _is_secret(text, number):
        return f'{name} line {number}: this cannot be read ({what}); write it as  name = "secret"'
    return f"{name} line {number}: this cannot be read ({what}): {line[:80]}; {_syntax_remedy(line, what)}"


def _is_secret(text: str, number: int) -> bool:
    """Say whether a line stands in a table with secrets; it is not repeated then. number: 1-based."""
    lines = text.split("\n")[:number]
    headers = [_names(found[2]) for line in lines if (found := _HEADER.match(line))]
    key = _KEY.match(lines[-1])
    return is_secret((*(headers[-1] if headers else ()), *(_names(key[1]) if key else ()))[:1])


def _syntax_remedy(line: str, what: str) -> str:
    if re.search("[“”„＂‘’＝]", line):
        return 'use straight quotation marks and signs (" and =), not typographic ones'
    if "escape" in what or "\\" in what:
        return "put text that holds backslashes in 'single' quotation marks"
    if "cannot" in what:  # tomllib: "Cannot declare … twice", "Cannot overwrite a value"
        return "each key and each [table] may stand once; join the two"
    if bare := _BARE_TEXT.fullmatch(line):
        return f'put text in quotation marks: {bare[1]} = "{bare[2]}"'
    return 'write it as  key = "text",  key = 12,  key = true  or  key = ["text", "text"]'
