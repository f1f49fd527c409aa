"""Who somebody is to the office: by what right they are on file, how reachable, tied to what.

One query reads all of it; whom staff may see, `graphnet.people` decides before.
"""

from dataclasses import dataclass
from datetime import datetime

from graphnet import people
from graphnet.errors import PersonNotFound
from graphnet.journal.writing import may
from graphnet.people import Card
from graphnet.privacy import STANDARD, Rules, Viewer, apart, own_word, registered, shown
from graphnet.store import Row, Store, native

# One row: all of a person's file but the journal.
FILE = (
    """MATCH (p:Person {key: $key})
RETURN p.born_on AS born_on, p.last_answer_at AS last_answer_at, p.created_at AS created_at,
  coalesce(p.notices, '') AS notices, p.died_on IS NOT NULL AS dead,
  COLLECT { MATCH (p)<-[:OF]-(a:Account)
    RETURN {email: a.email, at: a.created_at, off: a.disabled_at IS NOT NULL,
      seen_at: COLLECT { MATCH (s:Session)-[:HELD_BY]->(a)
        RETURN s.seen_at ORDER BY s.seen_at DESC LIMIT 1 }} AS account
    ORDER BY a.email LIMIT 5 } AS accounts,
  COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint) OPTIONAL MATCH (c)-[:FROM]->(run:ImportRun)
    RETURN {id: c.id, kind: c.kind, value: c.value, verified_at: c.verified_at,
      bounced_at: c.bounced_at, source: coalesce(c.source, run.source, ''),
      since: run.started_at} AS contact
    ORDER BY c.bounced_at IS NOT NULL, c.kind, c.value LIMIT 50 } AS contacts,
  COLLECT { MATCH (w:ContactProof)-[:OF]->(p) WHERE w.expires_at > $now
    RETURN w.value ORDER BY w.at DESC LIMIT 10 } AS proofs,
  COLLECT { MATCH (p)-[:GAVE]->(c:Consent)
    RETURN {purpose: c.purpose, state: c.state, at: c.at, channel: coalesce(c.channel, ''),
      version: coalesce(c.text_version, '')} AS consent
    ORDER BY c.at DESC,
      CASE c.state WHEN 'refused' THEN 0 WHEN 'given' THEN 2 ELSE 1 END, c.id
    LIMIT 100 } AS consents,
  COLLECT { MATCH (p)-[:GAVE]->(n:NeverAsk) WHERE n.ended_at IS NULL
    RETURN {at: n.at, reason: coalesce(n.reason, '')} AS never ORDER BY n.at DESC LIMIT 5
  } AS never,
  COLLECT { MATCH (r:Record)-[:ABOUT]->(p) OPTIONAL MATCH (r)-[:FROM]->(run:ImportRun)
    RETURN {source: r.source, file: coalesce(r.file, ''), row: r.row, number: run.number,
      at: run.started_at, ground: coalesce(run.ground, ''), ground_at: run.ground_at} AS record
    ORDER BY run.started_at DESC, r.id LIMIT 50 } AS records,
  COLLECT { MATCH (p)-[s:STUDIED_IN]->(g:StudyGroup)
    RETURN {id: g.id, name: g.name,
      code: head(COLLECT { MATCH (g)-[k:CALLED]->(code:GroupCode)
        RETURN code.text ORDER BY k.academic_year DESC, k.term DESC, code.text LIMIT 1 }),
      people: COUNT { MATCH (g)<-[:STUDIED_IN]-(q:Person) WHERE q <> p AND NOT """
    + apart("q")
    + """ },
      here: COUNT { MATCH (g)<-[:STUDIED_IN]-(q:Person) WHERE q <> p AND NOT """
    + apart("q")
    + """ AND """
    + registered("q")
    + """ }} AS study ORDER BY s.from_term, g.id LIMIT 20 } AS groups,
  COLLECT { MATCH (p)-[m:MEMBER_OF]->(g:Group)
    RETURN {id: g.id, name: g.name, name_ru: coalesce(g.name_ru, g.name), role: m.role} AS one
    ORDER BY g.name, g.id LIMIT 30 } AS communities,
  COLLECT { MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(e:Event)
    WHERE r.state IN ['yes', 'waiting'] AND coalesce(e.ends_at, e.starts_at) >= $now
      AND e.cancelled_at IS NULL
    RETURN {id: e.id, name: e.title, name_ru: coalesce(e.title_ru, e.title), at: e.starts_at,
      zone: e.time_zone, state: r.state} AS one ORDER BY e.starts_at, e.id LIMIT 10 } AS coming,
  COUNT { (p)<-[:BY]-(r:Registration) WHERE r.attended_at IS NOT NULL } AS came,
  COLLECT { MATCH (p)-[w:WORKS_ON]->(j:Project)
    RETURN {id: j.id, name: j.name, name_ru: coalesce(j.name_ru, j.name), role: w.role} AS one
    ORDER BY j.name, j.id LIMIT 30 } AS projects,
  COLLECT { MATCH (p)-[:ASKED]->(r:Request) WHERE r.status <> 'done'
    RETURN {id: r.id, kind: r.kind, subject: coalesce(r.subject, ''), due_at: r.due_at} AS one
    ORDER BY r.due_at, r.id LIMIT 10 } AS requests,
  COLLECT { MATCH (p)-[t:INTERESTED_IN|OFFERS|NEEDS]->(topic:Topic)
    RETURN {tie: type(t), id: topic.id, name: topic.name,
      name_ru: coalesce(topic.name_ru, topic.name), unsaid: NOT """
    + own_word("t", "topic")
    + """} AS one
    ORDER BY one.tie, topic.name, topic.id LIMIT 60 } AS topics,
  COUNT { (p)-[:KNOWS]-(q:Person) WHERE NOT """
    + apart("q")
    + """ } AS knows,
  COLLECT { MATCH (m:MergedPerson)-[:MERGED_INTO]->(p)
    RETURN trim(coalesce(m.given_name, '') + ' ' + coalesce(m.family_name, ''))
    ORDER BY m.merged_at DESC LIMIT 5 } AS merged,
  """
    + shown("p")
    + """ AS shown LIMIT 1"""
)


