"""Answering: one answer a person, by the letter's page or signed in, changeable until the end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, LiteralString

from graphnet.accounts.sessions import token_hash
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer, apart, audiences, own_word
from graphnet.store import Row, Store, Transaction, native
from graphnet.surveys.making import today
from graphnet.surveys.questions import Question, checked, told, unpacked

# One row: whom a letter's link speaks for, and of which survey.
BEHIND = (
    """MATCH (k:SurveyAsk {token_hash: $token_hash})-[:TO]->(p:Person) WHERE NOT """
    + apart("p")
    + """
MATCH (k)-[:IN]->(s:Survey) RETURN p.key AS key, p.id AS person, s.id AS survey LIMIT 1"""
)

_MINE: LiteralString = """ RETURN s {.id, .title, .title_ru, .about, .about_ru, .state, .questions,
    .closes_on, .consent} AS own,
  COLLECT { MATCH (p)<-[:BY]-(a:SurveyAnswer)-[:IN]->(s)
    RETURN [a.id, a.answers] ORDER BY a.changed_at DESC, a.id LIMIT 1 } AS answers"""

# One row: a survey that somebody was sent, with what they answered.
ONE = (
    """MATCH (p:Person {key: $me})<-[:TO]-(:SurveyAsk)-[:IN]->(s:Survey {id: $id})
WITH DISTINCT p, s"""
    + _MINE
    + " LIMIT 1"
)

# One row: the same, the person and the survey locked.
LOCKED = (
    """MATCH (p:Person {key: $me})<-[:TO]-(:SurveyAsk)-[:IN]->(s:Survey {id: $id})
WITH DISTINCT p, s SET p.key = p.key, s.id = s.id WITH p, s"""
    + _MINE
    + " LIMIT 1"
)

# One row: each survey that somebody was sent, the newest first.
ALL = (
    """MATCH (p:Person {key: $me})<-[:TO]-(k:SurveyAsk)-[:IN]->(s:Survey)
WITH p, s, max(k.at) AS at"""
    + _MINE
    + " ORDER BY at DESC, s.id LIMIT 100"
)

# One row: an open survey that waits for somebody's answer.
WAITING = """MATCH (p:Person {key: $me})<-[:TO]-(:SurveyAsk)-[:IN]->(s:Survey {state: 'open'})
WHERE s.closes_on >= $day AND NOT EXISTS { (p)<-[:BY]-(:SurveyAnswer)-[:IN]->(s) }
RETURN DISTINCT s.id AS id, s.title AS title, s.title_ru AS title_ru, s.closes_on AS closes_on
ORDER BY closes_on, id LIMIT 5"""

# One row: the new answer.
SAY = """MATCH (s:Survey {id: $id}) WITH s SKIP 0 MATCH (p:Person {key: $me})
CREATE (a:SurveyAnswer {id: $answer, answers: $answers, told: $told, at: $now,
  changed_at: $now})-[:BY]->(p)
CREATE (a)-[:IN]->(s) RETURN a.id AS id"""

# One row: the changed answer.
CHANGE = """MATCH (a:SurveyAnswer {id: $answer}) SET a.answers = $answers, a.told = $told,
  a.changed_at = $now RETURN a.id AS id"""

# One row: how many answers are gone.
TAKE_BACK = """MATCH (:Person {key: $me})<-[:BY]-(a:SurveyAnswer)-[:IN]->(:Survey {id: $id})
DETACH DELETE a RETURN count(*) AS n"""

# One row: what somebody's page says of their interests, and who sees it.
ON_PAGE = (
    """MATCH (p:Person {key: $me})
RETURN [(p)-[t:INTERESTED_IN|OFFERS|NEEDS]->(topic:Topic) WHERE """
    + own_word("t", "topic")
    + """ | [type(t), topic.id]] AS said,
  coalesce(p.audiences, []) AS audiences LIMIT 1"""
)

# One row: a topic by its id.
TOPICS = """UNWIND $ids AS wanted MATCH (t:Topic {id: wanted})
RETURN t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru ORDER BY id LIMIT 200"""

TIES = {"likes": "INTERESTED_IN", "offers": "OFFERS", "needs": "NEEDS"}

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = "EXISTS { (me)<-[:TO]-(:SurveyAsk)-[:IN]->(:Survey {state: 'open'}) }"


@dataclass(frozen=True)
class Asked:
    """A survey as whoever was sent it sees it, with what they answered."""

    id: str
    title: str
    title_ru: str
    about: str
    about_ru: str
    consent: str
    closes_on: date | None
    open: bool
    questions: tuple[Question, ...]
    answers: dict[str, Any]

    @property
    def answered(self) -> bool:
        """Whether they have answered."""
        return bool(self.answers)


@dataclass(frozen=True)
class Addition:
    """What an answer could add to somebody's page: one topic as interest, offer or need."""

    kind: str
    topic: str
    name: str
    name_ru: str

    @property
    def mark(self) -> str:
        """By what a form names it."""
        return f"{self.kind}:{self.topic}"


