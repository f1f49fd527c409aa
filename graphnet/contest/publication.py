"""The end of a season: publication, certificates, and an archive that never changes.

The result is one JSON text with its SHA-256 sum: every candidate by the nomination's random id,
each part of each total, the weights, the seed, the sums of the rule file and of every announcement.
It holds no name. A name is looked up from the graph when a page is shown, by the consent of then;
so somebody can be erased or hidden and the file still has the sum that was published.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphnet.contest import archive
from graphnet.contest.appeals import APPEALS, appeals
from graphnet.contest.candidates import Candidate, candidates
from graphnet.contest.exclusions import PROPOSALS, proposals
from graphnet.contest.results import Result, result
from graphnet.contest.seasons import (
    Season,
    locked,
    need_phase,
    record,
    season,
    sha256,
    versions,
)
from graphnet.contest.terms import to_json
from graphnet.contest.told import tell_nominee
from graphnet.errors import Conflict, ThingNotFound
from graphnet.model import Name, new_id
from graphnet.privacy import Viewer, in_quarantine, named_in_contest
from graphnet.store import Row, Store, Transaction

# One row: the season, from now on published.
PUBLISH = """MATCH (c:Contest {id: $contest}) SET c.published_at = $now RETURN c.id AS id LIMIT 1"""

# One row: how many awards were given.
GIVE = """UNWIND $rows AS row
MATCH (n:Nomination {id: row.candidate})
CALL (n) { MATCH (c:Contest {id: $contest}) RETURN c }
CREATE (a:Award {id: row.id, code: row.code, category: row.category, place: row.place, at: $now})
CREATE (a)-[:IN]->(c) CREATE (a)-[:TO]->(n) RETURN count(*) AS given"""

# One row: an award of the season.
AWARDS = """MATCH (a:Award)-[:IN]->(:Contest {id: $contest}) MATCH (a)-[:TO]->(n:Nomination)
OPTIONAL MATCH (n)-[:OF]->(p:Person)
RETURN a.id AS id, a.code AS code, a.category AS category, a.place AS place, n.id AS candidate,
  p.key AS key ORDER BY category, place, id LIMIT 500"""

# One row: the award with that code, and its winner as far as there still is one.
BY_CODE = (
    """MATCH (a:Award {code: $code})-[:IN]->(c:Contest)
MATCH (a)-[:TO]->(n:Nomination)
OPTIONAL MATCH (n)-[:OF]->(p:Person)
RETURN a.id AS id, a.code AS code, a.category AS category, a.place AS place, a.at AS at,
  c.season AS season, p.key AS key, p.given_name AS given, p.patronymic AS patronymic,
  p.family_name AS family, p.language AS language,
  coalesce(p.visibility = 'hidden', false) AS hidden,
  """
    + in_quarantine("p")
    + """ AS in_quarantine LIMIT 1"""
)


@dataclass(frozen=True)
class Certified:
    """What stands behind a certificate's code."""

    season: str
    category: str
    place: int
    code: str
    at: datetime
    name: Name
    language: str
    key: int


def publishable(
    store: Store, viewer: Viewer, season: Season, *, now: datetime, note: str = ""
) -> Result:
    """Return the result that would be published, if it can be; see `publish`."""
    viewer.require_staff()
    need_phase(season, now, "decision")
    if any(row["status"] != "done" for row in appeals(store, viewer, season)):
        raise Conflict(
            f"an appeal of the season {season.season} has not been answered yet", code="appeals"
        )
    if proposals(store, viewer, season):
        raise Conflict(
            f"a change of who stands in the season {season.season} waits for a second member of "
            "staff",
            code="proposals",
        )
    found = result(store, viewer, season, now=now)
    if found.short and not note.strip():
        raise Conflict(
            "too few jurors have scored a candidate whole: say why the season is decided all the "
            "same",
            code="jurors",
        )
    return found


def publish(
    store: Store, viewer: Viewer, name: str, *, key: bytes, now: datetime, note: str = ""
) -> Result:
    """Publish the winners and freeze the season, once the appeal window is over.

    All of it is one transaction: the season's ledger is sealed, the result that holds its sum is
    kept, the awards are given. Either all of it has happened or nothing.

    Parameters
    ----------
    key
        Signs the archive.
    note
        Why the season is decided although some candidate was scored by fewer jurors than it needs;
        asked for only then, and kept on the record.

    Raises
    ------
    Conflict
        ``appeals`` while one is open, ``proposals`` while one waits; ``jurors`` if the note is
        missing; ``phase``.
    """
    before = season(store, viewer, name)
    found = publishable(store, viewer, before, now=now, note=note)
    said = note.strip()
    announced = versions(store, before)

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, "decision")
        rows = transaction.run(APPEALS, contest=contest.id, me=0)
        if any(row["status"] != "done" for row in rows):
            raise Conflict("an appeal of the season has not been answered yet", code="appeals")
        if transaction.run(PROPOSALS, contest=contest.id):
            raise Conflict(
                "a change of who stands waits for a second member of staff", code="proposals"
            )
        standing_now = {row["id"] for row in transaction.run(STILL, contest=contest.id)}
        if standing_now != {line.candidate for line in found.lines}:
            raise Conflict(
                "a candidate withdrew a moment ago: look at the result again", code="changed"
            )  # somebody withdrew in between: work it out again
        seal = archive.standing(transaction, contest, key=key, now=now)
        whole = archived(contest, found, announced, now, seal)
        shown = {line.candidate for line in found.lines if line.winner}
        shown |= {row["id"] for row in transaction.run(STILL, contest=contest.id) if row["agreed"]}
        for kind, file in (("full", whole), ("public", shortened(whole, shown))):
            text = json.dumps(file, ensure_ascii=False, sort_keys=True, indent=1)
            archive.keep(transaction, contest.id, kind, text, key=key, now=now)
        given = [
            {
                "candidate": line.candidate,
                "id": new_id(),
                "category": line.category,
                "place": line.place,
                "code": secrets.token_hex(8),
            }
            for line in found.lines
            if line.winner
        ]
        transaction.run(GIVE, rows=given, contest=contest.id, now=now)
        transaction.run(PUBLISH, contest=contest.id, now=now)
        record(
            transaction,
            viewer,
            contest.id,
            "published",
            detail=f"{len(given)} awards; {said}"[:400],
        )
        for line in found.lines:
            letter = "contest.won" if line.winner else "contest.published"
            once = f"published {line.candidate}"
            tell_nominee(transaction, name, line.candidate, letter, once=once)

    store.in_write(work)
    return found


