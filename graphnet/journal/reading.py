"""A person's journal in one order of time: what staff wrote down, and what the graph holds anyway.

Every source is one branch of the union, with the same columns: when, of which kind, what exactly,
and what is needed to put it into words. Messages between alumni are none of the office's business
and stand in no branch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString

from graphnet.errors import ThingNotFound
from graphnet.journal.writing import FARTHEST, may, today
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer, shown
from graphnet.store import Row, Store, native

KINDS = ("talk", "meeting", "letter", "answer", "note", "request", "event", "change")
# Letters that another branch tells of already.
TOLD_ELSEWHERE = ("recovery.ask", "requests.reply", "requests.said", "surveys.asked",
                  "records.corrected")  # fmt: skip

# What staff wrote down: the versions that count.
_WRITTEN: LiteralString = """  MATCH (e:JournalEntry)-[:OF]->(p) WHERE e.replaced_at IS NULL
  RETURN e.happened_at AS at, e.kind AS kind, 'written' AS what, e.entry AS id, e.text AS text,
    coalesce(e.outcome, '') AS detail, coalesce(e.by, '') AS by, e {.*} AS own"""
# Calls and letters of plans to win a class back, and how they were answered.
_RECOVERY: LiteralString = """  UNION ALL
  MATCH (a:Ask)-[:OF]->(p) WHERE a.sent_at IS NOT NULL AND coalesce(a.channel, '') <> 'telephone'
  RETURN a.sent_at AS at, 'letter' AS kind, 'recovery.sent' AS what, a.id AS id, '' AS text,
    coalesce(a.channel, '') AS detail, '' AS by, null AS own
  UNION ALL
  MATCH (plan:RecoveryPlan)-[:ASKS]->(a:Ask)-[:OF]->(p) WHERE a.tried_at IS NOT NULL
  RETURN a.tried_at AS at, 'talk' AS kind, 'recovery.called' AS what, plan.id AS id,
    coalesce(a.note, '') AS text, coalesce(a.outcome, '') AS detail, '' AS by,
    CASE WHEN a.state = 'sent' AND a.next_at IS NOT NULL THEN {next_at: a.next_at} END AS own
  UNION ALL
  MATCH (a:Ask)-[:OF]->(p) WHERE a.answered_at IS NOT NULL
  RETURN a.answered_at AS at, 'answer' AS kind, 'recovery.answered' AS what, a.id AS id,
    '' AS text, coalesce(a.state, '') AS detail, '' AS by, null AS own"""
# Being asked to be an ambassador, and the answer.
_AMBASSADORS: LiteralString = """  UNION ALL
  MATCH (p)-[:HAS]->(a:AmbassadorAsk)
  RETURN a.at AS at, 'letter' AS kind, 'ambassador.asked' AS what, a.id AS id, '' AS text,
    '' AS detail, coalesce(a.by, '') AS by, null AS own
  UNION ALL
  MATCH (p)-[:HAS]->(a:AmbassadorAsk) WHERE a.answered_at IS NOT NULL
  RETURN a.answered_at AS at, 'answer' AS kind, 'ambassador.answered' AS what, a.id AS id,
    '' AS text, coalesce(a.state, '') AS detail, '' AS by, null AS own"""
# What they asked of the Association, every word of it, and requests that others made about them.
_REQUESTS: LiteralString = """  UNION ALL
  MATCH (p)-[:ASKED]->(r:Request)
  RETURN r.at AS at, 'request' AS kind, 'request.asked' AS what, r.id AS id,
    coalesce(r.subject, '') AS text, coalesce(r.kind, '') AS detail, '' AS by, null AS own
  UNION ALL
  MATCH (p)-[:ASKED]->(r:Request)<-[:IN]-(e:RequestEntry) WHERE e.kind IN ['reply', 'note']
  RETURN e.at AS at,
    CASE WHEN e.kind = 'note' THEN 'note' WHEN e.by = 'asker' THEN 'answer' ELSE 'letter' END
      AS kind,
    CASE WHEN e.kind = 'note' THEN 'request.note' WHEN e.by = 'asker' THEN 'request.said'
      ELSE 'request.replied' END AS what,
    r.id AS id, coalesce(e.text, '') AS text, coalesce(r.subject, '') AS detail,
    head(COLLECT { MATCH (e)-[:BY]->(:Person)<-[:OF]-(a:Account) WHERE e.by = 'staff'
      RETURN a.id ORDER BY a.id LIMIT 1 }) AS by, null AS own
  UNION ALL
  MATCH (p)-[:ASKED]->(r:Request {status: 'done'}) WHERE r.closed_at IS NOT NULL
  RETURN r.closed_at AS at, 'letter' AS kind, 'request.closed' AS what, r.id AS id,
    coalesce(r.answer, '') AS text, coalesce(r.subject, '') AS detail, '' AS by, null AS own
  UNION ALL
  MATCH (r:Request)-[:FOR]->(p) WHERE NOT EXISTS { (p)-[:ASKED]->(r) }
  RETURN r.at AS at, 'request' AS kind, 'request.about' AS what, r.id AS id,
    coalesce(r.subject, '') AS text, coalesce(r.kind, '') AS detail, '' AS by, null AS own"""
# Events: said yes or no, was there; gifts that were promised.
_EVENTS: LiteralString = """  UNION ALL
  MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(e:Event)
  RETURN r.at AS at, 'event' AS kind, 'event.' + coalesce(r.state, 'yes') AS what, e.id AS id,
    e.title AS text, coalesce(e.title_ru, e.title) AS detail, '' AS by, null AS own
  UNION ALL
  MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(e:Event) WHERE r.attended_at IS NOT NULL
  RETURN r.attended_at AS at, 'event' AS kind, 'event.came' AS what, e.id AS id,
    e.title AS text, coalesce(e.title_ru, e.title) AS detail, '' AS by, null AS own
  UNION ALL
  MATCH (p)<-[:BY]-(v:Pledge)-[:FOR]->(j:Project)
  RETURN v.at AS at, 'event' AS kind, 'pledge' AS what, j.id AS id,
    j.name AS text, coalesce(j.name_ru, j.name) AS detail, '' AS by, null AS own"""
# Asking for their page by an invitation, and the account that came of it.
_JOINING: LiteralString = """  UNION ALL
  MATCH (c:Claim)-[:OF]->(p)
  RETURN c.at AS at, 'request' AS kind, 'claim.asked' AS what, c.id AS id, '' AS text,
    '' AS detail, '' AS by, null AS own
  UNION ALL
  MATCH (p)<-[:OF]-(a:Account) WHERE a.created_at IS NOT NULL
  RETURN a.created_at AS at, 'change' AS kind, 'registered' AS what, a.id AS id, '' AS text,
    '' AS detail, '' AS by, null AS own"""
# Changes of the record: corrections, joined people, deaths, consents, lists that were imported.
_CHANGES: LiteralString = """  UNION ALL
  MATCH (c:Correction)-[:OF]->(p)
  RETURN c.at AS at, 'change' AS kind,
    CASE WHEN c.role = 'self' THEN 'changed.self' ELSE 'changed.staff' END AS what, c.id AS id,
    CASE WHEN coalesce(c.source, '') = '' THEN '' ELSE c.source + ': ' + coalesce(c.told_by, '') END
      AS text,
    c.field AS detail, CASE WHEN c.role = 'staff' THEN coalesce(c.by, '') ELSE '' END AS by,
    CASE WHEN c.undone_at IS NOT NULL THEN {undone: true} END AS own
  UNION ALL
  MATCH (m:MergedPerson)-[:MERGED_INTO]->(p)
  RETURN m.merged_at AS at, 'change' AS kind, 'merged' AS what, m.id AS id,
    trim(coalesce(m.given_name, '') + ' ' + coalesce(m.family_name, '')) AS text, '' AS detail,
    coalesce(m.merged_by, '') AS by, null AS own
  UNION ALL
  MATCH (n:DeathNote)-[:OF]->(p)
  RETURN n.at AS at, 'change' AS kind, 'death.' + coalesce(n.state, 'waiting') AS what, n.id AS id,
    coalesce(n.told_by, '') AS text, '' AS detail, coalesce(n.by, '') AS by, null AS own
  UNION ALL
  MATCH (p)-[:GAVE]->(c:Consent) WHERE c.at IS NOT NULL
  RETURN c.at AS at, 'change' AS kind, 'consent' AS what, c.id AS id, coalesce(c.state, '') AS text,
    coalesce(c.purpose, '') AS detail, '' AS by, null AS own
  UNION ALL
  MATCH (p)-[:GAVE]->(n:NeverAsk) WHERE n.at IS NOT NULL
  RETURN n.at AS at, 'answer' AS kind, 'never' AS what, n.id AS id, coalesce(n.reason, '') AS text,
    '' AS detail, coalesce(n.by, '') AS by, null AS own
  UNION ALL
  MATCH (r:Record)-[:ABOUT]->(p) MATCH (r)-[:FROM]->(run:ImportRun)
  RETURN run.started_at AS at, 'change' AS kind, 'imported' AS what, r.id AS id,
    r.source AS text, coalesce(r.file, '') AS detail, '' AS by, null AS own"""
# Surveys: the letter, and that they answered; never what.
_SURVEYS: LiteralString = """  UNION ALL
  MATCH (k:SurveyAsk)-[:TO]->(p) MATCH (k)-[:IN]->(s:Survey)
  RETURN k.at AS at, 'letter' AS kind, 'survey.asked' AS what, s.id AS id,
    s.title AS text, coalesce(s.title_ru, s.title) AS detail, '' AS by, null AS own
  UNION ALL
  MATCH (k:SurveyAnswer)-[:BY]->(p) MATCH (k)-[:IN]->(s:Survey)
  RETURN k.at AS at, 'answer' AS kind, 'survey.answered' AS what, s.id AS id,
    s.title AS text, coalesce(s.title_ru, s.title) AS detail, '' AS by, null AS own"""
# Letters of the site, as long as their delivery is on record, but for those told of above.
_LETTERS: LiteralString = """  UNION ALL
  MATCH (j:Job) WHERE j.kind = 'mail' AND any(n IN $needles WHERE j.payload CONTAINS n)
  WITH j, CASE WHEN j.payload CONTAINS '"letter": "'
    THEN split(split(j.payload, '"letter": "')[1], '"')[0] ELSE '' END AS letter
  WHERE NOT letter IN $elsewhere
  RETURN j.created_at AS at, 'letter' AS kind, 'mail' AS what, j.id AS id, '' AS text,
    letter AS detail, '' AS by, {state: j.state} AS own"""

_JOURNAL: LiteralString = (
    "MATCH (p:Person {key: $key})\nCALL (p) {\n"
    + _WRITTEN
    + "\n"
    + _RECOVERY
    + "\n"
    + _AMBASSADORS
    + "\n"
    + _REQUESTS
    + "\n"
    + _EVENTS
    + "\n"
    + _JOINING
    + "\n"
    + _CHANGES
    + "\n"
    + _SURVEYS
    + "\n"
    + _LETTERS
    + "\n}\n"
)

# One row: something that was, the newest first.
ENTRIES = (
    _JOURNAL
    + """WITH at, kind, what, id, text, detail, by, own WHERE $kind = '' OR kind = $kind
