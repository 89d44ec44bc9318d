"""The tables of settings: names, kinds, defaults, limits, and what each one means.

`docs/settings.md`, the JSON Schema and the `feeds.toml` that `feeds init` writes are made from these definitions.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from feeds.model import ContentMode, FeedKey
from feeds.settings import rules

Name = Annotated[str, Field(min_length=1)]
Address = Annotated[str, AfterValidator(rules.site_address)]
Pattern = Annotated[str, AfterValidator(rules.pattern)]
Term = Annotated[str, AfterValidator(rules.term)]
HubAddress = Annotated[str, AfterValidator(rules.hub_address)]
WebAddress = Annotated[str, AfterValidator(rules.web_address)]
Host = Annotated[str, AfterValidator(rules.host_name)]
Lifetime = Annotated[int, Field(ge=60, le=86_400), AfterValidator(rules.lifetime)]
Language = Annotated[str, AfterValidator(rules.language_tag)]
Permalink = Annotated[str, AfterValidator(rules.permalink_template)]
TermAddress = Annotated[str, AfterValidator(rules.term_address)]
OldAddress = Annotated[str, AfterValidator(rules.old_address)]
FeedFile = Annotated[str, AfterValidator(rules.feed_file)]


def _kept_secret(rule: Callable[[str], str]) -> AfterValidator:
    """Make a rule for text into one for a secret, whose repr, dumps and JSON show stars."""

    def check(secret: SecretStr) -> SecretStr:
        rule(secret.get_secret_value())
        return secret

    return AfterValidator(check)


TokenName = Annotated[str, AfterValidator(rules.token_name)]
Token = Annotated[SecretStr, _kept_secret(rules.token)]
HookSecret = Annotated[SecretStr, _kept_secret(rules.hook_secret)]
Forge = Annotated[str, AfterValidator(rules.forge)]
Branch = Annotated[str, AfterValidator(rules.branch)]

AliasStyle = Literal["jekyll", "hugo", "wordpress", "pelican"]
ClientField = Literal["X-Forwarded-For", "Forwarded"]
HostKind = Literal["plain", "github-pages", "netlify", "cloudflare", "nginx", "caddy", "s3"]
FileCoding = Literal["br", "gzip", "zstd"]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def __hash__(self) -> int:
        """Hash as frozen models do, but for tables inside, which Python cannot hash."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return hash(tuple(frozenset(one.items()) if isinstance(one, Mapping) else one for one in values))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy without the cached properties, which pydantic would carry over although their grounds changed."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(copy).model_fields.keys():
            del copy.__dict__[name]
        return copy


class SiteSettings(Table):
    title: Name = Field(default="Feeds", description="Name of the site; title of its feed.")
    description: str = Field(default="", description="One sentence about the site.")
    url: Address = Field(
        default="http://127.0.0.1:8000", description="Address of the site, with its sub-path if it has one."
    )
    authority: Annotated[str, AfterValidator(rules.tagging_authority)] | None = Field(
        default=None,
        description="Who mints the ids, as RFC 4151 has it. Fix it once and never change it.",
        examples=["example.com,2021"],
    )
    timezone: Annotated[str, AfterValidator(rules.time_zone)] = Field(
        default="UTC", description="Zone of dates that name none, e.g. Asia/Shanghai."
    )
    language: Annotated[str, AfterValidator(rules.language_tag)] = Field(
        default="en", description="Language of the site (BCP 47), e.g. zh-CN."
    )
    author: Name | None = Field(
        default=None,
        description="Who publishes the site; author of the feeds. Default: its title.",
        examples=["The newsdesk"],
    )
    author_email: Annotated[str, AfterValidator(rules.email)] | None = Field(
        default=None, description="Their e-mail address, for all to see.", examples=["desk@example.com"]
    )
    author_url: WebAddress | None = Field(
        default=None, description="Their home page.", examples=["https://example.com/about"]
    )
    rights: str | None = Field(
        default=None, description="Copyright line of the feeds.", examples=["© 2026 The newsdesk"]
    )
    icon: Name | None = Field(
        default=None,
        description="Address of a square image. Default: what lies in the folder, as `favicon.ico`, or one is drawn.",
        examples=["/icon.png"],
    )
    logo: Name | None = Field(
        default=None, description="Address of an image twice as wide as high.", examples=["/logo.png"]
    )
    image: Name | None = Field(
        default=None,
        description="Address of an image for RSS, which allows it 144 points by 400. Default: the logo, or the icon,"
        " which is scaled where it lies in the folder and is larger.",
        examples=["/icon-small.png"],
    )

    @property
    def wants_drawing(self) -> bool:
        """Whether an icon has to be drawn: there is none, or none that RSS and JSON Feed could show."""
        return self.icon is None or urlsplit(self.icon).path.lower().endswith((".svg", ".ico"))


