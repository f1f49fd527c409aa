"""Who may answer is found by what people say and do, with reasons; only those who agreed to it."""

import json
import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.requests import helped, hours, referrals, threads, turns, units
from graphnet.requests.addressees import Reason, Suggested, suggestions
from graphnet.requests.closing import close
from graphnet.requests.opening import ask
from graphnet.requests.words import plain_words, stems
from graphnet.store import Store
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA, small_association
from tests.support.refused import refused

KINDS = registered().request_kinds
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
CLERK = Viewer("staff", STAFF, "clerk", frozenset({"staff"}), "answer requests")
ME, HER, ZH = (Viewer("alumnus", key, f"account-{key}") for key in (ANNA, DARYA, ZHANNA))

EXPERTS = """MATCH (a:Person {id: 'anna'}), (d:Person {id: 'darya'}), (z:Person {id: 'zhanna'}),
  (g:Person {id: 'georgy'})
CREATE (l:Topic {id: 'lasers', name: 'Lasers', name_ru: 'Лазеры'})
CREATE (w:Topic {id: 'welding', name: 'Welding', name_ru: 'Сварка'})
CREATE (d)-[:OFFERS {ways: ['laboratory']}]->(l) CREATE (z)-[:INTERESTED_IN]->(l)
CREATE (g)-[:OFFERS {ways: ['laboratory']}]->(l) CREATE (a)-[:OFFERS]->(l)
CREATE (z)-[:WORKED_AT {role: 'Инженер-сварщик'}]->(:Organisation {id: 'yard', name: 'Yard',
  name_key: 'yard'})
CREATE (:Unit {id: 'archive', kind: 'department', name: 'Archive', name_ru: 'Архив'})
CREATE (:Account {id: 'clerk', email: 'clerk@example.org', email_key: 'clerk@example.org',
  roles: ['staff'], created_at: datetime()})"""
AGREE = """UNWIND $ids AS id MATCH (p:Person {id: id})
CREATE (p)-[:GAVE]->(:Consent {id: 'asked-' + $state + '-' + id, purpose: 'asked', state: $state,
  at: $at})"""


def agree(store: Store, *ids: str, state: str = "given", day: int = 0) -> None:
    at = MONDAY - timedelta(days=30) + timedelta(days=day)
    store.write(AGREE, ids=list(ids), state=state, at=at)


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    store.write(EXPERTS)
    agree(store, "anna", "darya", "zhanna", "georgy", "vera", "evgeny")
    return store


@pytest.fixture
def request_id(graph: Store) -> str:
    kind = KINDS["laboratory"]
    opened = ask(graph, ME, kind, "Измерения на лазере", "Нужна лаборатория", now=MONDAY)
    graph.write("MATCH (j:Job {kind: 'mail'}) DELETE j")
    return opened


def ids(found: list[Suggested]) -> list[str]:
    return [one.person.id for one in found if one.person is not None]


def letters(store: Store) -> list[tuple[str, str]]:
    rows = store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 50")
    found = [json.loads(row["payload"]) for row in rows]
    return sorted((one["to"], one.get("letter", "")) for one in found)


def steps(store: Store, request: str) -> list[str]:
    return [one.text for one in threads.for_asker(store, request) if one.kind == "step"]


def test_who_offers_it_comes_first_with_the_reasons(graph: Store, request_id: str) -> None:
    people, held = suggestions(graph, CLERK, request_id, now=MONDAY)
    assert ids(people) == ["darya", "zhanna"], "not who asks, is not registered, hides or has died"
    reasons = [(one.kind, one.name) for one in people[0].reasons]
    assert reasons == [("offers", "Lasers"), ("way", "laboratory"), ("through", "")]
    assert people[1].reasons[0].kind == "likes"
    assert held == []
    with pytest.raises(NotAllowed):
        suggestions(graph, ME, request_id)


