"""/events/new, /events/ID/edit, /staff/events: making events, publishing and calling them off."""

from dataclasses import replace

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet import versions
from graphnet.errors import BadValue, Conflict
from graphnet.events import editing, proposing, roster, states
from graphnet.events.choosing import choices, organises_something
from graphnet.events.content import MOVING, Content
from graphnet.privacy import Viewer
from webapp.features.events.forms import EventForm, values
from webapp.features.events.routes import blueprint
from webapp.features.events.words import field_words, why_nobody
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import mark_wrong, why
from webapp.frame.respond import answer, page_of, whole_number
from webapp.frame.security import current_viewer, role_required
from webapp.frame.versions import (
    Choice,
    choices_between,
    form_page,
    version_number,
    with_choices,
)

PURPOSE = "events"
SHOWN = 25
TABS = ("proposed", "draft", "coming", "past", "cancelled")


@blueprint.get("/staff/events")
@role_required("staff", purpose=PURPOSE)
def staff_index() -> Response:
    """Every event in hand, by what is to be done with it."""
    return _in_hand("events/staff_index.html")


@blueprint.get("/events/organised")
@role_required("alumnus", purpose=PURPOSE)
def organised() -> Response:
    """The events that I organise: of my communities, and of reunions."""
    return _in_hand("events/organised.html")


def _in_hand(template: str) -> Response:
    what = request.args.get("what", "")
    store, viewer = graphnet().store, current_viewer()
    if what not in TABS:
        what = "proposed" if viewer.is_staff and roster.proposed(store, viewer) else "coming"
    number = whole_number("page", 1, low=1, high=10_000)
    rows = roster.in_hand(store, viewer, what, skip=(number - 1) * SHOWN, limit=SHOWN + 1)
    total = (number - 1) * SHOWN + len(rows)  # as far as is known: one more leads on
    return answer(
        template,
        rows=rows[:SHOWN],
        what=what,
        page=page_of(total, size=SHOWN),
        can_make=viewer.is_staff or organises_something(store, viewer),
    )


@blueprint.route("/events/new", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
def new() -> Response:
    """Draft an event; with ?like=ID one like another."""
    store, viewer = graphnet().store, current_viewer()
    begin = Content()
    if like := request.args.get("like", ""):
        begin = replace(
            editing.one(store, viewer, like).content,
            starts=None,
            ends=None,
            opens=None,
            closes=None,
            materials="",
        )
    form = EventForm(data=None if request.method == "POST" else values(begin))
    may = choices(store, viewer)
    form.offer(may, zone=form.time_zone.data or "", own_only=not viewer.is_staff)
    if form.validate_on_submit():
        try:
            event_id = editing.create(store, viewer, form.content())
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="title")
        else:
            flash(gettext("The draft is kept. Nobody sees it until it is published."), "success")
            return redirect(url_for("events.event", event_id=event_id), 303)
    return _form(form, None)


@blueprint.route("/events/<event_id>/edit", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
def edit(event_id: str) -> Response:
    """Change an event; who saves second sees what stands there now."""
    store, viewer = graphnet().store, current_viewer()
    held = editing.one(store, viewer, event_id)
    begin = values(held.content) | {"version": held.version}
    form = EventForm(data=None if request.method == "POST" else begin)
    may = choices(store, viewer, anew=False)
    form.offer(may, zone=held.content.time_zone, own_only=not viewer.is_staff)
    if form.validate_on_submit():
        content = form.content()
        if not viewer.is_staff:  # what they cannot choose stays as staff have set it
            content = replace(content, unit=held.content.unit)
            if held.content.group not in {row["id"] for row in may.groups}:
                content = replace(content, group=held.content.group)
        content = with_choices(content, held.content, field_words())
        try:
            different = _change(viewer, event_id, content, version_number(form.version.data))
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="title")
        except versions.Meanwhile as meanwhile:
            there = choices_between(form, meanwhile, content, field_words())
            return _form(form, held, meanwhile=there)
        except Conflict as problem:
            if problem.code == "waits":
                return _form(form, held, waits=True)
            flash(why(problem), "error")
            return redirect(url_for("events.event", event_id=event_id), 303)
        else:
            flash(_changed(held, different), "success")
            return redirect(url_for("events.event", event_id=event_id), 303)
    return _form(form, held)


def _change(
    viewer: Viewer, event_id: str, content: Content, version: int
) -> dict[str, tuple[object, object]] | None:
    """Change an event, or leave with staff what they look at first: then None is returned."""
    store = graphnet().store
    try:
        return editing.change(store, viewer, event_id, content, version=version)
    except editing.Looked:
        proposing.propose(store, viewer, event_id, content, version=version)
        return None


