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
    BadValue,
    Conflict,
    PersonNotFound,
    ThingNotFound,
    TooMany,
)
from graphnet.people import leaving
from graphnet.privacy import Viewer
from graphnet.records import choices, contacts, corrections, edits, photos, studies
from graphnet.store import Row
from ingest.cleaning.phones import clean_phones
from webapp.features.people import forms, words
from webapp.features.people.routes import blueprint as blueprint
from webapp.features.people.sections import OTHERS, SECTIONS, completeness
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language, language
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, signed_in

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
    viewer, key = myself()
    card = people.cards(graphnet().store, viewer, [key], rules=live().rules)[0]
    return people.profile(graphnet().store, viewer, card.id, rules=live().rules)


@blueprint.get("/me")
@signed_in
def me() -> Response:
    """My own page: everything that is known of me, and who sees what of it."""
    edit = request.args.get("edit", "")
    return _page(edit if edit in SECTIONS else "")


def _page(edit: str, *, form: Any = None, error: str = "", status: int = 200) -> Response:
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
    if edit == "work":
        found["entries"] = {edits.mark(row): row for row in _work()}
    return found


def study_forms(groups: list[Row]) -> tuple[forms.GroupStudyForm, forms.UnitStudyForm]:
    """Return the forms of a study group and of a faculty, with what they are chosen from."""
    group, unit = forms.GroupStudyForm(), forms.UnitStudyForm()
    group.group_id.choices = [
        SelectChoice(row["id"], words.study_entry(row | _GROUP)) for row in groups
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
        return _languages_form(None, audience=audience, languages=list(profile.languages))
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
                None, audience=audience, employer=row["name"], role=row["role"], instead_of=entry,
                from_year=row["from_year"], to_year=row["to_year"],
                now_there=row["to_year"] is None,
            )  # fmt: skip
    return forms.WorkForm(None, audience=audience)


def _languages_form(*given: Any, **more: Any) -> forms.LanguagesForm:
    form = forms.LanguagesForm(*given, **more)
    form.languages.choices = words.language_choices()
    return form


def _keep(section: str, form: Any, act: Callable[[], object], done: str = "") -> Response:
    """Do what the form says, then show the page at the section; or say what is wrong there."""
    if not form.validate_on_submit():
        return _page(section, form=form, status=422)
    try:
        act()
        _show(section, form)
    except TROUBLE as problem:
        return _page(section, form=form, error=words.trouble(problem), status=422)
    live().catch_up()  # a new name is found by the next search
    flash(done or gettext("Kept. It holds from now on."), "success")
    return redirect(url_for("people.me", _anchor=section), 303)


def _show(section: str, form: Any) -> None:
    """Keep who sees the section, where its form asks."""
    audience = SECTIONS[section].audience
    if audience and "audience" in form and form.audience.data:
        viewer, _ = myself()
        edits.show_to(graphnet().store, viewer, {audience: form.audience.data})


@blueprint.post("/me/names")
@signed_in
def set_names() -> Response:
    """Keep what I am called."""
    (viewer, key), form = myself(), forms.NamesForm()
    return _keep("names", form, lambda: edits.rename(
        graphnet().store, viewer, key, form.names(), misspelt=form.misspelt.data
    ))  # fmt: skip


@blueprint.post("/me/about")
@signed_in
def set_about() -> Response:
    """Keep what I say of myself."""
    (viewer, key), form = myself(), forms.AboutForm()
    return _keep("about", form, lambda: edits.say_about(
        graphnet().store, viewer, key, form.about.data or ""
    ))  # fmt: skip


@blueprint.post("/me/city")
@signed_in
def set_city() -> Response:
    """Keep where I live."""
    (viewer, key), form = myself(), forms.CityForm()
    return _keep("city", form, lambda: edits.live_in(
        graphnet().store, viewer, key, form.city.data or ""
    ))  # fmt: skip


@blueprint.post("/me/languages")
@signed_in
def set_languages() -> Response:
    """Keep what I speak."""
    (viewer, key), form = myself(), _languages_form()
    return _keep("languages", form, lambda: edits.speak(
        graphnet().store, viewer, key, form.languages.data or [], words.LANGUAGES_SPOKEN
    ))  # fmt: skip


@blueprint.post("/me/work")
@signed_in
def set_work() -> Response:
    """Keep a place of work, new or in the place of one that stands there."""
    (viewer, key), form = myself(), forms.WorkForm()
    return _keep("work", form, lambda: edits.work_at(
        graphnet().store, viewer, key, form.employer.data or "", role=form.role.data or "",
        from_year=form.from_year.data, to_year=form.to_year.data, now_there=form.now_there.data,
        instead_of=form.instead_of.data or "",
    ))  # fmt: skip


