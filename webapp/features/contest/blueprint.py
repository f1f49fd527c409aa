"""The one blueprint of the contest, its clock, and how its pages say what went wrong."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash
from flask_babel import gettext

from graphnet.contest import seasons
from graphnet.contest.seasons import Season
from graphnet.errors import BadInput, Conflict, NotAllowed, PersonNotFound, TooMany
from graphnet.privacy import Viewer
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.security import current_viewer

blueprint = Blueprint("contest", __name__, template_folder="templates")

PURPOSE = "contest"
Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the time; a test may put a clock of its own into ``app.extensions["clock"]``."""
    clock: Clock = current_app.extensions.get("clock", lambda: datetime.now(UTC))
    return clock()


def viewer() -> Viewer:
    """Return who is asking, for the purpose of the contest."""
    return current_viewer(purpose=PURPOSE)


def season_of(name: str) -> Season:
    """Return a season that the reader may see; anything else is a page that is not there."""
    return seasons.season(graphnet().store, viewer(), name)


def attempt(act: Callable[[], object], done: str) -> bool:
    """Do something, and say on the next page that it was done or why it was not.

    What a page lets nobody do by its own forms, an unknown nomination for example, is not caught
    here and becomes a page of its own.
    """
    try:
        act()
    except PersonNotFound:
        flash(gettext("There is nobody here whom you could nominate under this name."), "error")
    except (BadInput, Conflict, NotAllowed, TooMany) as problem:
        flash(why(problem), "error")
    else:
        flash(done, "success")
        return True
    return False