class ContentSettings(Table):
    roots: tuple[Name, ...] = Field(
        default=(), description="Folders with posts. Default: found by Jekyll's and Hugo's habits."
    )
    archives: tuple[Name, ...] = Field(default=(), description="Folders with old posts that live on.")
    drafts: bool = Field(default=False, description="Publish drafts, too (to try them out).")
    split_terms: bool = Field(
        default=False, description="Split a string of categories or tags at white space, as Jekyll does."
    )
    key: Literal["slug", "path"] = Field(
        default="slug", description="What names a post in its id: the file's slug, or its whole path inside its root."
    )
    permalink: Permalink = Field(
        default="/:section/:slug/",
        description="Addresses of posts: a template, or Jekyll's date, pretty, ordinal, weekdate, none.",
    )
    page_layouts: tuple[str, ...] = Field(
        default=(
            "page",
            "default",
            "home",
            "category",
            "category/default",
            "tag",
            "archive",
            "archives",
            "index",
            "404",
        ),
        description="Layouts whose files are pages and not posts.",
    )
    excerpt_separator: str = Field(
        default="<!--more-->", description="What stands behind the excerpt of a post that names no other separator."
    )
    summaries: Literal["short", "whole"] = Field(
        default="short",
        description="Excerpts are cut near 200 characters, and left out where they say no more than the title or no "
        "less than the post; or they are given whole, as Jekyll does.",
    )
    untitled: Literal["text", "name"] = Field(
        default="text",
        description="What names a post without a title: its text, or its file's name where that is made of words.",
    )
    typography: tuple[Literal["title", "body"], ...] = Field(
        default=(),
        description="Where straight quotes, -- and ... become “quotes”, – and …, as Jekyll and Hugo do.",
    )
    source_suffix: str = Field(default="新闻", description="Ending of tags that name a source: 新京报新闻 → 新京报.")
    navigation: tuple[Pattern, ...] = Field(
        default=(r"返回.*",),
        description="Regular expressions; trailing links whose whole text matches one are dropped.",
    )
    max_file_bytes: int = Field(default=8_000_000, ge=1, description="Larger files are not published.")
    max_front_matter_bytes: int = Field(
        default=256_000, ge=1, description="Posts with more front matter are not published."
    )
    max_depth: int = Field(default=64, ge=1, description="Posts with front matter nested deeper are not published.")
    max_terms: int = Field(default=1000, ge=1, description="A post's further categories or tags are left out.")
    settle: float = Field(
        default=0.1, ge=0, allow_inf_nan=False, description="Seconds that a file rests before it is read."
    )
    grace: float = Field(
        default=5,
        ge=0,
        allow_inf_nan=False,
        description="Seconds that a post may be missing before it is taken as deleted.",
    )
    tombstones: int = Field(default=90, ge=0, description="Days for which deleted posts are remembered.")
    min_interval: float = Field(
        default=1,
        ge=0,
        allow_inf_nan=False,
        description="Seconds between two changes of the site's feed in a burst; what comes between goes out together.",
    )
    sweep: float = Field(
        default=10,
        gt=0,
        allow_inf_nan=False,
        description="Seconds between two looks at all files, whatever the watcher says.",
    )
    jobs: int = Field(
        default=0, ge=0, description="Processes that read posts, where there are many; 0: one for each core."
    )


class FeedsSettings(Table):
    window: int = Field(default=50, ge=1, le=5000, description="Newest entries in a feed.")
    hours: int = Field(
        default=0, ge=0, description="And all entries published in the last so many hours before the newest."
    )
    max_bytes: int = Field(
        default=1_000_000, ge=1000, description="Size at which a feed is cut off, never below one entry."
    )
    content: ContentMode = Field(default="full", description="How much of each post the feeds carry.")
    only: tuple[TermAddress, ...] = Field(
        default=(),
        description="Of each kind that is named here, only these feeds: /tag/TERM and the like, the term as in posts.",
        examples=[["/tag/storms", "/tag/harbours"]],
    )
    retired: tuple[TermAddress, ...] = Field(
        default=(),
        description="Feeds that are gone for good and say so (410): /category/TERM and the like, the term as in posts.",
        examples=[["/category/xinjingbao"]],
    )
    hubs: Annotated[tuple[HubAddress, ...], AfterValidator(rules.once_each)] = Field(
        default=(),
        description="WebSub hubs that are told when a feed moves, and that feeds name for readers to subscribe at.",
        examples=[["https://hub.example/"]],
    )


