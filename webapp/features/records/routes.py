"""/people/ID/correct: staff correct a person and say how they know; what waits; a new address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import people
from graphnet.discovery.search import find_people
from graphnet.errors import BadInput, BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.records import choices, contacts, corrections, deaths, edits, studies
from webapp.features.people import words
from webapp.features.people.changing import number
from webapp.features.people.me import study_forms
from webapp.features.records import forms
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, limiter, role_required

blueprint = Blueprint("records", __name__, template_folder="templates")

PURPOSE = corrections.PURPOSE
TROUBLE = (BadInput, Conflict, ThingNotFound)
WHAT = ("names", "studies", "work", "city", "contacts", "death")


@dataclass(frozen=True)
class Theirs:
    """Whom staff correct: the hidden and the dead too, for their own sake."""

    profile: people.Profile

    @property
    def key(self) -> int:
        """Their key."""
        return self.profile.card.key


def _theirs(person_id: str) -> Theirs:
    graph = graphnet()
    return Theirs(people.profile(graph.store, current_viewer(), person_id, rules=live().rules))


@blueprint.get("/staff/corrections")
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """Whom to correct, and what waits for a second one of staff or for a word of theirs."""
    store, viewer, rules = graphnet().store, current_viewer(), live().rules
    text = " ".join(request.args.get("q", "").split())[:100]
    return answer(
        "records/index.html",
        text=text,
        found=[hit.card for hit in find_people(live(), viewer, text, k=15).hits] if text else [],
        stated=studies.queue(store, viewer, rules=rules),
        noted=deaths.waiting(store, viewer, rules=rules),
        told_form=forms.ToldForm(),
        words=words,
    )


@blueprint.get("/people/<person_id>/correct")
@role_required("staff", purpose=PURPOSE)
def correct(person_id: str) -> Response:
    """What can be corrected of a person, one thing at a time, and what was."""
    what = request.args.get("what", "")
    return _page(_theirs(person_id), what if what in WHAT else "")


def _page(
    theirs: Theirs, what: str, *, form: Any = None, error: str = "", status: int = 200
) -> Response:
    store, viewer, profile = graphnet().store, current_viewer(), theirs.profile
    code = request.values.get("code", "").strip()[:20]
    groups = choices.groups(store, code) if code and what == "studies" else []
    values: dict[str, Any] = {}
    if what == "studies":
        values["group_form"], values["unit_form"] = _study_forms(groups)
        values["entries"] = _studies_of(theirs)
        if isinstance(form, forms.TheirGroupForm):
            values["group_form"] = form
        elif isinstance(form, forms.TheirUnitForm):
            values["unit_form"] = form
    if what == "city":
        names = {in_language(c["name"], c["name_ru"]) for c in choices.cities(store)}
        values["cities"] = sorted(names)
    history = corrections.history(store, viewer, theirs.key)
    return answer(
        "records/correct.html",
        status=status,
        profile=profile,
        card=profile.card,
        what=what,
        form=form
        if form is not None and type(form) is not forms.ToldForm
        else _form(what, profile),
        told_form=form if type(form) is forms.ToldForm else forms.ToldForm(None),
        error=error,
        code=code,
        groups=groups,
        changes=[(one, *words.difference(one)) for one in history],
        death=deaths.of_person(store, viewer, theirs.key),
        words=words,
        mark=_mark,
        **values,
    )


def _mark(job: Any) -> str:
    return edits.mark({"id": job["id"], "said": job})


def _studies_of(theirs: Theirs) -> list[tuple[str, str]]:
    """Return what they studied, each with the name by which it can be taken away."""
    store = graphnet().store
    rows = corrections.value(store, current_viewer(), theirs.key, "studies")
    return [(f"{row['tie']}:{row['id']}", words.study_entry(row)) for row in rows]


def _study_forms(groups: list[Any]) -> tuple[forms.TheirGroupForm, forms.TheirUnitForm]:
    mine_group, mine_unit = study_forms(groups)
    group, unit = forms.TheirGroupForm(), forms.TheirUnitForm()
    group.group_id.choices = mine_group.group_id.choices
    unit.unit_id.choices = mine_unit.unit_id.choices
    return group, unit


def _form(what: str, profile: people.Profile) -> Any:
    card = profile.card
    if what == "names":
        return forms.TheirNamesForm(
            None,
            family_name=card.name.family,
            given_name=card.name.given,
            patronymic=card.name.patronymic,
            former_names=", ".join(card.name.former),
            latin_name=card.latin_name,
            gender=card.gender,
        )
    made: dict[str, Callable[[], Any]] = {
        "city": lambda: forms.TheirCityForm(None, city=in_language(*card.city)),
        "work": lambda: forms.TheirWorkForm(None),
        "contacts": lambda: forms.TheirContactForm(None),
        "death": lambda: forms.DeathForm(None),
    }
    return made[what]() if what in made else None


def _keep(
    theirs: Theirs, what: str, form: Any, act: Callable[[], object], done: str = ""
) -> Response:
    """Do what the form says, then show the page; or say what is wrong, with what was typed."""
    if not form.validate_on_submit():
        return _page(theirs, what, form=form, status=422)
    try:
        act()
    except TROUBLE as problem:
        return _page(theirs, what, form=form, error=why(problem), status=422)
    live().catch_up()
    told = gettext("Kept, and the person is told, if we know where to write.")
    flash(done or told, "success")
    return redirect(url_for("records.correct", person_id=theirs.profile.card.id), 303)


@blueprint.post("/people/<person_id>/correct/names")
@role_required("staff", purpose=PURPOSE)
def names(person_id: str) -> Response:
    """Correct what somebody is called."""
    theirs, form = _theirs(person_id), forms.TheirNamesForm()
    return _keep(
        theirs,
        "names",
        form,
        lambda: edits.rename(
            graphnet().store,
            current_viewer(),
            theirs.key,
            form.names(),
            misspelt=form.misspelt.data,
            told=form.told(),
        ),
    )


@blueprint.post("/people/<person_id>/correct/city")
@role_required("staff", purpose=PURPOSE)
def city(person_id: str) -> Response:
    """Correct where somebody lives."""
    theirs, form = _theirs(person_id), forms.TheirCityForm()
    return _keep(
        theirs,
        "city",
        form,
        lambda: edits.live_in(
            graphnet().store, current_viewer(), theirs.key, form.city.data or "", told=form.told()
        ),
    )


@blueprint.post("/people/<person_id>/correct/work")
@role_required("staff", purpose=PURPOSE)
def work(person_id: str) -> Response:
    """Add where somebody works."""
    theirs, form = _theirs(person_id), forms.TheirWorkForm()
    return _keep(
        theirs,
        "work",
        form,
        lambda: edits.work_at(
            graphnet().store,
            current_viewer(),
            theirs.key,
            form.employer.data or "",
            role=form.role.data or "",
            from_year=form.from_year.data,
            to_year=form.to_year.data,
            now_there=form.now_there.data,
            told=form.told(),
        ),
    )


@blueprint.post("/people/<person_id>/correct/contacts")
@role_required("staff", purpose=PURPOSE)
def add_contact(person_id: str) -> Response:
    """Add an address or a number that staff were told."""
    theirs, form = _theirs(person_id), forms.TheirContactForm()
    given = (form.contact.data or "").strip()

    def act() -> None:
        kind, value = ("email", given) if "@" in given else ("phone", number(given))
        store, viewer = graphnet().store, current_viewer()
        contacts.add(store, viewer, theirs.key, kind, value, told=form.told())

    return _keep(theirs, "contacts", form, act)


@blueprint.post("/people/<person_id>/correct/take")
@role_required("staff", purpose=PURPOSE)
def take(person_id: str) -> Response:
    """Take away an entry, or note that a contact does not work: the form's buttons say which."""
    theirs, form, store = _theirs(person_id), forms.ToldForm(), graphnet().store
    kind, _, entry = request.form.get("act", "").partition("|")
    viewer, key, told = current_viewer(), theirs.key, form.told()
    acts: dict[str, tuple[str, Callable[[], object]]] = {
        "work": ("work", lambda: edits.leave_work(store, viewer, key, entry, told=told)),
        "study": ("studies", lambda: edits.not_studied(store, viewer, key, entry, told=told)),
        "contact": ("contacts", lambda: contacts.remove(store, viewer, key, entry, told=told)),
        "bounced": ("contacts", lambda: contacts.bounced(store, viewer, key, entry, told=told)),
    }
    if kind not in acts:
        raise BadValue("no such act")
    return _keep(theirs, acts[kind][0], form, acts[kind][1])


