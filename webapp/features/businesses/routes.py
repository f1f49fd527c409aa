"""/businesses: the directory, one business, my own; /staff/businesses: what is to be published."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.bilingual import as_entered
from graphnet.businesses import reading, writing
from graphnet.businesses.reading import Business
from graphnet.businesses.writing import Words
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import choosing, roles
from graphnet.people.topics import all_topics
from graphnet.versions import Meanwhile
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer, page_of
from webapp.frame.security import current_viewer, role_required, signed_in

blueprint = Blueprint("businesses", __name__, template_folder="templates")

PURPOSE = "businesses"
SHOWN = 30
STATES = ("proposed", "changed", "published", "sent_back")


@blueprint.get("/businesses")
@signed_in
def index() -> Response:
    """The directory, narrowed by words, topic and city."""
    viewer, store = current_viewer(purpose=PURPOSE), graphnet().store
    asked = request.args
    chosen: dict[str, Any] = {name: asked.get(name, "")[:80] for name in ("topic", "city")}
    text = request.args.get("q", "")[:80].strip()
    _, total = reading.published(store, viewer, text=text, limit=0, **chosen)
    page = page_of(total, size=SHOWN)
    rows, _ = reading.published(
        store, viewer, text=text, skip=page.skip, limit=page.size, rules=live().rules, **chosen
    )
    cities, topics = reading.choices(store)
    return answer(
        "businesses/index.html",
        rows=rows,
        page=page,
        text=text,
        chosen=chosen,
        cities=cities,
        topics=topics,
    )


@blueprint.get("/businesses/<business_id>")
@signed_in
def business(business_id: str) -> Response:
    """One business, whose it is, where it takes part."""
    viewer, store = current_viewer(purpose=PURPOSE), graphnet().store
    one = reading.one(store, viewer, business_id, rules=live().rules)
    return answer(
        "businesses/business.html",
        one=one,
        events=roles.of_business(store, viewer, business_id),
        staff=viewer.is_staff,
    )


@blueprint.get("/me/businesses")
@role_required("alumnus", purpose="own business")
def mine() -> Response:
    """My businesses."""
    return answer("businesses/mine.html", rows=reading.mine(graphnet().store, current_viewer()))


@blueprint.route("/me/businesses/new", methods=["GET", "POST"])
@role_required("alumnus", purpose="own business")
def new() -> Response:
    """Write a business of mine."""
    if request.method == "GET":
        return _form(Words())
    entered = _entered()
    if not request.form.get("agreed"):
        said = gettext("Say that it may be shown to members, with your name.")
        return _form(entered, problem=said, status=422)
    try:
        made = writing.write(graphnet().store, current_viewer(), entered)
    except BadValue as problem:
        return _form(entered, problem=why(problem), status=422)
    except Conflict as problem:
        return _form(entered, problem=why(problem), status=409)
    flash(gettext("It is with the Association, which publishes it. You get a letter."), "success")
    return redirect(url_for("businesses.business", business_id=made), 303)


@blueprint.route("/businesses/<business_id>/edit", methods=["GET", "POST"])
@role_required("alumnus", "staff", purpose=PURPOSE)
def edit(business_id: str) -> Response:
    """Change a business: whose it is, or staff."""
    viewer, store = current_viewer(), graphnet().store
    held = reading.one(store, viewer, business_id, rules=live().rules)
    if not (held.mine or viewer.is_staff):
        raise ThingNotFound("no such business")
    if request.method == "GET":
        return _form(_words(held), held)
    entered = _entered()
    version = request.form.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 9 else -1
    try:
        writing.change(store, viewer, business_id, entered, version=number)
    except BadValue as problem:
        return _form(entered, held, problem=why(problem), status=422)
    except Meanwhile as meanwhile:
        number = meanwhile.version
        return _form(entered, held, problem=why(meanwhile), version=number, status=409)
    flash(gettext("Kept."), "success")
    return redirect(url_for("businesses.business", business_id=business_id), 303)


@blueprint.post("/businesses/<business_id>/state")
@role_required("alumnus", "staff", purpose=PURPOSE)
def decide(business_id: str) -> Response:
    """Publish it, send it back, or remove it."""
    viewer, store, act = current_viewer(), graphnet().store, request.form.get("act", "")
    page = url_for("businesses.business", business_id=business_id)
    try:
        if act == "remove":
            writing.remove(store, viewer, business_id)
            flash(gettext("It is gone from the directory."), "success")
            page = url_for("businesses.desk" if viewer.is_staff else "businesses.mine")
        else:
            writing.decide(store, viewer, business_id, act, request.form.get("notice", ""))
            flash(
                gettext("Published: members find it in the directory.")
                if act == "publish"
                else gettext("Sent back: whose it is gets a letter with what to change."),
                "success",
            )
    except BadValue as problem:
        flash(why(problem), "error")
    return redirect(page, 303)


@blueprint.get("/staff/businesses")
@role_required("staff", purpose=PURPOSE)
def desk() -> Response:
    """What is to be published, and all the rest."""
    state = request.args.get("state", "proposed")
    state = state if state in STATES else "proposed"
    rows = reading.in_hand(graphnet().store, current_viewer(), state, rules=live().rules)
    return answer("businesses/desk.html", rows=rows, state=state)


def _entered() -> Words:
    def text(name: str) -> str:
        return request.form.get(name, "").replace("\r\n", "\n").strip()

    return Words(
        " ".join(text("name").split()),
        " ".join(text("name_ru").split()),
        text("about"),
        text("about_ru"),
        text("url"),
        text("city")[:80],
        tuple(sorted(set(request.form.getlist("topics")))),
    )


def _words(held: Business) -> Words:
    return Words(
        **as_entered(vars(held), ("name", "about")),
        url=held.url,
        city=held.city[0] if held.city else "",
        topics=tuple(row["id"] for row in held.topics),
    )


def _form(
    entered: Words,
    held: Business | None = None,
    *,
    problem: str = "",
    version: int | None = None,
    status: int = 200,
) -> Response:
    store = graphnet().store

    def named(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
        return [(row["id"], in_language(row["name"], row["name_ru"])) for row in rows]

    return answer(
        "businesses/edit.html",
        entered=entered,
        held=held,
        version=version if version is not None else held.version if held else 0,
        topics=named(all_topics(store)),
        cities=named(choosing.cities(store)),
        problem=problem,
        agreed=request.form.get("agreed", ""),
        status=status,
    )