@dataclass(frozen=True)
class File:
    """A person's file: their card, and `row`, which has everything else by its name."""

    card: Card
    row: Row

    @property
    def grounds(self) -> list[Row]:
        """The sources by which they are on file, each once, with the lawful ground if named."""
        found: dict[tuple[str, str], Row] = {}
        for record in self.row["records"]:
            found.setdefault((record["source"], record["ground"]), record)
        return list(found.values())

    @property
    def consents(self) -> list[Row]:
        """What they said last, once for each purpose."""
        latest: dict[str, Row] = {}
        for consent in self.row["consents"]:
            latest.setdefault(consent["purpose"], consent)
        return list(latest.values())


def file(
    store: Store, viewer: Viewer, person_id: str, *, now: datetime, rules: Rules = STANDARD
) -> File:
    """Return a person's file; that staff have read it stands in the trail.

    Raises
    ------
    NotAllowed
    PersonNotFound
        For the hidden as for those who are not there.
    """
    may(viewer)
    rows = store.read(people.KEY_OF, id=person_id)
    key = int(rows[0]["key"]) if rows else -1
    found = people.cards(store, viewer, [key], rules=rules)
    if not found:
        raise PersonNotFound("no such person")
    read = store.read(FILE, key=key, now=now)
    if not read or not read[0]["shown"]:  # erased or hidden a moment ago
        raise PersonNotFound("no such person")
    return File(found[0], _native(read[0]))


def _native(row: Row) -> Row:
    return {name: _plain(value) for name, value in native(row).items()}


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in native(value).items()}
    return value.to_native() if hasattr(value, "to_native") else value
