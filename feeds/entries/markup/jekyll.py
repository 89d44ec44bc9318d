"""What Jekyll would have run before or beside Markdown: Liquid tags and kramdown's attribute lists."""

import html
import re
from collections.abc import Iterator

from feeds.diagnostics import Found

# Braces end both patterns, so that a long run of unclosed ones costs no more than its length.
_LIQUID = re.compile(
    r"\{%-?\s*(?P<name>\w*)(?P<rest>(?:[^%{}]|%(?!\}))*)%\}|\{\{(?P<output>[^{}]*)\}\}",
)
_PAIRED = {name: re.compile(r"\{%%-?\s*end%s\s*-?%%\}" % name) for name in ("raw", "comment", "highlight")}  # noqa: UP031
_WORD = re.compile(r"[\w.]+")


def settle_liquid(body: str, *, line: int, found: Found) -> str:
    """Resolve `raw`, `highlight` and `comment`; leave all other Liquid as it stands, with one note for each name.

    line: of the file on which the body begins.
    """
    if "{" not in body or ("{%" not in body and "{{" not in body):
        return body
    return "".join(_settled(body, line, found))


def _settled(body: str, line: int, found: Found) -> Iterator[str]:
    at = 0
    names: set[str] = set()
    unpaired: set[str] = set()
    while tag := _LIQUID.search(body, at):
        yield body[at : tag.start()]
        at = tag.end()
        name = tag["name"] or ""
        end = _PAIRED[name].search(body, at) if name in _PAIRED and name not in unpaired else None
        if end:
            yield _content(name, (tag["rest"] or "").strip(" -"), body[at : end.start()])
            at = end.end()
            continue
        unpaired.add(name)
        yield tag[0]
        word = name or _first_word(tag["output"] or "")
        if word not in names:
            names.add(word)
            found.add("liquid-left", line=line + body.count("\n", 0, tag.start()), detail=tag[0])
    yield body[at:]


def _first_word(output: str) -> str:
    word = _WORD.search(output)
    return f"{{{{ {word[0] if word else ''}"


def _content(name: str, rest: str, inner: str) -> str:
    if name == "highlight":
        language = _WORD.match(rest)
        kind = f' class="language-{html.escape(language[0])}"' if language else ""
        return f"\n\n<pre><code{kind}>{html.escape(inner.strip(chr(10)), quote=False)}\n</code></pre>\n\n"
    return inner if name == "raw" else ""  # nobody is meant to read a comment


_ITEM = r"""(?:[.#][\w:-]+|[\w:-]+=(?:"[^"\n]*"|'[^'\n]*'))"""
_ANY = rf"(?:{_ITEM}|[\w-]+)"
_ATTRIBUTES = re.compile(
    rf"""
    (?P<code>
        ^[ ]{{0,3}}(?P<fence>`{{3,}}|~{{3,}}).*?(?:^[ ]{{0,3}}(?P=fence)|\Z)
      | <pre\b.*?(?:</pre>|\Z)
      | (?<!`)(?P<tick>`{{1,3}})(?!`)[^\n]{{1,300}}?(?<!`)(?P=tick)(?!`)
    )
  | ^[ \t]*(?:[*+-]|\d+\.)[ \t][^\n]*\n[ \t]*\{{:[ ]?toc\b[^{{}}\n]*\}}[ \t]*$   # kramdown puts the contents here
  | ^[ \t>]*\{{:[ \t]*(?:[\w-]+:[ \t]*)?{_ANY}(?:[ \t]+{_ANY})*[ \t]*\}}[ \t]*$   # of a block
  | ^[ \t]*\{{(?:::|:/)[^{{}}\n]*\}}[ \t]*$                                        # an extension of kramdown
  | (?<=[^\s{{])\{{:[ \t]*{_ITEM}(?:[ \t]+{_ITEM})*[ \t]*\}}                       # of a span
  | (?<=[^\s{{])[ \t]+\{{{_ITEM}(?:[ \t]+{_ITEM})*\}}(?=[ \t]*$)                   # of a heading
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def without_attribute_lists(text: str) -> str:
    """Take kramdown's `{: .class}`, `{:toc}`, `{#id}` out of Markdown; code keeps its braces."""
    if "{" not in text or ("{:" not in text and "{#" not in text and "{." not in text):
        return text
    return _ATTRIBUTES.sub(lambda match: match["code"] or "", text)
