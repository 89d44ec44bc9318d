"""Where an entry comes from and on what terms, in the elements of Atom and of RSS."""

from datetime import tzinfo

from feeds.model import Entry, Source
from feeds.render.moments import rfc3339
from feeds.render.readings import license_of, origin_of, original_of, source_id, terms_of
from feeds.render.xml import ATOM, CC, DC, Element, add, drop, spell_out


def write_atom_origin(element: Element, entry: Entry, zone: tzinfo) -> None:
    """Write atom:source and the terms of the entry; `rights` is for people, so an address goes into a link."""
    drop(element, "source")
    if origin := origin_of(entry):
        _write_atom_source(add(element, "source"), origin, updated=rfc3339(entry.updated, zone))
    address, name = terms_of(license_of(entry))
    if address:
        add(element, "link", href=address, rel="license")  # RFC 4946 §2
    if name:
        add(element, "rights", name)


def _write_atom_source(element: Element, source: Source, *, updated: str) -> None:
    """Write id and updated, which RFC 4287 §4.2.11 asks for and feedgen leaves out; links say which is which.

    updated: the origin's own is unknown to us, and the entry's is the same on every machine.
    """
    address, name = terms_of(source.license)
    add(element, "id", source_id(source))
    add(element, "title", source.name)
    add(element, "updated", updated)
    for rel, href in (("alternate", source.url), ("self", source.feed), ("license", address)):
        if href:
            add(element, "link", href=href, rel=rel)
    if source.logo:
        add(element, "logo", source.logo)
    if rights := name or address:
        add(element, "rights", rights)


def write_rss_origin(item: Element, entry: Entry) -> None:
    """Write the origin as publisher, and as dc:source only where <source> does not say the same (standards §9)."""
    if origin := origin_of(entry):
        spell_out(add(item, f"{{{DC}}}publisher", origin.name))
        if item.find("source") is None:
            spell_out(add(item, f"{{{DC}}}source", origin.name))
    if original := original_of(entry):
        add(item, f"{{{ATOM}}}link", href=original, rel="via")
    address, name = terms_of(license_of(entry))
    if address:
        add(item, f"{{{CC}}}license", address)
    if name:
        spell_out(add(item, f"{{{DC}}}rights", name))
