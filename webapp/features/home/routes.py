"""/home: what can I do here, now: my groups, people and events for me, what waits for my answer."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.discovery.classmates import classes
from graphnet.recommendations import ForPerson, Item
from graphnet.recommendations.people_you_may_know import dismiss, people_i_may_know
from webapp.features.recommendations.shared import for_reader, note_shown
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, signed_in
from webapp.frame.waiting import waiting

blueprint = Blueprint("home", __name__, template_folder="templates")

# The third list takes a little of each of these.
TO_JOIN = (("groups", 2), ("projects", 2), ("requests", 1), ("news", 1))


@blueprint.get("/home")
@signed_in
def home() -> Response:
    """An alumnus' own page; staff and analysts begin at theirs."""
    viewer = current_viewer(purpose="home")
    if viewer.is_staff:
        return redirect(url_for("staff.today"), 303)
    if viewer.is_analyst:
        return redirect(url_for("maps.index"), 303)
    mine = classes(graphnet().store, viewer, rules=live().rules, counted=True)
    people = people_i_may_know(live(), viewer, k=6)
    reader = for_reader(viewer)
    events, meet, join = for_me(reader, {found.card.id for found in people})
    note_shown(reader, [*events, *meet, *join])
    return answer(
        "home/home.html",
        waiting=waiting(viewer),
        groups=mine.groups,
        people=people,
        events=events,
        meet=meet,
        join=join,
    )


def for_me(reader: ForPerson, seen: set[str]) -> tuple[list[Item], list[Item], list[Item]]:
    """Return the three lists of the page: events, people to meet, what to join and help with.

    Nothing stands on the page twice, nor two things of one community where there is a choice.
    """
    lists = reader.several((("events", 3), ("meet", 4), *TO_JOIN), seen=frozenset(seen))
    join = [item for name, _ in TO_JOIN for item in lists[name]]
    return lists["events"], lists["meet"], join


@blueprint.post("/dismiss")
@signed_in
def dismiss_suggestion() -> Response:
    """Never suggest this again; the page offers to take it back."""
    what = {"list": request.form.get("list", ""), "item": request.form.get("item", "")}
    dismiss(graphnet().store, current_viewer(), what["list"], what["item"])
    session["undo"] = what
    flash(gettext("It will not be suggested again."), "success")
    return redirect(back_or(url_for("home.home")), 303)
