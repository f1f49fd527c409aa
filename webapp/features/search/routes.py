"""/search: one box for people, events, communities and projects; what is offered while typing.

What narrows a search comes from the words of the box or from the address, and can be taken away;
where nobody fits, the page says what to leave out, and the Association can be asked.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.discovery.criteria import FILTERS, Criterion
from graphnet.discovery.search import PeopleFound, completions, find_people, find_things
from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.names import fold
from graphnet.requests import desk, opening
from graphnet.requests.kinds import Kind
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, role_required, signed_in

blueprint = Blueprint("search", __name__, template_folder="templates")

LONGEST = 100
KIND = Kind("find_person")


@dataclass(frozen=True)
class Chip:
    """One thing that narrows the search, and the address without it."""

    criterion: Criterion
    without: str


def asked_filters() -> dict[str, str]:
    """Return the filters of the address, what is impossible left out."""
    found = {name: request.args.get(name, "").strip()[:LONGEST] for name in FILTERS}
    for name in ("year", "stream"):
        if not (found[name].isdecimal() and len(found[name]) <= 4):
            found[name] = ""
    return {name: value for name, value in found.items() if value}


def address(text: str, filters: dict[str, str], **more: str) -> str:
    """Return where this search is."""
    query = {"q": text} | filters | more
    given: dict[str, Any] = {name: value for name, value in query.items() if value}
    return url_for("search.search", **given)


def without(text: str, filters: dict[str, str], criterion: Criterion) -> str:
    """Return the address of the same search without one criterion."""
    if criterion.said:
        text = " ".join(text.replace(criterion.said, " ", 1).split()).strip(" ,;")
        return address(text, filters)
    return address(text, {name: v for name, v in filters.items() if name != criterion.kind})


@blueprint.get("/search")
@signed_in
def search() -> Response:
    """Everything that fits the words and the filters, people first."""
    viewer = current_viewer(purpose="search")
    text = " ".join(request.args.get("q", "").split())[:LONGEST]
    filters = asked_filters()
    plain = request.args.get("plain") == "1"
    people: PeopleFound | None = None
    if text or filters:
        people = find_people(live(), viewer, text, filters=filters, plain=plain, k=20)
    criteria = people.criteria if people else ()
    things = find_things(live(), viewer, text, limit=20) if text else []
    # What is called exactly so stands above people who only sound like it.
    named_so = [row for row in things if fold(text) in (fold(row["name"]), fold(row["name_ru"]))]
    return answer(
        "search/search.html",
        text=text,
        filters=filters,
        people=people,
        things=[row for row in things if row not in named_so],
        named_so=named_so,
        chips=[Chip(c, without(text, filters, c)) for c in criteria],
        as_names=address(text, filters, plain="1")
        if any(c.said and c.kind in ("city", "employer", "unit") for c in criteria)
        else "",
        nearby=_nearby(people, text, filters),
        asked=desk.asked_by(graphnet().store, viewer, KIND.name),
        may_ask=viewer.person_key is not None,
        faculties=faculties(),
    )


def _nearby(
    people: PeopleFound | None, text: str, filters: dict[str, str]
) -> list[tuple[Criterion | None, str, int, str]]:
    """Return the alternatives as (what is left out, words kept, people, address)."""
    found = []
    for one in people.alternatives if people else ():
        if one.without is not None:
            place = without(text, filters, one.without)
        elif one.words:
            place = address(one.words, {})
        else:
            assert people is not None
            said = " ".join(c.said for c in people.criteria if c.said)
            place = address(said, filters)
        found.append((one.without, one.words, one.count, place))
    return found


def faculties() -> list[tuple[str, str, str]]:
    """Return the faculties and institutes as (id, name, name in Russian)."""
    units = live().view().snapshot.things["units"]
    return [
        (str(units.ids[i]), str(units.labels[i]), str(units.labels_ru[i]))
        for i in range(len(units))
        if units.kinds[i] in ("faculty", "institute")
    ]


@blueprint.post("/search/ask")
@signed_in
@limiter.limit("30/hour")
def ask() -> Response:
    """Ask the Association to look for somebody; the same answer whoever it is."""
    words = " ".join(request.form.get("words", "").split())[:LONGEST]
    text = request.form.get("text", "").strip()
    try:
        opening.ask(graphnet().store, current_viewer(), KIND, words, text)
    except Conflict:
        flash(gettext("You have asked this already; the answer will stand on this page."), "info")
    except TooMany:
        flash(gettext("Ten open requests are enough: wait for an answer."), "error")
    except BadValue:
        flash(gettext("Say whom you are looking for, in at most 2,000 characters."), "error")
    else:
        flash(
            gettext(
                "The Association has your question. It answers within two weeks, on this page. "
                "It gives out nobody’s address: who is found decides whether to write to you."
            ),
            "success",
        )
    return redirect(url_for("search.search"), 303)


@blueprint.get("/search/suggest")
@signed_in
@limiter.limit("300/minute")
def suggest() -> Response:
    """What to offer for the letters typed so far, as the combobox takes it."""
    return _offered(completions(live(), current_viewer(purpose="search"), _typed()))


@blueprint.get("/search/people")
@signed_in
@limiter.limit("300/minute")
def offer() -> Response:
    """People only, for a field that asks who is meant: see `webapp.frame.whom`."""
    return _offered(_people())


@blueprint.get("/staff/people/offers")
@role_required("staff", purpose="search")
@limiter.limit("300/minute")
def offer_to_staff() -> Response:
    """The same, of everybody whom staff may see."""
    return _offered(_people())


def _typed() -> str:
    return request.args.get("q", "").lstrip()[:LONGEST]


def _people() -> list[dict[str, Any]]:
    viewer = current_viewer(purpose="search")
    found = completions(live(), viewer, _typed())
    return [one for one in found if one["kind"] == "person" and one["card"].id]


def _offered(offered: list[dict[str, Any]]) -> Response:
    return jsonify(
        said=ngettext("%(num)s suggestion", "%(num)s suggestions", len(offered))
        if offered
        else gettext("No suggestions; Enter searches."),
        offers=[
            {
                "href": render_template("search/_href.txt", item=item).strip(),
                "id": item["card"].id if item["kind"] == "person" else item["thing"]["id"],
                "text": render_template("search/_text.txt", item=item).strip(),
                "about": render_template("search/_about.txt", item=item).strip(),
            }
            for item in offered
        ],
    )