RETURN at, kind, what, id, text, detail, by, own ORDER BY at DESC, what, id
SKIP $skip LIMIT $limit"""
)

# One row: of a kind of what was, how much there is.
COUNTS = _JOURNAL + "RETURN kind, count(*) AS n ORDER BY kind LIMIT 20"

# One row: a version of an entry, the oldest first, with its person.
VERSIONS = (
    """MATCH (e:JournalEntry {entry: $entry})-[:OF]->(p:Person) WHERE """
    + shown("p")
    + """
RETURN e {.*} AS own, p.key AS key, p.id AS person ORDER BY e.version, e.id LIMIT 200"""
)

# One row: a next step that is due, the viewer's own first, then what is nobody's: that stands here
# before its day, until somebody takes it. The owner is found in a subquery: see
# tests/support/optional_orders.py.
DUE = (
    """MATCH (e:JournalEntry) WHERE e.due_on <= $farthest AND e.done_at IS NULL
  AND e.replaced_at IS NULL AND e.withdrawn_at IS NULL
MATCH (e)-[:OF]->(p:Person) WHERE """
    + shown("p")
    + """
CALL (e) {
  OPTIONAL MATCH (a:Account {id: e.owner})-[:OF]->(o:Person)
    WHERE 'staff' IN a.roles AND a.disabled_at IS NULL
  RETURN coalesce(a.id, '') AS owner,
    trim(coalesce(o.given_name, '') + ' ' + coalesce(o.family_name, '')) AS owner_name
}
WITH e, p, owner, owner_name WHERE e.due_on <= $day OR owner = ''
RETURN e.entry AS id, p.key AS key, e.kind AS kind, e.outcome AS outcome,
  coalesce(e.next_step, '') AS next_step, e.due_on AS due_on, owner, owner_name
