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
        flash(problem_words(problem), "error")
    else:
        flash(done, "success")
        return True
    return False


def problem_words(problem: Exception) -> str:
    """Return in the reader's language what the engine said in a word."""
    code = str(problem).partition(":")[0]
    words = {
        "phase": gettext("This is not the time for it: look at the dates of the season."),
        "half": gettext("Half of the entry term has passed: the terms can no longer be changed."),
        "same": gettext("Nothing is different from the terms in force."),
        "announced": gettext("The season has been announced: its rules are fixed."),
        "late": gettext("The first day of entry has begun. Choose later days, then announce."),
        "past": gettext("These days would leave less than half of the entry term."),
        "begun": gettext("The entry term has begun: its first day and the categories stay."),
        "dates": gettext("The days must follow one another, each later than the one before."),
        "names": gettext("Each line needs a key, an English and a Russian name; keys differ."),
        "season": gettext("A season is named by letters, digits and hyphens, like 2026."),
        "season differs": gettext("The rules are of another season than the form says."),
        "window": gettext(
            "The rules count only what happens after the appeals: choose other days."
        ),
        "overlap": gettext("Another season counts some of these days already: choose other days."),
        "event": gettext("This event is not there any more: choose another."),
        "jurors": gettext(
            "Fewer than three jurors have scored a candidate whole. Say why the season is decided."
        ),
        "zone": gettext("There is no such time zone."),
        "state": gettext("This has been answered or decided already."),
        "rules": gettext("A rule of eligibility is not met: see which one below."),
        "reason": gettext("Say why, in a sentence."),
        "text": gettext("Write some words, at most 3,000 characters."),
        "empty": gettext("Write some words, at most 3,000 characters."),
        "long": gettext("This is too long."),
        "address": gettext("Evidence is an address that begins with https://"),
        "own letter": gettext("A candidate speaks by the statement; letters are by others."),
        "whom": gettext("Choose a person, or write one address."),
        "category": gettext("Choose a category."),
        "nominations": gettext("You have made all the nominations that a member can in a season."),
        "letters": gettext("There are as many letters and links as a jury can read."),
        "sits already": gettext("This person is in the jury already: nothing was done."),
        "own jury": gettext(
            "Nobody takes themselves into the jury: another one of staff asks you."
        ),
        "proposed": gettext("Something is proposed about this candidate already: see below."),
        "proposals": gettext("A change of who stands waits for a second one of staff."),
        "second": gettext("You have proposed this: another one of staff has to confirm it."),
        "juror": gettext("A juror has an account and does not stand as a candidate."),
        "score": gettext("A score is a whole number from 1 to 10."),
        "conflict": gettext("The graph knows of a tie between you and this candidate."),
        "receipt": gettext("This is not a receipt of this season: look at every character."),
        "choice": gettext("Somebody you chose no longer stands. Look at the list again."),
        "taken": gettext("You have taken your ballot already. Vote with its receipt."),
        "voters": gettext("You are not on the voters’ list, or you sit in the jury."),
        "appeal": gettext("Who stands, or nominated somebody, can appeal."),
        "appeals": gettext("An appeal has not been answered yet."),
        "meanwhile": gettext("Somebody has changed this meanwhile: see below, then save again."),
        "entered": gettext("Somebody has been nominated: it can no longer be withdrawn."),
        "closed": gettext("Somebody has closed this request already."),
        "answer": gettext("Say what was done, in at most 2,000 characters."),
        "decision": gettext("Choose how the appeal is decided."),
        "changed": gettext("A candidate withdrew a moment ago: look at the result again."),
    }
    fallback = gettext("Not done: look at what you entered, and try again.")
    return str(words.get(code, fallback))
