"""A frozen season: what is changed afterwards is found, to the field and the byte."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphnet.ledger import archive, chain, verification
from graphnet.ledger import entries as ledger
from graphnet.ledger.scoring import canonical, entry_of, sha256
from graphnet.store import Store
from tests.support.contributed import KEEPER, KEY, a_season, association, enter, frozen_in
from tests.support.entries import RULES
from tests.support.graphs import DARYA, small_association

__all__ = ["association"]


def test_a_season_is_frozen_once_and_late_entries_are_appended(
    association: Store, tmp_path: Path
) -> None:
    a_season(association)
    frozen = frozen_in(association, tmp_path)
    before = frozen.path.read_text(encoding="utf-8")
    assert archive.sealed_late(association.read, [before], key=KEY) is None
    enter(association, "late", DARYA, "talk", day=5)
    association.in_write(lambda t: ledger.correct(t, KEEPER, "a", "nobody came to it"))
    late = archive.sealed_late(association.read, [before], key=KEY)
    assert late is not None
    assert late.entries == 2
    late_path = tmp_path / "season-2026.late-1.json"
    archive.write(late_path, late.text)
    found = verification.verify(
        frozen.path, keys=(KEY,), store=association, published=frozen.sha256
    )
    assert found.holds, found.findings
    assert (found.entries, found.late) == (9, 2)
    # The appended file cannot be dropped into another season, nor changed.
    text = late.text.replace('"previous":"', '"previous":"0', 1)
    late_path.write_text(text, encoding="utf-8")
    assert "previous file" in {
        f.what for f in verification.verify(frozen.path, keys=(KEY,)).findings
    }


CHANGES = {
    "kind": "mentoring", "mode": "philanthropic", "points_basis": "3", "thing": "another",
    "participation": "another", "evidence_hash": "0" * 64, "pseudonym": "0" * 32, "corrects": "a",
    "happened_at": datetime(2026, 2, 2, tzinfo=UTC),
    "recorded_at": datetime(2026, 2, 2, tzinfo=UTC),
}  # fmt: skip

NAMES = {"points_basis": "basis"}


@pytest.mark.parametrize("name", sorted(CHANGES))
@pytest.mark.parametrize("act", ["a", "d", "f"])
def test_one_changed_field_in_the_database_is_named(
    association: Store, tmp_path: Path, name: str, act: str
) -> None:
    a_season(association)
    frozen = frozen_in(association, tmp_path)
    assert verification.verify(frozen.path, keys=(KEY,), store=association).holds
    association.write(
        "MATCH (c:Contribution {act_id: $act}) SET c += $change",
        act=act,
        change={name: CHANGES[name]},
    )
    [finding] = verification.verify(frozen.path, keys=(KEY,), store=association).findings
    assert (finding.act_id, finding.field) == (act, NAMES.get(name, name))
    assert finding.expected != finding.found
    assert finding.kind in {"talk", "referral", "helped"}
    assert act in str(finding)
    assert chain.broken_link(association) is not None


def test_a_deleted_an_inserted_and_a_rewritten_entry_are_found(
    association: Store, tmp_path: Path
) -> None:
    a_season(association)
    frozen = frozen_in(association, tmp_path)
    association.write("MATCH (e:Evidence {act_id: 'f'}) SET e.facts = '{}'")
    [finding] = verification.verify(frozen.path, store=association).findings
    assert (finding.what, finding.act_id) == ("evidence changed", "f")
    association.write("MATCH (e:Evidence) DETACH DELETE e")
    association.write("MATCH (c:Contribution {act_id: 'b'}) DETACH DELETE c")
    [finding] = verification.verify(frozen.path, store=association).findings
    assert (finding.what, finding.act_id) == ("entry is not in the ledger", "b")
    association.write(
        "MATCH (c:Contribution {act_id: 'a'}) WITH properties(c) AS like "
        "CREATE (d:Contribution {act_id: 'planted', number: 2}) "
        "SET d += like{.kind, .mode, .happened_at, .recorded_at, .points_basis, .pseudonym}"
    )
    found = verification.verify(frozen.path, store=association).findings
    assert {(f.act_id, f.what) for f in found} == {
        ("b", "entry is not in the ledger"),
        ("planted", "entry is in the ledger but not in the season"),
    }
    association.write("MATCH (c:Contribution {act_id: 'a'}) SET c.points_basis = 'many'")
    found = verification.verify(frozen.path, store=association).findings
    assert ("a", "basis", "1", "many") in {(f.act_id, f.field, f.expected, f.found) for f in found}


def test_the_chain_finds_what_happened_before_any_freeze(association: Store) -> None:
    a_season(association)
    assert chain.broken_link(association) is None
    association.write("MATCH (c:Contribution {act_id: 'e'}) SET c.points_basis = '3'")
    broken = chain.broken_link(association)
    assert broken is not None
    assert (broken.number, broken.act_id) == (5, "e")
    association.write("MATCH (c:Contribution {act_id: 'e'}) SET c.points_basis = '1'")
    association.write("MATCH (c:Contribution {number: 7}) DETACH DELETE c")
    broken = chain.broken_link(association)
    assert broken is not None
    assert broken.number == 7


@pytest.fixture(scope="module")
def a_frozen_season(session_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.conftest import WIPE

    session_store.run_alone(WIPE)
    small_association(session_store)
    a_season(session_store)
    folder = tmp_path_factory.mktemp("frozen")
    return frozen_in(session_store, folder).path


@given(st.data())
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_one_flipped_byte_anywhere_is_found(
    a_frozen_season: Path, tmp_path: Path, data: st.DataObject
) -> None:
    raw = bytearray(a_frozen_season.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / a_frozen_season.name
    path.write_bytes(bytes(raw))
    assert not verification.verify(path, keys=(KEY,)).holds


def test_one_changed_point_in_the_file_is_named(a_frozen_season: Path, tmp_path: Path) -> None:
    """Even if the forger recomputes every sum and only the signing key is missing."""
    outer = json.loads(a_frozen_season.read_text(encoding="utf-8"))
    published = outer["sha256"]
    line = next(s for s in outer["content"]["standings"] if len(s["points"]) == 3)
    point = line["points"][0]
    point["counted"] = "7"
    path = tmp_path / a_frozen_season.name
    path.write_text(canonical(outer) + "\n", encoding="utf-8")
    found = verification.verify(path, keys=(KEY,)).findings
    named = [f for f in found if f.what == "point"]
    assert [(f.act_id, f.pseudonym) for f in named] == [(point["act_id"], line["pseudonym"])]
    assert '"6"' in named[0].expected
    assert '"7"' in named[0].found
    outer["sha256"] = sha256(canonical(outer["content"]))
    path.write_text(canonical(outer) + "\n", encoding="utf-8")
    found = verification.verify(path, published=published).findings
    assert {f.what for f in found} == {"point", "published sum", "signature"}
    assert {f.what for f in verification.verify(path, keys=(KEY,)).findings} == {
        "point",
        "signature",
    }


def test_a_whole_forgery_has_another_sum_and_no_signature(
    a_frozen_season: Path, tmp_path: Path
) -> None:
    outer = json.loads(a_frozen_season.read_text(encoding="utf-8"))
    content, published = outer["content"], outer["sha256"]
    entries = [entry_of(e) for e in content["entries"]]
    entries.pop(0)
    content["entries"] = archive.linked(entries, sha256(RULES.text))
    content["standings"] = archive.results(entries, RULES, None)
    outer["sha256"] = sha256(canonical(content))
    path = tmp_path / a_frozen_season.name
    path.write_text(canonical(outer) + "\n", encoding="utf-8")
    found = verification.verify(path, published=published).findings
    assert {f.what for f in found} == {"published sum", "signature"}
    assert {f.what for f in verification.verify(path, keys=(KEY,)).findings} == {"signature"}


def test_whoever_signs_with_another_key_is_found(a_frozen_season: Path, tmp_path: Path) -> None:
    """A forger who makes a key of their own passes only where nobody compares the key."""
    outer = json.loads(a_frozen_season.read_text(encoding="utf-8"))
    forged = tmp_path / a_frozen_season.name
    archive.write(forged, archive._seal(outer["content"], b"f" * 32, 0).text)
    assert verification.verify(forged).holds
    assert {f.what for f in verification.verify(forged, keys=(KEY,)).findings} == {"signature"}
    ours = archive.public_key(KEY)
    assert {f.what for f in verification.verify(forged, public=ours).findings} == {"signature"}
    assert verification.verify(a_frozen_season, public=ours).signed


def test_a_season_that_the_first_release_sealed_still_verifies(
    a_frozen_season: Path, tmp_path: Path
) -> None:
    outer = json.loads(a_frozen_season.read_text(encoding="utf-8"))
    del outer["public_key"]
    outer["signature"] = hmac.new(KEY, outer["sha256"].encode(), hashlib.sha256).hexdigest()
    path = tmp_path / a_frozen_season.name
    path.write_text(canonical(outer) + "\n", encoding="utf-8")
    assert verification.verify(path, keys=(KEY,)).holds
    assert verification.verify(path, keys=(b"f" * 32,)).findings
    assert verification.verify(path, public=archive.public_key(KEY)).findings
