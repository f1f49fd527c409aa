"""`graphnet contest` and `graphnet contributions` on a real database; a candidate's own place."""

import hmac
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from graphnet.commands.contest import contest
from graphnet.commands.contributions import contributions
from graphnet.contest.my_place import my_place
from graphnet.errors import BadFile, BadValue, Conflict, SettingsError, ThingNotFound
from graphnet.ledger import archive, manual
from graphnet.privacy import ANYONE, Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support import contest_season
from tests.support.contest_season import season_of_year
from tests.support.entries import RULES
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA, small_association

DAY = datetime(2026, 2, 3, tzinfo=UTC)
KEEPER = Viewer("staff", STAFF, "account-8", purpose="contributions")


@pytest.fixture
def own(settings: Settings, address: tuple[str, str, str], tmp_path: Path) -> Settings:
    uri, user, password = address
    return replace(
        settings, home=tmp_path, neo4j_uri=uri, neo4j_user=user, neo4j_password=password,
        secret_key="s" * 32,
    )  # fmt: skip


def run(own: Settings, group: click.Group, *arguments: str) -> Result:
    return CliRunner().invoke(group, arguments, obj=own, catch_exceptions=False)


def done(store: Store, key: int, kind: str, *, times: int = 1) -> None:
    manual.enter(
        store, KEEPER, RULES, person_key=key, kind=kind, day=DAY, note="note", quantity=times,
        act_id=f"{kind}:{times}:of-{'abc'[key % 3]}",
    )  # fmt: skip


def test_a_rule_file_is_checked(own: Settings, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(RULES.text, encoding="utf-8")
    answer = run(own, contest, "rules", str(path))
    assert answer.exit_code == 0
    assert RULES.sha256 in answer.output
    as_json = json.loads(run(own, contest, "rules", str(path), "--json").output)
    assert (as_json["season"], as_json["sha256"]) == ("2026", RULES.sha256)
    path.write_text("season = 'x'", encoding="utf-8")
    with pytest.raises(BadFile, match="kinds: Field required"):
        run(own, contest, "rules", str(path))


def over(store: Store) -> None:
    """A season that counts the year before, so that it can be frozen now."""
    season_of_year(store, "2026", ends=date(2026, 6, 30))


def test_a_season_is_frozen_verified_and_one_changed_point_is_found(
    own: Settings, store: Store, tmp_path: Path
) -> None:
    small_association(store)
    over(store)
    done(store, ANNA, "talk")
    done(store, DARYA, "mentoring", times=2)
    with pytest.raises(ThingNotFound, match="no such file"):
        run(own, contest, "verify", "2026")
    frozen = run(own, contest, "freeze", "2026")
    assert frozen.exit_code == 0
    words = frozen.output.split()
    total, public = words[words.index("sha256") + 1], words[-1]
    with pytest.raises(Conflict, match="frozen"):
        run(own, contest, "freeze", "2026")
    holds = run(own, contest, "verify", "2026", "--published", total)
    assert (holds.exit_code, "everything agrees" in holds.output) == (0, True)
    assert "signature holds" in holds.output
    assert f"sha256 {total}" in run(own, contest, "show", "2026").output, "one sum everywhere"
    path = tmp_path / "season-2026.json"
    assert run(own, contest, "export", "2026", "--out", str(path)).exit_code == 0
    assert run(own, contest, "verify", str(path), "--file-only").exit_code == 0
    elsewhere = replace(own, secret_key="", home=own.home / "elsewhere")
    alone = ["verify", str(path), "--file-only"]
    assert "not checked, no key" in run(elsewhere, contest, *alone).output
    checked = run(elsewhere, contest, *alone, "--key", public, "--published", total)
    assert (checked.exit_code, "signature holds" in checked.output) == (0, True)
    other = run(elsewhere, contest, *alone, "--key", "0" * 64)
    assert (other.exit_code, "NOT the Association's" in other.output) == (1, True)
    with pytest.raises(BadValue, match="64 hexadecimal digits"):
        run(elsewhere, contest, *alone, "--key", "abc")
    store.write("MATCH (c:Contribution {kind: 'talk'}) SET c.points_basis = '2'")
    found = run(own, contest, "verify", "2026", "--json")
    assert found.exit_code == 1
    report = json.loads(found.output)
    assert not report["holds"]
    [finding] = report["findings"]
    assert (finding["kind"], finding["field"]) == ("talk", "basis")
    assert (finding["expected"], finding["found"]) == ("1", "2")
    assert len(finding["pseudonym"]) == 32
    words = run(own, contest, "verify", "2026").output
    assert "kind talk" in words
    assert "expected 1, found 2" in words
    assert run(own, contributions, "check").exit_code == 1
    store.write("MATCH (c:Contribution {kind: 'talk'}) SET c.points_basis = '1'")
    assert run(own, contributions, "check").output == "the chain holds\n"
    assert "nothing came after" in run(own, contest, "freeze", "2026", "--late").output
    done(store, ANNA, "helped")
    assert "1 appended" in run(own, contest, "freeze", "2026", "--late").output
    again = run(own, contest, "verify", "2026")
    assert (again.exit_code, "3 entries, 1 of them late" in again.output) == (0, True)
    for text in ("{}", "no season at all"):
        path.write_text(text, encoding="utf-8")
        no_season = run(own, contest, "verify", str(path))
        assert no_season.exit_code == 1
        assert "is not a frozen season" in no_season.output
        assert "signature holds" not in no_season.output
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        run(replace(own, secret_key="", home=tmp_path / "new"), contest, "freeze", "2025")


def test_a_season_still_verifies_when_the_secret_key_has_changed(
    own: Settings, store: Store, tmp_path: Path
) -> None:
    small_association(store)
    over(store)
    done(store, ANNA, "talk")
    total = run(own, contest, "freeze", "2026").output.split()[1]
    after_a_leak = replace(own, secret_key="t" * 32)
    again = run(after_a_leak, contest, "verify", "2026", "--published", total)
    assert (again.exit_code, "signature holds" in again.output) == (0, True)
    # The file of the first release, sealed by what it drew from the secret key itself.
    earlier = archive.sealed(
        store.read, RULES, key=hmac.digest(b"s" * 32, b"graphnet seasons", "sha256")
    )
    path = tmp_path / "season-2025.json"
    archive.write(path, earlier.text)
    found = run(after_a_leak, contest, "verify", str(path), "--published", earlier.sha256)
    assert (found.exit_code, "signature holds" in found.output) == (0, True)
    stranger = replace(own, secret_key="u" * 32, home=tmp_path / "elsewhere")
    assert "NOT the Association's" in run(stranger, contest, "verify", str(path)).output


def test_the_candidate_ranking(own: Settings, store: Store) -> None:
    small_association(store)
    over(store)
    done(store, ANNA, "talk")
    assert json.loads(run(own, contest, "standing", "2026", "--json").output) == []
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'c', purpose: 'profile', "
        "state: 'given', at: datetime()})",
        key=ANNA,
    )
    [line] = json.loads(run(own, contest, "standing", "2026", "--json").output)
    assert (line["rank"], line["total"], line["modes"]) == (1, 6.0, ["volunteer"])
    assert line["pseudonym"] in run(own, contest, "standing", "2026").output
    with pytest.raises(ThingNotFound, match="no such season"):
        run(own, contest, "standing", "1066")


