"""The snapshot against the graph it was built from, its files, and its derived layers."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet import people, privacy, snapshot, sums
from graphnet.errors import PersonNotFound, SnapshotError
from graphnet.model import term
from graphnet.privacy import Viewer
from graphnet.snapshot import Memberships, Ties, combined
from graphnet.snapshot.layers import together
from graphnet.store import Store
from tests.support.graphs import (
    ANNA,
    BORIS,
    DARYA,
    EVGENY,
    GEORGY,
    STAFF,
    VERA,
    ZHANNA,
    small_association,
)
from tests.support.themselves import set_audiences


@pytest.fixture
def built(store: Store) -> snapshot.Snapshot:
    small_association(store)
    return snapshot.build(store)


def names(built: snapshot.Snapshot, mask: np.ndarray) -> set[int]:
    return set(built.keys[mask].tolist())


def test_flags_ties_and_memberships_are_the_graphs(built: snapshot.Snapshot) -> None:
    flags = {int(k): int(f) for k, f in zip(built.keys, built.flags, strict=True)}
    assert flags[ANNA] & privacy.CLAIMED and not flags[BORIS] & privacy.CLAIMED
    assert flags[VERA] & privacy.HIDDEN and flags[EVGENY] & privacy.DECEASED
    knows = built.layers["knows"]
    anna = built.position(ANNA)
    assert set(built.keys[knows.neighbours(anna)]) == {BORIS, VERA, GEORGY, EVGENY}
    groups = built.things["study_groups"]
    members = built.memberships["study_groups"].members(groups.position["A"])
    assert set(built.keys[members]) == {ANNA, BORIS, VERA, GEORGY, EVGENY}


def test_a_shared_group_binds_only_those_who_were_there_together(
    built: snapshot.Snapshot,
) -> None:
    studied = built.layers["studied"]
    tied = {int(k) for k in built.keys[studied.neighbours(built.position(GEORGY))]}
    assert tied == {ANNA, BORIS, VERA, EVGENY, DARYA}
    weight = dict(zip(
        built.keys[studied.neighbours(built.position(GEORGY))],
        studied.weight[studied.indptr[built.position(GEORGY)] :],
        strict=False,
    ))  # fmt: skip
    assert weight[DARYA] > weight[ANNA], "five years together are more than one"


def test_viewers_see_their_own_part(built: snapshot.Snapshot) -> None:
    seen = names(built, built.visible_to(Viewer("alumnus", person_key=ANNA)))
    # Boris and Georgy are on file and of her cohort; Vera hides, Evgeny has died.
    assert seen == {ANNA, BORIS, GEORGY, DARYA, ZHANNA}
    assert names(built, built.visible_to(Viewer("alumnus", person_key=DARYA))) == {
        ANNA, GEORGY, DARYA, ZHANNA,
    }  # fmt: skip
    gone = built.visible_to(Viewer("alumnus", person_key=ANNA), denied=[DARYA])
    assert names(built, gone) == {ANNA, BORIS, GEORGY, ZHANNA}
    assert VERA not in names(built, built.visible_to(Viewer("staff", purpose="x")))


def test_two_builds_have_one_fingerprint_and_any_change_another(
    store: Store, built: snapshot.Snapshot
) -> None:
    assert snapshot.build(store).fingerprint == built.fingerprint
    store.write("MATCH (p:Person {key: 2}) SET p.visibility = 'hidden'")
    assert snapshot.build(store).fingerprint != built.fingerprint


def test_saved_and_opened_it_is_the_same(built: snapshot.Snapshot, tmp_path: Path) -> None:
    path = snapshot.save(built, tmp_path)
    assert snapshot.current(tmp_path) == path
    opened = snapshot.open_snapshot(path)
    assert snapshot.fingerprint(opened) == built.fingerprint
    assert opened.version == built.version
    with pytest.raises(PersonNotFound):
        opened.position(999)


def test_a_damaged_snapshot_says_what_to_do(built: snapshot.Snapshot, tmp_path: Path) -> None:
    path = snapshot.save(built, tmp_path)
    (path / "keys.npy").unlink()
    with pytest.raises(SnapshotError, match="snapshot build"):
        snapshot.open_snapshot(path)


def test_a_changed_byte_is_noticed_in_every_file(built: snapshot.Snapshot, tmp_path: Path) -> None:
    path = snapshot.save(
        built, tmp_path, beside=lambda folder: (folder / "more").write_text("more")
    )
    files = [file for file in path.iterdir() if file.name != "manifest.json"]
    assert len(files) > 50
    for file in files:
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))  # of the same size
        with pytest.raises(SnapshotError, match="damaged"):
            snapshot.open_snapshot(path)
        file.write_bytes(whole)
    snapshot.open_snapshot(path)


def test_who_asks_often_reads_again_only_what_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "array"
    file.write_bytes(b"what was written")
    expected = sums.sums(tmp_path)
    watched = sums.Watched()
    assert watched.whole(tmp_path, expected)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "sum_of", lambda path: pytest.fail(f"{path} was read again"))
        assert watched.whole(tmp_path, expected)
    file.write_bytes(b"what is not here")
    assert not watched.whole(tmp_path, expected)
    file.unlink()
    assert not watched.whole(tmp_path, expected)


def test_old_snapshots_go_and_the_current_stays(built: snapshot.Snapshot, tmp_path: Path) -> None:
    for version in range(6):
        snapshot.save(snapshot.Snapshot(**{**built.__dict__, "version": version}), tmp_path)
    snapshot.remove_old(tmp_path, keep=2)
    stands = snapshot.current(tmp_path)
    assert stands is not None and snapshot.open_snapshot(stands).version == 5
    assert len([p for p in tmp_path.iterdir() if not p.is_symlink()]) == 3


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_ties_are_networkxs(pairs: list[tuple[int, int]]) -> None:
    ties = Ties.of_pairs(10, [u for u, _ in pairs], [v for _, v in pairs])
    graph = nx.Graph([(u, v) for u, v in pairs if u != v])
    graph.add_nodes_from(range(10))
    for node in range(10):
        assert ties.neighbours(node).tolist() == sorted(graph[node])


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 4)), max_size=30))
def test_memberships_read_the_same_both_ways(rows: list[tuple[int, int]]) -> None:
    table = Memberships.of_rows(8, 5, [p for p, _ in rows], [t for _, t in rows])
    for person in range(8):
        assert set(table.of(person).tolist()) == {t for p, t in rows if p == person}
    for thing in range(5):
        assert table.members(thing).tolist() == sorted({p for p, t in rows if t == thing})


def test_a_large_circle_binds_nobody() -> None:
    crowd = Memberships.of_rows(100, 1, range(100), [0] * 100)
    assert len(together(100, crowd, largest=60, timed=False).indices) == 0
    assert len(together(100, crowd, largest=100, timed=False).indices) == 100 * 99


def test_layers_combine_as_independent_chances() -> None:
    layers = {
        "knows": Ties.of_pairs(3, [0], [1], [0.5]),
        "studied": Ties.of_pairs(3, [0, 1], [1, 2], [0.5, 0.4]),
    }
    both = combined(3, layers, {"knows": 1.0, "studied": 0.5})
    assert both.neighbours(0).tolist() == [1]
    assert both.weight[0] == pytest.approx(1 - 0.5 * 0.75)
    assert both.weight[-1] == pytest.approx(0.2)


@pytest.mark.parametrize("at_once", [1, 2, 7, 1000])
def test_people_are_combined_some_at_a_time_to_the_same_last_digit(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(5)
    n = 30
    layers = {
        name: Ties.of_pairs(n, *random.integers(0, n - 3, (2, 60)), random.random(60))
        for name in ("knows", "studied", "came")
    }
    weights = {"knows": 1.0, "studied": 0.6, "came": 0.1}
    whole = combined(n, layers, weights)
    monkeypatch.setattr("graphnet.snapshot.layers.AT_ONCE", at_once)
    parts = combined(n, layers, weights)
    for name in ("indptr", "indices", "weight"):
        assert np.array_equal(getattr(parts, name), getattr(whole, name)), name
    by_hand = {
        (u, int(v)): 1 - np.prod([1 - w * layers[k].matrix()[u, v] for k, w in weights.items()])
        for u in range(n)
        for v in whole.neighbours(u)
    }
    assert len(by_hand) == sum(ties.matrix().astype(bool) for ties in layers.values()).nnz
    found = dict(zip(by_hand, whole.weight.tolist(), strict=True))
    assert found == pytest.approx(by_hand, abs=2e-3)  # a tie of strength 1 is never quite sure


# A goes on as F, of the next intake; Boris is on file in F alone, from 2000 on. Zhanna comes to A
# when all others have left it.
GOES_ON = """MATCH (a:StudyGroup {id: 'A'}) MATCH (c:Cohort {id: 'optics99'})
MATCH (b:Person {key: $boris})-[s:STUDIED_IN]->(a) DELETE s
CREATE (f:StudyGroup {id: 'F', name: 'F'})-[:OF]->(c)
CREATE (a)-[:CONTINUES_AS {academic_year: 2000}]->(f)
CREATE (b)-[:STUDIED_IN {from_term: $cut, to_term: $end, role: 'student'}]->(f)
WITH a MATCH (z:Person {key: $zhanna})
CREATE (z)-[:STUDIED_IN {from_term: $end + 4, to_term: $end + 6, role: 'student'}]->(a)"""


def test_who_was_in_my_group_follows_its_lineage_and_its_years(store: Store) -> None:
    small_association(store)
    store.write(GOES_ON, boris=BORIS, zhanna=ZHANNA, cut=term(2000), end=term(2002, 1))
    built = snapshot.build(store)
    alive = [ANNA, BORIS, VERA, GEORGY, DARYA, ZHANNA, STAFF]
    for audience in ("group", "cohort", "members"):
        for viewer in (Viewer("alumnus", person_key=key) for key in alive):
            one_by_one = people.cards(
                store, viewer, alive, rules=privacy.Rules(unclaimed_audience=audience)
            )
            at_once = built.visible_to(viewer, unclaimed_audience=audience)
            assert {card.key for card in one_by_one} == names(built, at_once), (audience, viewer)
    seen = {
        key: names(built, built.visible_to(
            Viewer("alumnus", person_key=key), unclaimed_audience="group"))
        for key in (ANNA, ZHANNA, DARYA)
    }  # fmt: skip
    assert BORIS in seen[ANNA], "his group is what hers went on as"
    assert BORIS not in seen[ZHANNA] and GEORGY not in seen[ZHANNA], "years after them"
    assert BORIS not in seen[DARYA] and GEORGY in seen[DARYA]
    anna = built.showing(Viewer("alumnus", person_key=ANNA), "city", np.ones(built.n, bool))
    assert names(built, anna) == {ANNA}
    set_audiences(store, DARYA, {"city": "cohort"})
    store.write(
        "MATCH (d:Person {key: $darya})-[s:STUDIED_IN]->(g) MATCH (f:StudyGroup {id: 'F'}) "
        "DELETE s CREATE (d)-[:STUDIED_IN]->(f)",
        darya=DARYA,
    )
    built = snapshot.build(store)
    anna = built.showing(Viewer("alumnus", person_key=ANNA), "city", np.ones(built.n, bool))
    assert names(built, anna) == {ANNA, DARYA}, "years that nobody knows may be the same"
    assert "city" in people.cards(store, Viewer("alumnus", ANNA), [DARYA])[0].fields