@blueprint.post("/people/<person_id>/correct/group")
@role_required("staff", purpose=PURPOSE)
def add_group(person_id: str) -> Response:
    """Add the study group in which somebody was."""
    theirs, store = _theirs(person_id), graphnet().store
    form, _ = _study_forms(choices.groups(store, request.form.get("code", "").strip()))
    return _keep(
        theirs,
        "studies",
        form,
        lambda: edits.studied(
            store,
            current_viewer(),
            theirs.key,
            group_id=form.group_id.data or "",
            from_year=form.from_year.data,
            to_year=form.to_year.data,
            told=form.told(),
        ),
    )


@blueprint.post("/people/<person_id>/correct/faculty")
@role_required("staff", purpose=PURPOSE)
def add_faculty(person_id: str) -> Response:
    """Add the faculty from which somebody's diploma is."""
    theirs = _theirs(person_id)
    _, form = _study_forms([])
    return _keep(
        theirs,
        "studies",
        form,
        lambda: edits.studied(
            graphnet().store,
            current_viewer(),
            theirs.key,
            unit_id=form.unit_id.data or "",
            to_year=form.year.data,
            level=form.level.data or "",
            programme=form.programme.data or "",
            told=form.told(),
        ),
    )


@blueprint.post("/people/<person_id>/correct/undo/<correction_id>")
@role_required("staff", purpose=PURPOSE)
def undo(person_id: str, correction_id: str) -> Response:
    """Take a correction by staff back."""
    theirs = _theirs(person_id)
    try:
        corrections.undo(graphnet().store, current_viewer(), correction_id)
    except Conflict as problem:
        flash(why(problem), "error")
    else:
        live().catch_up()
        flash(gettext("Undone: it is as it was before."), "success")
    return redirect(url_for("records.correct", person_id=theirs.profile.card.id), 303)


