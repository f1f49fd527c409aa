"""/messages: my conversations, one of them, writing, what is new, groups, reporting.

A page asks for what is new by the number of acts that it has seen; where there is nothing the
answer is 204, for one look at one node. Words that could not be sent are always in the answer.
"""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.connections import ties
from graphnet.discovery.classmates import classes
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound, TooMany
from graphnet.messages import conversations, posting, reach
from graphnet.people import Card, profile
from webapp.features.contacts.forms import ReportForm
from webapp.features.messages.forms import GroupForm, MessageForm
from webapp.features.messages.words import NOT_TO_THEM
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer, page_of, whole_number
from webapp.frame.security import current_account, current_viewer, limiter, role_required

blueprint = Blueprint("messages", __name__, template_folder="templates")

PAGE = 20


@blueprint.get("/messages")
@role_required("alumnus")
def index() -> Response:
    """My conversations, that with the newest message first."""
    store, viewer = graphnet().store, current_viewer()
    page = page_of(conversations.count(store, viewer), size=PAGE)
    found = conversations.mine(store, viewer, skip=page.skip, limit=page.size, rules=live().rules)
    return answer("messages/index.html", found=found, page=page)


def _signed_out() -> Response | None:
    """Answer a form whose sender's session has ended: with their words, and the way back."""
    if current_account() is not None:
        return None
    response = answer(
        "messages/signed_out.html",
        fragment="messages/_signed_out.html",
        status=401,
        words=request.form.get("text", ""),
        back=request.path,
    )
    return response


@blueprint.get("/messages/with/<person_id>")
@role_required("alumnus")
def with_person(person_id: str) -> Response:
    """Go to the conversation with somebody, or begin one."""
    store, viewer = graphnet().store, current_viewer()
    if known := posting.existing(store, viewer, person_id, rules=live().rules):
        return redirect(url_for("messages.thread", conversation_id=known), 303)
    return answer("messages/first.html", card=_reachable(person_id), form=MessageForm(), problem="")


def _reachable(person_id: str) -> Card:
    store, viewer, rules = graphnet().store, current_viewer(), live().rules
    card = profile(store, viewer, person_id, rules=rules).card
    reach.one(store, viewer, card.key, rules=rules)
    return card


@blueprint.post("/messages/with/<person_id>")
@limiter.limit("60/hour")
def begin(person_id: str) -> Response:
    """Write to somebody for the first time."""
    return _signed_out() or _begin(person_id)


@role_required("alumnus")
def _begin(person_id: str) -> Response:
    store, viewer, form = graphnet().store, current_viewer(), MessageForm()
    problem = ""
    if form.validate_on_submit():
        try:
            made = posting.begin(
                store,
                viewer,
                person_id,
                form.text.data,
                once=form.once.data or "",
                rules=live().rules,
            )
        except (BadValue, TooMany, Conflict) as refused:
            problem = why(refused, NOT_TO_THEM)
        else:
            return redirect(url_for("messages.thread", conversation_id=made), 303)
    return answer(
        "messages/first.html", card=_reachable(person_id), form=form, problem=problem, status=422
    )


@blueprint.get("/messages/new")
@role_required("alumnus")
def new() -> Response:
    """Choose people for a conversation of several."""
    return _group_page(GroupForm(), [], "")


@blueprint.post("/messages/new")
@limiter.limit("30/hour")
def begin_group() -> Response:
    """Begin a conversation of several."""
    return _signed_out() or _begin_group()


@role_required("alumnus")
def _begin_group() -> Response:
    form, chosen = GroupForm(), request.form.getlist("person")
    problem = ""
    if form.validate_on_submit():
        try:
            made = posting.begin_group(
                graphnet().store,
                current_viewer(),
                form.title.data,
                chosen,
                form.text.data,
                once=form.once.data or "",
                rules=live().rules,
            )
        except (BadValue, TooMany, Conflict, PersonNotFound) as refused:
            problem = why(refused, NOT_TO_THEM)
        else:
            return redirect(url_for("messages.thread", conversation_id=made), 303)
    return _group_page(form, chosen, problem, status=422)


def _group_page(form: GroupForm, chosen: list[str], problem: Any, *, status: int = 200) -> Response:
    return answer(
        "messages/group.html",
        form=form,
        chosen=set(chosen),
        problem=problem,
        people=_offered(),
        largest=posting.LARGEST,
        status=status,
    )


def _offered(without: tuple[Card, ...] = ()) -> list[Card]:
    """Return my contacts, then my groupmates, of those to whom I may write."""
    store, viewer, rules = graphnet().store, current_viewer(), live().rules
    keys = [one.card.key for one in ties.mine(store, viewer, rules=rules)]
    keys += [
        mate.card.key
        for group in classes(store, viewer, rules=rules).groups
        for mate in group.mates
    ]
    there = {card.key for card in without}
    found = reach.open_to(store, viewer, keys, rules=rules)
    return [card for card in found if card.key not in there]


@blueprint.get("/messages/<conversation_id>")
@role_required("alumnus")
def thread(conversation_id: str) -> Response:
    """One conversation: its newest messages, or those before a number."""
    return _thread(conversation_id, MessageForm(formdata=None))