def test_work_and_units_are_found_by_other_forms_of_the_words(graph: Store) -> None:
    seam = ask(
        graph, ME, KINDS["question"], "Есть ли сварщики, которые понимают в швах?", now=MONDAY
    )
    people, _ = suggestions(graph, CLERK, seam, now=MONDAY)
    assert [(ids(people), people[0].reasons[0].kind)] == [(["zhanna"], "work")]
    paper = ask(graph, ME, KINDS["document"], "Справка из архива", now=MONDAY)
    _, held = suggestions(graph, CLERK, paper, now=MONDAY)
    assert [(one.unit[0], one.reasons[0].kind) for one in held] == [("archive", "named")]
    units.pass_to(graph, CLERK, paper, "archive")
    close(graph, CLERK, KINDS, paper, "Here it is")
    again = ask(graph, ME, KINDS["document"], "Справка о стаже", now=MONDAY)
    _, held = suggestions(graph, CLERK, again, now=datetime.now(UTC))
    assert [(one.unit[0], one.reasons[0].kind) for one in held] == [("archive", "dealt")]
    with refused(BadValue, "unit"):
        units.pass_to(graph, CLERK, again, "nowhere")


def test_what_every_request_says_finds_nobody(graph: Store) -> None:
    """Words of studying, and the names of the questions of a form, are no reason."""
    graph.write(
        "MATCH (p:Person {id: 'darya'}) CREATE (p)-[:WORKS_ON]->(:Project {id: 'roof', "
        "name: 'A roof', name_ru: 'Крыша', description_ru: 'Где мы учились в 2003 году группой; "
        "name label value имя'})"
    )
    asked = ask(
        graph,
        ME,
        KINDS["document"],
        "Копия диплома",
        "Учился в группе 5301, окончил в 2003 году",
        now=MONDAY,
    )
    graph.write(
        "MATCH (r:Request {id: $id}) SET r.answers = $answers",
        id=asked,
        answers='[{"label": "Name", "label_ru": "Имя", "value": "Роман", "value_ru": "Роман"}]',
    )
    assert suggestions(graph, CLERK, asked, now=MONDAY)[0] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Who was the first to help new people? I want to talk to the first years", []),
        ("Кто был первым и может рассказать первым курсам что-то новое?", []),
        ("A scholarship for the first years", ["darya"]),
        ("Стипендия первым", ["darya"]),
    ],
)
def test_common_words_are_no_reason(graph: Store, text: str, found: list[str]) -> None:
    graph.write(
        "MATCH (p:Person {id: 'darya'}) CREATE (p)-[:WORKS_ON]->(:Project {id: 'first', "
        "name: 'First in the family', name_ru: 'Первые в семье', "
        "description: 'Scholarships for the first who study: new people, much help', "
        "description_ru: 'Стипендии тем, кто учится первым: новые люди, много помощи'})"
    )
    asked = ask(graph, ME, KINDS["question"], text, now=MONDAY)
    assert ids(suggestions(graph, CLERK, asked, now=MONDAY)[0]) == found


def test_a_word_that_many_share_is_no_reason(graph: Store) -> None:
    rows = [
        {"key": 200 + n, "id": f"many{n}", "offers": [], "likes": [], "roles": ["Консультант"]}
        for n in range(25)
    ]
    graph.write(MAKE, rows=rows, at=MONDAY - timedelta(days=9))
    asked = ask(graph, ME, KINDS["question"], "Нужен консультант или сварщик", now=MONDAY)
    assert ids(suggestions(graph, CLERK, asked, now=MONDAY)[0]) == ["zhanna"]
    asked = ask(graph, ME, KINDS["question"], "Нужны консультанты", now=MONDAY)
    assert suggestions(graph, CLERK, asked, now=MONDAY)[0] == []


