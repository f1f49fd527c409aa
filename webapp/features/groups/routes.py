"""/groups: communities, founding, joining and leaving them, and those of one's own classes."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.groups import classes, membership, reading, talk
from graphnet.model import GROUP_KINDS, new_id
from webapp.features.groups.forms import PostForm, WordForm
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or, page_of
from webapp.frame.security import current_viewer, limiter, role_required, signed_in

blueprint = Blueprint("groups", __name__, template_folder="templates")
PURPOSE = "communities"
SHOWN = 24


@blueprint.get("/groups")
@signed_in
def index() -> Response:
    """All communities: one's own first, then the largest."""
    viewer, store = current_viewer(purpose=PURPOSE), graphnet().store
    topic, kind = request.args.get("topic", ""), request.args.get("kind", "")
    mine = request.args.get("mine", "") == "1"
    kind = kind if kind in GROUP_KINDS else ""
    _, total = reading.groups(store, viewer, topic=topic, kind=kind, mine=mine, limit=0)
    page = page_of(total, size=SHOWN)
    rows, _ = reading.groups(
        store, viewer, topic=topic, kind=kind, mine=mine, skip=page.skip, limit=page.size
    )
    own = viewer.is_alumnus and viewer.person_key is not None
    return answer(
        "groups/index.html",
        rows=rows,
        page=page,
        topic=topic,
        kind=kind,
        mine=mine,
        classes=classes.of_mine(store, viewer) if own else [],
        new={row["id"]: row["n"] for row in talk.new(store, viewer)} if own else {},
    )


@blueprint.get("/groups/<group_id>")
@signed_in
def group(group_id: str) -> Response:
    """One community: what it is, its members, what is on, and for members what is said."""
    return show(group_id)


def show(group_id: str, *, form: PostForm | None = None, status: int = 200) -> Response:
    """Return the page of a community; with a form that was not kept, as it was filled in."""
    viewer = current_viewer(purpose=PURPOSE)
    page = reading.group_page(live(), viewer, group_id)
    reads = viewer.is_staff or (page.within and viewer.is_alumnus)
    number = request.args.get("page", "1")
    skip = (int(number) - 1) * talk.SHOWN if number.isdecimal() and 0 < int(number) < 1000 else 0
    posts, more = talk.talk(live(), viewer, group_id, skip=skip) if reads else ([], False)
    if reads and page.within and request.method == "GET" and not skip:
        talk.look(graphnet().store, viewer, group_id)
    if form is None:
        form = PostForm(formdata=None, form=new_id())
    return answer(
        "groups/group.html",
        page=page,
        group=page.group,
        runs=viewer.is_staff or page.group["role"] == "organiser",
        speaks=page.within and page.published and viewer.is_alumnus,
        reads=reads,
        posts=posts,
        older=skip // talk.SHOWN + 2 if more else 0,
        form=form,
        word=WordForm(formdata=None),
        status=status,
    )


@blueprint.post("/groups/class")
@role_required("alumnus")
@limiter.limit("30/hour")
def open_class() -> Response:
    """Open the community of one of my groups or intakes, or join the one that is there."""
    made = classes.open_class(graphnet().store, current_viewer(), request.form.get("of", ""))
    flash(gettext("You are a member now."), "success")
    return redirect(url_for("groups.group", group_id=made), 303)


@blueprint.post("/groups/<group_id>/<act>")
@signed_in
@limiter.limit("120/hour")
def act(group_id: str, act: str) -> Response:
    """Join, ask, take an invitation or not, take one's asking back, or leave."""
    viewer, store = current_viewer(purpose=PURPOSE), graphnet().store
    page = url_for("groups.group", group_id=group_id)
    try:
        if act == "join":
            membership.join(store, viewer, group_id)
            flash(gettext("You are a member now."), "success")
        elif act == "ask":
            membership.ask(store, viewer, group_id, request.form.get("text", ""))
            flash(gettext("Asked. Its organisers decide, and you get a letter."), "success")
        elif act == "withdraw":
            membership.withdraw(store, viewer, group_id)
            flash(gettext("You do not ask any more."), "success")
        elif act in ("take", "decline"):
            membership.answer_invitation(store, viewer, group_id, take=act == "take")
            flash(
                gettext("You are a member now.")
                if act == "take"
                else gettext("You have said no to the invitation."),
                "success",
            )
            page = back_or(page if act == "take" else url_for("groups.index"))
        elif act == "leave":
            alone = membership.leave(store, viewer, group_id)
            flash(gettext("You are no longer a member."), "success")
            if alone:
                flash(gettext("Nobody organises it now: the Association looks after it."), "info")
            page = url_for("groups.index")
    except (BadValue, TooMany, Conflict) as problem:
        flash(why(problem), "error")
    return redirect(page, 303)
