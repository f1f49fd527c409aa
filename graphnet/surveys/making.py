"""Making a survey: a draft that nobody but staff sees, opened once, closed for good.

A draft can be changed and thrown away. Opening it sends the letters and fixes what is asked;
closing fixes what was found, and nobody can answer any more.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

from graphnet import jobs
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import SMALLEST_CELL, Viewer, apart
from graphnet.requests.hours import ZONE
from graphnet.store import Row, Store, Transaction, native
from graphnet.surveys import results
from graphnet.surveys.questions import MOST_QUESTIONS, Question, packed, unpacked
from graphnet.surveys.recipients import (
    CONSENTS,
    KIND,
    Audience,
    Numbers,
    audience_of,
    count,
)

PURPOSE = "surveys"
LONGEST_TITLE, LONGEST_ABOUT = 120, 1500
SHORTEST, LONGEST = timedelta(days=1), timedelta(days=180)

_SHOWN: LiteralString = """ RETURN s {.*} AS own,
  COUNT { MATCH (s)<-[:IN]-(a:SurveyAnswer) MATCH (a)-[:BY]->(p:Person) } AS answered"""

# One row: a survey, the newest first.
ALL = "MATCH (s:Survey)" + _SHOWN + " ORDER BY s.created_at DESC, s.id LIMIT 200"

# One row: one survey.
ONE = "MATCH (s:Survey {id: $id})" + _SHOWN + " LIMIT 1"

# One row: one survey, locked.
LOCKED = "MATCH (s:Survey {id: $id}) SET s.id = s.id WITH s" + _SHOWN + " LIMIT 1"

# One row: the new draft.
CREATE = """CREATE (s:Survey {id: $id, title: $title, title_ru: $title_ru, about: $about,
  about_ru: $about_ru, state: 'draft', version: 1, questions: '[]', audience: $audience,
  consent: $consent, closes_on: $closes_on, created_at: $now, by: $by}) RETURN s.id AS id"""

# One row: the draft as it is now.
CHANGE = """MATCH (s:Survey {id: $id}) SET s.title = $title, s.title_ru = $title_ru,
  s.about = $about, s.about_ru = $about_ru, s.audience = $audience, s.consent = $consent,
  s.closes_on = $closes_on, s.version = s.version + 1 RETURN s.id AS id"""

# One row: the draft with other questions.
ASK = """MATCH (s:Survey {id: $id}) SET s.questions = $questions, s.version = s.version + 1
RETURN s.id AS id"""

# One row: the survey that is open.
OPENED = """MATCH (s:Survey {id: $id}) SET s.state = 'open', s.opened_at = $now, s.asked = 0
RETURN s.id AS id"""

# One row: the survey that is closed.
CLOSED = """MATCH (s:Survey {id: $id})
SET s.state = 'closed', s.closed_at = $now, s.results = $results RETURN s.id AS id"""

# One row: how many drafts are gone.
THROW = "MATCH (s:Survey {id: $id}) DETACH DELETE s RETURN count(*) AS n"

# One row: what somebody has answered, the latest of each who is not apart by now.
ANSWERS = (
    """MATCH (:Survey {id: $id})<-[:IN]-(a:SurveyAnswer)-[:BY]->(p:Person) WHERE NOT """
    + apart("p")
    + """
WITH p, a ORDER BY a.changed_at DESC, a.id WITH p, head(collect(a.answers)) AS answers
RETURN answers ORDER BY answers LIMIT 100000"""
)

# One row: a survey whose last day has passed.
OVER = """MATCH (s:Survey {state: 'open'}) WHERE s.closes_on < $day
RETURN s.id AS id ORDER BY id LIMIT 100"""


@dataclass(frozen=True)
class Terms:
    """What a survey is called and says, whom it is for, on what it rests, until when it is open."""

    title: str
    title_ru: str
    about: str = ""
    about_ru: str = ""
    audience: Audience = Audience()
    consent: str = "digest"
    closes_on: date | None = None

    def checked(self) -> "Terms":
        """Return it without stray spaces.

        Raises
        ------
        BadValue
            'title', 'long', 'consent', 'audience' or 'years': what is wrong.
        """
        title, title_ru = (" ".join(one.split()) for one in (self.title, self.title_ru))
        about, about_ru = (one.replace("\r\n", "\n").strip() for one in (self.about, self.about_ru))
        if not (title or title_ru):
            raise BadValue(
                "a survey has a title, in English or in Russian", code="title", field="title"
            )
        if (
            max(len(title), len(title_ru)) > LONGEST_TITLE
            or max(len(about), len(about_ru)) > LONGEST_ABOUT
        ):
            raise BadValue(
                f"a title has at most {LONGEST_TITLE} characters, an explanation {LONGEST_ABOUT:,}",
                code="long",
                field="title",
            )
        if self.consent not in CONSENTS:
            raise BadValue(
                f"a survey rests on one of {', '.join(CONSENTS)}", code="consent", field="consent"
            )
        audience = self.audience.checked()
        return Terms(title, title_ru, about, about_ru, audience, self.consent, self.closes_on)


@dataclass(frozen=True)
class Survey:
    """A survey, as its makers see it."""

    id: str
    state: str
    version: int
    terms: Terms
    questions: tuple[Question, ...]
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    asked: int
    answered: int
    results: dict[str, Any] | None

    @property
    def lacks(self) -> list[str]:
        """What is missing before it can be opened, in words of `opening`."""
        terms = self.terms
        found = []
        if not (terms.title and terms.title_ru):
            found.append("title")
        if bool(terms.about) != bool(terms.about_ru):
            found.append("about")
        if not self.questions:
            found.append("questions")
        if not all(one.whole for one in self.questions):
            found.append("texts")
        last = today() + LONGEST
        if terms.closes_on is None or not today() + SHORTEST <= terms.closes_on <= last:
            found.append("closes_on")
        return found


def today() -> date:
    """Return the office's day."""
    return datetime.now(ZONE).date()


