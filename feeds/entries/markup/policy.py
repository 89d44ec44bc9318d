"""What may stand in a feed: one table for our own pass and for the sanitiser behind it."""

import nh3

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_GLOBAL = frozenset({"title", "lang", "dir"})
_PLAIN = (
    "abbr address article aside b bdi bdo br caption cite dd dfn div dl dt em figcaption figure footer"
    " h1 h2 h3 h4 h5 h6 header hgroup hr i kbd main mark p picture pre rb rp rt rtc ruby s samp section small span"
    " strike strong sub summary sup table tbody tfoot thead tr u ul var wbr"
)
_MEDIA = frozenset({"src", "controls"})
_CELL = frozenset({"colspan", "rowspan", "headers", "scope", "align"})
_CHANGE = frozenset({"cite", "datetime"})
ATTRIBUTES: dict[str, frozenset[str]] = {  # element → attributes that stay; an element that is not here is unwrapped
    **dict.fromkeys(_PLAIN.split(), _GLOBAL),
    "a": _GLOBAL | {"href", "hreflang"},
    "audio": _GLOBAL | _MEDIA,
    "blockquote": _GLOBAL | {"cite"},
    "code": _GLOBAL | {"class"},  # only `language-…`, see editing
    "col": _GLOBAL | {"span"},
    "colgroup": _GLOBAL | {"span"},
    "del": _GLOBAL | _CHANGE,
    "details": _GLOBAL | {"open"},
    "img": _GLOBAL | {"src", "srcset", "sizes", "alt", "width", "height"},
    "ins": _GLOBAL | _CHANGE,
    "li": _GLOBAL | {"value"},
    "ol": _GLOBAL | {"start", "reversed", "type"},
    "q": _GLOBAL | {"cite"},
    "source": frozenset({"src", "srcset", "sizes", "type", "media"}),
    "td": _GLOBAL | _CELL,
    "th": _GLOBAL | _CELL,
    "time": _GLOBAL | {"datetime"},
    "video": _GLOBAL | _MEDIA | {"poster", "width", "height"},
}

# Gone with all that is in them: code, drawings that need a style sheet, controls that need a page.
_UNWANTED = "script style template iframe noembed noframes svg math textarea select datalist button title"
WITH_CONTENT = frozenset(_UNWANTED.split())

SANITISER = nh3.Cleaner(
    tags=set(ATTRIBUTES),
    clean_content_tags=set(WITH_CONTENT),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    url_schemes=set(SCHEMES),
    url_relative="deny",
    strip_comments=True,
    link_rel=None,
)
