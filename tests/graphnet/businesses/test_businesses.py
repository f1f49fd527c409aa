"""A business is written by its alumnus, published by staff, found by members, gone with them."""

from dataclasses import replace

import pytest

from graphnet.businesses import reading, writing
from graphnet.businesses.writing import Words
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.privacy import ANYONE, Viewer
from graphnet.store import Store
from graphnet.versions import Meanwhile
from tests.support.graphs import ANNA, BORIS, STAFF, small_association
from tests.support.refused import refused
from tests.support.themselves import erase, hide, show

OFFICE = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "businesses")
HER, HIM = Viewer("alumnus", ANNA, "account-1"), Viewer("alumnus", BORIS, "account-2")
WORDS = Words("Lens", "Линза", "Optical instruments.", "Оптические приборы.")
ACCOUNTS = """UNWIND $keys AS key MATCH (p:Person {key: key})
MERGE (a:Account {email_key: p.id + '@example.org'}) ON CREATE SET a.id = 'acc-' + p.id,
  a.email = p.id + '@example.org', a.roles = ['alumnus'], a.created_at = datetime()
MERGE (a)-[:OF]->(p)"""


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    store.write(ACCOUNTS, keys=[ANNA, BORIS])
    return store


def names(store: Store, viewer: Viewer, **chosen: str) -> list[str]:
    rows, n = reading.published(store, viewer, **chosen)  # type: ignore[arg-type]
    assert len(rows) == n
    return [one.name for one in rows]


def test_from_words_to_the_directory_and_away_with_its_alumnus(graph: Store) -> None:
    made = writing.write(graph, HER, WORDS)
    assert names(graph, HIM) == []
    assert reading.one(graph, HER, made).mine
    with pytest.raises(ThingNotFound):
        reading.one(graph, HIM, made)
    with pytest.raises(NotAllowed):
        writing.decide(graph, HER, made, "publish")
    with refused(BadValue, "notice: needed"):
        writing.decide(graph, OFFICE, made, "send_back", " ")
    writing.decide(graph, OFFICE, made, "send_back", "What does it do?")
    assert reading.mine(graph, HER)[0].notice == "What does it do?"
    held = reading.one(graph, HER, made)
    writing.change(graph, HER, made, replace(WORDS, url="https://l.org"), version=held.version)
    assert reading.one(graph, HER, made).state == "proposed"
    writing.decide(graph, OFFICE, made, "publish")
    assert names(graph, HIM) == ["Lens"]
    assert names(graph, HIM, text="ЛИНЗА прибор") == ["Lens"]
    assert names(graph, HIM, text="nothing") == names(graph, HIM, topic="none") == []
    assert names(graph, ANYONE) == []
    with pytest.raises(ThingNotFound):
        reading.one(graph, ANYONE, made)
    assert reading.in_hand(graph, OFFICE, "changed") == []
    with pytest.raises(Meanwhile):
        writing.change(graph, HER, made, WORDS, version=1)
    with pytest.raises(ThingNotFound):
        writing.change(graph, HIM, made, WORDS, version=1)
    held = reading.one(graph, HER, made)
    writing.change(graph, HER, made, replace(WORDS, name="Lenses"), version=held.version)
    assert [one.name for one in reading.in_hand(graph, OFFICE, "changed")] == ["Lenses"]
    hide(graph, ANNA)
    assert names(graph, HIM) == []
    show(graph, ANNA)
    assert names(graph, HIM) == ["Lenses"]
    erase(graph, HER, ANNA)
    assert graph.read("MATCH (b:Business) RETURN count(b) AS n LIMIT 1")[0]["n"] == 0


def test_what_cannot_be_is_refused_on_its_field(graph: Store) -> None:
    for wrong, problem in (
        (replace(WORDS, name="", name_ru=""), "name: needed"),
        (replace(WORDS, about="", about_ru=""), "about: needed"),
        (replace(WORDS, about="x" * 4000), "about: long"),
        (replace(WORDS, url="javascript:alert(1)"), "url: address"),
        (replace(WORDS, topics=("none",)), "topics: unknown"),
        (replace(WORDS, city="none"), "city: unknown"),
    ):
        with refused(BadValue, problem):
            writing.write(graph, HER, wrong)
    assert reading.mine(graph, HER) == []
    for _ in range(writing.MOST):
        writing.write(graph, HER, WORDS)
    with refused(Conflict, "full"):
        writing.write(graph, HER, WORDS)