ORDER BY CASE WHEN owner = $me THEN 0 WHEN owner = '' THEN 1 ELSE 2 END, due_on, id
LIMIT $limit"""
)


@dataclass(frozen=True)
class Entry:
    """One line of a journal; `own` has what is special of its kind, and `step` what comes next."""

    at: datetime
    kind: str
    what: str
    id: str
    text: str
    detail: str
    by: str
    own: Row

    @property
    def written(self) -> bool:
        """Whether somebody of staff wrote it down, who can correct and withdraw it."""
        return self.what == "written"

    @property
    def open_step(self) -> bool:
        """Whether something is still to do."""
        own = self.own
        counts = own.get("withdrawn_at") is None and own.get("done_at") is None
        return self.written and counts and own.get("due_on") is not None


@dataclass(frozen=True)
class Step:
    """A next step that is due, of somebody whom staff may see."""

    id: str
    card: Card
    kind: str
    outcome: str
    next_step: str
    due_on: date
    owner: str
    owner_name: str

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.due_on < today()


def entries(
    store: Store,
    viewer: Viewer,
    key: int,
    *,
    needles: Sequence[str] = (),
    kind: str = "",
    skip: int = 0,
    limit: int = 30,
) -> list[Entry]:
    """Return what was, the newest first; `needles` are as `needles_of` makes them.

    Raises
    ------
    NotAllowed
    """
    may(viewer)
    rows = store.read(ENTRIES, **_asked(key, needles), kind=kind, skip=skip, limit=limit)
    return [_entry(row) for row in rows]


def counts(
    store: Store, viewer: Viewer, key: int, *, needles: Sequence[str] = ()
) -> dict[str, int]:
    """Return how much of each kind there is.

    Raises
    ------
    NotAllowed
    """
    may(viewer)
    return {row["kind"]: row["n"] for row in store.read(COUNTS, **_asked(key, needles))}


def needles_of(person_id: str, emails: Sequence[str]) -> list[str]:
    """Return how a letter's job names its reader: by their id, or by an address of theirs."""
    return [f'"person": "{person_id}"', *(f'"to": "{email}"' for email in emails)]