class FeedSettings(Table):
    """One feed's own; what is absent follows [feeds]."""

    address: Annotated[str, AfterValidator(rules.feed_address)] = Field(
        description="/feed, /category/TERM, /tag/TERM, /source/TERM, /author/TERM or /collection/NAME, "
        "the term as in posts.",
        examples=["/category/xinjingbao"],
    )
    title: Name | None = Field(
        default=None, description="Title of the feed. Default: made from its term.", examples=["新京报"]
    )
    description: str | None = Field(
        default=None, description="Description of the feed. Default: made from its title.", examples=["News of 新京报"]
    )
    slug: Annotated[str, AfterValidator(rules.feed_slug)] | None = Field(
        default=None,
        description="Last part of the feed's address. Default: made from its term.",
        examples=["beijing-news"],
    )
    content: ContentMode | None = Field(default=None, description="In place of feeds.content.", examples=["summary"])
    window: Annotated[int, Field(ge=1, le=5000)] | None = Field(
        default=None, description="In place of feeds.window.", examples=[100]
    )
    hours: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="In place of feeds.hours.", examples=[24]
    )

    @model_validator(mode="after")
    def _site_has_no_slug(self) -> Self:
        if self.slug and self.address == "/feed":
            raise ValueError("has a slug, but the address of the site's feed is always /feed; take the slug away")
        return self

    @cached_property
    def key(self) -> FeedKey:
        return rules.feed_key(self.address)


class CollectionSettings(Table):
    """Posts in a folder of their own, which have a feed of their own."""

    name: Annotated[str, AfterValidator(rules.collection_name)] = Field(
        description="Its name; its feed is /collection/NAME, and /collection/NAME/TERM those of its categories.",
        examples=["changes"],
    )
    folder: Name = Field(
        description="Folder with its posts, relative to the site folder. It need not be in content.roots.",
        examples=["_changes"],
    )
    permalink: Permalink | None = Field(
        default=None, description="In place of content.permalink.", examples=["/:collection/:path:output_ext"]
    )
    apart: bool = Field(
        default=True,
        description="Keep its posts out of the feeds of the site and of its categories and tags, as Jekyll does.",
    )


