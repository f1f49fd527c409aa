"""What can be done on a reunion's page: each act takes the form and says what was done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from graphnet.errors import BadValue, ThingNotFound
from graphnet.features import registered
from graphnet.money import amounts
from graphnet.privacy import Viewer
from graphnet.requests.closing import close as close_request
from graphnet.requests.kinds import DECLINED
from graphnet.reunions import (
    afterwards,
    applying,
    becoming,
    invitations,
    on_behalf,
    organisers,
    planning,
    polls,
    reading,
    taking,
)
from webapp.features.requests.answers import answer_letter
from webapp.features.reunions.forms import MakeEventForm
from webapp.frame.context import graphnet, live


@dataclass(frozen=True)
class Asked:
    """What was sent: the form, the value of a button on another page, the form of an event."""

    form: "MultiDict[str, str]"
    value: str = ""
    event: MakeEventForm | None = None

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return self.form.get(name, "").strip()


Act = Callable[[Viewer, str, Asked], str]


def answers_of(form: Mapping[str, str]) -> dict[str, str]:
    """Return what a form says of days: its fields ``date-ID``."""
    return {
        name.removeprefix("date-"): value
        for name, value in form.items()
        if name.startswith("date-") and value
    }


def _answer(viewer: Viewer, reunion: str, asked: Asked) -> str:
    state = asked.value or asked.text("state")
    invitations.answer(graphnet().store, viewer, reunion, state, asked.text("words"))
    return str(gettext("Your answer is kept. You can change it here."))


def _agree(viewer: Viewer, reunion: str, _asked: Asked) -> str:
    on_behalf.agree(graphnet().store, viewer, reunion)
    return str(gettext("Thank you. The Association knows that it is as you wish."))


def _refuse(viewer: Viewer, reunion: str, _asked: Asked) -> str:
    return refused(on_behalf.refuse(graphnet().store, viewer, reunion))


def refused(ended: bool) -> str:
    """Return what one is told who has no part in a reunion that was written down for one."""
    return str(
        gettext("The reunion is called off, and your name stands nowhere in it.")
        if ended
        else gettext("Your name stands nowhere in it any more. The others go on preparing it.")
    )


def _poll(viewer: Viewer, reunion: str, asked: Asked) -> str:
    said = answers_of(asked.form)
    if not said:
        raise BadValue("say of at least one day whether it suits", code="dates")
    polls.say(graphnet().store, viewer, reunion, said)
    return str(gettext("Your days are kept. You can change them until the poll closes."))


def _help(viewer: Viewer, reunion: str, _asked: Asked) -> str:
    organisers.help_with(graphnet().store, viewer, reunion)
    return str(gettext("Thank you. Your name stands on this page, and the organisers are told."))


def _leave(viewer: Viewer, reunion: str, _asked: Asked) -> str:
    organisers.step_back(graphnet().store, viewer, reunion)
    return str(gettext("You have no part in it any more. What you had to do is free again."))


def _date_add(viewer: Viewer, reunion: str, asked: Asked) -> str:
    try:
        wall = datetime.fromisoformat(asked.text("starts"))
    except ValueError as problem:
        raise BadValue(
            f"{asked.text('starts')!r} is no day and hour", code="starts", field="starts"
        ) from problem
    if wall.tzinfo is not None:
        raise BadValue(
            "a day and an hour are written without a time zone: they are those of the place",
            code="starts",
            field="starts",
        )
    polls.add(graphnet().store, viewer, reunion, wall.replace(second=0, microsecond=0))
    return str(gettext("The day is in the choice."))


def _date_drop(viewer: Viewer, reunion: str, asked: Asked) -> str:
    polls.drop(graphnet().store, viewer, reunion, asked.text("date"))
    return str(gettext("The day is out of the choice."))


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise BadValue(f"{text!r} is no day, like 2026-11-26", code=field, field=field) from problem


def _poll_closes(viewer: Viewer, reunion: str, asked: Asked) -> str:
    polls.closes(graphnet().store, viewer, reunion, _day(asked.text("closes"), "closes"))
    return str(gettext("Until then everybody can change what they said."))


def _pick(viewer: Viewer, reunion: str, asked: Asked) -> str:
    polls.pick(graphnet().store, viewer, reunion, asked.text("date"))
    return str(gettext("The day is fixed. Those who said yes or perhaps are told."))


def _unpick(viewer: Viewer, reunion: str, _asked: Asked) -> str:
    polls.take_back(graphnet().store, viewer, reunion)
    return str(gettext("The choice of the day is open again."))


def _settle(viewer: Viewer, reunion: str, asked: Asked) -> str:
    heads = asked.text("heads")
    if heads and not (heads.isdecimal() and len(heads) < 6):
        raise BadValue(f"{heads!r} is no number of people", code="heads", field="heads")
    planning.settle(
        graphnet().store, viewer, reunion, asked.text("venue"), int(heads) if heads else None
    )
    return str(gettext("Kept."))


def _cost_add(viewer: Viewer, reunion: str, asked: Asked) -> str:
    planning.add_cost(
        graphnet().store,
        viewer,
        reunion,
        asked.text("what"),
        amounts.read(asked.text("amount")),
        asked.text("currency"),
        asked.text("per"),
    )
    return str(gettext("The line is in the budget."))


def _cost_drop(viewer: Viewer, reunion: str, asked: Asked) -> str:
    planning.drop_cost(graphnet().store, viewer, reunion, asked.text("cost"))
    return str(gettext("The line is out of the budget."))


def _task_add(viewer: Viewer, reunion: str, asked: Asked) -> str:
    planning.add_task(
        graphnet().store,
        viewer,
        reunion,
        asked.text("task_what"),
        due_on=_day(asked.text("due_on"), "closes"),
        owner=asked.text("owner"),
    )
    return str(gettext("It is on the list, and whoever has it is told."))


def _task_give(viewer: Viewer, reunion: str, asked: Asked) -> str:
    owner = asked.text("owner")
    planning.give_task(graphnet().store, viewer, reunion, asked.text("task"), owner)
    return str(gettext("Given, and they are told.") if owner else gettext("It is free again."))


def _task_do(viewer: Viewer, reunion: str, asked: Asked) -> str:
    planning.do_task(graphnet().store, viewer, reunion, asked.value or asked.text("task"))
    return str(gettext("Done."))


def _task_undo(viewer: Viewer, reunion: str, asked: Asked) -> str:
    planning.do_task(graphnet().store, viewer, reunion, asked.text("task"), done=False)
    return str(gettext("It is to be done again."))


def _task_drop(viewer: Viewer, reunion: str, asked: Asked) -> str:
    planning.drop_task(graphnet().store, viewer, reunion, asked.text("task"))
    return str(gettext("It is off the list."))


def _invite(viewer: Viewer, reunion: str, asked: Asked) -> str:
    channel = asked.text("channel") or "mail"
    people = asked.form.getlist("people")
    done, left = invitations.invite(
        graphnet().store, viewer, reunion, people, rules=live().rules, channel=channel
    )
    if channel == "told":
        said = gettext("Noted: they have been told, and no letter goes.")
    else:
        said = ngettext(
            "%(num)s invitation is on its way.", "%(num)s invitations are on their way.", done
        )
    if left:
        said += " " + ngettext(
            "%(num)s was left out: invited already, without an address, or not to be written to.",
            "%(num)s were left out: invited already, without an address, or not to be written to.",
            left,
        )
    return str(said)


def _note(viewer: Viewer, reunion: str, asked: Asked) -> str:
    invitations.note_answer(
        graphnet().store,
        viewer,
        reunion,
        asked.text("invitation"),
        asked.text("state"),
        asked.text("words"),
    )
    return str(gettext("What they said is noted."))


def _groups(viewer: Viewer, reunion: str, asked: Asked) -> str:
    applying.add_groups(graphnet().store, viewer, reunion, asked.form.getlist("groups"))
    return str(gettext("They are gathered too. Choose now whom of them to invite."))


def _appoint(viewer: Viewer, reunion: str, asked: Asked) -> str:
    organisers.appoint(graphnet().store, viewer, reunion, asked.text("person"), asked.text("role"))
    return str(gettext("Changed."))


def _take(viewer: Viewer, reunion: str, asked: Asked) -> str:
    """Answer the request at the desk by taking the reunion over, or by declining it."""
    row = reading.one(graphnet().store, viewer, reunion)
    declined = asked.text("how") == DECLINED
    if row["request"] is None:
        raise ThingNotFound("nobody has asked for it")
    close_request(
        graphnet().store,
        viewer,
        registered().request_kinds,
        row["request"]["id"],
        asked.text("answer"),
        choice={"how": DECLINED} if declined else {},
        tell=answer_letter,
    )
    if declined:
        return str(gettext("Declined. Whoever asked is told why."))
    return str(gettext("It is yours. Whoever asked is told, and sees your name on this page."))


def _hand(viewer: Viewer, reunion: str, asked: Asked) -> str:
    taking.hand_over(graphnet().store, viewer, reunion, asked.text("account"))
    return str(gettext("Handed over; a colleague is told by a letter."))


def _lost(viewer: Viewer, reunion: str, _asked: Asked) -> str:
    made = becoming.ask_about_the_lost(live(), viewer, reunion)
    return str(
        ngettext("%(num)s plan of whom to ask was made.", "%(num)s plans of whom to ask were made.",
                 len(made))
    )  # fmt: skip


def _event(viewer: Viewer, reunion: str, asked: Asked) -> str:
    if asked.event is None:
        raise BadValue("an event needs a whole number of seats, or none", code="event")
    becoming.make_event(graphnet().store, viewer, reunion, asked.event.wanted())
    return str(gettext("The event is made and its registration open. Who said yes is told."))


def _call_off(viewer: Viewer, reunion: str, asked: Asked) -> str:
    becoming.call_off(graphnet().store, viewer, reunion, asked.text("reason"))
    return str(gettext("Called off. Everybody who was invited is told why."))


def _thank(viewer: Viewer, reunion: str, asked: Asked) -> str:
    n = afterwards.thank(
        graphnet().store, viewer, reunion, asked.form.getlist("people"), asked.text("thanks")
    )
    return str(ngettext("%(num)s letter of thanks goes.", "%(num)s letters of thanks go.", n))


def _close(viewer: Viewer, reunion: str, asked: Asked) -> str:
    becoming.close(graphnet().store, viewer, reunion, asked.text("reason"))
    return str(gettext("Closed."))


ACTS: dict[str, Act] = {
    "agree": _agree,
    "refuse": _refuse,
    "answer": _answer,
    "poll": _poll,
    "help": _help,
    "leave": _leave,
    "date_add": _date_add,
    "date_drop": _date_drop,
    "poll_closes": _poll_closes,
    "pick": _pick,
    "unpick": _unpick,
    "settle": _settle,
    "cost_add": _cost_add,
    "cost_drop": _cost_drop,
    "task_add": _task_add,
    "task_give": _task_give,
    "task_do": _task_do,
    "task_undo": _task_undo,
    "task_drop": _task_drop,
    "invite": _invite,
    "note": _note,
    "groups": _groups,
    "appoint": _appoint,
    "take": _take,
    "hand": _hand,
    "lost": _lost,
    "event": _event,
    "call_off": _call_off,
    "thank": _thank,
    "close": _close,
}
