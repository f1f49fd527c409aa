"""/staff/events/ID/tell: whom an event would suit, why each, why not; looked at twice, then told.

/events/ID/told is for its organisers: the same in counts, and the way to ask staff for letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet import own_accord
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.events import editing, listing
from graphnet.features import registered
from graphnet.people import Card, cards
from graphnet.requests.closing import close
from graphnet.requests.kinds import DECLINED, LONGEST_ANSWER
from graphnet.told import afterwards, asking, audience, sending
from graphnet.told.audience import KINDS, WHY_NOT, Fitting
from webapp.features.requests.answers import answer_letter
from webapp.features.told import post, words
from webapp.features.told.routes import blueprint
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language, in_tongue, language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, role_required

PURPOSE = "events"
NAMED = 30  # of those who are not told, by name, for each reason


@dataclass(frozen=True)
class Listed:
    """The people of one reason: the strongest why, or why not."""

    name: str
    people: tuple[tuple[Fitting, Card], ...]
    count: int


@blueprint.route("/staff/events/<event_id>/tell", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def tell(event_id: str) -> Response:
    """Look at the list, look again with numbers, tell; stop what has not left yet."""
    if request.method == "GET":
        return _list(event_id)
    act = request.form.get("act", "")
    chosen = request.form.getlist("to")
    out = sorted(set(request.form.get("listed", "").split()) - set(chosen))
    store, viewer = graphnet().store, current_viewer()
    here = redirect(url_for("told.tell", event_id=event_id), 303)
    if act == "stop":
        stopped = sending.stop(store, viewer, event_id)
        flash(
            ngettext("%(num)s letter is stopped.", "%(num)s letters are stopped.", stopped)
            if stopped
            else gettext("No letter waits any more: all have gone."),
            "success" if stopped else "info",
        )
        return here
    if act == "look":
        if not chosen:
            return _list(event_id, error=str(words.REASONS[BadValue]["people"]), status=422)
        return _sure(event_id, chosen, out)
    if act == "refuse":
        return _refuse(event_id)
    try:
        sent = sending.send(store, viewer, event_id, chosen, left_out=out)
    except (BadValue, Conflict) as problem:
        status = 422 if isinstance(problem, BadValue) else 409
        return _list(event_id, error=why(problem), status=status)
    minutes = int(sending.PATIENCE.total_seconds() // 60)
    flash(
        ngettext(
            "%(num)s letter is written. It leaves in %(minutes)s minutes; until then it can be "
            "stopped.",
            "%(num)s letters are written. They leave in %(minutes)s minutes; until then they can "
            "be stopped.",
            sent.told,
            minutes=minutes,
        ),
        "success",
    )
    _answer(event_id, request.form.get("answer", "").strip() or _told_words(sent.told))
    if sent.missed:
        flash(
            ngettext(
                "%(num)s person could not be told any more: something has changed meanwhile.",
                "%(num)s people could not be told any more: something has changed meanwhile.",
                sent.missed,
            ),
            "warning",
        )
    return here


def _answer(event_id: str, said: str, how: str = "") -> None:
    """Close what its organisers have asked for, if that is open: they get the words by a letter."""
    store, viewer = graphnet().store, current_viewer()
    wish = asking.latest(store, viewer, event_id)
    if wish is None or not wish.open:
        return
    try:
        close(
            store,
            viewer,
            registered().request_kinds,
            wish.id,
            said,
            choice={"how": how},
            tell=answer_letter,
        )
    except Conflict:
        return  # a colleague has answered it meanwhile


def _refuse(event_id: str) -> Response:
    said = request.form.get("answer", "").strip()
    if not said or len(said) > LONGEST_ANSWER:
        return _list(event_id, error=str(words.ANSWER), status=422)
    _answer(event_id, said, DECLINED)
    flash(gettext("Nobody is told; its organisers get your words."), "success")
    return redirect(url_for("told.tell", event_id=event_id), 303)


def _told_words(n: int) -> str:
    return str(
        ngettext("%(num)s person is told of it by letter.",
                 "%(num)s people are told of it by letter.", n)
    )  # fmt: skip


def _list(event_id: str, *, error: str = "", status: int = 200) -> Response:
    store, viewer = graphnet().store, current_viewer()
    held = editing.one(store, viewer, event_id)
    found = audience.fitting(store, event_id)
    ready = [one for one in found if not one.why_not]
    listed = ready[: sending.MOST_AT_ONCE]
    by_why = {why: [one for one in found if one.why_not == why] for why in WHY_NOT}
    named = [one for some in by_why.values() for one in some[:NAMED]]
    keys = [one.key for one in (*listed, *named)]
    shown = {card.key: card for card in cards(store, viewer, keys, rules=live().rules)}
    store.in_write(lambda t: acted(t, viewer, "read whom an event fits", event_id, keys=keys))
    event = listing.event_page(live(), viewer, event_id).event
    return answer(
        "told/tell.html",
        status=status,
        held=held,
        event=event,
        problem=words.REASONS[Conflict].get(sending.problem(store, event_id) or "none", ""),
        error=error,
        reasons=_grouped(listed, shown),
        more=len(ready) - len(listed),
        rest=[
            Listed(why, _people(some[:NAMED], shown), len(some))
            for why, some in by_why.items()
            if some
        ],
        figures=audience.figures(found),
        sample=post.sample(event, ready[0], language(), graphnet().settings.site_url)
        if ready
        else None,
        after=afterwards.afterwards(live(), viewer, event_id),
        wish=asking.latest(store, viewer, event_id, rules=live().rules),
        said=request.form.get("answer", ""),
        words=words,
        kinds=KINDS,
        most=own_accord.MOST,
    )


def _people(some: Sequence[Fitting], shown: dict[int, Card]) -> tuple[tuple[Fitting, Card], ...]:
    return tuple((one, shown[one.key]) for one in some if one.key in shown)


def _grouped(listed: Sequence[Fitting], shown: dict[int, Card]) -> list[Listed]:
    found = []
    for kind, some in groupby(listed, key=lambda one: one.kind):
        people = _people(list(some), shown)
        found.append(Listed(kind, people, len(people)))
    return found


def _sure(event_id: str, chosen: list[str], out: list[str]) -> Response:
    """Show the numbers once more, before what cannot be taken back."""
    store, viewer = graphnet().store, current_viewer()
    held = editing.one(store, viewer, event_id)
    found = audience.fitting(store, event_id, people={*chosen, *out})
    ready = [one for one in found if not one.why_not]
    going = [one for one in ready if one.id in chosen]
    if not going:
        return _list(event_id, error=str(words.REASONS[BadValue]["people"]), status=422)
    wish = asking.latest(store, viewer, event_id, rules=live().rules)
    said = ""
    if wish is not None and wish.open:
        with in_tongue(wish.language):
            said = _told_words(len(going))
    return answer(
        "told/sure.html",
        held=held,
        wish=wish,
        said=said,
        going=going,
        out=[one for one in ready if one.id in out],
        listed=" ".join(one.id for one in ready),
        by_kind=[(kind, sum(one.kind == kind for one in going)) for kind in KINDS],
        second=sum(one.letters > 0 for one in going),
        minutes=int(sending.PATIENCE.total_seconds() // 60),
        words=words,
    )


@blueprint.get("/events/<event_id>/told")
@role_required("staff", "alumnus", purpose=PURPOSE)
def figures(event_id: str) -> Response:
    """Whom an event would suit, who was told, who was not and why: counts alone."""
    store, viewer = graphnet().store, current_viewer()
    held = editing.one(store, viewer, event_id)
    return _figures(event_id, held)


def _figures(
    event_id: str, held: editing.Editable, *, error: str = "", status: int = 200
) -> Response:
    store, viewer = graphnet().store, current_viewer()
    over = bool(sending.problem(store, event_id))
    return answer(
        "told/figures.html",
        status=status,
        held=held,
        error=error,
        said=request.form.get("text", ""),
        wish=asking.latest(store, viewer, event_id, rules=live().rules),
        can_ask=not over and not viewer.is_staff,
        figures=None if over else audience.counted(store, viewer, event_id),
        after=afterwards.afterwards(live(), viewer, event_id),
        words=words,
        kinds=KINDS,
    )


@blueprint.post("/events/<event_id>/told")
@role_required("alumnus", purpose=PURPOSE)
@limiter.limit("20/hour")
def ask(event_id: str) -> Response:
    """Ask the Association to tell those whom an event of mine would suit."""
    store, viewer, text = graphnet().store, current_viewer(), request.form.get("text", "")
    held = editing.one(store, viewer, event_id)
    title = in_language(held.content.title, held.content.title_ru)
    try:
        asking.ask(
            store,
            viewer,
            event_id,
            text,
            subject=gettext("Tell of the event: %(title)s", title=title)[:200],
        )
    except (BadValue, Conflict, TooMany) as problem:
        status = 422 if isinstance(problem, BadValue) else 409
        return _figures(event_id, held, error=why(problem), status=status)
    flash(
        gettext("The Association has your request: it looks at whom to tell, and you hear of it."),
        "success",
    )
    return redirect(url_for("told.figures", event_id=event_id), 303)


@blueprint.app_template_global("event_to_tell")
def event_to_tell(request_id: str) -> str:
    """Return the id of the event that a request at the desk is about."""
    return asking.event_of(graphnet().store, request_id)
