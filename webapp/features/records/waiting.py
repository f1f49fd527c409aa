"""What of correcting waits: for a person what staff have changed, for staff what needs a second."""

from flask import url_for
from flask_babel import gettext, ngettext

from graphnet.privacy import Viewer
from graphnet.records import corrections, deaths, studies
from webapp.features.people.words import field_word, told_line
from webapp.frame.context import graphnet, live
from webapp.frame.waiting import Act, Waiting


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what staff have changed of this alumnus."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return []
    return [
        Waiting(
            url_for("people.history"),
            gettext(
                "The Association has changed on your page: %(what)s", what=field_word(row["field"])
            ),
            told_line(row["source"], row["told_by"]),
        )
        for row in corrections.unseen(graphnet().store, viewer)
    ]


def stated(viewer: Viewer) -> list[Waiting]:
    """Return how many people say what they studied, for staff."""
    if not viewer.is_staff:
        return []
    asking = viewer.for_purpose(corrections.PURPOSE)
    if not (count := studies.waiting_count(graphnet().store, asking)):
        return []
    said = ngettext(
        "%(num)s person says what they studied", "%(num)s people say what they studied", count
    )
    return [Waiting(url_for("records.index", _anchor="stated"), said, of=gettext("Studies"))]


def died(viewer: Viewer) -> list[Waiting]:
    """Return the deaths that somebody else of staff has noted, for a second one."""
    if not viewer.is_staff:
        return []
    asking = viewer.for_purpose(corrections.PURPOSE)
    noted = deaths.waiting(graphnet().store, asking, rules=live().rules)
    return [_death(one) for one in noted if not one.mine]


def _death(one: deaths.DeathNote) -> Waiting:
    name = one.card.name.full if one.card is not None else ""
    return Waiting(
        url_for("records.index", _anchor="deaths"),
        gettext("Has %(name)s died? A second one of staff confirms it.", name=name),
        told_line(one.source, one.told_by),
        late=True,
        acts=(
            Act(
                url_for("records.decide_death", note_id=one.id),
                gettext("I know it too: confirm"),
                "act",
                "confirm",
            ),
        ),
        of=gettext("Death"),
    )
