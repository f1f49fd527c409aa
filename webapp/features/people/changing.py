"""/me/SECTION: what the forms of one's own page do; each answers on the page, at its section."""

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from graphnet import privacy
from graphnet.errors import BadValue
from graphnet.records import choices, contacts, edits, photos, studies
from ingest.cleaning.phones import clean_phones
from webapp.features.people import forms, words
from webapp.features.people.me import keep, languages_form, myself, study_forms
from webapp.features.people.routes import blueprint as blueprint
from webapp.features.people.sections import SECTIONS
from webapp.frame.context import graphnet
from webapp.frame.i18n import language
from webapp.frame.security import limiter, signed_in


@blueprint.post("/me/names")
@signed_in
def set_names() -> Response:
    """Keep what I am called."""
    (viewer, key), form = myself(), forms.NamesForm()
    return keep(
        "names",
        form,
        lambda: edits.rename(
            graphnet().store, viewer, key, form.names(), misspelt=form.misspelt.data
        ),
    )


@blueprint.post("/me/about")
@signed_in
def set_about() -> Response:
    """Keep what I say of myself."""
    (viewer, key), form = myself(), forms.AboutForm()
    return keep(
        "about", form, lambda: edits.say_about(graphnet().store, viewer, key, form.about.data or "")
    )


@blueprint.post("/me/city")
@signed_in
def set_city() -> Response:
    """Keep where I live."""
    (viewer, key), form = myself(), forms.CityForm()
    return keep(
        "city", form, lambda: edits.live_in(graphnet().store, viewer, key, form.city.data or "")
    )


@blueprint.post("/me/languages")
@signed_in
def set_languages() -> Response:
    """Keep what I speak."""
    (viewer, key), form = myself(), languages_form()
    return keep(
        "languages",
        form,
        lambda: edits.speak(
            graphnet().store, viewer, key, form.languages.data or [], words.LANGUAGES_SPOKEN
        ),
    )


@blueprint.post("/me/work")
@signed_in
def set_work() -> Response:
    """Keep a place of work, new or in the place of one that stands there."""
    (viewer, key), form = myself(), forms.WorkForm()
    return keep(
        "work",
        form,
        lambda: edits.work_at(
            graphnet().store,
            viewer,
            key,
            form.employer.data or "",
            role=form.role.data or "",
            from_year=form.from_year.data,
            to_year=form.to_year.data,
            now_there=form.now_there.data,
            instead_of=form.instead_of.data or "",
        ),
    )


@blueprint.post("/me/work/leave")
@signed_in
def leave_work() -> Response:
    """Take a place of work away."""
    (viewer, key), form = myself(), FlaskForm()
    entry = request.form.get("entry", "")
    return keep("work", form, lambda: edits.leave_work(graphnet().store, viewer, key, entry))


@blueprint.post("/me/studies/group")
@signed_in
def say_group() -> Response:
    """Say in which group I studied: it counts when the Association has confirmed it."""
    (viewer, _), store = myself(), graphnet().store
    form, _ = study_forms(choices.groups(store, request.form.get("code", "")))
    return keep(
        "studies",
        form,
        lambda: studies.say(
            store,
            viewer,
            group_id=form.group_id.data,
            from_year=form.from_year.data,
            to_year=form.to_year.data,
        ),
        _stated(),
    )


@blueprint.post("/me/studies/faculty")
@signed_in
def say_faculty() -> Response:
    """Say from which faculty my diploma is."""
    viewer, _ = myself()
    _, form = study_forms([])
    return keep(
        "studies",
        form,
        lambda: studies.say(
            graphnet().store,
            viewer,
            unit_id=form.unit_id.data,
            to_year=form.year.data,
            level=form.level.data or "",
            programme=form.programme.data or "",
        ),
        _stated(),
    )


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
    return keep("studies", form, lambda: studies.take_back(graphnet().store, viewer, stated))


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

    return keep(
        "contacts",
        form,
        act,
        gettext(
            "A letter has gone to %(address)s. Open it and press its button: then the"
            " address counts.",
            address=given,
        )
        if "@" in given
        else "",
    )


def number(text: str) -> str:
    """Return a telephone number as it is kept everywhere, with its country.

    Raises
    ------
    BadValue
        If it is none, or if there are several.
    """
    found = clean_phones(text).value
    if len(found) != 1:
        raise BadValue(f"{text!r} is not one telephone number", code="phone")
    return found[0].number


@blueprint.post("/me/contacts/remove")
@signed_in
def remove_contact() -> Response:
    """Take a contact away; no list of the Association brings it back."""
    (viewer, key), form = myself(), FlaskForm()
    contact = request.form.get("contact", "")
    return keep("contacts", form, lambda: contacts.remove(graphnet().store, viewer, key, contact))


@blueprint.post("/me/contacts/call-off")
@signed_in
def call_address_off() -> Response:
    """Wait no more for an address to be confirmed."""
    (viewer, key), form = myself(), FlaskForm()
    proof = request.form.get("proof", "")
    return keep("contacts", form, lambda: contacts.call_off(graphnet().store, viewer, key, proof))


@blueprint.post("/me/photo")
@limiter.limit("20/hour")
@signed_in
def set_photo() -> Response:
    """Keep my photo; or only who sees the one that is there."""
    (viewer, _), form = myself(), forms.PhotoForm()

    def act() -> None:
        if form.photo.data:
            with form.photo.data.stream as sent:
                data = sent.read(photos.MOST_BYTES + 1)
            photos.keep(graphnet().store, graphnet().settings.home, viewer, data)

    return keep("photo", form, act)


@blueprint.post("/me/photo/remove")
@signed_in
def remove_photo() -> Response:
    """Take my photo away."""
    (viewer, key), form = myself(), FlaskForm()
    home = graphnet().settings.home
    return keep("photo", form, lambda: photos.drop(graphnet().store, home, viewer, key))


@blueprint.post("/me/audiences")
@signed_in
def set_audiences() -> Response:
    """Keep who sees which field, of those that the form names."""
    (viewer, _), form = myself(), FlaskForm()
    chosen = {n: request.form[n] for n in privacy.DEFAULT_AUDIENCES if n in request.form}
    section = request.form.get("section", "others")
    section = section if section in SECTIONS else "others"
    return keep(section, form, lambda: edits.show_to(graphnet().store, viewer, chosen))