def may(viewer: Viewer) -> None:
    """Let only staff go on who say that it is for surveys.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    if viewer.purpose != PURPOSE:
        raise NotAllowed(f"surveys are made for the purpose {PURPOSE!r} only")


def _of(row: Row) -> Survey:
    own = native(row["own"])
    terms = Terms(
        own.get("title") or "",
        own.get("title_ru") or "",
        own.get("about") or "",
        own.get("about_ru") or "",
        audience_of(own.get("audience")),
        own.get("consent") or "digest",
        own.get("closes_on"),
    )
    return Survey(
        own["id"],
        own["state"],
        own["version"],
        terms,
        unpacked(own.get("questions")),
        own["created_at"],
        own.get("opened_at"),
        own.get("closed_at"),
        own.get("asked") or 0,
        row["answered"],
        json.loads(own["results"]) if own.get("results") else None,
    )


def surveys(store: Store, viewer: Viewer) -> list[Survey]:
    """Return all surveys, the newest first.

    Raises
    ------
    NotAllowed
    """
    may(viewer)
    return [_of(row) for row in store.read(ALL)]


def one(store: Store, viewer: Viewer, survey_id: str) -> Survey:
    """Return one survey.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    may(viewer)
    rows = store.read(ONE, id=survey_id)
    if not rows:
        raise ThingNotFound("no such survey")
    return _of(rows[0])


def _values(terms: Terms) -> dict[str, Any]:
    return asdict(terms) | {"audience": json.dumps(asdict(terms.audience))}


def draft(store: Store, viewer: Viewer, terms: Terms) -> str:
    """Begin a survey; return its id.

    Raises
    ------
    NotAllowed, BadValue
    """
    may(viewer)
    values, made = _values(terms.checked()), new_id()

    def work(transaction: Transaction) -> str:
        now = datetime.now(UTC)
        transaction.run(CREATE, id=made, now=now, by=viewer.account_id, **values)
        acted(transaction, viewer, "survey.draft", made)
        return made

    return store.in_write(work)


def _on(
    store: Store,
    viewer: Viewer,
    survey_id: str,
    state: str,
    name: str,
    act: Callable[[Transaction, Survey], None],
) -> None:
    may(viewer)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, id=survey_id)
        if not rows:
            raise ThingNotFound("no such survey")
        found = _of(rows[0])
        if found.state != state:
            sentence = (
                f"the survey {survey_id} is {found.state}, and this needs one that is {state}"
            )
            raise Conflict(sentence, code="state")
        act(transaction, found)
        acted(transaction, viewer, f"survey.{name}", survey_id)

    store.in_write(work)


def change(store: Store, viewer: Viewer, survey_id: str, terms: Terms, *, version: int) -> None:
    """Change a draft's terms.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        'state' if it is no draft any more, 'changed' if somebody was faster.
    """
    values = _values(terms.checked())

    def act(transaction: Transaction, found: Survey) -> None:
        if found.version != version:
            sentence = f"somebody has changed the survey {survey_id} meanwhile: look at it again"
            raise Conflict(sentence, code="changed")
        transaction.run(CHANGE, id=survey_id, **values)

    _on(store, viewer, survey_id, "draft", "change", act)


