"""Taking a ballot, signed in; casting it by its receipt alone: see `graphnet...contest.voting`.

A receipt is in no address, so that no log of addresses has it: it travels in forms only, and the
page that shows it is kept by nobody on the way.
"""

import re

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.contest import candidates, voting
from graphnet.contest.seasons import Season
from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.keys import trusted
from graphnet.privacy import Viewer
from webapp.features.contest.blueprint import blueprint, now, season_of, viewer
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import limiter, signed_in

RECEIPT = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}")


def _keys() -> tuple[bytes, ...]:
    return trusted(graphnet().settings, "ballots")


@blueprint.get("/contest/<season>/vote")
@signed_in
def vote(season: str) -> Response:
    """How the vote works, and one's ballot to take."""
    found = season_of(season)
    return answer(
        "contest/vote.html", season=found, phase=found.phase(now()), numbers=voting.numbers(),
        right=voting.right(graphnet().store, viewer(), found), receipt="", problem="",
    )  # fmt: skip


@blueprint.post("/contest/<season>/vote")
@signed_in
def take(season: str) -> Response:
    """Take the ballot and show its receipt, this once."""
    found = season_of(season)
    numbers = request.form.get("ballot", ""), request.form.get("salt", "")
    receipt = problem = ""
    try:
        receipt = voting.take(graphnet().store, viewer(), season, numbers, keys=_keys(), now=now())
    except (Conflict, NotAllowed, BadValue) as trouble:
        problem = why(trouble)
    return answer(
        "contest/vote.html", season=found, phase=found.phase(now()), numbers=voting.numbers(),
        right=voting.right(graphnet().store, viewer(), found), receipt=receipt, problem=problem,
        status=200 if receipt else 409,
    )  # fmt: skip


@blueprint.post("/contest/<season>/receipt")
@limiter.limit("600/hour")
def receipt(season: str) -> Response:
    """Give the receipt as a file to keep: what was sent, kept and asked nowhere."""
    found = season_of(season)
    shown = request.form.get("receipt", "").strip()
    if not RECEIPT.fullmatch(shown):
        raise BadValue("this is no receipt", code="receipt")
    words = gettext("Receipt of a ballot, %(season)s. Vote with it here:", season=found.season)
    there = graphnet().settings.site_url + url_for("contest.ballot", season=season)
    file = Response(f"{words}\n{there}\n\n{shown}\n", mimetype="text/plain")
    file.headers["Content-Disposition"] = f'attachment; filename="receipt-{found.season}.txt"'
    file.headers["Cache-Control"] = "no-store"
    return file


@blueprint.get("/contest/<season>/ballot")
def ballot(season: str) -> Response:
    """Ask for a receipt; whose it is, is not asked."""
    found = season_of(season)
    return _ballot(found, "", None, "")


@blueprint.post("/contest/<season>/ballot")
@limiter.limit("600/hour")
def cast(season: str) -> Response:
    """Show the ballot behind a receipt, or cast it."""
    found = season_of(season)
    receipt, act = request.form.get("receipt", "").strip(), request.form.get("act", "")
    store = graphnet().store
    try:
        if act == "cast":
            choices = request.form.getlist("choice")
            voting.cast(store, season, receipt, choices, keys=_keys(), now=now())
            done = gettext("Your vote is cast. You can change it with the receipt until the end.")
            return _ballot(found, receipt, choices, "", done=done)
        held = voting.held(store, found, receipt, keys=_keys(), now=now())
        return _ballot(found, receipt, held or [], "")
    except (Conflict, BadValue) as trouble:
        return _ballot(found, "", None, why(trouble), status=422)


def _ballot(
    found: Season, receipt: str, choices: list[str] | None, problem: str, *, done: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    # Candidates are named to members; who has a receipt is one, though nobody knows which.
    member = Viewer("alumnus", purpose="ballot")
    stands = (
        candidates.candidates(graphnet().store, member, found)
        if choices is not None and found.phase(now()) == "vote"
        else []
    )
    return answer(
        "contest/ballot.html", season=found, phase=found.phase(now()), receipt=receipt,
        choices=choices, candidates=stands, problem=problem, done=done, status=status,
    )  # fmt: skip
