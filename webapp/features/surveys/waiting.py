"""What of surveys waits for the reader: those that they were sent and have not answered."""

from flask import url_for
from flask_babel import gettext

from graphnet.privacy import Viewer
from graphnet.surveys import answering
from webapp.features.surveys.words import day_words
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language
from webapp.frame.waiting import Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return the surveys that wait for this alumnus."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    return [
        Waiting(
            url_for("surveys.one", survey_id=row["id"]),
            in_language(row["title"], row["title_ru"]),
            gettext("A short survey, open until %(day)s", day=day_words(row["closes_on"])),
        )
        for row in answering.waiting(graphnet().store, viewer)
    ]
