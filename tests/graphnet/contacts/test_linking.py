"""Who is who: the same whatever the order, nothing by an address alone, "different" for good."""

import random
from collections import defaultdict

import pytest

from graphnet.contacts import FIELDS, KINDS, Decision, Field, Records, link
from graphnet.contacts.linking import EVEN_UP_TO, bar_of
from graphnet.contacts.work import Here

GIVEN = (
    "Иван",
    "Пётр",
    "Анна",
    "Мария",
    "Олег",
    "Игорь",
    "Елена",
    "Ольга",
    "Павел",
    "Юрий",
    "Дарья",
    "Нина",
    "Яков",
    "Фёдор",
)
ROOTS = (
    "лук",
    "дуб",
    "сосн",
    "бобр",
    "вет",
    "горб",
    "жар",
    "зим",
    "кост",
    "лапт",
    "молот",
    "овч",
    "пил",
    "рог",
    "сив",
    "тул",
    "ус",
    "хвощ",
)
ENDINGS = ("ов", "ев", "ин", "инский", "арёв", "енко")

Row = dict[str, str]


def records(rows: dict[str, Row], *, source: str = "a", **kept: frozenset[str]) -> Records:
    """Rows by id, as records."""
    names = sorted({name for row in rows.values() for name in row} - {"source"})

    def value(field: Field, row: Row) -> tuple[str, ...]:
        return tuple(KINDS[field.kind].key(x) for x in row.get(field.name, "").split("|") if x)

    return Records(
        list(rows),
        [row.get("source", source) for row in rows.values()],
        {FIELDS[n]: [value(FIELDS[n], row) for row in rows.values()] for n in names},
        **kept,
    )


@pytest.fixture(scope="module")
def people() -> dict[str, Row]:
    """500 made-up people, a third of them twice, the second time with an error or less said."""
    rng = random.Random(5)
    rows: dict[str, Row] = {}
    for i in range(500):
        row = {
            "given_name": rng.choice(GIVEN),
            "family_name": rng.choice(ROOTS).capitalize() + rng.choice(ENDINGS),
            "birth_date": f"{rng.randint(1950, 1999)}-0{rng.randint(1, 9)}-{rng.randint(10, 28)}",
            "email": f"{rng.choice(ROOTS)}{rng.randint(1, 9999)}@example.org",
            "phone": f"+7916{rng.randint(1000000, 9999999)}",
        }
        rows[f"p{i}"] = row
        if i % 3 == 0:
            again = dict(row)
            again[rng.choice(("email", "phone"))] = ""
            if i % 2:
                name = again["family_name"]
                again["family_name"] = name[:2] + name[2] + name[2:]
            rows[f"p{i}b"] = again
    return rows


def clusters(rows: dict[str, Row], decisions: tuple[Decision, ...] = ()) -> set[frozenset[str]]:
    found = defaultdict(set)
    given = records(rows)
    for record, cluster in zip(given.ids, link(given, decisions).clusters, strict=True):
        found[cluster].add(record)
    return {frozenset(some) for some in found.values()}


def test_doubles_are_found_and_nobody_else_is_joined(people: dict[str, Row]) -> None:
    found = {some for some in clusters(people) if len(some) > 1}
    true = {frozenset((f"p{i}", f"p{i}b")) for i in range(0, 500, 3)}
    assert len(found & true) >= 0.98 * len(true)
    assert len(found - true) <= 1


def test_the_order_of_arrival_changes_nothing(people: dict[str, Row]) -> None:
    ids = list(people)
    first = clusters(people)
    for seed in range(2):
        random.Random(seed).shuffle(ids)
        assert clusters({i: people[i] for i in ids}) == first


def test_a_family_with_one_address_stays_three_people(people: dict[str, Row]) -> None:
    """Case B 72: three Иванов, one e-mail and telephone; and a secretary's (case B 69)."""
    shared = {"email": "family@example.org", "phone": "+79160000001"}
    family = {
        name: {"given_name": name, "family_name": "Сычёв", "birth_date": born} | shared
        for name, born in (("Иван", "1960-01-02"), ("Олег", "1985-03-04"), ("Павел", "1985-03-04"))
    }
    office = {
        "x": {"given_name": "Нина", "family_name": "Тулин", "email": "office@example.org"},
        "y": {"given_name": "Яков", "family_name": "Усов", "email": "office@example.org"},
    }
    found = clusters(people | family | office)
    for record in (*family, *office):
        assert frozenset((record,)) in found


def test_empty_values_are_never_equal(people: dict[str, Row]) -> None:
    blank: dict[str, Row] = {f"b{i}": {"given_name": "Анна"} for i in range(5)}
    nothing: dict[str, Row] = {f"n{i}": {} for i in range(3)}
    found = clusters(people | blank | nothing)
    assert all(frozenset((i,)) in found for i in (*blank, *nothing))


def test_different_holds_for_whole_clusters(people: dict[str, Row]) -> None:
    twins = {i: dict(people["p0"]) for i in ("t1", "t2", "t3")}
    assert {frozenset(("p0", "p0b", "t1", "t2", "t3"))} <= clusters(people | twins)
    decisions = (Decision("t1", "p0", same=False),)
    for some in clusters(people | twins, decisions):
        assert not {"t1", "p0"} <= some
    same = (Decision("p1", "p2", same=True),)
    assert any({"p1", "p2"} <= some for some in clusters(people, same))


def test_a_source_without_doubles_meets_one_record_at_most(people: dict[str, Row]) -> None:
    """Case B 74."""
    rows = {i: row | {"source": "b" if i.endswith("b") else "a"} for i, row in people.items()}
    rows["p0c"] = dict(rows["p0"])
    given = records(rows, distinct=frozenset("ab"))
    found = defaultdict(list)
    for record, cluster in zip(given.ids, link(given).clusters, strict=True):
        found[cluster].append(rows[record]["source"])
    assert max(some.count("a") for some in found.values()) == 1
    assert max(some.count("b") for some in found.values()) == 1


def test_however_the_work_is_cut_the_answer_is_the_same_to_the_last_digit(
    people: dict[str, Row],
) -> None:
    given = records(people)
    decisions = (Decision("p1", "p2", same=True), Decision("p0", "p0b", same=False))
    whole = link(given, decisions)
    for cut_as in (Here(parts=3, size=200), Here(parts=1, size=7), Here(parts=7, size=1 << 30)):
        parted = link(given, decisions, work=cut_as)
        assert parted.clusters == whole.clusters
        assert parted.model.prior == whole.model.prior
        assert all((a == b).all() for a, b in zip(parted.model.m, whole.model.m, strict=True))
        for a, b in zip((*parted.pairs, parted.odds), (*whole.pairs, whole.odds), strict=True):
            assert (a == b).all()


def test_nobody_and_one_record_are_linked_to_nobody() -> None:
    assert link(records({})).clusters == []
    assert link(records({"p": {"given_name": "Анна", "family_name": "Ус"}})).clusters == ["p"]


def test_the_more_records_the_surer_a_join_must_be() -> None:
    assert bar_of(50) == bar_of(EVEN_UP_TO) == 0
    assert 0 < bar_of(3_000) < 1 < bar_of(47_500) < bar_of(500_000) < 3
