"""/contest: what anyone may know of a season, its rules and record, winners and certificates."""

import json

from flask import Response, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from graphnet.contest import (
    appeals,
    candidates,
    exclusions,
    jurors,
    nominations,
    publication,
    results,
    seasons,
    voting,
)
from graphnet.contest import archive as kept
from graphnet.contest.terms import differences
from graphnet.errors import NotAllowed, ThingNotFound
from graphnet.keys import key
from graphnet.ledger.archive import public_key
from graphnet.ledger.rules import read_rules
from graphnet.people import cards
from webapp.features.contest.blueprint import attempt, blueprint, now, season_of, viewer
from webapp.features.contest.certificate import certificate
from webapp.features.contest.season_log import folded
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language, language
from webapp.frame.respond import answer
from webapp.frame.security import signed_in


@blueprint.get("/contest")
def index() -> AnyResponse:
    """The season that runs, or the latest; and all that were."""
    store, me = graphnet().store, viewer()
    at = now()
    found = [one for one in seasons.seasons(store, me) if one.announced_at is not None]
    running = next((one for one in found if one.published_at is None), None)
    past = [
        (one, publication.winners(store, me, one)) for one in found if one.published_at is not None
    ]
    return answer(
        "contest/index.html",
        season=running,
        past=past,
        place=seasons.given_at(store, running) if running else None,
        phase=running.phase(at) if running else "",
        mine=nominations.mine(store, me),
        right=voting.right(store, me, running) if running else None,
        juror=running is not None and jurors.is_juror(store, me, running),
    )


@blueprint.get("/contest/<season>")
def season(season: str) -> AnyResponse:
    """One season: what was announced, who stands or has won as far as the reader may know."""
    found = season_of(season)
    store, me, at = graphnet().store, viewer(), now()
    phase = found.phase(at)
    shown = (
        candidates.candidates(store, me, found)
        if phase in ("jury", "vote", "appeal", "decision") and me.within
        else []
    )
    return answer(
        "contest/season.html",
        season=found,
        phase=phase,
        place=seasons.given_at(store, found),
        candidates=shown,
        removed=exclusions.removed(store, found) if phase in exclusions.PHASES else [],
        winners=publication.winners(store, me, found),
        finalists=publication.finalists(store, me, found),
        jurors=list(cards(
                store, me, [row["key"] for row in jurors.jurors(store, me, found)],
                rules=live().rules,
            )) if me.within else [],
        mine=[row for row in nominations.mine(store, me) if row["season"] == season],
        right=voting.right(store, me, found),
        juror=jurors.is_juror(store, me, found),
        asked=jurors.is_asked(store, me, found),
        archive=kept.archives(store, me, found),
        result=_published_lines(found),
    )  # fmt: skip


def _published_lines(found: seasons.Season) -> dict[str, dict[str, object]]:
    """The lines of the public file, by candidate."""
    held = kept.archives(graphnet().store, viewer(), found).get("public")
    if held is None:
        return {}
    return {row["candidate"]: row for row in json.loads(held["file"])["lines"]}


@blueprint.get("/contest/<season>/rules")
def rules(season: str) -> AnyResponse:
    """The rule file with its sum, and every version of the announcement with what it changed."""
    found = season_of(season)
    versions = seasons.versions(graphnet().store, found)
    changed = [
        (number, at, differences(versions[i - 1][2], terms) if i else {})
        for i, (number, at, terms) in enumerate(versions)
    ]
    return answer(
        "contest/rules.html", season=found, phase=found.phase(now()),
        public_key=public_key(key(graphnet().settings, "seasons")),
        rules=read_rules(found.rules), versions=changed, parts_of_result=results.PARTS,
    )  # fmt: skip


@blueprint.get("/contest/<season>/rules.toml")
def rules_file(season: str) -> AnyResponse:
    """The rule file itself, as it was hashed."""
    return Response(season_of(season).rules, mimetype="text/plain; charset=utf-8")


@blueprint.get("/contest/<season>/log")
def log(season: str) -> AnyResponse:
    """The record of the season: what was done and when."""
    found = season_of(season)
    rows = folded(seasons.log(graphnet().store, viewer(), found))
    return answer("contest/log.html", season=found, rows=rows)


@blueprint.get("/contest/<season>/archive.json")
def archive(season: str) -> AnyResponse:
    """The frozen file as it was hashed: the public one, or the whole one for staff."""
    found = season_of(season)
    kind = "full" if request.args.get("kind") == "full" else "public"
    held = kept.archives(graphnet().store, viewer(), found).get(kind)
    if held is None:
        raise ThingNotFound("no such file")
    return Response(held["file"], mimetype="application/json")


@blueprint.post("/contest/<season>/appeal")
@signed_in
def appeal(season: str) -> AnyResponse:
    """Appeal against a decision or the result."""
    found = season_of(season)
    attempt(
        lambda: appeals.appeal(
            graphnet().store, viewer(), season, request.form.get("text", ""),
            subject=gettext(
                "Appeal: %(season)s", season=in_language(found.terms.title, found.terms.title_ru)
            ),
            now=now(),
        ),
        gettext("Your appeal is on the record. Staff answer it before anything is published."),
    )  # fmt: skip
    return redirect(url_for("contest.mine"), 303)


@blueprint.get("/verify")
def verify() -> AnyResponse:
    """Ask for a certificate's code."""
    code = request.args.get("code", "").strip().lower()
    if code and code.isalnum():
        return redirect(url_for("contest.verified", code=code), 303)
    return answer("contest/verify.html", certified=None, code=code, season=None)


@blueprint.get("/verify/<code>")
def verified(code: str) -> AnyResponse:
    """Say what stands behind a certificate's code."""
    store = graphnet().store
    try:
        certified = publication.certified(store, viewer(), code)
    except ThingNotFound:
        return answer("contest/verify.html", certified=None, code=code, season=None, status=404)
    found = seasons.season(store, viewer(), certified.season)
    return answer("contest/verify.html", certified=certified, code=code, season=found)


@blueprint.get("/verify/<code>/certificate.pdf")
@signed_in
def certificate_file(code: str) -> AnyResponse:
    """The certificate on paper, for its winner and for staff."""
    store, me = graphnet().store, viewer()
    certified = publication.certified(store, me, code)
    if not me.is_staff and me.person_key != certified.key:
        raise NotAllowed("a certificate is for its winner and for staff")
    found = seasons.season(store, me, certified.season)
    site = graphnet().settings.site_url
    pdf = certificate(certified, found, address=f"{site}/verify/{certified.code}")
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="certificate-{certified.season}.pdf"',
            "Content-Language": language(),
        },
    )