@pytest.mark.parametrize("why", ["refused", "blocked", "hidden", "quarantined", "no account"])
def test_who_may_not_be_asked_is_nowhere(graph: Store, request_id: str, why: str) -> None:
    made = {
        "blocked": "MATCH (d:Person {id: 'darya'}), (a:Person {id: 'anna'}) "
        "CREATE (d)-[:BLOCKED]->(a)",
        "hidden": "MATCH (d:Person {id: 'darya'}) SET d.visibility = 'hidden'",
        "quarantined": "MATCH (d:Person {id: 'darya'}) SET d.quarantined = true",
        "no account": "MATCH (a:Account)-[:OF]->(:Person {id: 'darya'}) "
        "SET a.disabled_at = datetime()",
    }
    if why == "refused":
        agree(graph, "darya", state="refused", day=1)
    else:
        graph.write(made[why])
    assert ids(suggestions(graph, CLERK, request_id, now=MONDAY)[0]) == ["zhanna"]
    with refused(BadValue, "person"):
        referrals.ask(graph, CLERK, KINDS, request_id, "darya", "Can you?")
    assert letters(graph) == []


def test_a_yes_lands_in_the_thread_and_is_told(graph: Store, request_id: str) -> None:
    referral = referrals.ask(graph, CLERK, KINDS, request_id, "darya", "A laser?", now=MONDAY)
    assert letters(graph) == [("darya@example.org", "requests.referred")]
    with refused(Conflict, "asked"):
        referrals.ask(graph, CLERK, KINDS, request_id, "darya", "A laser?")
    (asked,) = referrals.mine(graph, HER)
    assert (asked["text"], asked["until"]) == ("A laser?", hours.after(MONDAY, 3 * hours.DAY))
    assert asked["author"] is not None and asked["author"].id == "anna"
    for stranger in (ZH, ME):
        with pytest.raises(ThingNotFound):
            referrals.answer(graph, stranger, referral, "Mine")
    referrals.can_help(graph, HER, referral)
    referrals.can_help(graph, HER, referral)
    referrals.answer(graph, HER, referral, "Come on Friday")
    entries = threads.for_asker(graph, request_id, ME)
    assert [(one.kind, one.text) for one in entries] == [
        ("step", "referred"),
        ("step", "helps"),
        ("reply", "Come on Friday"),
    ]
    assert entries[-1].author is not None and entries[-1].author.id == "darya"
    assert ("anna@example.org", "requests.reply") in letters(graph)
    close(graph, CLERK, KINDS, request_id, "Settled")
    assert ("darya@example.org", "requests.settled") in letters(graph), "thanks"
    with refused(Conflict, "closed"):
        referrals.answer(graph, HER, referral, "And bring a cable")
    later = ask(graph, ZH, KINDS["question"], "Лазерные измерения", now=datetime.now(UTC))
    best = suggestions(graph, CLERK, later)[0][0]
    told = {reason.kind: reason.count for reason in best.reasons}
    assert told["answered"] == 1 and "thanked" not in told
    helped.say(graph, ME, request_id, referral)
    praised = suggestions(graph, CLERK, later)[0][0]
    assert Reason("thanked", count=1) in praised.reasons and praised.score > best.score


def test_a_no_passes_to_the_next_and_then_to_staff(graph: Store, request_id: str) -> None:
    engine = SimpleNamespace(store=graph)
    one = referrals.ask(
        graph, CLERK, KINDS, request_id, "darya", "A laser?", passes=True, now=MONDAY
    )
    assert turns.take_turns(engine, now=MONDAY) == 0
    referrals.decline(graph, HER, one, now=MONDAY + timedelta(minutes=1))
    assert referrals.mine(graph, HER) == []
    turn_at = MONDAY + timedelta(minutes=5)
    assert turns.take_turns(engine, now=turn_at) == 1
    assert turns.take_turns(engine, now=turn_at) == 0
    (turn,) = referrals.mine(graph, ZH)
    assert turn["text"] == "A laser?"
    late = hours.after(MONDAY, 4 * hours.DAY)
    assert turns.take_turns(engine, now=late) == 1, "who does not answer is asked no more"
    assert referrals.mine(graph, ZH) == []
    assert steps(graph, request_id) == ["referred", "no", "referred", "lapsed"]
    assert {row.state for row in referrals.of_request(graph, CLERK, request_id)} == {
        "declined",
        "lapsed",
    }


