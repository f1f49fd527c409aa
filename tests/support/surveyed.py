"""Graduates of one intake whom a survey may go to, and a survey with every kind of question."""

from datetime import timedelta

from graphnet.privacy import Viewer
from graphnet.store import Store
from graphnet.surveys import making
from graphnet.surveys.making import Terms, today
from graphnet.surveys.questions import Choice, Question
from graphnet.surveys.recipients import Audience

FIRST, MANY = 200, 12
CLERK = Viewer("staff", 8, "clerk", frozenset({"staff"}), making.PURPOSE)
YEAR = 2010

# Twelve who studied in one group, all with an account, all of whom want letters.
MAKE = """MERGE (f:Unit {id: 'faculty'}) ON CREATE SET f.kind = 'faculty', f.name = 'Optics',
  f.name_ru = 'Оптика'
CREATE (c:Cohort {id: 'cohort-2010', programme: 'Lasers', programme_ru: 'Лазеры',
  intake_year: $year})-[:OF]->(f)
CREATE (g:StudyGroup {id: 'group-2010', name: '1-10'})-[:OF]->(c)
MERGE (t:Topic {id: 'teaching'}) ON CREATE SET t.name = 'Teaching', t.name_ru = 'Преподавание'
MERGE (u:Topic {id: 'money'}) ON CREATE SET u.name = 'Money', u.name_ru = 'Деньги'
WITH g UNWIND range($first, $first + $many - 1) AS key
CREATE (p:Person:Alumnus {key: key, id: 'grad' + toString(key), given_name: 'Павел',
  family_name: 'Лучев' + toString(key), name_key: 'x' + toString(key), visibility: 'shown',
  language: 'ru'})
CREATE (p)-[:STUDIED_IN {role: 'student', how: 'admitted'}]->(g)
CREATE (:Account {id: 'of-' + p.id, email: p.id + '@example.org',
  email_key: p.id + '@example.org', roles: ['alumnus'], created_at: datetime()})-[:OF]->(p)
CREATE (p)-[:GAVE]->(:Consent {id: 'digest-' + p.id, purpose: 'digest', state: 'given',
  at: datetime(), channel: 'web'})"""


def graduates(store: Store) -> list[Viewer]:
    """Write them; return each as a viewer."""
    store.write(MAKE, first=FIRST, many=MANY, year=YEAR)
    return [Viewer("alumnus", FIRST + i, f"of-grad{FIRST + i}") for i in range(MANY)]


def drafted(store: Store) -> str:
    """Make a draft with a question of each kind; return its id."""
    audience = Audience(unit="faculty", from_year=YEAR, to_year=YEAR)
    terms = Terms(
        "Needs", "Нужды", "For the plan", "Для плана", audience, "digest",
        today() + timedelta(days=7),
    )  # fmt: skip
    survey = making.draft(store, CLERK, terms)
    topics = (
        Choice("Teaching", "Преподавание", "teaching"),
        Choice("Money", "Деньги", "money"),
        Choice("Nothing", "Ничего"),
    )
    for question in (
        Question("", "one", "What do you need?", "Что вам нужно?", topics, "needs"),
        Question("", "many", "What can you give?", "Что вы можете дать?", topics, "offers"),
        Question("", "scale", "Do we help?", "Помогаем ли мы?"),
        Question("", "words", "What else?", "Что ещё?"),
    ):
        making.keep_question(store, CLERK, survey, question)
    return survey