def test_lists_and_what_an_import_brought(own: Settings, store: Store, tmp_path: Path) -> None:
    small_association(store)
    over(store)
    path, rejects = tmp_path / "list.csv", tmp_path / "rejects.csv"
    path.write_text(
        "person,kind,date,note\ndarya,talk,2026-03-01,x\nnobody,talk,2026-03-01,x\n",
        encoding="utf-8",
    )
    answer = run(own, contributions, "import", str(path), "--rejects", str(rejects))
    assert answer.exit_code == 1
    assert "1 entered, 0 known already, 1 rejected" in answer.output
    assert rejects.read_text(encoding="utf-8").splitlines()[1].startswith('3,"person: nobody')
    again = json.loads(run(own, contributions, "import", str(path), "--json").output)
    assert (again["entered"], again["known"]) == (0, 1)
    assert set(json.loads(run(own, contributions, "backfill", "--json").output).values()) == {0}


def test_a_candidate_sees_their_own_place_among_three_or_more(store: Store) -> None:
    live = contest_season.announced(store)
    contest_season.admitted(live, ANNA, DARYA)
    contest_season.contributed(store, ANNA, "talk", "volunteer")
    contest_season.contributed(store, DARYA, "mentoring", "volunteer")
    anna = Viewer("alumnus", ANNA)
    assert my_place(store, anna, "2026") is None  # of two, each would learn the other's points
    contest_season.enter(live, ZHANNA)
    place = my_place(store, anna, "2026")
    assert place is not None
    assert (place.line.rank, place.candidates, place.line.gap) == (2, 3, 2)
    assert {step.kind: step.times for step in place.line.steps}["attended"] == 1
    assert my_place(store, Viewer("alumnus", contest_season.MEMBERS[0]), "2026") is None
    assert my_place(store, ANYONE, "2026") is None
    assert my_place(store, anna, "2025") is None
