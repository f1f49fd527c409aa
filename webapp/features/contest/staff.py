"""/staff/contest: seasons, what is to be done now, eligibility, jury, appeals, result, dossiers."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.contest import (
    announcing,
    appeals,
    archive,
    candidates,
    exclusions,
    jurors,
    jury,
    nominations,
    publication,
    reminding,
    results,
    seasons,
    support,
)
from graphnet.errors import ThingNotFound
from graphnet.keys import key
from graphnet.ledger import standings
from graphnet.ledger.rules import read_rules
from graphnet.people import cards, key_of
from graphnet.requests import closing
from webapp.features.contest.blueprint import (
    PURPOSE,
    attempt,
    blueprint,
    now,
    season_of,
    viewer,
)
from webapp.features.contest.season_log import folded
from webapp.features.contest.tasks import tasks
from webapp.features.requests.answers import answer_letter
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer, back_or
from webapp.frame.security import role_required
from webapp.frame.whom import whom

COUNTED = ("appeal", "decision", "published", "archived")


@blueprint.get("/staff/contest")
@role_required("staff", purpose=PURPOSE)
def staff_index() -> Response:
    """All seasons, each with what is to be done now."""
    store, me, at = graphnet().store, viewer(), now()
    found = seasons.seasons(store, me)
    rows = [(one, one.phase(at), tasks(store, me, one, now=at)) for one in found]
    return answer("contest/staff_index.html", rows=rows)


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
        proposals=exclusions.proposals(store, me, found),
        codes=exclusions.CODES,
        progress=progress,
        people={card.key: card for card in cards(store, me, keys, rules=live().rules)},
        appeals=made,
        chosen={},
        result=result,
        archive=archive.archives(store, me, found),
        awards={row["candidate"]: row for row, _ in publication.winners(store, me, found)},
        log=folded(seasons.log(store, me, found))[:20],
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
            lambda: announcing.announce(store, me, season, now=at),
            gettext("Announced. Rules, weights and the voters’ list are fixed."),
        )
    elif act == "withdraw":
        attempt(
            lambda: announcing.withdraw(store, me, season),
            gettext("Withdrawn: it is a draft again."),
        )
    elif act == "candidates":
        _candidate(season)
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
    page = url_for("contest.staff_season", season=season, _anchor=target or None)
    return redirect(back_or(page), 303)


def _publish(season: str) -> None:
    publication.publish(
        graphnet().store,
        viewer(),
        season,
        key=key(graphnet().settings, "seasons"),
        now=now(),
        note=request.form.get("note", ""),
    )


def _candidate(season: str) -> None:
    """Decide about a candidate; after the check one of staff proposes and another confirms."""
    store, me, form, at = graphnet().store, viewer(), request.form, now()
    nomination, decision = form.get("nomination", ""), form.get("decision", "")
    admit, reason = decision == "admit", form.get("reason", "")
    if decision == "confirm":
        attempt(
            lambda: exclusions.confirm(store, me, season, nomination, now=at),
            gettext("Confirmed, and on the record. The candidate is written to."),
        )
    elif decision == "call off":
        attempt(
            lambda: exclusions.call_off(store, me, season, nomination, now=at),
            gettext("Called off: everything stays as it was."),
        )
    elif season_of(season).phase(at) in exclusions.PHASES:
        attempt(
            lambda: exclusions.propose(
                store,
                me,
                season,
                nomination,
                admit=admit,
                code=form.get("code", ""),
                reason=reason,
                now=at,
            ),
            gettext("Proposed. Nothing changes before another one of staff confirms it."),
        )
    else:
        attempt(
            lambda: candidates.decide(
                store, me, season, nomination, admit=admit, reason=reason, now=at
            ),
            gettext("Decided, and on the record. The candidate is written to."),
        )


def _jury(season: str) -> None:
    store, me, form, at = graphnet().store, viewer(), request.form, now()
    what = form.get("what", "")
    if what == "assign":
        attempt(
            lambda: jury.assign_all(store, me, season, now=at),
            gettext("Every admitted candidate was given to jurors, as far as there are enough."),
        )
    elif what == "remind":
        attempt(
            lambda: reminding.remind(store, me, season, now=at),
            gettext("The jurors whose scores are missing are written to, once a day at most."),
        )
    elif what == "remove":
        attempt(
            lambda: jurors.remove(store, me, season, key_of(store, form.get("person", "")), now=at),
            gettext("No longer in the jury, and told so."),
        )


@blueprint.route("/staff/contest/<season>/jury/ask", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def ask_juror(season: str) -> Response:
    """Ask somebody to be in the jury: who, found by name."""
    found, me, store = season_of(season), viewer(), graphnet().store
    who = whom("person", me)
    if request.method == "POST" and who.chosen:
        works_here: list[bool] = []
        asked = attempt(
            lambda: works_here.append(jurors.ask(store, me, season, who.keys[0], now=now())),
            gettext("Asked. A letter leaves in two minutes; the answer will stand here."),
        )
        if asked:
            if works_here[0]:
                flash(
                    gettext(
                        "This person works for the Association: say in the terms why they judge."
                    ),
                    "warning",
                )
            return redirect(url_for("contest.staff_season", season=season, _anchor="jury"), 303)
    return answer(
        "contest/ask_juror.html",
        season=found,
        who=who,
        status=422 if request.method == "POST" else 200,
    )


@blueprint.get("/staff/contest/<season>/publish")
@role_required("staff", purpose=PURPOSE)
def before_publishing(season: str) -> Response:
    """What will be frozen and who will be told, to be read before it is done."""
    found, store, me = season_of(season), graphnet().store, viewer()
    whole = results.result(store, me, found, now=now())
    stands = candidates.candidates(store, me, found)
    return answer(
        "contest/publish.html",
        season=found,
        result=whole,
        by_id={one.id: one for one in stands},
        open_appeals=sum(row["status"] != "done" for row in appeals.appeals(store, me, found)),
        proposals=exclusions.proposals(store, me, found),
        ready=found.phase(now()) == "decision",
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
    letters = support.letters(store, me, [nomination_id])[nomination_id]
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
