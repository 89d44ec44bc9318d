"""What all pages of a site have in common."""

from dataclasses import dataclass
from datetime import UTC, tzinfo

from feeds.render.linked import Linked, organization
from feeds.settings import Settings
from feeds.urls import on_site


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A site, as its pages name it and lead to it."""

    title: str
    name: str  # who publishes it
    language: str  # of its own words, BCP 47; what we say around them may be in another
    url: str  # absolute, with a slash at its end
    description: str = ""
    base: str = ""  # path below which it lives, as browsers see it: `/news`, or nothing
    zone: tzinfo = UTC  # its days and minutes are counted in it
    logo: str | None = None  # absolute
    icon: str | None = None  # likewise

    @property
    def publisher(self) -> Linked:
        return organization(name=self.name, url=self.url, logo=self.logo)


def frame_of(settings: Settings) -> Frame:
    site = settings.site
    home = f"{site.url}/"
    logo = site.logo or (None if site.wants_drawing else site.icon)
    return Frame(
        title=site.title,
        name=site.author or site.title,
        language=site.language,
        url=home,
        description=site.description,
        base=settings.base_path,
        zone=settings.zone,
        logo=on_site(logo, site.url) if logo else None,
        icon=on_site(site.icon, site.url) if site.icon else None,
    )