def behind(store: Store, token: str) -> tuple[Viewer, str, str]:
    """Return for whom a letter's link speaks, their id, and the id of the survey.

    Raises
    ------
    ThingNotFound
        If it was never made, or who it speaks for is not to be seen any more: the same answer.
    """
    rows = store.read(BEHIND, token_hash=token_hash(token))
    if not rows:
        raise ThingNotFound("this link does not work any more")
    return Viewer("alumnus", rows[0]["key"]), rows[0]["person"], rows[0]["survey"]


def _of(row: Row) -> Asked:
    own = native(row["own"])
    closes_on = own.get("closes_on")
    return Asked(
        own["id"],
        own.get("title") or "",
        own.get("title_ru") or "",
        own.get("about") or "",
        own.get("about_ru") or "",
        own.get("consent") or "",
        closes_on,
        own["state"] == "open" and closes_on is not None and closes_on >= today(),
        unpacked(own.get("questions")),
        json.loads(row["answers"][0][1]) if row["answers"] else {},
    )


def asked(store: Store, viewer: Viewer, survey_id: str) -> Asked:
    """Return a survey that the viewer was sent.

    Raises
    ------
    NotAllowed
    ThingNotFound
        If there is none such, or it was not sent to them: the same answer.
    """
    rows = store.read(ONE, me=viewer.own_key(), id=survey_id)
    if not rows:
        raise ThingNotFound("no such survey")
    return _of(rows[0])


def mine(store: Store, viewer: Viewer) -> list[Asked]:
    """Return every survey that the viewer was sent, the newest first."""
    return [_of(row) for row in store.read(ALL, me=viewer.own_key())]


def waiting(store: Store, viewer: Viewer) -> list[Row]:
    """Return the open surveys that wait for the viewer's answer."""
    return [native(row) for row in store.read(WAITING, me=viewer.own_key(), day=today())]


def answer(store: Store, viewer: Viewer, survey_id: str, given: Mapping[str, Any]) -> None:
    """Keep what the viewer answers; answering again replaces it.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        As `questions.checked`.
    Conflict
        'closed' if it is over.
    """
    me = viewer.own_key()

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, me=me, id=survey_id)
        if not rows:
            raise ThingNotFound("no such survey")
        found = _of(rows[0])
        if not found.open:
            raise Conflict("this survey is over: nothing can be changed any more", code="closed")
        kept = checked(found.questions, given)
        values = {
            "answers": json.dumps(kept, ensure_ascii=False),
            "told": told(found.questions, kept),
            "now": datetime.now(UTC),
        }
        if rows[0]["answers"]:
            transaction.run(CHANGE, answer=rows[0]["answers"][0][0], **values)
        else:
            transaction.run(SAY, id=survey_id, me=me, answer=new_id(), **values)
        acted(transaction, viewer, "survey.answer", survey_id, keys=[me])

    store.in_write(work)


def take_back(store: Store, viewer: Viewer, survey_id: str) -> bool:
    """Take one's answer back, whenever that is; return whether there was one.

    Figures that were fixed when the survey closed stay: nobody is to be seen in them.

    Raises
    ------
    NotAllowed
    """
    me = viewer.own_key()

    def work(transaction: Transaction) -> bool:
        gone = bool(transaction.run(TAKE_BACK, me=me, id=survey_id)[0]["n"])
        if gone:
            acted(transaction, viewer, "survey.take back", survey_id, keys=[me])
        return gone

    return store.in_write(work)


def additions(store: Store, viewer: Viewer, survey: Asked) -> tuple[list[Addition], str]:
    """Return what the viewer's answer could add to their page, and who would see it there.

    Nothing is added by this: whoever wants something of it says so.
    """
    wanted = []
    for question in survey.questions:
        value = survey.answers.get(question.id)
        if question.feeds and value is not None:
            places = value if isinstance(value, list) else [value]
            topics = [question.choices[place].topic for place in places]
            wanted += [(question.feeds, topic) for topic in topics if topic]
    if not wanted:
        return [], ""
    page = store.read(ON_PAGE, me=viewer.own_key())
    if not page:
        raise BadValue("you have no page that this could go onto", code="nobody")
    there = {(tie, topic) for tie, topic in page[0]["said"]}
    names = {row["id"]: row for row in store.read(TOPICS, ids=[topic for _, topic in wanted])}
    found = [
        Addition(kind, topic, names[topic]["name"], names[topic]["name_ru"])
        for kind, topic in dict.fromkeys(wanted)
        if topic in names and (TIES[kind], topic) not in there
    ]
    return found, audiences(page[0]["audiences"])["interests"]
