"""/staff/contest: seasons, what is to be done now, eligibility, jury, appeals, result, dossiers."""

from datetime import date, timedelta

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.accounts import account_by_email
from graphnet.contest import (
    appeals,
    archive,
    candidates,
    jury,
    nominations,
    publication,
    results,
    seasons,
)
from graphnet.contest.terms import Dates, Named, Terms, differences
from graphnet.errors import BadFile, BadInput, Conflict, ThingNotFound
from graphnet.keys import key
from graphnet.ledger import standings
from graphnet.ledger.rules import completed, read_rules, template, unnamed
from graphnet.people import cards, key_of
from graphnet.requests import closing
from webapp.features.contest.blueprint import (
    PURPOSE,
    attempt,
    blueprint,
    now,
    problem_words,
    season_of,
    viewer,
)
from webapp.features.contest.forms import SeasonForm, values
from webapp.features.contest.letters import terms_letter
from webapp.features.contest.tasks import tasks
from webapp.features.requests.answers import answer_letter
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer
from webapp.frame.security import role_required

COUNTED = ("appeal", "decision", "published", "archived")


@blueprint.get("/staff/contest")
@role_required("staff", purpose=PURPOSE)
def staff_index() -> Response:
    """All seasons, each with what is to be done now."""
    store, me, at = graphnet().store, viewer(), now()
    found = seasons.seasons(store, me)
    rows = [(one, one.phase(at), tasks(store, me, one, now=at)) for one in found]
    return answer("contest/staff_index.html", rows=rows)


