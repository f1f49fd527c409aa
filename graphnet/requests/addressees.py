"""Who may answer a request: units, and people who agreed to be asked, each with the reasons.

What is asked is compared by the stems of its words and by topics with what people have said they
offer, what they like, work on and do, with what units hold, and with who answered such requests
before. Somebody who asked not to be asked is nowhere in it. Nearness to who asks never makes an
addressee; it decides between two who could both answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from graphnet.consent import newest
from graphnet.model import studied_together
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer, among_members, plain_topic, unblocked
from graphnet.requests.forms import read_answers
from graphnet.requests.words import stems, weigh
from graphnet.store import Row, Store, Transaction

MOST = 5
TIRED = timedelta(days=30)  # who was asked within these is asked after others
BEHIND = timedelta(days=5 * 365)  # which earlier requests still tell who answers such

# One row: the request that an addressee is sought for, with its topics.
WANTED = """MATCH (r:Request {id: $id})
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN r.kind AS kind, coalesce(r.subject, '') AS subject, coalesce(r.text, '') AS text,
  coalesce(r.answers, '') AS answers, coalesce(asker.key, 0) AS asker,
  [(r)-[:ABOUT]->(t:Topic) | t.id] AS topics LIMIT 1"""

# One row: a topic, by whose words a request can be about it.
TOPICS = """MATCH (t:Topic)
RETURN t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru ORDER BY id LIMIT 5000"""

# One row: somebody who agreed to be asked, with what tells that they may know.
PEOPLE = (
    """MATCH (agreed:Consent {purpose: 'asked', state: 'given'})<-[:GAVE]-(p:Person)
WITH DISTINCT p
WHERE """
    + newest("p", "asked")
    + """ = ['given'] AND """
    + among_members("p")
    + """ AND p.key <> $asker
  AND NOT EXISTS { MATCH (:Request {id: $id})<-[:OF]-(:Referral)-[:TO]->(p) }
RETURN p.key AS key, p.id AS id,
  [(p)-[o:OFFERS]->(t:Topic) WHERE """
    + plain_topic("t")
    + """ | [t.id, reduce(all = '', way IN coalesce(o.ways, []) |
    all + ' ' + way)]] AS offers,
  [(p)-[:INTERESTED_IN]->(t:Topic) WHERE """
    + plain_topic("t")
    + """ | t.id] AS likes,
  [(p)-[:NOT_INTERESTED_IN]->(t:Topic) | t.id] AS dislikes,
  [(p)-[:WORKS_ON]->(j:Project) | [coalesce(j.name, ''), coalesce(j.name_ru, ''),
    coalesce(j.description, '') + ' ' + coalesce(j.description_ru, '')]] AS projects,
  [(p)-[w:WORKED_AT]->(o:Organisation) | [coalesce(w.role, ''), coalesce(o.name, ''),
    coalesce(o.industry, '')]] AS work,
  [(p)<-[:TO]-(f:Referral)-[:OF]->(q:Request) WHERE f.at > $behind |
    [f.state, q.kind, coalesce(q.subject, ''), coalesce(q.text, ''), toString(f.at),
     f.helped_at IS NOT NULL]] AS asked
ORDER BY key LIMIT 5000"""
)

# One row: how near one of them is to who asks; nobody whom either has blocked.
NEAR = (
    """UNWIND $keys AS key MATCH (p:Person {key: key})
OPTIONAL MATCH (me:Person {key: $asker})
WITH p, me WHERE """
    + unblocked("me", "p")
    + """
RETURN p.key AS key, EXISTS { (p)-[:KNOWS]-(me) } AS knows,
  """
    + studied_together("me", "p")
    + """ AS mates,
  COUNT { (p)-[:KNOWS]-(:Person)-[:KNOWS]-(me) } AS through
ORDER BY key LIMIT 100"""
)

# One row: a unit, with what it holds, and the requests that it has dealt with.
UNITS = """MATCH (u:Unit) WHERE u.to_year IS NULL
RETURN u.id AS id, u.name AS name, coalesce(u.name_ru, u.name) AS name_ru,
  coalesce(u.code, '') AS code,
  [(u)<-[:HELD_BY]-(k:RequestKind) | k.id] AS charge,
  [(u)<-[:HELD_BY]-(s:Service) WHERE s.withdrawn_at IS NULL |
    [s.name, coalesce(s.name_ru, s.name), coalesce(s.description, '') + ' '
     + coalesce(s.description_ru, '')]] AS services,
  [(u)<-[:HELD_BY]-(j:Project) | [j.name, coalesce(j.name_ru, j.name), '']] AS projects,
  [(u)<-[:HELD_BY]-(x)-[:ABOUT]->(t:Topic) | t.id] AS topics,
  [(u)<-[:FOR]-(q:Request {status: 'done'}) WHERE q.at > $behind AND q.outcome = 'answered' |
    [q.kind, coalesce(q.subject, ''), coalesce(q.text, '')]] AS answered
