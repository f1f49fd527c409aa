"""/staff/contributions: the ledger for staff; who came to an event; the candidate ranking."""

from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import people
from graphnet.errors import BadValue, Conflict, PersonNotFound
from graphnet.events import attendance as attending
from graphnet.ledger import manual, reader
from graphnet.ledger.chain import broken_link
from graphnet.ledger.csv_import import noon
from graphnet.ledger.rule_files import MODES
from graphnet.ledger.rules import at_time
from graphnet.ledger.standings import standings, trend
from graphnet.people import cards
from webapp.features.contributions.routes import (
    begun,
    blueprint,
    chosen_season,
    no_season,
    participants,
    points_csv,
    season_of,
    season_rules,
)
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer, csv_answer, page_of, whole_number
from webapp.frame.security import current_viewer, role_required
from webapp.frame.whom import Whom, whom

PURPOSE = "contributions"
SHOWN = 25


@blueprint.get("/staff/contributions")
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """A season's entries, the latest first, narrowed by kind and mode."""
    viewer, store = current_viewer(), graphnet().store
    seasons = begun(season_rules())
    if not seasons:
        return no_season()
    rules = chosen_season(seasons)
    kind, mode = request.args.get("kind", ""), request.args.get("mode", "")
    corrections = request.args.get("only") == "corrections"
    as_csv = request.args.get("as") == "csv"
    _, total = reader.entries(
        store, viewer, rules, kind=kind, mode=mode, corrections=corrections, limit=0
    )
    page = page_of(total, size=50)
    lines, _ = reader.entries(
        store, viewer, rules, kind=kind, mode=mode, corrections=corrections,
        skip=0 if as_csv else page.skip, limit=10_000 if as_csv else page.size,
    )  # fmt: skip
    if as_csv:
        return csv_answer(
            f"ledger-{rules.season}",
            ["number", "entry", "pseudonym", "kind", "mode", "happened_at", "recorded_at",
             "times", "corrects", "evidence_hash", "chain_hash"],
            (
                [line.number, line.entry.act_id, line.entry.pseudonym, line.entry.kind,
                 line.entry.mode, line.entry.happened_at.isoformat(),
                 line.entry.recorded_at.isoformat(), str(line.entry.basis), line.entry.corrects,
                 line.entry.evidence_hash, line.chain_hash]
                for line in lines
            ),
            plain=True,
        )  # fmt: skip
    return answer(
        "contributions/ledger.html", seasons=seasons, rules=rules, lines=lines, page=page,
        cards=participants(viewer, lines), kind=kind, mode=mode, modes=MODES,
        only="corrections" if corrections else "",
    )  # fmt: skip


@blueprint.get("/staff/contributions/new")
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """The form to enter one contribution."""
    viewer = current_viewer()
    asked = request.args.get("person", "")
    return _form(whom("person", viewer, ids=[asked]), whom("participant", viewer), {})


def _form(person: Whom, participant: Whom, values: dict[str, str], problem: str = "") -> Response:
    seasons = begun(season_rules())
    if not seasons:
        return no_season()
    wrong = problem or person.problem or participant.problem
    return answer(
        "contributions/new.html",
        rules=chosen_season(seasons),
        person=person,
        participant=participant,
        values=values,
        problem=problem,
        status=422 if wrong else 200,
    )


@blueprint.post("/staff/contributions/new")
@role_required("staff", purpose=PURPOSE)
def enter() -> Response:
    """Enter one contribution by hand."""
    values = {
        name: request.form.get(name, "").strip() for name in ("kind", "day", "note", "quantity")
    }
    viewer, store = current_viewer(), graphnet().store
    person = whom("person", viewer)
    participant = whom("participant", viewer, needed=False)

    def again(problem: str) -> Response:
        return _form(person, participant, values, problem)

    if person.problem or participant.problem:
        return again("")
    try:
        day = date.fromisoformat(values["day"])
    except ValueError:
        return again(gettext("Give the day on which it happened."))
    rules = next((r for r in season_rules() if r.starts <= day <= r.ends), None)
    if rules is None:
        return again(gettext("This day lies in no season that has rules."))
    quantity = values["quantity"] or "1"
    if not quantity.isascii() or not quantity.isdigit() or not 1 <= int(quantity) <= 100:
        return again(gettext("How many times: a number from 1 to 100."))
    chosen = rules.kinds.get(values["kind"])
    if chosen is None:
        return again(gettext("Choose what was done."))
    if (chosen.part == "mobilised") != bool(participant.chosen):
        return again(
            gettext("Who took part is named for what was mobilised, and for nothing else.")
        )
    try:
        act = manual.enter(
            store,
            viewer,
            rules,
            person_key=person.keys[0],
            kind=values["kind"],
            day=noon(day, rules),
            note=values["note"],
            quantity=int(quantity),
            participant_key=participant.keys[0] if participant.chosen else None,
        )
    except BadValue:
        return again(
            gettext("Say in a sentence what shows it; the day has passed; nobody brings themself.")
        )
    flash(gettext("Entered, and on the record."), "success")
    return redirect(url_for("contributions.entry", act_id=act), 303)