@blueprint.post("/staff/corrections/studies/<stated_id>")
@role_required("staff", purpose=PURPOSE)
def decide_study(stated_id: str) -> Response:
    """Confirm what somebody says they studied, or refuse it; both with how staff know."""
    form, store, viewer = forms.ToldForm(), graphnet().store, current_viewer()
    decide = studies.confirm if request.form.get("act") == "confirm" else studies.refuse
    try:
        decide(store, viewer, stated_id, told=form.told())
    except TROUBLE as problem:
        flash(why(problem), "error")
    else:
        flash(gettext("Kept, and the person is told, if we know where to write."), "success")
    return redirect(url_for("records.index", _anchor="stated"), 303)


@blueprint.post("/people/<person_id>/correct/death")
@role_required("staff", purpose=PURPOSE)
def note_death(person_id: str) -> Response:
    """Note a death: it holds when another one of staff has confirmed it."""
    theirs, form = _theirs(person_id), forms.DeathForm()

    def act() -> None:
        died_on, precision = day_of(form.year.data, form.month.data, form.day.data)
        deaths.note(
            graphnet().store,
            current_viewer(),
            theirs.key,
            died_on=died_on,
            precision=precision,
            memorial=form.memorial.data,
            told=form.told(),
        )

    return _keep(
        theirs,
        "death",
        form,
        act,
        gettext(
            "Noted. It holds when another one of staff has confirmed it; until then nothing"
            " changes."
        ),
    )


def day_of(year: int | None, month: int | None, day: int | None) -> tuple[date | None, str]:
    """Return a date as far as it is known, and how exactly that is.

    Raises
    ------
    BadValue
        'day' if there is no such day.
    """
    if year is None:
        if month or day:
            raise BadValue("a month or a day without its year says nothing", code="day")
        return None, "unknown"
    try:
        whole = date(year, month or 1, day or 1)
    except (ValueError, OverflowError) as problem:
        raise BadValue(f"there is no day {day} in month {month} of {year}", code="day") from problem
    return whole, "day" if month and day else "year"


@blueprint.post("/staff/corrections/deaths/<note_id>")
@role_required("staff", purpose=PURPOSE)
def decide_death(note_id: str) -> Response:
    """Confirm what another one of staff has noted, or call a note off."""
    store, viewer = graphnet().store, current_viewer()
    confirms = request.form.get("act") == "confirm"
    try:
        (deaths.confirm if confirms else deaths.call_off)(store, viewer, note_id)
    except (Conflict, NotAllowed) as problem:
        flash(why(problem), "error")
    else:
        live().catch_up()
        flash(
            gettext("Confirmed. Nothing is sent or suggested to this person any more.")
            if confirms
            else gettext("Taken back: nothing has changed."),
            "success",
        )
    return redirect(back_or(url_for("records.index", _anchor="deaths")), 303)


@blueprint.post("/people/<person_id>/correct/alive")
@role_required("staff", purpose=PURPOSE)
def alive(person_id: str) -> Response:
    """Undo a mistaken death."""
    theirs, form = _theirs(person_id), forms.ToldForm()
    return _keep(
        theirs,
        "death",
        form,
        lambda: deaths.undo(graphnet().store, current_viewer(), theirs.key, told=form.told()),
        gettext("Undone: the person is here again, with the account as before."),
    )


@blueprint.get("/contact/<token>")
@limiter.limit("60/hour")
def contact(token: str) -> Response:
    """Ask whether a new address is the reader's; opening the page confirms nothing."""
    return answer("records/contact.html", row=contacts.behind(graphnet().store, token), done=False)


@blueprint.post("/contact/<token>")
@limiter.limit("60/hour")
def confirm_contact(token: str) -> Response:
    """Confirm the address."""
    row = contacts.behind(graphnet().store, token)
    contacts.confirm(graphnet().store, token)
    return answer("records/contact.html", row=row, done=True)