def _thread(
    conversation_id: str, form: MessageForm, *, problem: Any = "", status: int = 200
) -> Response:
    store, viewer = graphnet().store, current_viewer()
    before = whole_number("before", 0)
    shown = conversations.thread(store, viewer, conversation_id, before=before, rules=live().rules)
    if not before:
        conversations.mark_seen(store, viewer, shown)
    adding = shown.starter and shown.kind == "group" and not request.headers.get("HX-Request")
    return answer(
        "messages/thread.html",
        fragment="messages/_talk.html",
        thread=shown,
        form=form,
        problem=problem,
        before=before,
        offered=_offered(shown.people) if adding else [],
        largest=posting.LARGEST,
        status=status,
    )


@blueprint.post("/messages/<conversation_id>")
@limiter.limit("60/minute")
def send(conversation_id: str) -> Response:
    """Write into a conversation."""
    return _signed_out() or _send(conversation_id)


@role_required("alumnus")
def _send(conversation_id: str) -> Response:
    store, viewer, form = graphnet().store, current_viewer(), MessageForm()
    if not form.validate_on_submit():
        return _thread(conversation_id, form, status=422)
    try:
        posting.post(store, viewer, conversation_id, form.text.data, once=form.once.data or "")
    except (BadValue, Conflict) as refused:
        return _thread(conversation_id, form, problem=why(refused, NOT_TO_THEM), status=422)
    if request.headers.get("HX-Request"):
        return _thread(conversation_id, MessageForm(formdata=None))
    return redirect(
        url_for("messages.thread", conversation_id=conversation_id, _anchor="newest"), 303
    )


@blueprint.get("/messages/<conversation_id>/new")
@limiter.exempt
def fresh(conversation_id: str) -> Response:
    """Answer whether there is anything new: 204, or the messages of the page anew."""
    if current_account() is None:  # the page stays, with what is being written on it
        return make_response("", 204)
    return _fresh(conversation_id)


@role_required("alumnus")
def _fresh(conversation_id: str) -> Response:
    store, viewer = graphnet().store, current_viewer()
    if conversations.version(store, viewer, conversation_id) == whole_number("version", -1, low=-1):
        return make_response("", 204)
    shown = conversations.thread(store, viewer, conversation_id, rules=live().rules)
    conversations.mark_seen(store, viewer, shown)
    return answer("messages/_messages.html", thread=shown, before=0)


@blueprint.post("/messages/<conversation_id>/act")
@role_required("alumnus")
@limiter.limit("120/hour")
def act(conversation_id: str) -> Response:
    """Delete a message of mine, mute, leave, add people."""
    store, viewer = graphnet().store, current_viewer()
    wanted = request.form.get("act", "")
    back = redirect(url_for("messages.thread", conversation_id=conversation_id), 303)
    if wanted == "delete":
        try:
            number = int(request.form.get("number", ""))
        except ValueError as problem:
            raise ThingNotFound("no such message") from problem
        conversations.delete(store, viewer, conversation_id, number)
    elif wanted in ("mute", "hear"):
        conversations.mute(store, viewer, conversation_id, muted=wanted == "mute")
        flash(
            gettext("Muted: you are not told of it any more.")
            if wanted == "mute"
            else gettext("You are told of it again."),
            "success",
        )
    elif wanted == "leave":
        conversations.leave(store, viewer, conversation_id)
        flash(gettext("You have left the conversation."), "success")
        back = redirect(url_for("messages.index"), 303)
    elif wanted == "add":
        return _add(conversation_id)
    else:
        raise BadValue("delete, mute, hear, leave or add")
    return back


def _add(conversation_id: str) -> Response:
    try:
        posting.add(
            graphnet().store,
            current_viewer(),
            conversation_id,
            request.form.getlist("person"),
            rules=live().rules,
        )
    except (BadValue, TooMany, PersonNotFound) as refused:
        return _thread(
            conversation_id,
            MessageForm(formdata=None),
            problem=why(refused, NOT_TO_THEM),
            status=422,
        )
    flash(gettext("Added. They read what is written from now on."), "success")
    return redirect(url_for("messages.thread", conversation_id=conversation_id), 303)


@blueprint.route("/messages/<conversation_id>/report/<int:number>", methods=["GET", "POST"])
@role_required("alumnus")
@limiter.limit("30/hour", methods=["POST"])
def report(conversation_id: str, number: int) -> Response:
    """Report one message; staff get its words and no others."""
    store, viewer, form = graphnet().store, current_viewer(), ReportForm()
    words = conversations.reported(store, viewer, conversation_id, number)
    problem = ""
    if form.validate_on_submit():
        try:
            conversations.report(store, viewer, conversation_id, number, form.why.data)
        except TooMany as refused:
            problem = why(refused)
        else:
            flash(
                gettext(
                    "Reported. Staff look at it and answer you; you find it under your requests."
                ),
                "success",
            )
            return redirect(url_for("messages.thread", conversation_id=conversation_id), 303)
    return answer(
        "messages/report.html",
        words=words,
        form=form,
        problem=problem,
        back=conversation_id,
        status=422 if problem or form.errors else 200,
    )
