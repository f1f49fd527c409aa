"""/groups/new, /groups/ID/edit, /staff/groups: founding, changing, publishing, putting aside."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet import versions
from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.groups import editing, reading, uniting
from graphnet.groups.content import Content
from graphnet.people import topics
from webapp.features.groups.forms import GroupForm, values
from webapp.features.groups.routes import PURPOSE, blueprint
from webapp.features.groups.words import ENTRY_WORDS, FIELD_WORDS
from webapp.frame.context import graphnet
from webapp.frame.reasons import mark_wrong, why
from webapp.frame.respond import answer, page_of, whole_number
from webapp.frame.security import current_viewer, limiter, role_required
from webapp.frame.versions import (
    Choice,
    choices_between,
    form_page,
    version_number,
    with_choices,
)

SHOWN = 50
TABS = ("proposed", "on", "alone", "archived")


@blueprint.get("/staff/groups")
@role_required("staff", purpose=PURPOSE)
def staff_index() -> Response:
    """Communities in hand, by what is to be done with them."""
    store, viewer = graphnet().store, current_viewer()
    what = request.args.get("what", "")
    if what not in TABS:
        what = "proposed" if reading.in_hand(store, viewer, "proposed", limit=1) else "on"
    number = whole_number("page", 1, low=1, high=10_000)
    rows = reading.in_hand(store, viewer, what, skip=(number - 1) * SHOWN, limit=SHOWN + 1)
    total = (number - 1) * SHOWN + len(rows)  # as far as is known: one more leads on
    return answer(
        "groups/staff_index.html",
        rows=rows[:SHOWN],
        what=what,
        page=page_of(total, size=SHOWN),
        entries=ENTRY_WORDS,
    )


@blueprint.route("/groups/new", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
@limiter.limit("30/hour", methods=["POST"])
def new() -> Response:
    """Found a community: members propose theirs to the Association."""
    store, viewer = graphnet().store, current_viewer()
    form = GroupForm(data=None if request.method == "POST" else values(Content()))
    form.offer(topics.all_topics(store))
    if form.validate_on_submit():
        try:
            made, state = editing.found(store, viewer, form.content())
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="name")
        except Conflict as problem:
            flash(why(problem), "error")
        else:
            flash(
                gettext("Published.")
                if state == "published"
                else gettext("Proposed. The Association looks at it; you get a letter."),
                "success",
            )
            return redirect(url_for("groups.group", group_id=made), 303)
    return _form(form, None)


@blueprint.route("/groups/<group_id>/edit", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
def edit(group_id: str) -> Response:
    """Change a community; who saves second sees what stands there now."""
    store, viewer = graphnet().store, current_viewer()
    held = editing.editable(store, viewer, group_id)
    begin = values(held.content) | {"version": held.version}
    form = GroupForm(data=None if request.method == "POST" else begin)
    form.offer(topics.all_topics(store))
    page = url_for("groups.group", group_id=group_id)
    if form.validate_on_submit():
        content = form.content()
        content = with_choices(content, held.content, FIELD_WORDS)
        try:
            version = version_number(form.version.data)
            different = editing.change(store, viewer, group_id, content, version=version)
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="name")
        except versions.Meanwhile as meanwhile:
            there = choices_between(form, meanwhile, content, FIELD_WORDS)
            return _form(form, held, meanwhile=there)
        except Conflict as problem:
            flash(why(problem), "error")
            return redirect(page, 303)
        else:
            flash(gettext("Changed.") if different else gettext("Nothing was changed."), "success")
            return redirect(page, 303)
    return _form(form, held)


def _form(
    form: GroupForm,
    held: editing.Editable | None,
    *,
    meanwhile: list[Choice] | None = None,
) -> Response:
    return form_page(
        "groups/edit.html",
        form,
        held,
        meanwhile=meanwhile,
    )


@blueprint.post("/groups/<group_id>/state")
@role_required("staff", "alumnus", purpose=PURPOSE)
def change_state(group_id: str) -> Response:
    """Publish, propose, send back, put aside, take up again, or throw a draft away."""
    store, viewer = graphnet().store, current_viewer()
    act, notice = request.form.get("act", ""), request.form.get("notice", "")
    page = url_for("groups.group", group_id=group_id)
    try:
        if act == "publish":
            version = version_number(request.form.get("version"))
            state = editing.publish(store, viewer, group_id, version=version)
            flash(
                gettext("Published: its founder gets a letter.")
                if state == "published"
                else gettext("Proposed. The Association looks at it; you get a letter."),
                "success",
            )
        elif act == "send_back":
            editing.send_back(store, viewer, group_id, notice)
            flash(gettext("Sent back: its founder gets a letter with your words."), "success")
            page = url_for("groups.staff_index")
        elif act == "archive":
            told = editing.archive(store, viewer, group_id, notice)
            flash(
                ngettext(
                    "Put aside. %(num)s member gets a letter.",
                    "Put aside. %(num)s members get a letter.",
                    told,
                ),
                "success",
            )
        elif act == "reopen":
            editing.reopen(store, viewer, group_id)
            flash(gettext("It is on again: its organisers get a letter."), "success")
        elif act == "throw_away":
            editing.throw_away(store, viewer, group_id)
            flash(gettext("The draft is gone."), "success")
            page = url_for("groups.staff_index" if viewer.is_staff else "groups.index")
    except (BadValue, NotAllowed, Conflict) as problem:
        flash(why(problem), "error")
    return redirect(page, 303)


@blueprint.route("/staff/groups/<group_id>/unite", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def unite(group_id: str) -> Response:
    """Join a community into another: choose it, see what will happen, then do it."""
    store, viewer = graphnet().store, current_viewer()
    held = editing.editable(store, viewer, group_id)
    into = request.values.get("into", "")
    seen = None
    try:
        if into:
            seen = uniting.foreseen(store, viewer, group_id, into)
        if seen is not None and request.method == "POST":
            moved = uniting.unite(store, viewer, group_id, into)
            flash(
                ngettext(
                    "Joined. %(num)s member of the one that goes gets a letter.",
                    "Joined. %(num)s members of the one that goes get a letter.",
                    moved,
                ),
                "success",
            )
            return redirect(url_for("groups.group", group_id=into), 303)
    except Conflict as problem:
        flash(why(problem), "error")
        seen = None
    others = reading.in_hand(store, viewer, "on", limit=500)
    return answer(
        "groups/unite.html",
        held=held,
        seen=seen,
        others=[row for row in others if row["id"] != group_id],
        status=409 if request.method == "POST" else 200,
    )