def keep_question(store: Store, viewer: Viewer, survey_id: str, question: Question) -> str:
    """Add a question to a draft, or change the one that has its id; return the id.

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    BadValue
        As `Question.checked`, and 'many' where there are enough.
    """
    kept = replace(question, id=question.id or new_id()).checked()

    def act(transaction: Transaction, found: Survey) -> None:
        questions = [kept if one.id == kept.id else one for one in found.questions]
        if kept not in questions:
            if question.id:
                raise ThingNotFound("no such question")
            questions.append(kept)
        if len(questions) > MOST_QUESTIONS:
            raise BadValue(
                f"{MOST_QUESTIONS} questions are the most: people answer short forms", code="many"
            )
        transaction.run(ASK, id=survey_id, questions=packed(questions))

    _on(store, viewer, survey_id, "draft", "change", act)
    return kept.id


def move_question(store: Store, viewer: Viewer, survey_id: str, question_id: str, by: int) -> None:
    """Move a question of a draft up (-1) or down (1), or take it away (0).

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    """

    def act(transaction: Transaction, found: Survey) -> None:
        questions = list(found.questions)
        place = next((i for i, one in enumerate(questions) if one.id == question_id), None)
        if place is None:
            raise ThingNotFound("no such question")
        taken = questions.pop(place)
        if by:
            questions.insert(max(0, place + by), taken)
        transaction.run(ASK, id=survey_id, questions=packed(questions))

    _on(store, viewer, survey_id, "draft", "change", act)


def throw_away(store: Store, viewer: Viewer, survey_id: str) -> None:
    """Throw a draft away; nobody but staff has seen it.

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    """
    _on(store, viewer, survey_id, "draft", "throw", lambda t, found: _throw(t, found.id))


def _throw(transaction: Transaction, survey_id: str) -> None:
    transaction.run(THROW, id=survey_id)


def numbers(store: Store, viewer: Viewer, survey: Survey) -> Numbers:
    """Return how many a survey would be sent to now, and why not to others.

    Raises
    ------
    NotAllowed
    """
    may(viewer)
    return count(store, viewer, survey.terms.audience, survey.terms.consent)


def open_it(store: Store, viewer: Viewer, survey_id: str) -> None:
    """Open a draft: what is asked is fixed, and the letters are written.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        'lacks' if something is missing, 'few' if fewer than five would be asked.
    Conflict
        'state' if it is no draft any more.
    """
    found = one(store, viewer, survey_id)
    if numbers(store, viewer, found).asked < SMALLEST_CELL:
        sentence = f"fewer than {SMALLEST_CELL} people would get it: no answer could be shown"
        raise BadValue(sentence, code="few")

    def act(transaction: Transaction, locked: Survey) -> None:
        if locked.lacks:
            raise BadValue(f"the survey lacks {', '.join(locked.lacks)}", code="lacks")
        transaction.run(OPENED, id=survey_id, now=datetime.now(UTC))
        jobs.enqueue(transaction, KIND, key=f"{KIND}:{survey_id}")

    _on(store, viewer, survey_id, "draft", "open", act)


def close(store: Store, viewer: Viewer, survey_id: str) -> None:
    """Close a survey for good: nobody answers any more, and what was found is fixed.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        'state' if it is not open.
    """
    _on(store, viewer, survey_id, "open", "close", _close)


def _close(transaction: Transaction, found: Survey) -> None:
    answers = [json.loads(row["answers"]) for row in transaction.run(ANSWERS, id=found.id)]
    told = json.dumps(results.figures(found.questions, answers))
    transaction.run(CLOSED, id=found.id, now=datetime.now(UTC), results=told)


def close_those_over(store: Store) -> int:
    """Close the surveys whose last day has passed; return how many."""
    over = [row["id"] for row in store.read(OVER, day=today())]

    def work(transaction: Transaction) -> None:
        for survey_id in over:
            found = _of(transaction.run(LOCKED, id=survey_id)[0])
            if found.state == "open":
                _close(transaction, found)

    if over:
        store.in_write(work)
    return len(over)


def words(store: Store, viewer: Viewer, survey: Survey) -> dict[str, list[str]]:
    """Return what was written in answer to each question for words, in no order that says who.

    Only of a survey that is closed, and only where five people or more wrote something. Whoever
    takes an answer back, or is erased, takes the words along.

    Raises
    ------
    NotAllowed
    """
    may(viewer)
    asked = [one.id for one in survey.questions if one.kind == "words"]
    if survey.state != "closed" or not asked:
        return {}
    answers = [json.loads(row["answers"]) for row in store.read(ANSWERS, id=survey.id)]
    found = {one: sorted(answer[one] for answer in answers if one in answer) for one in asked}
    return {one: said if len(said) >= SMALLEST_CELL else [] for one, said in found.items()}