ORDER BY id LIMIT 2000"""

# One row: the version of a kind that holds.
CHARGED = """MATCH (k:RequestKind {kind: $kind})
RETURN k.id AS id ORDER BY k.number DESC LIMIT 1"""

# In which ways of help a kind of request is answered.
WAYS = {
    "mentor": "mentoring",
    "laboratory": "laboratory",
    "partnership": "partnership",
    "commercialisation": "expertise",
    "lecture": "expertise",
    "question": "expertise",
}


@dataclass(frozen=True)
class Reason:
    """One piece of evidence, and what it names: a topic, a project, a place of work, a unit.

    Kinds: offers, way, likes, project, work, answered, thanked, knows, mates, through; of units:
    charge, named, service, about, dealt.
    """

    kind: str
    name: str = ""
    name_ru: str = ""
    count: int = 0


@dataclass(frozen=True)
class Suggested:
    """Somebody who may answer, or a unit that may, and why, the strongest first."""

    score: float
    reasons: tuple[Reason, ...]
    person: Card | None = None
    unit: tuple[str, str, str] = ("", "", "")  # id, name, Russian name


@dataclass
class _Counted:
    score: float = 0.0
    reasons: list[tuple[float, Reason]] = field(default_factory=list)

    def add(self, worth: float, reason: Reason) -> None:
        if worth > 0:
            self.score += worth
            self.reasons.append((worth, reason))

    def told(self) -> tuple[Reason, ...]:
        ordered = sorted(self.reasons, key=lambda one: (-one[0], one[1].kind, one[1].name))
        return tuple(dict.fromkeys(reason for _, reason in ordered))


@dataclass(frozen=True)
class _Asked:
    """What is asked: its words with what each tells, its topics, its kind."""

    kind: str
    words: frozenset[str]
    weight: dict[str, float]
    topics: dict[str, float]
    named: dict[str, tuple[str, str]]

    def like(self, *texts: str | None) -> float:
        """Return how much of what is asked some texts speak of, between 0 and 1."""
        total = sum(self.weight.get(word, 1.0) for word in self.words)
        common = self.words & stems(*texts)
        return sum(self.weight.get(word, 1.0) for word in common) / total if total else 0.0


def suggestions(
    store: Store,
    viewer: Viewer,
    request_id: str,
    *,
    most: int = MOST,
    rules: Rules = STANDARD,
    now: datetime | None = None,
) -> tuple[list[Suggested], list[Suggested]]:
    """Return people and units who may answer a request, the best first; both may be empty.

    Raises
    ------
    NotAllowed
        For everybody but staff with a purpose.
    """
    viewer.require_staff()
    at = now or datetime.now(UTC)

    def work(transaction: Transaction) -> tuple[list[Row], list[Row], list[Row], list[Row], str]:
        wanted = transaction.run(WANTED, id=request_id)
        if not wanted:
            return [], [], [], [], ""
        charged = transaction.run(CHARGED, kind=wanted[0]["kind"])
        return (
            wanted,
            transaction.run(TOPICS),
            transaction.run(PEOPLE, id=request_id, asker=wanted[0]["asker"], behind=at - BEHIND),
            transaction.run(UNITS, behind=at - BEHIND),
            charged[0]["id"] if charged else "",
        )

    wanted, topics, people, units, charge = store.in_read(work)
    if not wanted:
        return [], []
    asked = _asked(wanted[0], topics, people, units)
    found = _nearest(
        store,
        wanted[0]["asker"],
        _best(((row, _person(asked, row, at)) for row in people), 4 * most),
    )
    seen = {card.key: card for card in cards(store, viewer, [r["key"] for r, _ in found],
                                             rules=rules)}  # fmt: skip
    shown = [
        Suggested(one.score, one.told(), seen[row["key"]])
        for row, one in found
        if row["key"] in seen
    ]
    held = _best(((row, _unit(asked, row, charge)) for row in units), most)
    return shown[:most], [
        Suggested(one.score, one.told(), unit=(row["id"], row["name"], row["name_ru"]))
        for row, one in held
    ]


def _best(counted: Iterable[tuple[Row, _Counted]], most: int) -> list[tuple[Row, _Counted]]:
    found = [(row, one) for row, one in counted if one.score > 0]
    return sorted(found, key=lambda pair: (-pair[1].score, str(pair[0]["id"])))[:most]


def _nearest(
    store: Store, asker: int, found: list[tuple[Row, _Counted]]
) -> list[tuple[Row, _Counted]]:
    """Order those who could answer anew, with how near they are to who asks."""
    rows = store.read(NEAR, keys=[row["key"] for row, _ in found], asker=asker) if found else []
    near = {row["key"]: row for row in rows}
    kept = [(row, one) for row, one in found if row["key"] in near]
    for row, one in kept:
        tie = near[row["key"]]
        if tie["knows"]:
            one.add(0.4, Reason("knows"))
        elif tie["mates"]:
            one.add(0.3, Reason("mates"))
        elif tie["through"]:
            one.add(min(0.2, 0.05 * tie["through"]), Reason("through", count=tie["through"]))
    return _best(kept, len(kept))


def _asked(wanted: Row, topics: list[Row], people: list[Row], units: list[Row]) -> _Asked:
    # What was filled in, without the questions, and without what the asker is called.
    filled = [one["value"] for one in read_answers(wanted["answers"]) if one["label"] != "Name"]
    words = stems(wanted["subject"], wanted["text"], *filled)
    documents = [stems(t["name"], t["name_ru"]) for t in topics]
    documents += [stems(*work) for row in people for work in row["work"]]
    documents += [stems(*project) for row in people for project in row["projects"]]
    documents += [stems(u["name"], u["name_ru"]) for u in units]
    weight = weigh(documents)
    about = dict.fromkeys(wanted["topics"], 1.0)
    for topic in topics:
        for name in {topic["name"], topic["name_ru"]}:
            own = stems(name)
            total = sum(weight.get(word, 1.0) for word in own)
            share = sum(weight.get(word, 1.0) for word in own & words) / total if total else 0.0
            if share >= 0.5:
                about[topic["id"]] = max(about.get(topic["id"], 0.0), share)
    telling = frozenset(word for word in words if weight.get(word, 1.0) > 0)
    _from_before(about, telling, people)
    named = {t["id"]: (t["name"], t["name_ru"]) for t in topics}
    return _Asked(wanted["kind"], words, weight, about, named)


def _from_before(about: dict[str, float], words: frozenset[str], people: list[Row]) -> None:
    """Add the topics of whoever helped with requests of the same words: they name no topic."""
    for row in people:
        for state, _, subject, text, _, _ in row["asked"]:
            common = len(words & stems(subject, text))
            if state == "helps" and common >= 2:
                for topic, _ in row["offers"]:
                    about[topic] = max(about.get(topic, 0.0), min(0.5, 0.15 * common))


def _person(asked: _Asked, row: Row, now: datetime) -> _Counted:
    one = _Counted()
    way = WAYS.get(asked.kind, "")
    for topic, ways in sorted(row["offers"]):
        share = asked.topics.get(topic, 0.0)
        if share and topic not in row["dislikes"]:
            one.add(3.0 * share, Reason("offers", *asked.named[topic]))
            if way and way in ways.split():
                one.add(0.8 * share, Reason("way", way))
    for topic in sorted(row["likes"]):
        if topic not in row["dislikes"]:
            one.add(1.0 * asked.topics.get(topic, 0.0), Reason("likes", *asked.named[topic]))
    for name, name_ru, description in row["projects"]:
        alike = asked.like(name, name_ru, description)
        if alike >= 0.1:
            one.add(2.0 * alike, Reason("project", name, name_ru or name))
    for role, name, industry in row["work"]:
        alike = asked.like(role, name, industry)
        if alike >= 0.1:
            said = ", ".join(part for part in (role, name) if part)
            one.add(2.0 * alike, Reason("work", said, said))
    helped, thanked, declined = _record(asked, row)
    one.add(min(3.0, sum(helped)), Reason("answered", count=len(helped)))
    one.add(min(2.0, float(thanked)), Reason("thanked", count=thanked))
    if one.score <= 0:
        return one
    one.score *= 0.8**declined
    lately = sum(datetime.fromisoformat(at) > now - TIRED for *_, at, _ in row["asked"])
    one.score *= 0.85**lately
    return one


def _record(asked: _Asked, row: Row) -> tuple[list[float], int, int]:
    """Return what helping with each alike request is worth, and two counts.

    After how many of them whoever asked said that it helped, and how many were not taken.
    """
    helped: list[float] = []
    thanked = declined = 0
    for state, kind, subject, text, _, praised in row["asked"]:
        alike = asked.like(subject, text) + (0.15 if kind == asked.kind else 0.0)
        if alike < 0.3:
            continue
        if state == "helps":
            helped.append(min(1.5, 0.5 + alike))
            thanked += praised
        declined += state in ("declined", "lapsed")
    return helped, thanked, declined


def _unit(asked: _Asked, row: Row, charge: str) -> _Counted:
    one = _Counted()
    if charge and charge in row["charge"]:
        one.add(3.0, Reason("charge"))
    own = stems(row["name"], row["name_ru"], row["code"])
    if common := own & asked.words:
        total = sum(asked.weight.get(word, 1.0) for word in own)
        share = sum(asked.weight.get(word, 1.0) for word in common) / total
        one.add(2.0 * share + asked.like(row["name"], row["name_ru"]), Reason("named"))
    for name, name_ru, description in row["services"]:
        alike = asked.like(name, name_ru, description)
        if alike >= 0.15:
            one.add(2.5 * alike, Reason("service", name, name_ru))
    for name, name_ru, _ in row["projects"]:
        alike = asked.like(name, name_ru)
        if alike >= 0.15:
            one.add(1.5 * alike, Reason("project", name, name_ru))
    for topic in sorted(set(row["topics"])):
        one.add(
            1.2 * asked.topics.get(topic, 0.0), Reason("about", *asked.named.get(topic, ("", "")))
        )
    dealt = sum(
        min(1.5, 0.5 + alike)
        for kind, subject, text in row["answered"]
        if (alike := asked.like(subject, text) + (0.15 if kind == asked.kind else 0.0)) >= 0.3
    )
    if dealt:
        one.add(min(3.0, dealt), Reason("dealt", count=max(1, round(dealt))))
    return one
