"""/people: the directory and a person's page; who looked at mine, hiding it, taking it along."""

from dataclasses import replace
from functools import partial

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import erasure, people, privacy
from graphnet.audit import of_person
from graphnet.discovery.directory import directory
from graphnet.erasure.person import jsonable
from graphnet.errors import PersonNotFound, SnapshotError
from graphnet.features import registered
from graphnet.maps.network import maps_of
from graphnet.merging import survivor
from graphnet.recommendations.people_you_may_know import PersonSuggestion, people_i_may_know
from webapp.features.admin.words import act_word, purpose_word, role_of
from webapp.features.people import office_list, words
from webapp.features.search.routes import asked_filters, faculties
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import language
from webapp.frame.respond import answer, page_of, url_with
from webapp.frame.security import current_viewer, sign_in_again, signed_in

blueprint = Blueprint("people", __name__, template_folder="templates")


@blueprint.get("/people")
@signed_in
def index() -> Response:
    """Everyone whom the reader may see, narrowed by faculty, year, group, city, employer, state."""
    viewer = current_viewer(purpose="directory")
    filters = asked_filters()
    listed = partial(directory, live(), viewer, filters=filters, language=language())
    total, _, narrowing = listed(skip=0, limit=0)
    page = page_of(total, size=30)
    if request.args.get("as") == "csv" and viewer.is_staff:
        _, found, _ = listed(skip=0, limit=10_000)
        return office_list.as_csv(graphnet().store, viewer, found)
    _, found, _ = listed(skip=page.skip, limit=page.size)
    return answer(
        "people/index.html",
        cards=found,
        rows=office_list.rows(graphnet().store, found) if viewer.is_staff else [],
        page=page,
        filters=filters,
        faculties=faculties(),
        chips=[(c, url_with(**{c.kind: None, "page": None})) for c in narrowing],
    )


@blueprint.get("/people/<person_id>")
@signed_in
def person(person_id: str) -> Response:
    """One person, as far as the reader may see them."""
    viewer = current_viewer(purpose="profile")
    try:
        profile = people.profile(graphnet().store, viewer, person_id, rules=live().rules)
    except PersonNotFound:
        # Who was joined with somebody: their address leads to who they are now, for whoever may
        # see that one.
        if not (now := survivor(graphnet().store, person_id)):
            raise
        people.profile(graphnet().store, viewer, now, rules=live().rules)
        return redirect(url_for("people.person", person_id=now), 302)
    if profile.card.level == privacy.Level.SELF:
        return redirect(url_for("people.me"), 303)
    may_know: list[PersonSuggestion] = []
    maps: list[tuple[str, str, str, str]] = []
    if viewer.is_staff and not profile.objects:
        key = profile.card.key
        try:
            may_know = people_i_may_know(live(), replace(viewer, person_key=key), k=8)
            maps = maps_of(live(), viewer, key)
        except (PersonNotFound, SnapshotError):
            pass  # joined a moment ago: the next snapshot has them
    return answer(
        "people/person.html",
        profile=profile,
        card=profile.card,
        may_know=may_know,
        maps=maps,
        words=words,
    )


@blueprint.get("/me/looked")
@signed_in
def looked() -> Response:
    """Who did what with my data, in which role and what for."""
    return answer(
        "people/looked.html",
        rows=of_person(graphnet().store, current_viewer()),
        act_word=act_word,
        purpose_word=purpose_word,
        role_of=role_of,
    )


@blueprint.post("/me/hide")
@signed_in
def hide() -> Response:
    """Take me out of every answer, at once."""
    me, key = current_viewer(), current_viewer().own_key()
    graphnet().store.in_write(lambda t: people.hide(t, me, key, why="on their own page"))
    flash(gettext("Nobody finds you any more, from this moment on."), "success")
    return redirect(url_for("people.me"), 303)


@blueprint.post("/me/show")
@signed_in
def show() -> Response:
    """Let me be found again."""
    me, key = current_viewer(), current_viewer().own_key()
    graphnet().store.in_write(lambda t: people.show(t, me, key, why="on their own page"))
    flash(gettext("You can be found again."), "success")
    return redirect(url_for("people.me"), 303)


@blueprint.get("/me/export")
@signed_in
def export() -> Response:
    """Everything that the graph holds of me, as JSON: not to whoever finds my browser open."""
    again = sign_in_again(url_for("people.me"))
    if again is not None:
        return again
    key = current_viewer().own_key()
    viewer = privacy.Viewer("alumnus", key)
    response = jsonify(
        jsonable(erasure.export(graphnet().store, viewer, key, registered().holdings))
    )
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
