"""/staff/people: the card file; a person's file and journal, and what is written down there."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.discovery.search import find_people
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.journal import file, reading, writing
from graphnet.people import Card
from graphnet.requests import colleagues as office
from graphnet.requests.colleagues import Colleague
from graphnet.requests.hours import ZONE
from webapp.features.journal import words
from webapp.features.journal.forms import EntryForm, WithdrawForm
from webapp.features.people.words import SOURCE_WORDS
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import mark_wrong, why
from webapp.frame.respond import answer, back_or, page_of
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("journal", __name__, template_folder="templates")

PURPOSE = writing.PURPOSE
PAGE = 25


@blueprint.get("/staff/people")
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """Find whose file it is: by name, address or telephone number."""
    text = " ".join(request.args.get("q", "").split())[:100]
    viewer = current_viewer()
    found = [hit.card for hit in find_people(live(), viewer, text, k=20).hits] if text else []
    return answer("journal/index.html", text=text, found=found)


@blueprint.get("/staff/people/<person_id>")
@role_required("staff", purpose=PURPOSE)
def theirs(person_id: str) -> Response:
    """Everything that staff need to know of one person, with the journal."""
    return _file(person_id)


def _file(person_id: str, *, form: EntryForm | None = None, status: int = 200) -> Response:
    store, viewer = graphnet().store, current_viewer()
    found = file.file(store, viewer, person_id, now=datetime.now(UTC), rules=live().rules)
    key = found.card.key
    needles = reading.needles_of(found.card.id, [one["email"] for one in found.row["accounts"]])
    counts = reading.counts(store, viewer, key, needles=needles)
    kind = request.args.get("kind", "")
    kind = kind if kind in reading.KINDS else ""
    page = page_of(counts.get(kind, 0) if kind else sum(counts.values()), size=PAGE)
    entries = reading.entries(
        store, viewer, key, needles=needles, kind=kind, skip=page.skip, limit=page.size
    )
    colleagues = office.colleagues(store, viewer)
    return answer(
        "journal/file.html",
        status=status,
        file=found,
        card=found.card,
        form=(form or EntryForm(None)).of(colleagues, viewer.account_id),
        writing=form is not None or "write" in request.args,
        entries=[(one, words.line(one, person_id)) for one in entries],
        kinds=[("", gettext("Everything")), *_kinds(counts)],
        kind=kind,
        page=page,
        names=_names(colleagues),
        today=writing.today(),
        words=words,
        sources=SOURCE_WORDS,
    )


def _kinds(counts: dict[str, int]) -> list[tuple[str, str]]:
    there = [kind for kind in reading.KINDS if counts.get(kind)]
    return [(kind, f"{words.KIND_WORDS[kind]} ({counts[kind]})") for kind in there]


def _names(colleagues: list[Colleague]) -> dict[str, str]:
    return {one.id: one.name or one.email for one in colleagues}


@blueprint.post("/staff/people/<person_id>")
@role_required("staff", purpose=PURPOSE)
def write(person_id: str) -> Response:
    """Write down what was said, and what comes next."""
    store, viewer = graphnet().store, current_viewer()
    found = file.file(store, viewer, person_id, now=datetime.now(UTC), rules=live().rules)
    form = EntryForm().of(office.colleagues(store, viewer), viewer.account_id)
    if not form.validate_on_submit():
        return _file(person_id, form=form, status=422)
    try:
        writing.write(store, viewer, found.card.key, form.said())
    except BadValue as problem:
        mark_wrong(form, problem, otherwise="text")
        return _file(person_id, form=form, status=422)
    flash(gettext("Written down."), "success")
    return redirect(url_for("journal.theirs", person_id=person_id, _anchor="journal"), 303)


def _of(person_id: str, entry_id: str) -> tuple[Card, list[reading.Entry]]:
    """Return whose an entry is, for staff who may see them, and its versions."""
    store, viewer = graphnet().store, current_viewer()
    found = file.file(store, viewer, person_id, now=datetime.now(UTC), rules=live().rules)
    key, _, versions = reading.versions(store, viewer, entry_id)
    if key != found.card.key:
        raise ThingNotFound("no such entry")
    return found.card, versions


@blueprint.get("/staff/people/<person_id>/journal/<entry_id>")
@role_required("staff", purpose=PURPOSE)
def entry(person_id: str, entry_id: str) -> Response:
    """One entry with its earlier versions; the forms to correct it and to withdraw it."""
    return _entry(person_id, entry_id)


def _entry(
    person_id: str,
    entry_id: str,
    *,
    form: EntryForm | None = None,
    withdraw: WithdrawForm | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    store, viewer = graphnet().store, current_viewer()
    card, versions = _of(person_id, entry_id)
    colleagues = office.colleagues(store, viewer)
    own = versions[-1].own
    if form is None:
        form = EntryForm(
            None,
            kind=own["kind"],
            outcome=own.get("outcome") or "",
            text=own.get("text") or "",
            happened_on=own["happened_at"].astimezone(ZONE).date(),
            next_step=own.get("next_step") or "",
            due_on=own.get("due_on"),
            owner=own.get("owner") or "",
        )
    form.version.data = str(own["version"])
    return answer(
        "journal/entry.html",
        status=status,
        card=card,
        entry=versions[-1],
        versions=versions,
        form=form.of(colleagues, viewer.account_id),
        withdraw=withdraw or WithdrawForm(None),
        names=_names(colleagues),
        error=error,
        words=words,
    )


@blueprint.post("/staff/people/<person_id>/journal/<entry_id>")
@role_required("staff", purpose=PURPOSE)
def correct(person_id: str, entry_id: str) -> Response:
    """Write an entry anew; what it was stays as an earlier version."""
    store, viewer = graphnet().store, current_viewer()
    _of(person_id, entry_id)
    form = EntryForm().of(office.colleagues(store, viewer), viewer.account_id)
    version = form.version.data or ""
    if not form.validate_on_submit() or not version.isdecimal():
        return _entry(person_id, entry_id, form=form, status=422)
    try:
        writing.correct(store, viewer, entry_id, form.said(), version=int(version[:9]))
    except BadValue as problem:
        mark_wrong(form, problem, otherwise="text")
        return _entry(person_id, entry_id, form=form, status=422)
    except Conflict as problem:
        return _entry(person_id, entry_id, form=form, error=why(problem), status=409)
    flash(gettext("Corrected. What stood there before can still be read."), "success")
    return redirect(url_for("journal.entry", person_id=person_id, entry_id=entry_id), 303)


@blueprint.post("/staff/people/<person_id>/journal/<entry_id>/withdraw")
@role_required("staff", purpose=PURPOSE)
def withdraw(person_id: str, entry_id: str) -> Response:
    """Say that an entry was a mistake; it stays readable, and asks for nothing any more."""
    _of(person_id, entry_id)
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _entry(person_id, entry_id, withdraw=form, status=422)
    try:
        writing.withdraw(graphnet().store, current_viewer(), entry_id, form.why.data or "")
    except (BadValue, Conflict) as problem:
        error = why(problem)
        return _entry(person_id, entry_id, withdraw=form, error=error, status=409)
    flash(gettext("Withdrawn. It stays readable, and nothing is to be done for it."), "success")
    return redirect(url_for("journal.theirs", person_id=person_id, _anchor="journal"), 303)


@blueprint.post("/staff/journal/<entry_id>/step")
@role_required("staff", purpose=PURPOSE)
def step(entry_id: str) -> Response:
    """Done, put off, or whose it is: one act, then back to where one was."""
    store, viewer, act = graphnet().store, current_viewer(), request.form.get("act", "")
    try:
        if act == "done":
            writing.done(store, viewer, entry_id)
            said = gettext("Done, and on the record.")
        elif act in ("day", "week"):
            writing.put_off(store, viewer, entry_id, 1 if act == "day" else 7)
            said = gettext("Put off. It comes back on its day.")
        elif act.partition(":")[0] == "take":
            writing.take(store, viewer, entry_id, of=act.partition(":")[2])
            said = gettext("It is yours now.")
        else:
            raise BadValue("a step is done, put off, handed over or taken", code="act")
    except (BadValue, Conflict) as problem:
        flash(why(problem), "error")
    else:
        flash(said, "success")
    return redirect(back_or(url_for("staff.today")), 303)