def test_what_is_closed_is_needed_no_more(graph: Store, request_id: str) -> None:
    first = referrals.ask(graph, CLERK, KINDS, request_id, "darya", "A laser?", now=MONDAY)
    referrals.withdraw(graph, CLERK, request_id, first)
    referrals.ask(graph, CLERK, KINDS, request_id, "zhanna", "A laser?", now=MONDAY)
    close(graph, CLERK, KINDS, request_id, "Found elsewhere")
    turns.take_turns(SimpleNamespace(store=graph), now=MONDAY)
    told = [to for to, letter in letters(graph) if letter == "requests.settled"]
    assert told == ["darya@example.org", "zhanna@example.org"]
    assert referrals.mine(graph, ZH) == []


# Subjects: what its topic is called, how people speak of it, what one does who knows it.
# What only earlier requests call it, by subject.
JARGON = [
    "спекл", "бустинг", "аберрация", "реферат", "энкодер", "аэротенк", "опалубка", "контраст",
    "паллета", "кернинг", "оферта", "ротор",
]  # fmt: skip
BEFORE = """MATCH (p:Person {id: $helper}) CREATE (r:Request {id: 'before' + $helper,
  kind: 'question', status: 'done', outcome: 'answered', subject: $subject, text: '', at: $at})
CREATE (:Referral {id: 'f' + $helper, state: 'helps', at: $at})-[:OF]->(r)
WITH p, r MATCH (f:Referral {id: 'f' + $helper}) CREATE (f)-[:TO]->(p)"""
SUBJECTS = [
    ("Лазеры", "лазерной установке", "лазерная резка", "Инженер по лазерам"),
    ("Машинное обучение", "обучении нейросети", "нейронная сеть", "Аналитик нейросетей"),
    ("Оптика", "оптической схеме", "расчёт линз", "Конструктор линз"),
    ("Патенты", "патентной заявке", "защита изобретения", "Поверенный по изобретениям"),
    ("Робототехника", "робототехническом стенде", "манипулятор", "Наладчик манипуляторов"),
    ("Экология", "экологической оценке", "очистка воды", "Технолог очистки"),
    ("Строительство", "строительной смете", "бетонная смесь", "Прораб бетонных работ"),
    ("Медицина", "медицинском приборе", "томограф", "Настройщик томографов"),
    ("Логистика", "логистической цепи", "складской учёт", "Начальник склада"),
    ("Дизайн", "дизайне упаковки", "шрифты", "Художник шрифтов"),
    ("Право", "правовой помощи", "договор поставки", "Юрист по договорам"),
    ("Энергетика", "энергетическом расчёте", "турбина", "Машинист турбин"),
]
MAKE = """UNWIND $rows AS row
CREATE (p:Person:Alumnus {key: row.key, id: row.id, given_name: 'И', family_name: row.id,
  name_key: row.id, visibility: 'shown'})
CREATE (:Account {id: 'a' + row.id, email: row.id + '@example.org',
  email_key: row.id + '@example.org', roles: ['alumnus'], created_at: datetime()})-[:OF]->(p)
CREATE (p)-[:GAVE]->(:Consent {id: 'c' + row.id, purpose: 'asked', state: 'given', at: $at})
FOREACH (topic IN row.offers | MERGE (t:Topic {id: topic[0]}) SET t.name = topic[0],
  t.name_ru = topic[1] CREATE (p)-[:OFFERS {ways: ['expertise']}]->(t))
FOREACH (topic IN row.likes | MERGE (t:Topic {id: topic[0]}) SET t.name = topic[0],
  t.name_ru = topic[1] CREATE (p)-[:INTERESTED_IN]->(t))
FOREACH (role IN row.roles | CREATE (p)-[:WORKED_AT {role: role}]->(:Organisation
  {id: 'o' + row.id, name: 'Завод', name_key: 'завод'}))"""
MAKE_UNITS = """UNWIND $rows AS row CREATE (u:Unit {id: row[0], kind: 'department', name: row[0],
  name_ru: row[1]}) CREATE (s:Service {id: 's' + row[0], name: row[2], description: row[3]})
CREATE (s)-[:HELD_BY]->(u)"""