@blueprint.get("/staff/contributions/<act_id>")
@role_required("staff", purpose=PURPOSE)
def entry(act_id: str) -> Response:
    """One entry: what shows it, its hashes, and the form to take it back."""
    viewer = current_viewer()
    line = reader.one(graphnet().store, viewer, act_id)
    seasons = season_rules()
    if not seasons:
        return no_season()
    return answer(
        "contributions/entry.html", line=line, rules=at_time(seasons, line.entry.happened_at),
        cards=participants(viewer, [line]),
    )  # fmt: skip


@blueprint.post("/staff/contributions/<act_id>")
@role_required("staff", purpose=PURPOSE)
def correct(act_id: str) -> Response:
    """Take one entry back by a counter-entry with a reason."""
    try:
        manual.take_back(graphnet().store, current_viewer(), act_id, request.form["reason"])
    except BadValue:
        flash(gettext("Say in a sentence why it is taken back."), "error")
    except Conflict:
        flash(gettext("It has been taken back already, or is itself a correction."), "error")
    else:
        flash(gettext("Taken back by a counter-entry; the entry itself stays."), "success")
    return redirect(url_for("contributions.entry", act_id=act_id), 303)


@blueprint.get("/staff/contributions/people/<person_id>")
@role_required("staff", purpose=PURPOSE)
def dossier(person_id: str) -> Response:
    """One person's season, every point open to its evidence; to be printed, too."""
    viewer, store = current_viewer(), graphnet().store
    key = people.key_of(store, person_id)
    found = cards(store, viewer, [key], rules=live().rules)
    if not found:
        raise PersonNotFound("no such person")
    seasons = begun(season_rules())
    if not seasons:
        return no_season()
    season = season_of(viewer, chosen_season(seasons), key)
    if request.args.get("as") == "csv":
        return points_csv("dossier", season)
    return answer(
        "contributions/dossier.html", card=found[0], seasons=seasons,
        trend=trend(store, seasons, viewer, key), **season,
    )  # fmt: skip


@blueprint.get("/staff/contributions/ranking")
@role_required("staff", purpose="candidate ranking")
def ranking() -> Response:
    """Whom to invite to stand: those who agreed to profiling, ranked by what they did."""
    viewer, store = current_viewer(), graphnet().store
    seasons = begun(season_rules())
    if not seasons:
        return no_season()
    rules = chosen_season(seasons)
    as_csv = request.args.get("as") == "csv"
    asked = whole_number("page", 1, low=1, high=10_000)
    here = slice(0, 500) if as_csv else slice((asked - 1) * SHOWN, asked * SHOWN)
    lines = standings(store, rules, viewer, detail=here)
    page = page_of(len(lines), size=SHOWN)
    shown = lines[here]
    by_key = {
        card.key: card
        for card in cards(
            store, viewer, [s.person_key for s in shown if s.person_key is not None],
            rules=live().rules,
        )
    }  # fmt: skip
    if as_csv:
        return csv_answer(
            f"ranking-{rules.season}",
            [gettext("rank"), gettext("best rank"), gettext("worst rank"), gettext("name"),
             gettext("total"), gettext("contributed"), gettext("mobilised"),
             gettext("ways of contributing"), gettext("cut by a ceiling"),
             gettext("may be awarded"), "id"],
            (
                [s.rank, s.best_rank, s.worst_rank, by_key[s.person_key].name.full,
                 float(s.total), float(s.contributed), float(s.mobilised), len(s.modes),
                 float(s.capped), gettext("yes") if s.award_ready else gettext("no"),
                 by_key[s.person_key].id]
                for s in shown
                if s.person_key in by_key
            ),
        )  # fmt: skip
    return answer(
        "contributions/ranking.html", rules=rules, seasons=seasons, page=page,
        rows=[(s, by_key[s.person_key]) for s in shown if s.person_key in by_key],
    )  # fmt: skip


@blueprint.get("/staff/events/<event_id>/attendance")
@role_required("staff", purpose="attendance")
def attendance(event_id: str) -> Response:
    """Who said yes to an event, to mark who came."""
    event, guests = attending.guests(
        graphnet().store, current_viewer(), event_id, rules=live().rules
    )
    return answer("contributions/attendance.html", event=event, guests=guests)


@blueprint.post("/staff/events/<event_id>/attendance")
@role_required("staff", purpose="attendance")
def mark(event_id: str) -> Response:
    """Keep who came."""
    try:
        marked, unmarked = attending.mark(
            graphnet().store, current_viewer(), event_id,
            shown=request.form.getlist("shown"), came=request.form.getlist("came"),
        )  # fmt: skip
    except Conflict:
        flash(gettext("This event has not begun, or was cancelled."), "error")
    else:
        flash(
            gettext("Kept: %(marked)s more came, %(unmarked)s fewer.", marked=marked,
                    unmarked=unmarked),
            "success",
        )  # fmt: skip
    return redirect(url_for("contributions.attendance", event_id=event_id), 303)


@blueprint.get("/staff/contributions/chain")
@role_required("staff", purpose=PURPOSE)
def chain() -> Response:
    """Whether the chain of hashes holds through the whole ledger."""
    return answer("contributions/chain.html", broken=broken_link(graphnet().store))
