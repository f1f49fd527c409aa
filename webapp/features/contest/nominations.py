"""/contest/SEASON/nominate and one's own nominations: accepting, letters and evidence."""

from dataclasses import replace

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.contest import appeals, candidates, nominations, results, seasons, support
from graphnet.discovery.search import find_people
from graphnet.errors import ThingNotFound
from graphnet.people import Card, cards
from graphnet.privacy import Level, Viewer
from webapp.features.contest.blueprint import attempt, blueprint, now, season_of, viewer
from webapp.features.contest.letters import nomination_letter
from webapp.features.contest.words import category_word
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer
from webapp.frame.security import limiter, signed_in


@blueprint.get("/contest/<season>/nominate")
@signed_in
def nominate(season: str) -> Response:
    """Choose whom to nominate: oneself, somebody found by name, or an address."""
    found = season_of(season)
    asked = request.args.get("q", "").strip()
    people: list[Card] = []
    if asked:
        hits = find_people(live(), viewer(), asked, k=12).hits
        people = [hit.card for hit in hits if hit.card.level != Level.MEMORIAL]
    me = viewer().person_key
    own = cards(graphnet().store, viewer(), [me], rules=live().rules) if me is not None else []
    return answer(
        "contest/nominate.html", season=found, phase=found.phase(now()), asked=asked,
        people=people, own=own[0] if own else None,
    )  # fmt: skip


@blueprint.post("/contest/<season>/nominate")
@signed_in
@limiter.limit("100/hour")
def invite(season: str) -> Response:
    """Invite somebody to stand."""
    found = season_of(season)
    person, email = request.form.get("person", ""), request.form.get("email", "").strip()
    category = request.form.get("category", "")
    made: list[str] = []
    done = attempt(
        lambda: made.append(
            nominations.nominate(
                live(),
                viewer(),
                season,
                category,
                nomination_letter(found),
                now=now(),
                person_id=person,
                email=email,
            )
        ),
        gettext("The invitation is on its way. What becomes of it, the person decides."),
    )
    if not done:
        return redirect(url_for("contest.nominate", season=season), 303)
    own = any(row["id"] == made[0] for row in nominations.mine(graphnet().store, viewer()))
    if own:
        return redirect(url_for("contest.nomination", nomination_id=made[0]), 303)
    return redirect(url_for("contest.mine"), 303)


@blueprint.get("/contest/mine")
@signed_in
def mine() -> Response:
    """What I am nominated for, and whom I nominated."""
    store, me, at = graphnet().store, viewer(), now()
    by_name = {one.season: one for one in seasons.seasons(store, me)}
    made = nominations.made(store, me)
    keys = [row["key"] for row in made if row["key"]]
    people = {card.key: card for card in cards(store, me, keys, rules=live().rules)}
    lines = {
        line.candidate: line
        for one in by_name.values()
        if one.phase(at) in ("appeal", "decision", "published", "archived")
        and one.announced_at is not None
        and any(row["season"] == one.season for row in nominations.mine(store, me))
        for line in results.own_lines(store, me, one, now=at)
    }
    return answer(
        "contest/mine.html", mine=nominations.mine(store, me), made=made, seasons=by_name,
        phases={name: one.phase(at) for name, one in by_name.items()}, people=people, lines=lines,
        appeals={
            name: appeals.appeals(store, _as_member(me), one) for name, one in by_name.items()
        },
    )  # fmt: skip


def _as_member(me: Viewer) -> Viewer:
    """Return staff as a member: their own appeals are here, those of all on staff's page."""
    return replace(me, kind="alumnus")


@blueprint.get("/contest/nominations/<nomination_id>")
@signed_in
def nomination(nomination_id: str) -> Response:
    """One nomination, to its nominee and to who made it."""
    store, me = graphnet().store, viewer()
    found = nominations.season_of(store, me, nomination_id)
    own = next((r for r in nominations.mine(store, me) if r["id"] == nomination_id), None)
    made = next((r for r in nominations.made(store, me) if r["id"] == nomination_id), None)
    row = own or made
    if row is None:
        raise ThingNotFound("no such nomination")
    named = None
    if row["state"] in ("accepted", "admitted", "refused"):
        stands = candidates.candidates(
            store, me, found, ids=[nomination_id], states=("accepted", "admitted", "refused")
        )
        named = stands[0] if stands else None
    nominators = cards(store, me, own["nominators"], rules=live().rules) if own else []
    letters = (
        support.letters(store, me, [nomination_id])[nomination_id]
        if own or named is not None
        else []
    )
    if own is None:  # a nominator reads their own letters only
        letters = [letter for letter in letters if letter["writer"] == me.person_key]
    return answer(
        "contest/nomination.html", season=found, phase=found.phase(now()), row=row,
        own=own is not None, candidate=named, nominators=nominators, letters=letters,
        category=category_word(found.terms, row["category"]),
    )  # fmt: skip


@blueprint.post("/contest/nominations/<nomination_id>/<act>")
@signed_in
def act_on_nomination(nomination_id: str, act: str) -> Response:
    """Accept, decline, change, withdraw; write or remove a letter."""
    store, me, form, at = graphnet().store, viewer(), request.form, now()
    statement, public = form.get("statement", ""), form.get("finalist_public") == "yes"
    acts = {
        "accept": (
            lambda: nominations.accept(
                store, me, nomination_id, statement=statement, finalist_public=public, now=at
            ),
            gettext("You stand. Staff check now that the rules are met."),
        ),
        "decline": (
            lambda: nominations.decline(store, me, nomination_id),
            gettext("Declined. Nobody will nominate you for this award again this season."),
        ),
        "change": (
            lambda: nominations.rewrite(
                store, me, nomination_id, statement=statement, finalist_public=public, now=at
            ),
            gettext("Kept. It holds from now on."),
        ),
        "withdraw": (
            lambda: nominations.withdraw(store, me, nomination_id),
            gettext("You no longer stand. What was written for you is gone."),
        ),
        "letter": (
            lambda: support.write_letter(
                store,
                me,
                nomination_id,
                form.get("text", ""),
                now=at,
                address=form.get("address", ""),
            ),
            gettext("Kept. The candidate and the jury read it."),
        ),
        "remove": (
            lambda: support.remove_letter(store, me, form.get("letter", "")),
            gettext("Removed."),
        ),
    }
    if act not in acts:
        raise ThingNotFound("no such act")
    do, done = acts[act]
    if attempt(do, done) and act in ("decline", "withdraw"):
        return redirect(url_for("contest.mine"), 303)
    return redirect(url_for("contest.nomination", nomination_id=nomination_id), 303)
