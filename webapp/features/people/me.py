"""/me: one's own page, changed where it is read; who sees what; what was changed by whom.

Each section has its form at ``/me?edit=SECTION``, which works without JavaScript; what is wrong is
said in the section, with what was typed.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from graphnet import people, privacy
from graphnet.errors import (
    BadInput,
    Conflict,
    PersonNotFound,
    ThingNotFound,
    TooMany,
)
from graphnet.people import leaving
from graphnet.privacy import Viewer
from graphnet.records import choices, contacts, corrections, edits, photos
from graphnet.store import Row
from webapp.features.people import forms, words
from webapp.features.people.routes import blueprint as blueprint
from webapp.features.people.sections import OTHERS, SECTIONS, completeness
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, signed_in

TROUBLE = (BadInput, Conflict, TooMany, ThingNotFound)
MOST_BYTES = photos.MOST_BYTES + 1024 * 1024


@blueprint.url_value_preprocessor
def take_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a photo be larger than a form; said before the form is read, which happens first."""
    if endpoint == "people.set_photo":
        request.max_content_length = MOST_BYTES


def myself() -> tuple[Viewer, int]:
    """Return the reader as the person that they are, in whatever role they are here."""
    asking = current_viewer()
    return Viewer("alumnus", asking.own_key(), asking.account_id), asking.own_key()


def _profile() -> people.Profile:
    viewer, _ = myself()
    return people.own_profile(graphnet().store, viewer, rules=live().rules)


@blueprint.get("/me")
@signed_in
def me() -> Response:
    """My own page: everything that is known of me, and who sees what of it."""
    edit = request.args.get("edit", "")
    return page_at(edit if edit in SECTIONS else "")


def page_at(edit: str, *, form: Any = None, error: str = "", status: int = 200) -> Response:
    viewer, key = myself()
    profile, store = _profile(), graphnet().store
    line, missing = completeness(profile)
    chosen = _choices(edit)
    # A form that was sent is shown with what is wrong in it; of a mere button there is none.
    if isinstance(form, forms.GroupStudyForm):
        chosen["group_form"] = form
    elif isinstance(form, forms.UnitStudyForm):
        chosen["unit_form"] = form
    elif type(form) is FlaskForm:
        form = None
    return answer(
        "people/me.html",
        status=status,
        profile=profile,
        card=profile.card,
        sections=SECTIONS,
        others=OTHERS,
        edit=edit,
        form=form or (_form(edit, profile) if edit else None),
        error=error,
        complete=line,
        missing=missing,
        words=words,
        audiences=privacy.AUDIENCES,
        pending=contacts.pending(store, viewer, key),
        leaves_on=leaving.asked_until(store, profile.card.id),
        **chosen,
    )


def _choices(edit: str) -> dict[str, Any]:
    """Return what the section that is open is chosen from."""
    store, found = graphnet().store, dict[str, Any]()
    if edit == "city":
        found["cities"] = sorted(
            {in_language(c["name"], c["name_ru"]) for c in choices.cities(store)}
        )
    if edit == "studies":
        code = request.values.get("code", "").strip()[:20]
        found |= {"code": code, "groups": choices.groups(store, code) if code else []}
        found["group_form"], found["unit_form"] = study_forms(found["groups"])
    return found


def study_forms(groups: list[Row]) -> tuple[forms.GroupStudyForm, forms.UnitStudyForm]:
    """Return the forms of a study group and of a faculty, with what they are chosen from."""
    group, unit = forms.GroupStudyForm(), forms.UnitStudyForm()
    group.group_id.choices = [
        SelectChoice(row["id"], words.study_entry(row | _GROUP | {"year": row["intake_year"]}))
        for row in groups
    ]
    unit.unit_id.choices = [
        SelectChoice(row["id"], in_language(row["name"], row["name_ru"]))
        for row in choices.units(graphnet().store)
    ]
    return group, unit


_GROUP = {"tie": "STUDIED_IN", "said": {}}


def _work() -> list[Row]:
    """Return the reader's places of work as an edit names them."""
    return [
        row
        | {"said": {"role": row["role"], "from_year": row["from_year"], "to_year": row["to_year"]}}
        for row in _profile().work
    ]