class SourceSettings(Table):
    """One publication that posts come from."""

    name: Term = Field(description="Its name, as people read it.", examples=["证券时报"])
    aliases: tuple[Term, ...] = Field(default=(), description="Other names under which posts know it.")
    role: Literal["origin", "aggregator"] = Field(
        default="origin", description="Whether it publishes first or passes on what others published."
    )
    url: WebAddress | None = Field(default=None, description="Its home page.", examples=["https://www.stcn.com/"])
    feed: WebAddress | None = Field(
        default=None, description="Its own feed.", examples=["https://www.stcn.com/feed.xml"]
    )
    logo: WebAddress | None = Field(
        default=None, description="Address of its logo.", examples=["https://www.stcn.com/logo.png"]
    )
    language: Language | None = Field(default=None, description="Language it writes in (BCP 47).", examples=["zh-CN"])
    license: Name | None = Field(
        default=None,
        description="Address or name of the terms under which its items are passed on.",
        examples=["https://creativecommons.org/licenses/by/4.0/"],
    )
    categories: tuple[Term, ...] = Field(default=(), description="Categories whose posts are its own.")
    hosts: tuple[Host, ...] = Field(
        default=(), description="Hosts of its pages; their subdomains count.", examples=[["stcn.com"]]
    )
    content: Literal["full", "summary", "title", "none"] = Field(
        default="full", description="How much of its items any feed may carry; none publishes nothing of it."
    )
    republish: bool = Field(default=True, description="Whether its items may be published at all.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.content == "none" and self.republish and "republish" in self.model_fields_set:
            raise ValueError('has both content = "none" and republish = true; take one of them away')
        return self


class AttributionSettings(Table):
    """How the origin of posts is found, and how it is told."""

    classes: tuple[Name, ...] = Field(
        default=("em_media",), description="Classes of elements whose text names the source."
    )
    patterns: tuple[Annotated[str, AfterValidator(rules.source_pattern)], ...] = Field(
        default=(),
        description="More regular expressions for lines that name the source in a group `name`.",
        examples=[[r"据(?P<name>[^，。]{2,16})报道"]],
    )
    drop_source_line: bool = Field(default=False, description="Take the line that names the source out of the content.")
    credit: bool = Field(
        default=True, description="End the content with a credit line where it does not name its source."
    )
    templates: Mapping[Language, Annotated[str, AfterValidator(rules.credit_template)]] = Field(
        default={},
        description="Credit lines by language, in HTML; {source} and {original} stand for the two links.",
        examples=[{"fr": "Source : {source} · {original}"}],
    )
    title_suffix: bool = Field(default=False, description="Put the name of the source behind the title.")
    require: Literal["off", "warning", "error"] = Field(
        default="off", description="What `feeds check` makes of a post whose origin is unknown."
    )


class PagesSettings(Table):
    """Pages for people. They are off by default: most sites have a page for each post already, and need no second."""

    entries: bool = Field(
        default=False,
        description=(
            "Serve a page for each post at /entry/NAME/, for a site whose posts have no other home. Links lead there "
            "unless the post has its own permalink or content.permalink is set."
        ),
    )
    feeds: bool = Field(
        default=False,
        description="Let `feeds build` write a page for each feed, with all it ever had. A server has them anyway.",
    )
    readers: Mapping[Name, Annotated[str, AfterValidator(rules.reader_address)]] = Field(
        default={
            "Feedly": "https://feedly.com/i/subscription/feed%2F{url}",
            "Inoreader": "https://www.inoreader.com/?add_feed={url}",
            "NewsBlur": "https://www.newsblur.com/?url={url}",
            "The Old Reader": "https://theoldreader.com/feeds/subscribe?url={url}",
        },
        description="Readers to which a feed's page leads: addresses by name, in which {url} stands for the feed's.",
        examples=[{"Feedbin": "https://feedbin.com/?subscribe={url}"}],
    )
    languages: tuple[Language, ...] = Field(
        default=(),
        description="Languages from which each visitor gets the one asked for (Accept-Language). Default: the site's.",
        examples=[["en", "zh-CN"]],
    )
    templates: Name | None = Field(
        default=None,
        description="Folder of templates, pages.css and catalogues (.po) in place of ours, inside the site folder.",
        examples=["templates"],
    )


class CacheSettings(Table):
    """How long readers and caches may keep a feed (RFC 9111 §5.2.2.1, RFC 5861)."""

    min: Lifetime = Field(
        default=60,
        description="Shortest time that a feed is fresh, in seconds: whole minutes that divide a day. Wins over max.",
    )
    max: Lifetime = Field(
        default=3600,
        description="Longest time, likewise; that of feeds with fewer than three entries, or with days between them.",
    )
    stale_while_revalidate: int = Field(
        default=600, ge=0, le=31_536_000, description="Seconds after that in which caches may answer while they ask."
    )
    stale_if_error: int = Field(
        default=86_400, ge=0, le=31_536_000, description="Seconds after that in which caches may answer while we fail."
    )


class ServerSettings(Table):
    host: Name = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 for a free one.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes that answer readers.")
    delta: bool = Field(
        default=False,
        description="Send readers that ask for it (A-IM: feed, RFC 3229) only what is new or changed in a feed.",
    )
    delta_except: tuple[Name, ...] = Field(
        default=("rss2email", "feedparser/"),
        description="But never readers with one of these in their User-Agent: they ask for it and cannot read it.",
    )
    trusted_proxies: tuple[Annotated[str, AfterValidator(rules.hop)], ...] = Field(
        default=(),
        description="Proxies that are believed when they say for whom they ask: addresses, networks, "
        "`unix` for what comes through a socket.",
        examples=[["127.0.0.1", "10.0.0.0/8", "unix"]],
    )
    client_field: ClientField = Field(
        default="X-Forwarded-For",
        description="Field in which they say it. They must set or extend this one themselves.",
    )
    polite_seconds: int = Field(
        default=0,
        ge=0,
        le=86_400,
        description="Seconds that a client waits before it gets the same feed again (429) if it asks without the "
        "validators it was given; 0 lets everybody ask at will. Counted in each worker.",
    )
    browser_view: bool = Field(
        default=True,
        description="Let browsers show feeds as pages: XML with a stylesheet, and a link to the feed's page. Caches in"
        " front then keep a copy for each kind of client.",
    )
    max_header_bytes: int = Field(
        default=16_384, ge=1024, le=1_048_576, description="Size at which the head of a request is refused (431)."
    )
    read_timeout: float = Field(
        default=10,
        gt=0,
        le=3600,
        description="Seconds in which a request must have come, from the start of its connection or its first byte on "
        "(408).",
    )
    write_timeout: float = Field(
        default=30, gt=0, le=3600, description="Seconds in which a reader must take each 64 KB of a longer answer."
    )
    keep_alive: int = Field(
        default=65, ge=0, le=3600, description="Seconds that an idle connection is kept; more than a proxy's in front."
    )
    max_connections: int = Field(
        default=8192,
        ge=1,
        le=1_000_000,
        description="Connections of each worker, as far as the limit on open files allows; "
        "beyond that those go that have been idle longest.",
    )
    max_concurrent: int = Field(
        default=256,
        ge=1,
        le=100_000,
        description="Requests of each worker that may wait for feeds to be made; further ones are sent away (503). "
        "What is remembered is answered whatever waits.",
    )
    drain: int = Field(
        default=10, ge=1, le=3600, description="Seconds that answers under way have when the server is told to end."
    )
    metrics: tuple[Annotated[str, AfterValidator(rules.network)], ...] = Field(
        default=("127.0.0.0/8", "::1"),
        description="Addresses and networks of the clients that may read /metrics; an empty list for nobody.",
    )
    access_log: Literal["off", "common", "json"] = Field(
        default="off", description="A line for each request: none, in the Combined Log Format, or as JSON."
    )
    access_log_file: Name | None = Field(
        default=None,
        description="File for these lines, relative to the site folder. Default: standard output.",
        examples=["/var/log/feeds/access.log"],
    )


class AdminSettings(Table):
    """Who may tell the server to do something, below /-/. Without tokens and secrets nobody may."""

    tokens: Mapping[TokenName, Token] = Field(
        default={},
        description="Bearer tokens by the name of who has them, 16 characters at least; or sha256: and the digest of "
        "one in hexadecimal, so that the token itself stands nowhere.",
        examples=[{"desk": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}],
    )
    hook_secrets: Mapping[Forge, HookSecret] = Field(
        default={},
        description="Secrets of the webhooks at /-/hooks/github, gitlab and gitea, 16 characters at least.",
        examples=[{"github": "as it was typed in at GitHub"}],
    )
    hook_branches: tuple[Branch, ...] = Field(
        default=(),
        description="Branches to which a push counts. Default: all.",
        examples=[["main"]],
    )
    hook_command: tuple[Name, ...] = Field(
        default=(),
        description="Command that fetches the posts after a webhook, run in the site folder without a shell.",
        examples=[["git", "pull", "--ff-only"]],
    )
    hook_seconds: float = Field(
        default=60, gt=0, le=3600, description="Seconds that it may take; then it is ended with all that it started."
    )


class AliasesSettings(Table):
    """Addresses at which feeds were before the site came to us."""

    styles: tuple[AliasStyle, ...] = Field(
        default=(),
        description="Programs whose feed addresses are answered. A Jekyll folder implies jekyll, a Hugo folder hugo.",
        examples=[["wordpress"]],
    )
    addresses: Mapping[OldAddress, FeedFile] = Field(
        default={},
        description="Addresses of your own, and the feeds they stood for; {name} stands for a term.",
        examples=[{"/blog/atom.xml": "/feed.atom", "/topics/{name}.xml": "/tag/{name}.atom"}],
    )
    answer: Literal["redirect", "in-place"] = Field(
        default="redirect", description="An old address leads to the feed (301), or answers as the feed itself."
    )


class BuildSettings(Table):
    """What `feeds build` writes, and for whom."""

    host: HostKind = Field(
        default="plain",
        description="Who will serve the files: decides which files tell it of types, caching and old addresses.",
    )
    codings: Annotated[tuple[FileCoding, ...], AfterValidator(rules.once_each)] = Field(
        default=(),
        description="Codings that lie beside each file: br (.br), gzip (.gz), zstd (.zst).",
        examples=[["gzip", "br"]],
    )
    feeds: tuple[Annotated[str, AfterValidator(rules.selection)], ...] = Field(
        default=(),
        description="Feeds that it holds: /feed, /category/TERM, or /category/* for all of a kind. Default: all.",
        examples=[["/feed", "/category/*"]],
    )
    switch: Literal["folder", "link", "file"] = Field(
        default="folder",
        description="How a new version takes the place of the old: the whole folder at once, by a symbolic link to it, "
        "or file by file.",
    )


class StateSettings(Table):
    path: Name = Field(default=".feeds", description="Folder of the index, relative to the site folder.")