def test_the_right_addressee_is_among_the_first(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against a baseline that counts common words as they stand, on 60 made-up requests."""
    rng = random.Random(14)
    rows, right = [], {}
    for n, (topic, _, _, role) in enumerate(SUBJECTS):
        offer, work, fan = (f"{kind}{n}" for kind in ("offer", "work", "fan"))
        name = [f"t{n}", topic]
        other = rng.sample(range(len(SUBJECTS)), 2)
        rows += [
            {
                "id": offer,
                "offers": [name],
                "likes": [[f"t{o}", SUBJECTS[o][0]] for o in other],
                "roles": [],
            },
            {"id": work, "offers": [], "likes": [], "roles": [role]},
            {"id": fan, "offers": [], "likes": [name], "roles": ["Руководитель"]},
        ]
        right[n] = {offer, work}
    rows += [{"id": f"x{k}", "offers": [], "likes": [], "roles": ["Помощник"]} for k in range(60)]
    for key, row in enumerate(rows, start=100):
        row["key"] = key
    store.write(MAKE, rows=rows, at=MONDAY - timedelta(days=9))
    store.write(
        MAKE_UNITS,
        rows=[
            [f"u{n}", f"Отдел {n}", topic, doing] for n, (topic, _, doing, _) in enumerate(SUBJECTS)
        ],
    )
    store.write("CREATE (:Person:Alumnus {key: 1, id: 'me', name_key: 'me', visibility: 'shown'})")
    for n, word in enumerate(JARGON):
        before = {"subject": f"Проблема: {word}", "at": MONDAY - timedelta(days=90)}
        store.write(BEFORE, helper=f"offer{n}", **before)
    forms = ["Посоветуйтесь со мной о {}", "Кто разбирается в {}?", "{}: нужен знающий человек"]
    hits = {
        "graph": [0, 0],
        "words": [0, 0],
        "stems": [0, 0],
        "unit": [0, 0],
        "unit by words": [0, 0],
    }
    asked = 0
    for n, (_, spoken, doing, _) in enumerate(SUBJECTS):
        for text in (
            forms[0].format(spoken),
            forms[1].format(spoken),
            forms[2].format(doing),
            f"Помогите: {doing}, {spoken}",
            f"Непонятная {JARGON[n]}",
        ):
            asked += 1
            request = ask(store, Viewer("alumnus", 1), KINDS["question"], text, now=MONDAY)
            people, held = suggestions(store, CLERK, request, now=MONDAY)
            store.write("MATCH (r:Request {id: $id}) DETACH DELETE r", id=request)
            plain = plain_words(text)
            by_words = sorted(
                rows,
                key=lambda row: (
                    -len(
                        plain
                        & plain_words(
                            " ".join([*(t[1] for t in row["offers"] + row["likes"]), *row["roles"]])
                        )
                    ),
                    row["id"],
                ),
            )
            same_stems = sorted(
                rows,
                key=lambda row: (
                    -len(stems(text) & stems(*(t[1] for t in row["offers"]), *row["roles"])),
                    row["id"],
                ),
            )
            unit_words = sorted(
                range(len(SUBJECTS)),
                key=lambda u: (
                    -len(plain & plain_words(f"Отдел {SUBJECTS[u][0]} {SUBJECTS[u][2]}")),
                    u,
                ),
            )
            for name, found, wanted in (
                ("graph", ids(people), right[n]),
                ("words", [row["id"] for row in by_words], right[n]),
                ("stems", [row["id"] for row in same_stems], right[n]),
                ("unit", [one.unit[0] for one in held], {f"u{n}"}),
                ("unit by words", [f"u{u}" for u in unit_words], {f"u{n}"}),
            ):
                hits[name][0] += bool(set(found[:1]) & wanted)
                hits[name][1] += bool(set(found[:3]) & wanted)
    with capsys.disabled():
        for name, (one, three) in hits.items():
            print(
                f"\n{name}: hit@1 {one / asked:.2f}, hit@3 {three / asked:.2f} of {asked}", end=""
            )
    assert hits["graph"][0] / asked >= 0.85 and hits["graph"][1] / asked >= 0.9
    assert hits["graph"][0] > hits["words"][0] and hits["unit"][0] >= hits["unit by words"][0]