# One row: an admitted candidate, and whether they agreed to be named without winning.
STILL = """MATCH (n:Nomination {state: 'admitted'})-[:IN]->(:Contest {id: $contest})
RETURN n.id AS id, coalesce(n.finalist_public, false) AS agreed ORDER BY id LIMIT 2000"""


def archived(
    season: Season,
    found: Result,
    announced: list[tuple[int, datetime, Any]],
    now: datetime,
    standing_sha256: str = "",
) -> dict[str, Any]:
    """Return the whole file of a season; every number is an exact fraction, written as a text."""
    return {
        "season": season.season,
        "rules_version": season.rules_version,
        "rules_sha256": season.rules_sha256,
        "standing_sha256": standing_sha256,
        "seed": season.seed,
        "announcements": [
            {"version": number, "at": at.isoformat(), "sha256": sha256(to_json(terms))}
            for number, at, terms in announced
        ],
        "categories": {one.key: one.winners for one in season.terms.categories},
        "criteria": [one.key for one in season.terms.criteria],
        "weights": {part: str(weight) for part, weight in found.weights.items()},
        "voters": found.count.listed,
        "ballots_taken": found.count.took,
        "ballots": found.count.ballots,
        "agreement": {
            key: None if value is None else round(value, 4)
            for key, value in found.agreement.items()
        },
        "lines": [
            {
                "candidate": line.candidate,
                "category": line.category,
                "place": line.place,
                "winner": line.winner,
                "ready": line.ready,
                "points": str(line.points),
                "medians": {key: str(value) for key, value in line.medians.items()},
                "jurors": line.jurors,
                "approvals": line.approvals,
                "parts": {part: str(value) for part, value in line.parts.items()},
                "total": str(line.total),
            }
            for line in found.lines
        ],
        "published_at": now.isoformat(),
    }


def shortened(whole: Mapping[str, Any], shown: set[str]) -> dict[str, Any]:
    """Return the public file: winners and finalists who agreed, and how many others there were."""
    lines = [line for line in whole["lines"] if line["candidate"] in shown]
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1)
    return {
        **whole,
        "lines": lines,
        "other_candidates": len(whole["lines"]) - len(lines),
        "full_sha256": sha256(text),
    }


def winners(store: Store, viewer: Viewer, season: Season) -> list[tuple[Row, Candidate | None]]:
    """Return the awards of a published season, each with its winner where there is one to name."""
    if season.published_at is None:
        return []
    named = {one.id: one for one in candidates(store, viewer, season) if one.name is not None}
    return [(row, named.get(row["candidate"])) for row in store.read(AWARDS, contest=season.id)]


def finalists(store: Store, viewer: Viewer, season: Season) -> list[Candidate]:
    """Return who did not win, stood to the end and agreed to be named."""
    if season.published_at is None:
        return []
    return [
        one
        for one in candidates(store, viewer, season)
        if not one.awarded and one.finalist_public and one.name is not None
    ]


def certified(store: Store, viewer: Viewer, code: str) -> Certified:
    """Return what stands behind a certificate's code, to anyone who has the code.

    Raises
    ------
    ThingNotFound
        If there is no such certificate, or its winner is gone or hidden: one answer.
    """
    rows = store.read(BY_CODE, code=code.strip().lower())
    row = rows[0] if rows else None
    if row is None or not named_in_contest(
        viewer, published=True, winner=row["key"] is not None, agreed=False,
        apart=row["hidden"] or row["in_quarantine"], myself=row["key"] == viewer.person_key,
    ) or row["key"] is None:  # fmt: skip
        raise ThingNotFound("no such certificate")
    return Certified(
        season=row["season"],
        category=row["category"],
        place=row["place"],
        code=row["code"],
        at=row["at"].to_native(),
        name=Name(row["given"] or "", row["family"] or "", row["patronymic"] or ""),
        language=row["language"] or "",
        key=row["key"],
    )
