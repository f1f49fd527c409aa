"""The journal in words: what was, on which page more of it stands, why something was not kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext, lazy_gettext

from graphnet.errors import BadValue, Conflict
from graphnet.journal.reading import Entry, Step
from webapp.features.people.words import field_word
from webapp.frame.i18n import in_language
from webapp.frame.phrases import request_kind
from webapp.frame.reasons import Reasons

WRITE_WORDS: dict[str, Any] = {
    "talk": lazy_gettext("A call"),
    "meeting": lazy_gettext("A meeting"),
    "letter": lazy_gettext("A letter or message outside the site"),
    "note": lazy_gettext("A note"),
}
KIND_WORDS: dict[str, Any] = {
    "talk": lazy_gettext("Calls"),
    "meeting": lazy_gettext("Meetings"),
    "letter": lazy_gettext("Letters"),
    "answer": lazy_gettext("Answers"),
    "note": lazy_gettext("Notes"),
    "request": lazy_gettext("Requests"),
    "event": lazy_gettext("Events and gifts"),
    "change": lazy_gettext("Changes"),
}
OUTCOME_WORDS: dict[str, Any] = {
    "reached": lazy_gettext("we talked"),
    "no_answer": lazy_gettext("nobody answered"),
    "wrong_number": lazy_gettext("the number is not theirs"),
    "call_back": lazy_gettext("to call back"),
    "refused": lazy_gettext("does not want to be called"),
}
CHANNEL_WORDS: dict[str, Any] = {
    "mail": lazy_gettext("by e-mail"),
    "post": lazy_gettext("by post"),
    "copied": lazy_gettext("by messenger"),
    "telephone": lazy_gettext("by telephone"),
}
CONSENT_WORDS: dict[str, Any] = {
    "hold": lazy_gettext("keeping the data"),
    "show_to_members": lazy_gettext("being shown to other alumni"),
    "publish": lazy_gettext("being published"),
    "profile": lazy_gettext("being assessed for suggestions"),
    "digest": lazy_gettext("letters"),
    "partners": lazy_gettext("passing on to partners"),
}
STATE_WORDS: dict[str, Any] = {
    "given": lazy_gettext("agreed"),
    "refused": lazy_gettext("refused"),
    "unknown": lazy_gettext("not known"),
}
LETTER_STATES: dict[str, Any] = {
    "waiting": lazy_gettext("waits to be sent"),
    "running": lazy_gettext("is being sent"),
    "done": lazy_gettext("was sent"),
    "failed": lazy_gettext("could not be sent"),
}
REASONS: Reasons = {
    BadValue: {
        "kind": lazy_gettext("Choose what it was."),
        "outcome": lazy_gettext("Say how the call ended."),
        "words": lazy_gettext("Write what was said."),
        "long": lazy_gettext("This is too long: shorten it, please."),
        "happened": lazy_gettext("Give a day that has been."),
        "step": lazy_gettext("Say what is to be done by that day."),
        "due": lazy_gettext("Give the day by which it is to be done, today or later."),
        "owner": lazy_gettext("Choose a colleague from the list."),
        "same": lazy_gettext("This is the same record: choose another one."),
        "why": lazy_gettext("Say why, in at most 300 characters."),
    },
    Conflict: {
        "changed": lazy_gettext(
            "Somebody has corrected this entry meanwhile. Theirs stands here now; your words are "
            "below."
        ),
        "different": lazy_gettext(
            "Somebody has decided that these are two people. End that decision first."
        ),
        "withdrawn": lazy_gettext("This entry is withdrawn and stays as it is."),
        "done": lazy_gettext("This step is done already, or there is none."),
        "taken": lazy_gettext("A colleague has taken it meanwhile."),
        "": lazy_gettext("This has changed meanwhile: look at it once more."),
    },
}


@dataclass(frozen=True)
class Line:
    """One entry as a page says it: a title, perhaps a link, perhaps words."""

    title: str
    href: str = ""
    words: str = ""


def line(entry: Entry, person_id: str) -> Line:
    """Return an entry in words, with a link to where more of it stands."""
    say = _SAID.get(entry.what)
    if say is not None:
        return say(entry, person_id)
    if entry.what.startswith("event."):
        return _event(entry)
    if entry.what.startswith("death."):
        return _death(entry)
    return Line(entry.what)


def step_words(step: Step) -> str:
    """Return what is to be done, in a few words."""
    return step.next_step or str(gettext("Call back"))


def _written(entry: Entry, person_id: str) -> Line:
    title = str(WRITE_WORDS[entry.kind])
    if entry.detail:
        title += f": {OUTCOME_WORDS.get(entry.detail, entry.detail)}"
    return Line(title, url_for("journal.entry", person_id=person_id, entry_id=entry.id), entry.text)


def _called(entry: Entry, _: str) -> Line:
    said = OUTCOME_WORDS.get(entry.detail, entry.detail)
    title = gettext("Called about the lost: %(outcome)s", outcome=said)
    return Line(title, url_for("recovery.calls", plan_id=entry.id), entry.text)


def _event(entry: Entry) -> Line:
    words = {
        "event.yes": gettext("Comes to"),
        "event.no": gettext("Does not come to"),
        "event.waiting": gettext("Waits for a seat at"),
        "event.cancelled": gettext("Has called off"),
        "event.came": gettext("Was at"),
    }
    title = f"{words.get(entry.what, '')} «{in_language(entry.text, entry.detail)}»"
    return Line(title.strip(), url_for("events.event", event_id=entry.id))


def _death(entry: Entry) -> Line:
    words = {
        "death.waiting": gettext("A death was noted; it waits for a second one of staff"),
        "death.confirmed": gettext("A death was noted and confirmed"),
        "death.withdrawn": gettext("The note of a death was taken back"),
        "death.undone": gettext("The note of a death was a mistake"),
    }
    return Line(words.get(entry.what, ""), url_for("records.index", _anchor="deaths"), entry.text)


def _desk(entry: Entry, _: str) -> Line:
    words = {
        "request.replied": gettext("The Association replied"),
        "request.said": gettext("Wrote about their request"),
        "request.note": gettext("Noted at a request"),
        "request.closed": gettext("The request was closed"),
    }
    title = f"{words[entry.what]}: {entry.detail}".removesuffix(": ")
    return Line(title, url_for("requests.one", request_id=entry.id), entry.text)


def _asked(entry: Entry, _: str) -> Line:
    words = {
        "request.asked": gettext("Asked: %(kind)s", kind=request_kind(entry.detail)),
        "request.about": gettext("Asked about them: %(kind)s", kind=request_kind(entry.detail)),
    }
    return Line(words[entry.what], url_for("requests.one", request_id=entry.id), entry.text)


def _change(entry: Entry, person_id: str) -> Line:
    field = field_word(entry.detail)
    title = (
        gettext("Changed it themselves: %(field)s", field=field)
        if entry.what == "changed.self"
        else gettext("Corrected: %(field)s", field=field)
    )
    if entry.own.get("undone"):
        title = gettext("%(title)s (no longer holds)", title=title)
    return Line(title, url_for("records.correct", person_id=person_id, _anchor="history"))


def _consent(entry: Entry, _: str) -> Line:
    purpose = CONSENT_WORDS.get(entry.detail, entry.detail)
    state = STATE_WORDS.get(entry.text, entry.text)
    return Line(gettext("Consent, %(purpose)s: %(state)s", purpose=purpose, state=state))


def _mail(entry: Entry, _: str) -> Line:
    state = LETTER_STATES.get(entry.own.get("state", ""), "")
    return Line(gettext("A letter of the site: %(state)s", state=state))


def _survey(entry: Entry, _: str) -> Line:
    title = in_language(entry.text, entry.detail)
    words = (
        gettext("Was sent the survey “%(title)s”", title=title)
        if entry.what == "survey.asked"
        else gettext("Answered the survey “%(title)s”", title=title)
    )
    return Line(words, url_for("surveys.staff_one", survey_id=entry.id))


def _recovery(entry: Entry, _: str) -> Line:
    channel = CHANNEL_WORDS.get(entry.detail, "")
    return Line(gettext("Was asked about the lost, %(channel)s", channel=channel))


_SAID: dict[str, Callable[[Entry, str], Line]] = {
    "written": _written,
    "recovery.sent": _recovery,
    "recovery.called": _called,
    "recovery.answered": lambda _e, _p: Line(gettext("Answered about the lost")),
    "ambassador.asked": lambda _e, _p: Line(gettext("Was asked to be an ambassador")),
    "ambassador.answered": lambda _e, _p: Line(gettext("Answered about being an ambassador")),
    "request.asked": _asked,
    "request.about": _asked,
    "request.replied": _desk,
    "request.said": _desk,
    "request.note": _desk,
    "request.closed": _desk,
    "claim.asked": lambda e, _p: Line(
        gettext("Asked for this page"), url_for("invitations.one_claim", claim_id=e.id)
    ),
    "registered": lambda _e, _p: Line(gettext("Registered")),
    "changed.self": _change,
    "changed.staff": _change,
    "merged": lambda e, _p: Line(
        gettext("Joined with another record: %(name)s", name=e.text), url_for("doubles.queue")
    ),
    "consent": _consent,
    "never": lambda e, _p: Line(gettext("Asked not to be asked again"), words=e.text),
    "imported": lambda e, _p: Line(
        gettext("Came with a list: %(source)s", source=e.text), words=e.detail
    ),
    "pledge": lambda e, _p: Line(
        gettext("Promised a gift: %(project)s", project=in_language(e.text, e.detail)),
        url_for("projects.project", project_id=e.id),
    ),
    "survey.asked": _survey,
    "survey.answered": _survey,
    "mail": _mail,
}