def _changed(held: editing.Editable, different: dict[str, tuple[object, object]] | None) -> str:
    if different is None:
        return str(
            gettext(
                "Your change is with the Association: until it has looked at it, the event stays "
                "as it is. You get a letter."
            )
        )
    if not different:
        return str(gettext("Nothing was changed."))
    moved = MOVING & set(different)
    if held.state == "published" and moved and held.registered:
        told: str = ngettext(
            "Changed. %(num)s person who is registered gets a letter.",
            "Changed. %(num)s people who are registered get a letter.",
            held.registered,
        )
        return told
    return str(gettext("Changed."))


def _form(
    form: EventForm,
    held: editing.Editable | None,
    *,
    meanwhile: list[Choice] | None = None,
    waits: bool = False,
) -> Response:
    return form_page(
        "events/edit.html",
        form,
        held,
        meanwhile=meanwhile,
        waits=waits,
        looked=held is not None and held.state == "published" and not current_viewer().is_staff,
        wrong=not waits,
    )


@blueprint.post("/events/<event_id>/state")
@role_required("staff", "alumnus", purpose=PURPOSE)
def change_state(event_id: str) -> Response:
    """Publish, propose, send back, call off, throw a draft away, or give the reserve up."""
    store, viewer = graphnet().store, current_viewer()
    act, notice = request.form.get("act", ""), request.form.get("notice", "")
    page = url_for("events.event", event_id=event_id)
    try:
        if act == "publish":
            version = version_number(request.form.get("version"))
            state = states.publish(store, viewer, event_id, version=version)
            flash(
                gettext("Published: from now on one can register.")
                if state == "published"
                else gettext("Proposed. The Association looks at it and publishes it."),
                "success",
            )
        elif act == "send_back":
            states.send_back(store, viewer, event_id, notice)
            flash(gettext("Sent back: its organisers are told what to change."), "success")
        elif act == "cancel":
            told = states.cancel(store, viewer, event_id, notice)
            flash(
                ngettext(
                    "Called off. %(num)s person is told.",
                    "Called off. %(num)s people are told.",
                    told,
                ),
                "success",
            )
        elif act == "throw_away":
            states.throw_away(store, viewer, event_id)
            flash(gettext("The draft is gone."), "success")
            page = url_for("events.staff_index" if viewer.is_staff else "events.organised")
        else:
            raise BadValue(
                "an event is proposed, published, sent back, called off or thrown away", code="act"
            )
    except (versions.Meanwhile, BadValue) as problem:
        flash(why(problem), "error")
    except Conflict:
        flash(gettext("It is not in the state for that any more. Look at it again."), "error")
    return redirect(page, 303)


@blueprint.post("/events/<event_id>/change")
@role_required("staff", "alumnus", purpose=PURPOSE)
def decide_change(event_id: str) -> Response:
    """Let a change of its organisers hold, refuse it with a reason; they take it back."""
    store, viewer, act = graphnet().store, current_viewer(), request.form.get("act", "")
    change = request.form.get("change", "")
    try:
        if act == "approve":
            version = version_number(request.form.get("version"))
            held = editing.one(store, viewer, event_id)
            different = proposing.approve(store, viewer, event_id, change, version=version)
            flash(_changed(held, different), "success")
        elif act == "refuse":
            proposing.refuse(store, viewer, event_id, change, request.form.get("notice", ""))
            flash(gettext("It stays as it is; its organisers are told why."), "success")
        elif act == "take_back":
            proposing.take_back(store, viewer, event_id, change)
            flash(gettext("Taken back: the event stays as it is."), "success")
        else:
            raise BadValue("a change is approved, refused or taken back", code="act")
    except (versions.Meanwhile, BadValue) as problem:
        flash(why(problem), "error")
    except Conflict:
        flash(gettext("It is not in the state for that any more. Look at it again."), "error")
    return redirect(url_for("events.event", event_id=event_id, _anchor="makers"), 303)


@blueprint.get("/events/<event_id>/people")
@role_required("staff", "alumnus", purpose=PURPOSE)
def registered(event_id: str) -> Response:
    """Who comes, for whom a seat is held, who waits and why; answers to the questions."""
    viewer = current_viewer()
    held = editing.one(graphnet().store, viewer, event_id)
    found = roster.roster(live(), viewer, event_id)
    return answer(
        "events/people.html",
        held=held,
        roster=found,
        why=why_nobody(found.plan.why, found.plan.free),
    )