def _form(edit: str, profile: people.Profile) -> Any:
    """Return the form of a section, filled with what stands there."""
    card, section = profile.card, SECTIONS[edit]
    audience = profile.audiences.get(section.audience, "")
    if edit == "names":
        return forms.NamesForm(
            None,
            audience=audience,
            family_name=card.name.family,
            given_name=card.name.given,
            patronymic=card.name.patronymic,
            former_names=", ".join(card.name.former),
            latin_name=card.latin_name,
            gender=card.gender,
        )
    if edit == "about":
        return forms.AboutForm(None, audience=audience, about=card.about)
    if edit == "city":
        return forms.CityForm(None, audience=audience, city=in_language(*card.city))
    if edit == "languages":
        return languages_form(None, audience=audience, languages=list(profile.languages))
    if edit == "work":
        return _work_form(audience)
    if edit == "contacts":
        return forms.ContactForm(None)
    if edit == "photo":
        return forms.PhotoForm(None, audience=audience)
    return forms.AudienceForm(None, audience=audience)


def _work_form(audience: str) -> forms.WorkForm:
    entry = request.args.get("entry", "")
    for row in _work() if entry else ():
        if edits.mark(row) == entry:
            return forms.WorkForm(
                None,
                audience=audience,
                employer=row["name"],
                role=row["role"],
                instead_of=entry,
                from_year=row["from_year"],
                to_year=row["to_year"],
                now_there=row["to_year"] is None,
            )
    return forms.WorkForm(None, audience=audience)


def languages_form(*given: Any, **more: Any) -> forms.LanguagesForm:
    form = forms.LanguagesForm(*given, **more)
    form.languages.choices = words.language_choices()
    return form


def keep(section: str, form: Any, act: Callable[[], object], done: str = "") -> Response:
    """Do what the form says, then show the page at the section; or say what is wrong there."""
    if not form.validate_on_submit():
        return page_at(section, form=form, status=422)
    try:
        act()
        _show(section, form)
    except TROUBLE as problem:
        return page_at(section, form=form, error=why(problem), status=422)
    live().catch_up()  # a new name is found by the next search
    flash(done or gettext("Kept. It holds from now on."), "success")
    return redirect(url_for("people.me", _anchor=section), 303)


def _show(section: str, form: Any) -> None:
    """Keep who sees the section, where its form asks."""
    audience = SECTIONS[section].audience
    if audience and "audience" in form and form.audience.data:
        viewer, _ = myself()
        edits.show_to(graphnet().store, viewer, {audience: form.audience.data})


@blueprint.get("/people/<person_id>/photo")
@signed_in
def photo(person_id: str) -> Response:
    """A person's photo, to whom the page would show it; to all others as if there were none."""
    viewer = current_viewer(purpose="profile")
    try:
        key = people.key_of(graphnet().store, person_id)
    except PersonNotFound:
        key = -1
    graph = graphnet()
    path = photos.file_of(graph.store, graph.settings.home, viewer, key, rules=live().rules)
    return Response(path.read_bytes(), mimetype="image/jpeg")


@blueprint.get("/me/seen")
@signed_in
def seen() -> Response:
    """My page as somebody else would see it."""
    who = request.args.get("as", "member")
    if who not in privacy.PRETENCES:
        raise ThingNotFound("nobody is looked at as that")
    viewer, _ = myself()
    own = _profile()
    try:
        profile = people.profile(
            graphnet().store, viewer, own.card.id, rules=live().rules, seen_as=who
        )
    except PersonNotFound:
        profile = None
    return answer(
        "people/seen.html",
        who=who,
        profile=profile,
        card=profile.card if profile else None,
        words=words,
    )


@blueprint.get("/me/history")
@signed_in
def history() -> Response:
    """What was changed of me, by whom, and how they knew; my own changes can be undone."""
    viewer, key = myself()
    found = corrections.history(graphnet().store, viewer, key)
    return answer(
        "people/history.html",
        changes=[(one, *words.difference(one)) for one in found],
        words=words,
        for_good=(*corrections.FOR_GOOD, *corrections.OWN),
        unseen=corrections.unseen(graphnet().store, viewer),
    )


@blueprint.post("/me/history/seen")
@signed_in
def have_seen() -> Response:
    """I have looked at what the Association has changed."""
    viewer, _ = myself()
    corrections.seen(graphnet().store, viewer)
    return redirect(url_for("people.history"), 303)


@blueprint.post("/me/history/<correction_id>/undo")
@signed_in
def undo(correction_id: str) -> Response:
    """Give a field its former value back."""
    viewer, _ = myself()
    try:
        corrections.undo(graphnet().store, viewer, correction_id)
    except Conflict as problem:
        flash(why(problem), "error")
    else:
        live().catch_up()
        flash(gettext("Undone: it is as it was before."), "success")
    return redirect(url_for("people.history"), 303)