def _asked(key: int, needles: Sequence[str]) -> dict[str, Any]:
    return {"key": key, "needles": list(needles), "elsewhere": list(TOLD_ELSEWHERE)}


def _entry(row: Row) -> Entry:
    row = native(row)
    own = native(row["own"] or {})
    values = {name: row[name] or "" for name in ("kind", "what", "id", "text", "detail", "by")}
    return Entry(row["at"], own=own, **values)


def versions(store: Store, viewer: Viewer, entry_id: str) -> tuple[int, str, list[Entry]]:
    """Return an entry's person (key and id) and all its versions, the oldest first.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    may(viewer)
    rows = store.read(VERSIONS, entry=entry_id)
    if not rows:
        raise ThingNotFound("no such entry")
    found = []
    for row in rows:
        own = native(row["own"])
        found.append(
            Entry(
                own["happened_at"], own["kind"], "written", own["entry"], own.get("text") or "",
                own.get("outcome") or "", own.get("by") or "", own,
            )
        )  # fmt: skip
    return rows[0]["key"], rows[0]["person"], found


def due(
    store: Store,
    viewer: Viewer,
    *,
    day: date | None = None,
    rules: Rules = STANDARD,
    limit: int = 50,
) -> list[Step]:
    """Return the next steps that are due by a day, today without one: mine, nobody's, the rest.

    What is nobody's is among them before it is due.

    Raises
    ------
    NotAllowed
    """
    may(viewer)
    until = day or today()
    asked = {
        "day": until,
        "farthest": until + FARTHEST,
        "me": viewer.account_id,
        "limit": limit,
    }
    rows = [native(row) for row in store.read(DUE, **asked)]
    keys = [row["key"] for row in rows]
    seen = {card.key: card for card in cards(store, viewer, keys, rules=rules, brief=True)}
    return [
        Step(
            row["id"],
            seen[row["key"]],
            row["kind"],
            row["outcome"] or "",
            row["next_step"],
            row["due_on"],
            row["owner"],
            row["owner_name"] or "",
        )
        for row in rows
        if row["key"] in seen
    ]
