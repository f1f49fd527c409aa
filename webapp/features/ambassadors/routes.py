"""/staff/ambassadors: sets of ambassadors chosen, defended, asked; positions stand here only."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.ambassadors import plans
from graphnet.ambassadors.asks import asked_since, what_they_did, year_begins
from graphnet.ambassadors.work import start
from graphnet.contest.seasons import rules as announced_rules
from graphnet.errors import BadValue, ModelMissing, PersonNotFound, SnapshotError, ThingNotFound
from graphnet.influence.central import ORDERS, central_people, current_folder
from graphnet.influence.measures import open_measures
from graphnet.influence.position import OwnReach, reach_of
from graphnet.influence.wishes import labels
from graphnet.people import cards
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from webapp.features.ambassadors.forms import DIALS, WishForm
from webapp.features.ambassadors.picture import picture
from webapp.features.ambassadors.words import ask_word, conflict_word
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer, csv_answer, page_of, sorted_by, whole_number
from webapp.frame.security import current_viewer, role_required, signed_in
from webapp.frame.whom import whom

blueprint = Blueprint("ambassadors", __name__, template_folder="templates")

PURPOSE = "ambassadors"
HOME = "/staff/ambassadors"


def _options(snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """Return what lists can be narrowed by: (id, word) of faculties, decades and cities."""
    options = {}
    for by in ("faculty", "decade", "city"):
        found = labels(snapshot, by)
        there = sorted({int(label) for label in found.label if label >= 0})
        words = [
            (found.ids[i], in_language(found.words[i], found.words_ru[i]) or found.words[i])
            for i in there
        ]
        options[by] = words if by == "decade" else sorted(words, key=lambda one: one[1])
    return options


@blueprint.get(HOME)
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """Plans, and positions in the network, sorted by one measure and narrowed."""
    viewer, store = current_viewer(), graphnet().store
    snapshot = live().view().snapshot
    sorting = sorted_by(ORDERS, default="percentile", descending=True)
    asked = request.args.get("asked", "")
    narrow: dict[str, Any] = {
        "unit": request.args.get("unit", ""),
        "decade": whole_number("decade", 0, high=2100),
        "city": request.args.get("city", ""),
    }
    this_year = asked_since(store, viewer, year_begins())
    among: dict[str, Any] = {}
    if asked == "no":
        among["without"] = this_year
    elif asked == "yes":
        among["only"] = this_year
    shown = {
        **narrow,
        "asked": asked,
        "options": _options(snapshot),
        "plans": plans.plans(store, viewer, limit=10),
    }
    try:
        total = central_people(live(), viewer, **narrow, **among, limit=0).total
        page = page_of(total, size=25)
        as_csv = request.args.get("as") == "csv"
        found = central_people(
            live(), viewer, order=sorting.column, **narrow, **among,
            skip=0 if as_csv else page.skip, limit=5_000 if as_csv else page.size,
        )  # fmt: skip
    except ModelMissing:
        return answer("ambassadors/index.html", found=None, **shown)
    if as_csv:
        return csv_answer(
            "positions",
            [gettext("name"), *ORDERS, "low", "high", "missing", "betweenness_error", "coverage",
             "id"],
            (
                [row.card.name.full, *(getattr(row, order) for order in ORDERS),
                 row.low, row.high, row.missing, row.betweenness_error, row.coverage, row.card.id]
                for row in found.rows
            ),
        )  # fmt: skip
    return answer("ambassadors/index.html", found=found, page=page, sorting=sorting, **shown)


@blueprint.get(f"{HOME}/new")
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """The form of a wish, empty, by address, or as an earlier plan had it."""
    snapshot = live().view().snapshot
    earlier = request.args.get("from", "")
    if earlier:
        before = plans.plan(graphnet().store, current_viewer(), earlier, rules=live().rules)
        cities = labels(snapshot, "city")
        names = {
            one: in_language(english, russian)
            for one, english, russian in zip(cities.ids, cities.words, cities.words_ru, strict=True)
        }
        form = WishForm.again(before.name, before.wish.__dict__, names)
    else:
        form = WishForm.of(request.args)
    return _form(form, snapshot)


def _form(form: WishForm, snapshot: Snapshot) -> Response:
    viewer = current_viewer()
    people = {
        name: whom(name, viewer, several=True, needed=False, ids=form.ids(name))
        for name in ("fix", "bar")
    }
    wrong = request.method == "POST"
    return answer(
        "ambassadors/new.html",
        form=form,
        people=people,
        options=_options(snapshot),
        dials=DIALS,
        status=422 if wrong else 200,
    )


@blueprint.post(f"{HOME}/plans")
@role_required("staff", purpose=PURPOSE)
def make() -> Response:
    """Keep the wish and have its set chosen."""
    viewer, store = current_viewer(), graphnet().store
    snapshot = live().view().snapshot
    form = WishForm.of(request.form)
    unclear = False
    for name in ("fix", "bar"):
        who = whom(name, viewer, several=True, needed=False)
        setattr(form, name, " ".join(card.id for card in who.chosen))
        unclear = unclear or bool(who.problem)
    wish = form.wish(store, viewer, snapshot)
    if wish is None or unclear:
        return _form(form, snapshot)
    plan_id = plans.make_plan(store, viewer, wish, name=form.name)
    start(store, live(), plan_id)
    return redirect(url_for("ambassadors.show", plan_id=plan_id), 303)


@blueprint.get(f"{HOME}/plans/<plan_id>")
@role_required("staff", purpose=PURPOSE)
def show(plan_id: str) -> Response:
    """A plan: how far it is, or its set with all that stands beside it."""
    viewer, store = current_viewer(), graphnet().store
    plan = plans.plan(store, viewer, plan_id, rules=live().rules)
    if plan.state != "done":
        return answer("ambassadors/waiting.html", fragment="ambassadors/_progress.html", plan=plan)
    keys = [one.card.key for one in plan.people]
    did = what_they_did(store, viewer, keys, seasons=announced_rules(store))
    if request.args.get("as") == "csv":
        return csv_answer(
            "ambassadors",
            [gettext("place"), gettext("name"), gettext("reaches whom nobody else does"),
             gettext("error of that"), gettext("asked"), gettext("asked on"),
             gettext("conflicts of interest"), gettext("contributed"), gettext("mobilised"), "id"],
            (
                [place, one.card.name.full, round(one.alone, 1), round(one.alone_error, 2),
                 ask_word(one.ask["state"]) if one.ask else "",
                 one.ask["at"].date() if one.ask else "",
                 ", ".join(map(conflict_word, one.conflicts)),
                 float(did[one.card.key].contributed) if one.card.key in did else 0,
                 float(did[one.card.key].mobilised) if one.card.key in did else 0, one.card.id]
                for place, one in enumerate(plan.people, 1)
            ),
        )  # fmt: skip
    return answer(
        "ambassadors/plan.html",
        plan=plan,
        did=did,
        picture=picture(plan),
        faculties=list(plan.result["faculties"].items()),
        decades=list(plan.result["decades"].items()),
    )


@blueprint.post(f"{HOME}/plans/<plan_id>/mark")
@role_required("staff", purpose=PURPOSE)
def mark(plan_id: str) -> Response:
    """Note that somebody was asked, or what they answered."""
    state = request.form.get("state", "")
    person = request.form.get("person", "")
    plans.mark(graphnet().store, current_viewer(), plan_id, person, state)
    flash(gettext("Noted."), "success")
    return redirect(url_for("ambassadors.show", plan_id=plan_id, _anchor="set"), 303)


@blueprint.post(f"{HOME}/plans/<plan_id>/next")
@role_required("staff", purpose=PURPOSE)
def next_wave(plan_id: str) -> Response:
    """Plan the next wave: who accepted or has not answered stays, who declined makes room."""
    store = graphnet().store
    following = plans.next_wave(store, current_viewer(), plan_id, rules=live().rules)
    start(store, live(), following)
    return redirect(url_for("ambassadors.show", plan_id=following), 303)


@blueprint.get(f"{HOME}/plans/<plan_id>/people/<person_id>")
@role_required("staff", purpose=PURPOSE)
def dossier(plan_id: str, person_id: str) -> Response:
    """Why this person: for printing."""
    viewer, store = current_viewer(), graphnet().store
    plan = plans.plan(store, viewer, plan_id, rules=live().rules)
    one = next((one for one in plan.people if one.card.id == person_id), None)
    if one is None:
        raise PersonNotFound("no such person")
    own = _reach(one.card.key)
    return answer(
        "ambassadors/dossier.html",
        plan=plan,
        one=one,
        place=plan.people.index(one) + 1,
        did=what_they_did(store, viewer, [one.card.key], seasons=announced_rules(store)).get(
            one.card.key
        ),
        own=own,
        carried=_named(own, viewer) if own else [],
    )


@blueprint.get("/me/reach")
@signed_in
def mine() -> Response:
    """One's own reach, whole, with what carries it."""
    viewer = current_viewer()
    if viewer.person_key is None:
        raise ThingNotFound("this account belongs to nobody on file")
    own = _reach(viewer.person_key)
    return answer("ambassadors/mine.html", own=own, carried=_named(own, viewer) if own else [])


def _reach(key: int) -> OwnReach | None:
    """Return somebody's reach; None while it is being computed, or for whom is not in it yet."""
    try:
        snapshot = live().view().snapshot
        measures = open_measures(current_folder(live()))
        if len(measures.ties) != snapshot.n:
            return None
        return reach_of(snapshot, measures, snapshot.position(key))
    except (ModelMissing, SnapshotError, PersonNotFound, BadValue):
        return None


def _named(own: OwnReach, viewer: Viewer) -> list[tuple[Any, float]]:
    """Return the acquaintances who carry most, those whom the reader may see by name."""
    shares = dict(own.carried)
    found = cards(graphnet().store, viewer, shares, rules=live().rules)
    return [(card, shares[card.key]) for card in found]
