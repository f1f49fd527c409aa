"""What the reader was told of and has not answered: on /home, with the reason and "not this"."""

from flask import url_for
from flask_babel import gettext

from graphnet.privacy import Viewer
from graphnet.told import answering
from webapp.features.told import words
from webapp.frame.context import graphnet
from webapp.frame.i18n import event_time, in_language
from webapp.frame.waiting import Act, Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return the events that this alumnus was told of."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    return [
        Waiting(
            url_for("events.event", event_id=row["id"]),
            gettext("For you: %(title)s", title=in_language(row["title"], row["title_ru"])),
            f"{_plain(row['starts_at'], row['time_zone'])} · {words.because(reasons)}",
            acts=(
                Act(
                    url_for("told.not_this", event_id=row["id"]),
                    gettext("Not this"),
                    "act",
                    "not_this",
                ),
            ),
        )
        for row, reasons in answering.waiting(graphnet().store, viewer)
    ]


def _plain(moment: object, zone: str | None) -> str:
    said = event_time(moment, zone)
    return str(said.striptags() if hasattr(said, "striptags") else said)
