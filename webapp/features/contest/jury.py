"""/contest/SEASON/jury: what a juror reads, and their own scores; nobody else's."""

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.contest import jurors, jury, support
from graphnet.errors import ThingNotFound
from webapp.features.contest.blueprint import attempt, blueprint, now, season_of, viewer
from webapp.frame.context import graphnet
from webapp.frame.respond import answer, back_or
from webapp.frame.security import signed_in


@blueprint.get("/contest/<season>/jury")
@signed_in
def sheets(season: str) -> Response:
    """The candidates whom this juror reads."""
    found = season_of(season)
    mine = jury.sheets(graphnet().store, viewer(), found)
    return answer("contest/jury.html", season=found, phase=found.phase(now()), sheets=mine)


@blueprint.post("/contest/<season>/jury/answer")
@signed_in
def answer_jury(season: str) -> Response:
    """Say yes or no to being in the jury."""
    agrees = request.form.get("agrees") == "yes"
    attempt(
        lambda: jurors.reply(graphnet().store, viewer(), season, agrees=agrees, now=now()),
        gettext("Thank you: you are in the jury. You will be written to when you can read.")
        if agrees
        else gettext("Thank you for saying so. Somebody else will be asked."),
    )
    return redirect(back_or(url_for("contest.season", season=season)), 303)


@blueprint.get("/contest/<season>/jury/<nomination_id>")
@signed_in
def sheet(season: str, nomination_id: str) -> Response:
    """One candidate: statement, letters, evidence, and the juror's own scores."""
    found = season_of(season)
    store, me = graphnet().store, viewer()
    mine = [s for s in jury.sheets(store, me, found) if s.candidate.id == nomination_id]
    if not mine:
        raise ThingNotFound("no such candidate")
    letters = support.letters(store, me, [nomination_id])[nomination_id]
    return answer(
        "contest/sheet.html", season=found, phase=found.phase(now()), sheet=mine[0],
        letters=letters,
    )  # fmt: skip


@blueprint.post("/contest/<season>/jury/<nomination_id>")
@signed_in
def give_scores(season: str, nomination_id: str) -> Response:
    """Keep the scores, or a conflict of interest that the juror declares."""
    store, me = graphnet().store, viewer()
    if request.form.get("act") == "conflict":
        done = attempt(
            lambda: jury.declare(
                store, me, season, nomination_id, request.form.get("reason", ""), now=now()
            ),
            gettext("Kept. Another juror reads this candidate."),
        )
    else:
        given = {
            name.removeprefix("score-"): int(value) if value.isdecimal() else 0
            for name, value in request.form.items()
            if name.startswith("score-") and value
        }
        done = attempt(
            lambda: jury.score(store, me, season, nomination_id, given, now=now()),
            gettext("Kept. You can change your scores until the jury closes."),
        )
    if done:
        return redirect(url_for("contest.sheets", season=season), 303)
    return redirect(url_for("contest.sheet", season=season, nomination_id=nomination_id), 303)
