"""What of events waits for the reader: seats that are held; for staff what organisers propose."""

from flask import url_for
from flask_babel import gettext

from graphnet.events import offers, proposing, roles, roster
from graphnet.privacy import Viewer
from graphnet.store import Row
from webapp.features.events.words import event_role_word
from webapp.frame.context import graphnet
from webapp.frame.i18n import deadline, event_time, in_language
from webapp.frame.waiting import Act, Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what this reader is asked."""
    store = graphnet().store
    if viewer.is_staff:
        return [
            Waiting(
                url_for("events.event", event_id=row["id"]),
                gettext("Proposed: %(title)s", title=in_language(row["title"], row["title_ru"])),
                _plain(row["starts_at"], row["time_zone"]),
                of=gettext("Event"),
            )
            for row in roster.proposed(store, viewer)
        ] + [
            Waiting(
                url_for("events.event", event_id=row["id"], _anchor="makers"),
                gettext(
                    "Its organisers would change it: %(title)s",
                    title=in_language(row["title"], row["title_ru"]),
                ),
                _plain(row["starts_at"], row["time_zone"]),
                of=gettext("Event"),
            )
            for row in proposing.waiting(store, viewer)
        ]
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    return [
        Waiting(
            url_for("events.seat", event_id=row["id"]),
            gettext(
                "A seat is held for you: %(title)s",
                title=in_language(row["title"], row["title_ru"]),
            ),
            gettext("until %(moment)s", moment=deadline(row["until"], row["time_zone"])),
            acts=tuple(
                Act(url_for("events.settle", event_id=row["id"]), label, "act", value)
                for value, label in (
                    ("take", gettext("Take it")),
                    ("pass", gettext("Give it to the next")),
                )
            ),
        )
        for row in offers.offers(store, viewer)
    ] + [_part(row) for row in roles.mine(store, viewer, "asked")]


def _part(row: Row) -> Waiting:
    """Return a part in an event that the reader is asked for, by themselves or their business."""
    title = in_language(row["title"], row["title_ru"])
    said = gettext(
        "Would you take part as %(role)s? %(title)s", role=event_role_word(row["role"]), title=title
    )
    about = [
        in_language(row["business"], row["business_ru"]),
        _plain(row["starts_at"], row["time_zone"]),
    ]
    return Waiting(
        url_for("events.event", event_id=row["event"], _anchor="my-part"),
        said,
        ", ".join(part for part in about if part),
        acts=tuple(
            Act(url_for("events.say_part", part_id=row["id"]), label, "answer", value)
            for value, label in (("agree", gettext("Yes, I do")), ("decline", gettext("No")))
        ),
    )


def _plain(moment: object, zone: str | None) -> str:
    said = event_time(moment, zone)
    return str(said.striptags() if hasattr(said, "striptags") else said)
