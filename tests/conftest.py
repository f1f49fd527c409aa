"""One real Neo4j for the whole test session; `store` is empty and migrated before each test."""

import os
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from graphnet import conditions, migrations
from graphnet.core import Waits
from graphnet.privacy import Viewer
from graphnet.server import connect
from graphnet.settings import Settings
from graphnet.store import Store
from webapp.frame import waiting
from webapp.serve import SWITCH_SECONDS

WIPE = "MATCH (n) WHERE NOT n:Migration CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"


# With two test processes, each takes the next module as it comes: the longest first, so that none
# of them is begun last and waited for by itself.
LONGEST = (
    "tests/webapp/test_nobody_sees_the_hidden.py",
    "tests/test_queries.py",
    "tests/graphnet/projection/test_projection.py",
    "tests/browser/test_contest_season.py",
    "tests/browser/test_features.py",
    "tests/graphnet/server/test_failures.py",
    "tests/graphnet/server/test_life.py",
    "tests/webapp/test_processes.py",
    "tests/test_notebooks.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer another order: a test that leans on what another one left behind shows itself."""
    parser.addoption("--shuffle", metavar="SEED", help="take the modules in the order of a seed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the modules that take minutes first; within a module, and else, nothing changes."""

    def module(item: pytest.Item) -> str:
        return item.nodeid.partition("::")[0]

    names: Sequence[str] = LONGEST
    if (seed := config.getoption("--shuffle")) is not None:
        names = sorted({module(item) for item in items})
        random.Random(seed).shuffle(names)
    order = {name: i for i, name in enumerate(names)}
    items.sort(key=lambda item: order.get(module(item), len(order)))


def pytest_configure() -> None:
    """Let threads give way as where the site is served: some tests are a site and readers."""
    sys.setswitchinterval(SWITCH_SECONDS)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a home of this test session's own; jars come from the usual cache."""
    cache = os.environ.get("GRAPHNET_CACHE")
    home = tmp_path_factory.mktemp("home")
    changes: dict[str, Any] = {"cache": Path(cache)} if cache else {}
    # A plan holds for the whole session: with each test's own small graph Neo4j would make most of
    # them again, and once more for every length of a list, which is a fourth of the tests' time.
    configuration = (
        "dbms.cypher.min_replan_interval=10h",
        "internal.cypher.use_parameter_size=false",
    )
    return Settings(
        home=home,
        neo4j_heap="768m",
        neo4j_page_cache="256m",
        neo4j_configuration=configuration,
        **changes,
    )


@pytest.fixture(scope="session")
def address(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """URI, user and password of the session's server: GRAPHNET_TEST_NEO4J's, else a managed one."""
    given = os.environ.get("GRAPHNET_TEST_NEO4J")
    if given:
        credentials, _, place = given.rpartition("@")
        user, _, password = credentials.partition(":")
        yield f"bolt://{place}", user, password
        return
    with connect(settings) as connection:
        yield connection.uri, connection.user, connection.password


@pytest.fixture(scope="session")
def session_store(address: tuple[str, str, str]) -> Iterator[Store]:
    """The session's database with its schema, whatever it contains."""
    with Store(*address, warn=True) as store:
        migrations.migrate(store)
        yield store


@pytest.fixture
def store(session_store: Store) -> Store:
    """An empty graph with its schema."""
    session_store.run_alone(WIPE)
    return session_store


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data sets, where GRAPHNET_DATA names it; else the test is skipped."""
    folder = os.environ.get("GRAPHNET_DATA")
    if not folder:
        pytest.skip("GRAPHNET_DATA does not name the folder of the real data sets")
    path = Path(folder).expanduser().absolute()
    assert path.is_dir(), f"GRAPHNET_DATA={folder} is no folder"
    return path


@pytest.fixture(scope="session", autouse=True)
def conditions_hold() -> Iterator[None]:
    """Where a page finds that nothing of a feature can wait, the feature is asked all the same."""

    def proved(store: Store, viewer: Viewer, waits: Sequence[Waits]) -> list[bool]:
        may = conditions.may_wait(store, viewer, waits)
        for one, holds in zip(waits, may, strict=True):
            assert holds or not one.ask(viewer), f"{one.ask.__module__} waits, against its only_if"
        return may

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "may_wait", proved)
        yield
