"""The sections of one's own page: what stands in each, who sees it, what is still empty."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext

from graphnet.people import Profile
from webapp.features.people.words import FIELD_WORDS


@dataclass(frozen=True)
class Section:
    """One section: its name in addresses, its title, and the field whose audience it has."""

    name: str
    title: Any
    audience: str = ""


SECTIONS = {
    section.name: section
    for section in (
        Section("photo", FIELD_WORDS["photo"], "photo"),
        Section("names", FIELD_WORDS["name"], "name"),
        Section("about", FIELD_WORDS["about"], "about"),
        Section("studies", FIELD_WORDS["studies"], "studies"),
        Section("work", FIELD_WORDS["employer"], "employer"),
        Section("city", FIELD_WORDS["city"], "city"),
        Section("languages", FIELD_WORDS["languages"], "languages"),
        Section("contacts", FIELD_WORDS["contacts"], "contacts"),
        Section("interests", lazy_gettext("Interests, what I offer and look for"), "interests"),
        Section("others", lazy_gettext("What else others may see")),
    )
}
# Fields that have no section of their own.
OTHERS = ("groups", "events", "connections", "pass_on", "messages")

# What a part of the page would bring, the most useful first.
PARTS: tuple[tuple[str, Callable[[Profile], Any], Any], ...] = (
    ("contacts", lambda p: [c for c in p.contacts if not c["bounced_at"]],
     lazy_gettext("with an address that works you do not lose touch")),
    ("work", lambda p: p.work, lazy_gettext("with your work, people of your trade find you")),
    ("city", lambda p: p.card.city[0], lazy_gettext("with your city you hear what is on there")),
    ("photo", lambda p: p.photo, lazy_gettext("by a photo, groupmates recognise you")),
    ("about", lambda p: p.card.about,
     lazy_gettext("with a few words of your own, people know what to ask you")),
    ("interests", lambda p: p.interests or p.offers or p.needs,
     lazy_gettext("by your interests, events are chosen for you")),
    ("studies", lambda p: p.card.studies or p.stated,
     lazy_gettext("by your group, classmates find you")),
    ("languages", lambda p: p.languages,
     lazy_gettext("by your languages, alumni abroad find you")),
)  # fmt: skip


def completeness(profile: Profile) -> tuple[str, str]:
    """Return how much of the page there is, in one line, and the section that would help most."""
    empty = [(name, why) for name, there, why in PARTS if not there(profile)]
    if not empty:
        return "", ""
    name, why = empty[0]
    full = len(PARTS) - len(empty)
    line = gettext(
        "%(full)s of %(all)s parts are filled in; %(why)s.", full=full, all=len(PARTS), why=why
    )
    return line, name
