"""Seasons of the contest: drafted, announced, changed while the law allows it, on the record.

A season's rule file and the weights in it are fixed by the announcement: neither can be changed
after it. The terms can, by staff, until half of the entry term has passed; every version is kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from graphnet.audit import acted
from graphnet.contest.terms import Terms, from_json
from graphnet.errors import Conflict, ThingNotFound
from graphnet.ledger.rules import SeasonRules, at_time, read_rules
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

# One row: a season with its newest announcement; the newest season first.
SEASONS = """MATCH (c:Contest) WHERE $drafts OR c.announced_at IS NOT NULL
RETURN c.id AS id, c.season AS season, c.rules AS rules, c.rules_sha256 AS rules_sha256,
  c.rules_version AS rules_version, c.seed AS seed, c.announced_at AS announced_at,
  c.published_at AS published_at,
  COLLECT { MATCH (c)<-[:OF]-(a:Announcement) RETURN a.terms ORDER BY a.version DESC LIMIT 1 }
    AS terms
ORDER BY season DESC, id LIMIT 100"""

# One row: the season, locked until the act is committed.
LOCKED = """MATCH (c:Contest {season: $season}) SET c.id = c.id
RETURN c.id AS id, c.season AS season, c.rules AS rules, c.rules_sha256 AS rules_sha256,
  c.rules_version AS rules_version, c.seed AS seed, c.announced_at AS announced_at,
  c.published_at AS published_at,
  COLLECT { MATCH (c)<-[:OF]-(a:Announcement) RETURN a.terms ORDER BY a.version DESC LIMIT 1 }
    AS terms LIMIT 1"""

# One row: the season, whether it has been announced or not.
SEASON = """MATCH (c:Contest {season: $season}) WHERE $drafts OR c.announced_at IS NOT NULL
RETURN c.id AS id, c.season AS season, c.rules AS rules, c.rules_sha256 AS rules_sha256,
  c.rules_version AS rules_version, c.seed AS seed, c.announced_at AS announced_at,
  c.published_at AS published_at,
  COLLECT { MATCH (c)<-[:OF]-(a:Announcement) RETURN a.terms ORDER BY a.version DESC LIMIT 1 }
    AS terms LIMIT 1"""


# One row: a version of the announcement, the first one first.
VERSIONS = """MATCH (a:Announcement)-[:OF]->(c:Contest {id: $id})
RETURN a.version AS version, a.terms AS terms, a.at AS at ORDER BY version LIMIT 200"""

# One row: the event at which the awards are given, with its Alumni Week.
GIVEN_AT = """MATCH (:Contest {id: $id})-[:AWARDED_AT]->(e:Event)
OPTIONAL MATCH (e)-[:IN]->(f:Festival)
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.venue AS venue, e.venue_ru AS venue_ru,
  f.name AS festival,
  coalesce(f.name_ru, f.name) AS festival_ru ORDER BY id LIMIT 1"""


# One row: an act on the record of the season, the latest first.
LOG = """MATCH (a:AuditEntry {subject: $id}) WHERE a.act STARTS WITH 'contest '
OPTIONAL MATCH (who:Account {id: a.actor})
RETURN a.at AS at, a.act AS act, a.role AS role, a.detail AS detail, a.purpose AS about,
  coalesce(who.email, '') AS actor ORDER BY at DESC, a.id LIMIT 500"""


@dataclass(frozen=True)
class Season:
    """One season with the terms in force."""

    id: str
    season: str
    terms: Terms
    rules: str
    rules_sha256: str
    rules_version: str
    seed: str
    announced_at: datetime | None
    published_at: datetime | None

    def phase(self, now: datetime) -> str:
        """Return where the season stands at a time; see `terms.PHASES`."""
        if self.announced_at is None:
            return "draft"
        if self.published_at is not None:
            over = now >= self.terms.begins(self.terms.dates.archive_on)
            return "archived" if over else "published"
        return self.terms.phase(now)


def seasons(store: Store, viewer: Viewer) -> list[Season]:
    """Return all seasons, the newest first; drafts are for staff only."""
    return [season_of_row(row) for row in store.read(SEASONS, drafts=viewer.is_staff)]


def season(store: Store, viewer: Viewer, name: str) -> Season:
    """Return one season.

    Raises
    ------
    ThingNotFound
        If there is none, or only a draft and the viewer is not staff.
    """
    rows = store.read(SEASON, season=name, drafts=viewer.is_staff)
    if not rows:
        raise ThingNotFound("no such season of the contest")
    return season_of_row(rows[0])


def rules(store: Store) -> list[SeasonRules]:
    """Return the rules of every announced season, the newest first: there is no other source."""
    return sorted(
        (read_rules(row["rules"]) for row in store.read(SEASONS, drafts=False) if row["rules"]),
        key=lambda one: (one.starts, one.season),
        reverse=True,
    )


def rules_at(store: Store, at: datetime) -> SeasonRules:
    """Return the rules of the season in which a time lies, else of the last that began before it.

    Raises
    ------
    ThingNotFound
        If no season has been announced.
    """
    return at_time(rules(store), at)


def locked(transaction: Transaction, name: str) -> Season:
    """Return a season as it is now, and keep it so until the transaction ends."""
    rows = transaction.run(LOCKED, season=name)
    if not rows:
        raise ThingNotFound("no such season of the contest")
    return season_of_row(rows[0])


def versions(store: Store, season: Season) -> list[tuple[int, datetime, Terms]]:
    """Return every announcement of the season, the first one first."""
    return [
        (row["version"], row["at"].to_native(), from_json(row["terms"]))
        for row in store.read(VERSIONS, id=season.id)
    ]


def given_at(store: Store, season: Season) -> Row | None:
    """Return the event at which the awards are given, with its Alumni Week."""
    rows = store.read(GIVEN_AT, id=season.id)
    return None if not rows else rows[0] | {"starts_at": rows[0]["starts_at"].to_native()}


def log(store: Store, viewer: Viewer, season: Season) -> list[Row]:
    """Return what was done in the season and when; by whom only to staff."""
    rows = store.read(LOG, id=season.id)
    for row in rows:
        row["at"] = row["at"].to_native()
        row["act"] = row["act"].removeprefix("contest ")
        if not viewer.is_staff:
            row["actor"] = row["detail"] = row["about"] = ""
    return rows


def record(
    transaction: Transaction, viewer: Viewer, contest: str, act: str, *, about: str = "",
    detail: str = "",
) -> None:  # fmt: skip
    """Write an act of the contest into the audit trail and the feed, in its own transaction.

    Taking a ballot and casting one are never recorded: a record has an order.
    """
    by = viewer.for_purpose(about)
    acted(transaction, by, f"contest {act}", contest, detail=detail, change="contest")


def need_phase(season: Season, now: datetime, *allowed: str) -> None:
    """Raise `Conflict` if the season does not stand in one of the phases."""
    if season.phase(now) not in allowed:
        raise Conflict(
            f"this is possible in the phase {' or '.join(allowed)}, and the season "
            f"{season.season} is in {season.phase(now)}",
            code="phase",
        )


def sha256(text: str) -> str:
    """Return the SHA-256 sum of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def season_of_row(row: Row) -> Season:
    return Season(
        id=row["id"],
        season=row["season"],
        terms=from_json(row["terms"][0]),
        rules=row["rules"],
        rules_sha256=row["rules_sha256"],
        rules_version=row["rules_version"] or "",
        seed=row["seed"] or "",
        announced_at=row["announced_at"].to_native() if row["announced_at"] else None,
        published_at=row["published_at"].to_native() if row["published_at"] else None,
    )