@blueprint.route("/staff/contest/new", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """Draft a season."""
    form = SeasonForm(data=None if request.method == "POST" else _suggested())
    return _edit(form, None)


@blueprint.route("/staff/contest/<season>/edit", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def edit(season: str) -> Response:
    """Change a draft, or the terms of an announced season while the law allows it."""
    found = season_of(season)
    begin = None
    if request.method != "POST":
        rules = read_rules(found.rules)
        begin = values(season, found.terms, unnamed(found.rules))
        begin |= {"starts": rules.starts, "ends": rules.ends, "seen": seasons.mark(found)}
    return _edit(SeasonForm(data=begin), found)


def _edit(form: SeasonForm, found: seasons.Season | None) -> Response:
    store, at = graphnet().store, now()
    form.event.choices = [
        ("", gettext("none")),
        *(
            (row["id"], f"{in_language(row['title'], row['title_ru'])}, "
             f"{in_language(row['festival'], row['festival_ru'])}")
            for row in seasons.events_to_choose(store)
        ),
    ]  # fmt: skip
    announced = found is not None and found.announced_at is not None
    if announced:  # not part of what can be changed, and so not asked for
        del form.season, form.rules, form.starts, form.ends
    problem = ""
    meanwhile: dict[str, tuple[object, object]] = {}
    if form.validate_on_submit():
        try:
            terms = form.terms()
            if announced and found is not None:
                seasons.change(
                    store,
                    viewer(),
                    found.season,
                    terms,
                    now=at,
                    letter=lambda changed: terms_letter(found, terms, changed),
                    seen=form.seen.data or "",
                )
                flash(
                    gettext("A new version of the terms is in force; the old one is kept."),
                    "success",
                )
                name = found.season
            else:
                name = found.season if found else (form.season.data or "").strip()
                rules = completed(
                    (form.rules.data or "").replace("\r\n", "\n"),
                    season=name,
                    starts=form.starts.data,
                    ends=form.ends.data,
                )
                seasons.draft(
                    store, viewer(), name, terms, rules=rules, now=at, seen=form.seen.data or ""
                )
                flash(gettext("The draft is kept. Nobody but staff sees it."), "success")
            return redirect(url_for("contest.staff_season", season=name), 303)
        except BadFile as trouble:
            form.rules.errors = [str(trouble)]
        except (BadInput, Conflict) as trouble:
            problem = problem_words(trouble)
            if str(trouble) == "meanwhile" and found is not None:
                meanwhile = differences(season_of(found.season).terms, terms)
                form.seen.data = seasons.mark(season_of(found.season))
    wrong = request.method == "POST"
    return answer(
        "contest/edit.html",
        form=form,
        season=found,
        announced=announced,
        problem=problem,
        days=list(Dates.__dataclass_fields__),
        meanwhile=meanwhile,
        status=422 if wrong else 200,
    )


def _suggested() -> dict[str, object]:
    """What a first draft begins with, for staff to change: nothing of it is in force.

    The season is the year after the last one that there is; its days follow that one's.
    """
    day = now().date()
    there = seasons.seasons(graphnet().store, viewer())
    years = [int(one.season) for one in there if one.season.isdigit()]
    year = max([*years, day.year - 1]) + 1
    last = max((read_rules(one.rules).ends for one in there), default=date(year - 1, 12, 31))
    first = max(last + timedelta(days=1), date(year, 1, 1))
    steps = (14, 28, 35, 49, 63, 70, 180)
    dates = Dates(*(day + timedelta(days=step) for step in steps))
    text = template(graphnet().settings.home / "rules")
    ends = date(first.year, 12, 31)
    rules = completed(text, season=str(year), starts=first, ends=ends)
    terms = Terms(
        title=f"{rules.name} {year}",
        title_ru=f"{rules.name_ru} {year}",
        organiser="",
        organiser_ru="",
        place="",
        place_ru="",
        prize="",
        prize_ru="",
        text="",
        text_ru="",
        categories=(Named("ambassador", "Ambassador Alumnus", "Выпускник-амбассадор"),),
        criteria=(
            Named("work", "Work with alumni", "Работа с выпускниками"),
            Named("growth", "Bringing people together", "Объединение людей"),
            Named("example", "An example for others", "Пример для других"),
        ),
        dates=dates,
    )
    return values(str(year), terms, text) | {"starts": first, "ends": ends}


@blueprint.get("/staff/contest/<season>")
@role_required("staff", purpose=PURPOSE)
def staff_season(season: str) -> Response:
    """One season: what is to be done now, and everything that staff decide in it."""
    found = season_of(season)
    store, me, at = graphnet().store, viewer(), now()
    phase = found.phase(at)
    stands = candidates.candidates(
        store, me, found, states=("accepted", "admitted", "refused", "withdrawn")
    )
    progress = jury.progress(store, me, found)
    result = results.result(store, me, found, now=at) if phase in COUNTED else None
    made = appeals.appeals(store, me, found)
    keys = [row["key"] for row in progress.jurors] + [row["asker"] for row in made]
    return answer(
        "contest/staff_season.html",
        season=found,
        phase=phase,
        rules=read_rules(found.rules),
        tasks=tasks(store, me, found, now=at),
        place=seasons.given_at(store, found),
        can_change=phase in ("draft", "announced", "entry") and at < found.terms.half_time(),
        counts=nominations.counts(store, me, found),
        candidates=stands,
        by_id={one.id: one for one in stands},
        checks=candidates.checks(store, me, found),
        progress=progress,
        people={card.key: card for card in cards(store, me, keys, rules=live().rules)},
        appeals=made,
        chosen={},
        result=result,
        archive=archive.archives(store, me, found),
        awards={row["candidate"]: row for row, _ in publication.winners(store, me, found)},
        log=seasons.log(store, me, found)[:20],
    )


@blueprint.get("/staff/contest/<season>/announce")
@role_required("staff", purpose=PURPOSE)
def before_announcing(season: str) -> Response:
    """What will be fixed by the announcement, to be read before it is made."""
    found = season_of(season)
    return answer("contest/announce.html", season=found, rules=read_rules(found.rules))


@blueprint.post("/staff/contest/<season>/<act>")
@role_required("staff", purpose=PURPOSE)
def staff_act(season: str, act: str) -> Response:
    """Announce, decide, take into the jury, assign, answer an appeal, publish."""
    store, me, form, at = graphnet().store, viewer(), request.form, now()
    target = {"announce": "", "withdraw": "", "publish": "result"}.get(act, act)
    if act == "announce":
        attempt(
            lambda: seasons.announce(store, me, season, now=at),
            gettext("Announced. Rules, weights and the voters’ list are fixed."),
        )
    elif act == "withdraw":
        attempt(
            lambda: seasons.withdraw(store, me, season),
            gettext("Withdrawn: it is a draft again."),
        )
    elif act == "candidates":
        admit = form.get("decision") == "admit"
        attempt(
            lambda: candidates.decide(
                store,
                me,
                season,
                form.get("nomination", ""),
                admit=admit,
                reason=form.get("reason", ""),
                now=at,
            ),
            gettext("Decided, and on the record."),
        )
    elif act == "jury":
        _jury(season)
    elif act == "appeals":
        attempt(
            lambda: closing.close(
                store,
                me,
                {appeals.KIND.name: appeals.KIND},
                form.get("request", ""),
                form.get("answer", ""),
                choice=form,
                tell=answer_letter,
                now=at,
            ),
            gettext("Decided, and on the record."),
        )
    elif act == "publish":
        attempt(lambda: _publish(season), gettext("Published. The season is frozen."))
    else:
        raise ThingNotFound("no such act")
    return redirect(url_for("contest.staff_season", season=season, _anchor=target or None), 303)


def _publish(season: str) -> None:
    publication.publish(
        graphnet().store,
        viewer(),
        season,
        key=key(graphnet().settings, "seasons"),
        now=now(),
        note=request.form.get("note", ""),
    )


def _jury(season: str) -> None:
    store, me, form, at = graphnet().store, viewer(), request.form, now()
    what = form.get("what", "")
    if what == "assign":
        attempt(
            lambda: jury.assign_all(store, me, season, now=at),
            gettext("Every admitted candidate was given to jurors, as far as there are enough."),
        )
        return
    if what == "remove":
        attempt(
            lambda: jury.remove(store, me, season, key_of(store, form.get("person", "")), now=at),
            gettext("No longer in the jury."),
        )
        return
    account = account_by_email(store, form.get("email", "").strip())
    key = None if account is None else account.person_key
    if key is None or not cards(store, me, [key], rules=live().rules, brief=True):
        flash(gettext("There is no account with this address."), "error")
        return
    attempt(
        lambda: jury.add(store, me, season, key, now=at),
        gettext("In the jury now."),
    )


@blueprint.get("/staff/contest/<season>/dossiers/<nomination_id>")
@role_required("staff", purpose=PURPOSE)
def dossier(season: str, nomination_id: str) -> Response:
    """Everything that speaks for a candidate, to be printed; medians after the jury has closed."""
    found = season_of(season)
    store, me, at = graphnet().store, viewer(), now()
    states = ("accepted", "admitted", "refused")
    stands = candidates.candidates(store, me, found, ids=[nomination_id], states=states)
    if not stands:
        raise ThingNotFound("no such candidate")
    rules = read_rules(found.rules)
    one = stands[0]
    phase = found.phase(at)
    letters = nominations.letters(store, me, [nomination_id])[nomination_id]
    writers = [row["writer"] for row in letters if row["writer"]]
    medians = None
    if phase in ("vote", *COUNTED):
        medians = jury.judged(store, me, found, now=at)[0].get(one.id)
    line = None
    if phase in COUNTED:
        whole = results.result(store, me, found, now=at)
        line = next((row for row in whole.lines if row.candidate == one.id), None)
    card = cards(store, me, [one.key], rules=live().rules)
    return answer(
        "contest/dossier.html",
        season=found,
        phase=phase,
        candidate=one,
        rules=rules,
        card=card[0] if card else None,
        score=standings.of_person(store, rules, me, one.key),
        checks=candidates.checks(store, me, found).get(one.id, []),
        letters=letters,
        writers={c.key: c for c in cards(store, me, writers, rules=live().rules)},
        judged=medians,
        line=line,
        printed_at=at,
    )
