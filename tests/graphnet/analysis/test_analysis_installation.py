"""An installation opened from Python: as whom, what they see, what stands on the trail."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

import graphnet
from graphnet import audit
from graphnet.cli import main
from graphnet.people import visibility
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import furnished, own_home
from tests.support.graphs import BORIS, STAFF


@pytest.fixture
def home(
    store: Store,
    settings: Settings,
    address: tuple[str, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """The hand-made association; one setting says on which Neo4j it is."""
    live = furnished(store, own_home(settings, tmp_path))
    for name, value in zip(("URI", "USER", "PASSWORD"), address, strict=True):
        monkeypatch.setenv(f"GRAPHNET_NEO4J_{name}", value)
    monkeypatch.setenv("GRAPHNET_HOME", str(tmp_path))
    yield tmp_path
    live.stop()


def test_staff_get_names_with_a_purpose_and_it_is_on_the_trail(home: Path, store: Store) -> None:
    with graphnet.open_installation(purpose="reunion", who="staff") as association:
        people = association.people()
        names = dict(zip(people["person"], people["name"], strict=True))
        assert names["anna"] == "Анна Иванова"
        assert "vera" not in names  # hidden
        assert "evgeny" not in names  # dead
        assert association.memberships("events")["thing"].unique().to_list() == ["evening"]
        knows = association.graph("knows")
        assert "vera" not in knows.ids
        assert {"source": "anna", "target": "boris"}.items() <= knows.edges().row(
            0, named=True
        ).items()
        decades = association.coverage()
        assert decades.columns == ["id", "name", "people", "registered", "reachable", "lost"]
        assert decades.row(0)[2:] == (5, 3, 1, 1)
        cohorts = association.coverage("cohorts")
        assert dict(cohorts.select("id", "lost").iter_rows())["optics98"] == 1
        asked = association.recovery("optics98", ask=2)
        assert "boris" not in asked["person"].to_list()
        with pytest.raises(graphnet.BadValue):
            association.recommendation_quality()
    found = audit.entries(store, actor="python")
    assert {one.role for one in found} == {"staff"}
    assert {one.purpose for one in found} == {"reunion"}
    acts = [(one.act, one.subject) for one in found]
    assert ("open", "python") in acts
    assert ("export", "graph knows") in acts
    assert ("read", "") in acts
    assert any(BORIS in one.keys for one in found if one.subject == "people")


def test_an_analyst_gets_pseudonyms_of_their_study_and_nothing_small(
    home: Path, store: Store
) -> None:
    with graphnet.open_installation(purpose="thesis", project="ours") as association:
        people = association.people()
        assert "name" not in people.columns
        assert not {"anna", "boris"} & set(people["person"])
        # Seven alumni, of whom nobody is in a class of five.
        assert people["cohort"].null_count() == len(people) == 6
        assert len(association.things("cohorts")) == 0
        assert association.coverage()["registered"].null_count() == len(association.coverage())
        with pytest.raises(graphnet.ThingNotFound):
            association.graph(kind="cohorts", thing="optics99")
        for kind in ("events", "places", "organisations"):
            with pytest.raises(graphnet.NotAllowed):
                association.memberships(kind)
        with pytest.raises(graphnet.NotAllowed):
            association.ambassadors(1)
        ours = set(people["person"])
    with graphnet.open_installation(purpose="thesis", project="ours") as again:
        assert set(again.people()["person"]) == ours
    with graphnet.open_installation(purpose="thesis", project="another") as other:
        assert not set(other.people()["person"]) & ours
    assert all("python, " in one.detail for one in audit.entries(store, act="export"))


def test_who_hides_is_gone_from_the_next_answer(home: Path, store: Store) -> None:
    with graphnet.open_installation(purpose="reunion", who="staff") as association:
        assert "boris" in association.people()["person"]
        office = Viewer("staff", STAFF, "account-8", purpose="hide")
        store.in_write(lambda t: visibility.hide(t, office, BORIS, why="asked"))
        assert "boris" not in association.people()["person"]


def test_an_alumnus_sees_what_they_see_on_the_site(home: Path) -> None:
    with graphnet.open_installation(purpose="a look", who="alumnus:anna") as association:
        people = association.people()
        assert "vera" not in people["person"]
        assert set(people["state"]) <= {"registered", "not_registered"}
        assert set(association.suggestions(k=3)["person"]) <= set(people["person"])
        for refused in (
            lambda: association.graph(),
            lambda: association.coverage(),
            lambda: association.suggestion_quality(),
            lambda: association.recommendation_quality(),
            lambda: association.memberships("events"),
        ):
            with pytest.raises(graphnet.NotAllowed):
                refused()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"purpose": " "}, graphnet.BadValue),
        ({"purpose": "thesis", "who": "rector"}, graphnet.BadValue),
        ({"purpose": "thesis", "who": "alumnus"}, graphnet.BadValue),
        ({"purpose": "erase", "who": "staff"}, graphnet.NotAllowed),
        ({"purpose": "search", "who": "staff"}, graphnet.NotAllowed),
    ],
)
def test_who_asks_and_what_for_is_said_first(given: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        graphnet.open_installation(**given)  # type: ignore[arg-type]


def test_a_snapshot_answers_without_a_database(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPHNET_NEO4J_URI")
    found = graphnet.open_snapshot(home, purpose="thesis")
    assert len(found.people()) == 6
    assert "anna" not in found.people()["person"]
    one = next((home / "snapshots").glob("*/manifest.json")).parent
    assert graphnet.open_snapshot(one, purpose="thesis").people().equals(found.people())
    with pytest.raises(graphnet.ThingNotFound):
        graphnet.open_snapshot(home / "nothing", purpose="thesis")
    with pytest.raises(graphnet.BadValue):
        graphnet.open_snapshot(home, purpose="")


def test_a_first_snapshot_is_built_where_there_is_none(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with graphnet.open_installation(
        tmp_path_factory.mktemp("elsewhere"), purpose="reunion", who="staff"
    ) as association:
        assert "anna" in association.people()["person"]
        assert association.describe()["who"] == "staff"


def test_a_data_set_says_since_when_people_know_each_other(
    home: Path, store: Store, tmp_path: Path
) -> None:
    store.write(
        "MATCH (:Person {id: 'anna'})-[t:KNOWS]->(:Person {id: 'boris'}) SET t.since = 1999"
    )
    with graphnet.open_installation(purpose="a study", who="staff") as association:
        files = association.export(tmp_path / "set", kinds=["events", "groups"])
    ties = pl.read_parquet(files[1])
    dated = ties.filter(pl.col("since").is_not_null()).row(0, named=True)
    assert (dated["source"], dated["target"], dated["since"]) == ("anna", "boris", 1999)
    assert ties["since"].count() == 1
    people = pl.read_parquet(files[0])
    assert "Анна Иванова" in people["name"]
    assert "vera" not in people["person"]
    exported = audit.entries(store, act="export")[0]
    assert (exported.subject, exported.purpose) == ("data set", "a study")


def test_the_command_writes_the_same_under_pseudonyms(home: Path, tmp_path: Path) -> None:
    wanted = ["export", str(tmp_path / "out"), "--purpose", "thesis", "--layer", "knows", "--json"]
    done = CliRunner().invoke(main, wanted)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["purpose"] == "thesis"
    people = pl.read_parquet(said["files"][0])
    assert "name" not in people.columns
    again = CliRunner().invoke(main, wanted)
    assert again.exit_code == 2
    assert "there already" in again.output
    unknown = CliRunner().invoke(
        main, ["export", str(tmp_path / "x"), "--purpose", "t", "--of", "cohorts", "no"]
    )
    assert unknown.exit_code == 1