@blueprint.post("/me/work/leave")
@signed_in
def leave_work() -> Response:
    """Take a place of work away."""
    (viewer, key), form = myself(), FlaskForm()
    entry = request.form.get("entry", "")
    return _keep("work", form, lambda: edits.leave_work(graphnet().store, viewer, key, entry))


@blueprint.post("/me/studies/group")
@signed_in
def say_group() -> Response:
    """Say in which group I studied: it counts when the Association has confirmed it."""
    (viewer, _), store = myself(), graphnet().store
    form, _ = study_forms(choices.groups(store, request.form.get("code", "")))
    return _keep("studies", form, lambda: studies.say(
        store, viewer, group_id=form.group_id.data,
        from_year=form.from_year.data, to_year=form.to_year.data,
    ), _stated())  # fmt: skip


@blueprint.post("/me/studies/faculty")
@signed_in
def say_faculty() -> Response:
    """Say from which faculty my diploma is."""
    viewer, _ = myself()
    _, form = study_forms([])
    return _keep("studies", form, lambda: studies.say(
        graphnet().store, viewer, unit_id=form.unit_id.data, to_year=form.year.data,
        level=form.level.data or "", programme=form.programme.data or "",
    ), _stated())  # fmt: skip


def _stated() -> str:
    return str(
        gettext("Noted as yours. The Association confirms it; then your classmates find you by it.")
    )


@blueprint.post("/me/studies/take-back")
@signed_in
def take_study_back() -> Response:
    """Take back what I said I studied."""
    (viewer, _), form = myself(), FlaskForm()
    stated = request.form.get("stated", "")
    return _keep("studies", form, lambda: studies.take_back(graphnet().store, viewer, stated))


@blueprint.post("/me/contacts")
@limiter.limit("20/hour")
@signed_in
def add_contact() -> Response:
    """Add a number, or send a letter to a new address."""
    (viewer, key), form = myself(), forms.ContactForm()
    given = (form.contact.data or "").strip()

    def act() -> None:
        store = graphnet().store
        if "@" in given:
            contacts.ask_address(store, viewer, key, given, language=language())
        else:
            contacts.add(store, viewer, key, "phone", number(given))

    return _keep("contacts", form, act, gettext(
        "A letter has gone to %(address)s. Open it and press its button: then the address counts.",
        address=given,
    ) if "@" in given else "")  # fmt: skip


def number(text: str) -> str:
    """Return a telephone number as it is kept everywhere, with its country.

    Raises
    ------
    BadValue
        If it is none, or if there are several.
    """
    found = clean_phones(text).value
    if len(found) != 1:
        raise BadValue("phone")
    return found[0].number


@blueprint.post("/me/contacts/remove")
@signed_in
def remove_contact() -> Response:
    """Take a contact away; no list of the Association brings it back."""
    (viewer, key), form = myself(), FlaskForm()
    contact = request.form.get("contact", "")
    return _keep("contacts", form, lambda: contacts.remove(graphnet().store, viewer, key, contact))


@blueprint.post("/me/contacts/call-off")
@signed_in
def call_address_off() -> Response:
    """Wait no more for an address to be confirmed."""
    (viewer, key), form = myself(), FlaskForm()
    proof = request.form.get("proof", "")
    return _keep("contacts", form, lambda: contacts.call_off(graphnet().store, viewer, key, proof))


@blueprint.post("/me/photo")
@limiter.limit("20/hour")
@signed_in
def set_photo() -> Response:
    """Keep my photo; or only who sees the one that is there."""
    (viewer, _), form = myself(), forms.PhotoForm()

    def act() -> None:
        if form.photo.data:
            data = form.photo.data.read(photos.MOST_BYTES + 1)
            photos.keep(graphnet().store, graphnet().settings.home, viewer, data)

    return _keep("photo", form, act)


@blueprint.post("/me/photo/remove")
@signed_in
def remove_photo() -> Response:
    """Take my photo away."""
    (viewer, key), form = myself(), FlaskForm()
    home = graphnet().settings.home
    return _keep("photo", form, lambda: photos.drop(graphnet().store, home, viewer, key))


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


@blueprint.post("/me/audiences")
@signed_in
def set_audiences() -> Response:
    """Keep who sees which field, of those that the form names."""
    (viewer, _), form = myself(), FlaskForm()
    chosen = {n: request.form[n] for n in privacy.DEFAULT_AUDIENCES if n in request.form}
    section = request.form.get("section", "others")
    section = section if section in SECTIONS else "others"
    return _keep(section, form, lambda: edits.show_to(graphnet().store, viewer, chosen))


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
        for_good=corrections.FOR_GOOD,
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
        flash(words.trouble(problem), "error")
    else:
        live().catch_up()
        flash(gettext("Undone: it is as it was before."), "success")
    return redirect(url_for("people.history"), 303)
