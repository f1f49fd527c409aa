"""What of reunions waits: an invitation, the days, a task of mine; for staff what is theirs."""

from flask import url_for
from flask_babel import gettext

from graphnet.privacy import Viewer
from graphnet.reunions import board
from webapp.features.reunions import words
from webapp.features.reunions.parts import own
from webapp.frame.context import graphnet, live
from webapp.frame.waiting import Act, Waiting

SHOW = {
    "asked_for": "",
    "answer": "",
    "poll": "",
    "task": "plan",
    "pick": "dates",
    "event": "dates",
    "close": "end",
}


def waiting(viewer: Viewer) -> list[Waiting]:
    """Return what waits for this reader."""
    store = graphnet().store
    if viewer.is_staff:
        purposed = viewer.for_purpose("reunions")
        found = board.waiting_for_staff(store, purposed, rules=live().rules)
    elif viewer.is_alumnus and viewer.person_key is not None:
        found = board.waiting_for(store, viewer, own(viewer))
    else:
        return []
    return [_line(one) for one in found]


def _line(one: board.Awaited) -> Waiting:
    page = url_for("reunions.reunion", reunion_id=one.row["id"], show=SHOW[one.what] or None)
    acts: tuple[Act, ...] = ()
    act = url_for("reunions.act", reunion_id=one.row["id"])
    if one.what == "answer":
        acts = tuple(
            Act(act, label, "quick", f"answer:{value}")
            for value, label in words.answers()
            if value != "maybe" or not one.row["event"]
        )
    elif one.what == "asked_for":
        acts = (Act(act, gettext("That is right"), "quick", "agree:yes"),)
    elif one.task is not None:
        acts = (Act(act, gettext("Done"), "quick", f"task:{one.task['id']}"),)
    return Waiting(page, words.waits_words(one), words.title(one.row), late=one.late, acts=acts)
