"""The graph for queries: what is in it, what cannot be had of it, who is taken out."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from graphnet import accounts, engine
from graphnet.cli import main
from graphnet.computed import refresh
from graphnet.errors import (
    BadValue,
    Conflict,
    GraphnetError,
    NotAllowed,
    QueryTimeout,
    TakesTooMuch,
)
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.projection import asking, filling, guard, place
from graphnet.projection.examples import examples
from graphnet.server import connect, control
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.graphnet.projection.test_guard import ALLOWED, REFUSED
from tests.support.furnished import PASSWORD, own_home, reader, site
from tests.support.themselves import hide

ANALYST = Viewer("analyst", account_id="a", purpose="a study")
N = 60
MAKE = """MERGE (u:Unit {id: 'optics', kind: 'faculty', name: 'Optics', name_ru: 'Оптика'})
MERGE (c:Cohort {id: 'c', programme: 'P', level: 'master', intake_year: 1998})
MERGE (g:Group {id: 'club', key: 1, name: 'Club', name_ru: 'Клуб', kind: 'club',
  visibility: 'members'})
WITH u, c, g UNWIND range(1, $n) AS key
CREATE (p:Person:Alumnus {id: 'p' + toString(key), key: key, given_name: 'Secretgiven',
  family_name: 'Secretfamily', name_key: 'x',
  visibility: CASE key WHEN 1 THEN 'hidden' ELSE 'shown' END})
CREATE (p)-[:COMPLETED {year: 2003}]->(u) CREATE (p)-[:STUDIED_IN]->(c)
CREATE (p)-[:MEMBER_OF {role: 'member'}]->(g)
CREATE (p)-[:HAS]->(:ContactPoint {id: 'k' + toString(key), kind: 'email',
  value: 'secret' + toString(key) + '@example.org', value_key: 'secret' + toString(key)})"""
MAKE_TIES = """MATCH (p:Person) MATCH (q:Person) WHERE q.key = p.key + 1 OR q.key = p.key + 7
CREATE (p)-[:KNOWS {since: 2001, strength: 0.5, source: 'test'}]->(q)"""


@pytest.fixture(scope="module")
def opened(
    session_store: Store, settings: Settings, address: tuple[str, str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[engine.Engine]:  # fmt: skip
    session_store.run_alone(WIPE)
    session_store.write(MAKE, n=N)
    session_store.write(MAKE_TIES)
    home = own_home(settings, tmp_path_factory.mktemp("projection"))
    uri, user, password = address
    own = replace(home, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)
    rows = [{"email": "analyst@example.org", "person_key": 3, "roles": ["analyst"]},
            {"email": "staff@example.org", "person_key": 4, "roles": ["staff"]}]  # fmt: skip
    accounts.create_many(session_store, rows, PASSWORD)
    refresh(session_store, own.snapshots)
    with engine.open(own) as found, pytest.MonkeyPatch.context() as patched:
        patched.setattr(place, "SECONDS", 4)  # of a query: many here take as long as they may
        assert place.filled(own) is None
        with pytest.raises(Conflict):
            asking.ask(own, found.live, ANALYST, "RETURN 1")
        filling.fill(found)
        yield found
        asking.let_go(own)
        place.drop(own)


def rows(opened: engine.Engine, query: str, **options: int) -> list[tuple[object, ...]]:
    return asking.ask(opened.settings, opened.live, ANALYST, query, **options).rows


def test_people_are_there_under_pseudonyms_with_what_an_analyst_may_have(
    opened: engine.Engine,
) -> None:
    people = rows(opened, "MATCH (p:Person) RETURN p ORDER BY p.person")
    assert len(people) == N - 1  # one has hidden
    for (person,) in people:
        assert isinstance(person, dict)
        assert set(person) <= {"labels", "person", "state", "intake", "graduation", "decade",
                               "faculty", "cohort", "study_group"}  # fmt: skip
        assert person["state"] in ("reachable", "registered") and person["faculty"] == "Optics"
    whole = str(rows(opened, "MATCH (n) OPTIONAL MATCH (n)-[t]->(m) RETURN n, t, m", rows=5000))
    assert "ecret" not in whole and "example.org" not in whole
    assert not any(f"'p{key}'" in whole for key in range(1, N + 1))
    ties = rows(opened, "MATCH (:Person)-[t:KNOWS]->(:Person) RETURN t.since, t.weight")
    assert len(ties) == (N - 1) + (N - 7) - 2 and set(ties) == {(2001, 0.5)}
    kinds = rows(opened, "MATCH (:Person)-->(t) RETURN DISTINCT labels(t)[0] AS of ORDER BY of")
    assert [of for (of,) in kinds] == ["Cohort", "Graduation", "Group", "Person", "Unit"]
    kept = place.filled(opened.settings)
    assert kept is not None and kept.people == N - 1


@pytest.mark.parametrize("query", [q for q in ALLOWED if q not in examples().values()])
def test_what_the_guard_allows_the_server_answers(opened: engine.Engine, query: str) -> None:
    rows(opened, query)


@pytest.mark.parametrize("name", examples())
def test_the_examples_run(opened: engine.Engine, name: str) -> None:
    rows(opened, examples()[name])


def test_every_question_is_on_the_trail_the_refused_too(opened: engine.Engine) -> None:
    with pytest.raises(BadValue):
        asking.ask(opened.settings, opened.live, ANALYST, "MATCH (tried) DELETE tried")
    rows(opened, "MATCH (answered:Person) RETURN count(*)")
    trail = opened.store.read(
        "MATCH (a:AuditEntry {act: 'query'}) RETURN a.actor AS actor, a.purpose AS purpose,"
        " a.detail AS detail ORDER BY a.at DESC LIMIT 2"
    )
    assert [row["detail"][:12] for row in trail] == ["MATCH (answe", "MATCH (tried"]
    assert {(row["actor"], row["purpose"]) for row in trail} == {("a", "a study")}


@pytest.mark.parametrize(
    "viewer", [Viewer("staff", purpose="x"), Viewer("alumnus", 2, purpose="x"), Viewer("analyst")]
)
def test_only_analysts_with_a_purpose_ask(opened: engine.Engine, viewer: Viewer) -> None:
    with pytest.raises(NotAllowed):
        asking.ask(opened.settings, opened.live, viewer, "RETURN 1")


# -- the page ------------------------------------------------------------------------------------


def test_the_page_answers_keeps_what_was_written_and_gives_a_file(
    opened: engine.Engine,
) -> None:
    analyst = reader(site(opened.live, opened.settings), "analyst")
    page = analyst.get("/query?example=faculties").text
    assert "p.faculty AS faculty" in page and "MEMBER_OF" in page
    asked = {"query": "MATCH (p:Person) RETURN p.faculty AS of, count(*) AS n", "purpose": "why"}
    page = analyst.post("/query", data=asked | {"act": "ask"}).text
    assert "<td>Optics</td>" in page and f'<td class="number">{N - 1}</td>' in page
    assert 'value="why"' in page and "count(*) AS n</textarea>" in page
    file = analyst.post("/query", data=asked | {"act": "file"})
    assert file.mimetype == "text/csv" and file.text == f"\ufeffof,n\r\nOptics,{N - 1}\r\n"
    for query, said in (
        ("MATCH (n) DETACH DELETE n", "DETACH is not allowed here"),
        ("MATCH (n RETURN n", "(line 1, column 10)"),
        ("CALL db.labels()", "procedures are not allowed"),
    ):
        answer = analyst.post("/query", data={"query": query, "purpose": "why", "act": "ask"})
        assert answer.status_code == 422 and said in answer.text and query in answer.text
    answer = analyst.post("/query", data=asked | {"purpose": "", "act": "ask"})
    assert answer.status_code == 422 and "count(*) AS n</textarea>" in answer.text
    staff = reader(site(opened.live, opened.settings), "staff")
    assert staff.get("/query").status_code == staff.post("/query", data=asked).status_code == 403


def test_the_page_asks_the_worker_where_there_is_no_graph(
    opened: engine.Engine, session_store: Store, tmp_path: Path
) -> None:
    elsewhere = replace(opened.settings, home=tmp_path)
    analyst = reader(site(opened.live, elsewhere), "analyst")
    asked = {"query": "RETURN 1", "purpose": "why", "act": "ask"}
    answer = analyst.post("/query", data=asked)
    assert answer.status_code == 409 and "is being filled" in answer.text
    jobs = session_store.read("MATCH (j:Job {kind: 'projection'}) RETURN j.state AS state LIMIT 5")
    assert [row["state"] for row in jobs] == ["waiting"]
    assert registered().jobs["projection"].task(opened) is not None


# -- past the guard: what the server itself holds ------------------------------------------------


@pytest.fixture(scope="module")
def behind(opened: engine.Engine) -> Iterator[Store]:
    """The projection as whoever had got past the guard would reach it."""
    with (
        connect(place.own_settings(opened.settings)) as given,
        Store(given.uri, given.user, given.password, query_seconds=place.SECONDS) as store,
    ):
        yield store


@pytest.mark.parametrize(
    "query", [query for query, why in REFUSED if why in ("beginning", "word", "call", "escape")]
)
def test_nothing_changes_and_nothing_is_fetched_without_the_guard(
    behind: Store, query: str
) -> None:
    before = behind.read("MATCH (n) RETURN count(n) AS n, count(n.state) AS s LIMIT 1")
    refused = False
    try:
        guard.check_plan(*behind.weigh(query))
    except GraphnetError:
        refused = True
    try:
        # With the access that every question has, whatever the plan says.
        found = behind.ask(query, rows=10)
        assert "root:" not in str(found.rows)
        # What is not refused by its plan is a prefix before what reads.
        assert refused or query.partition(" ")[0] in ("EXPLAIN", "PROFILE", "CYPHER", "`MATCH`")
    except GraphnetError:
        pass
    assert behind.read("MATCH (n) RETURN count(n) AS n, count(n.state) AS s LIMIT 1") == before


def test_the_servers_own_plan_refuses_what_a_text_could_hide(behind: Store) -> None:
    for query in ("CALL db.labels()", "MATCH (n) SET n.x = 1", "CREATE (n)",
                  "LOAD CSV FROM 'file:///x' AS r RETURN r", "SHOW FUNCTIONS",
                  "MATCH (n) CALL (n) { CREATE (m) } IN TRANSACTIONS"):  # fmt: skip
        with pytest.raises(BadValue):
            guard.check_plan(*behind.weigh(query))


def test_no_file_and_no_address_is_opened(behind: Store) -> None:
    for place_of in ("file:///etc/passwd", "http://127.0.0.1:9/x", "ftp://127.0.0.1/x"):
        with pytest.raises(GraphnetError) as refused:
            behind.ask(f"LOAD CSV FROM '{place_of}' AS r RETURN r", rows=5)
        assert "root:" not in str(refused.value)


# -- limits --------------------------------------------------------------------------------------


def test_rows_end_where_they_should(opened: engine.Engine) -> None:
    found = asking.ask(opened.settings, opened.live, ANALYST, "UNWIND range(1, 5000) AS x RETURN x",
                       rows=100)  # fmt: skip
    assert len(found.rows) == 100 and found.more
    found = asking.ask(opened.settings, opened.live, ANALYST, "UNWIND range(1, 9) AS x RETURN x")
    assert len(found.rows) == 9 and not found.more


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a), (b), (c), (d), (e), (f) RETURN max(a.person + b.person + c.person + f.person)",
        # No step of a plan in which the server would look at the clock.
        "RETURN reduce(s = 0, x IN range(1, 100000000000) | s + x % 7) AS n",
        "MATCH way = (:Person)-[:KNOWS*]-(:Person) RETURN count(way)",
        # A bare count would be multiplied from the numbers of nodes.
        "MATCH (a) CALL (a) { MATCH (b), (c), (d), (e), (f)"
        " RETURN max(a.person + b.person + c.person + d.person + e.person + f.person) AS n }"
        " RETURN max(n)",
        "MATCH way = ANY SHORTEST (:Person) (()-[:KNOWS]-()-[:KNOWS]-()){1,30} (:Person)"
        " RETURN max(length(way)) UNION MATCH (a), (b), (c), (d), (e), (f) RETURN count(*) AS x",
    ],
)
def test_what_takes_too_long_ends_in_time(opened: engine.Engine, query: str) -> None:
    begun = time.monotonic()
    with pytest.raises((QueryTimeout, BadValue)):
        rows(opened, query)
    assert time.monotonic() - begun < place.SECONDS + asking.GRACE_SECONDS + 40
    assert rows(opened, "RETURN 1") == [(1,)]


@pytest.mark.parametrize(
    "query",
    [
        "UNWIND range(1, 100000000) AS x WITH collect(x) AS xs RETURN size(xs)",
        "MATCH (a), (b), (c), (d) WITH collect([a, b, c, d]) AS xs RETURN size(xs)",
        "MATCH way = (:Person)-[:KNOWS*..9]-(:Person) RETURN collect(way) AS ways",
        # The server makes these while it sends them: it is who reads that must not hold them.
        "RETURN range(1, 2000000000) AS xs",
        "UNWIND range(1, 10000) AS x RETURN range(1, 100000) AS xs",
        "RETURN reduce(s = 'text', x IN range(1, 26) | s + s) AS text",
    ],
)
def test_memory_is_limited_here_and_there(opened: engine.Engine, query: str) -> None:
    before = psutil.Process().memory_info().rss
    with pytest.raises((TakesTooMuch, QueryTimeout)):
        rows(opened, query, rows=asking.MOST_ROWS)
    # Less than the answer would be by far; the one who reads it has ended.
    assert psutil.Process().memory_info().rss - before < 300 << 20
    assert rows(opened, "RETURN 1") == [(1,)]


def test_a_reader_that_has_died_is_followed_by_another(opened: engine.Engine) -> None:
    assert rows(opened, "RETURN 1") == [(1,)]
    (reader,) = [
        one for one in psutil.Process().children() if "graphnet.projection.reader" in one.cmdline()
    ]
    reader.kill()
    reader.wait(10)
    assert rows(opened, "RETURN date('2026-11-26') AS day, [1, null, {a: 'ё'}] AS list") == [
        (date(2026, 11, 26), [1, None, {"a": "ё"}])
    ]
    asking.let_go(opened.settings)
    assert not [
        one for one in psutil.Process().children() if "graphnet.projection.reader" in one.cmdline()
    ]


def test_the_shell_answers_one_query_after_another_and_a_wrong_one_ends_nothing(
    opened: engine.Engine,
) -> None:
    asking.let_go(opened.settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    control.stop(place.own_settings(opened.settings), now=True)
    own = replace(opened.settings, query_port=port)
    said = CliRunner().invoke(
        main,
        ["server", "shell", "--purpose", "a study", "--rows", "2"],
        input="MATCH (p:Person)\n  RETURN count(p) AS people;\nMATCH (p) DELETE p;\n"
        "UNWIND range(1, 5) AS x RETURN x;\nRETURN 'the last';",
        obj=own,
    )
    assert said.exit_code == 0, said.output
    assert f"bolt://127.0.0.1:{port}" in said.stderr and str(place.own_settings(own).home) in (
        said.stderr
    )
    assert "DELETE is not allowed" in said.stderr
    lines = [line.strip() for line in said.stdout.splitlines()]
    assert lines[:4] == ["people", "------", str(N - 1), "(1 rows)"]
    assert "(more than 2 rows: see --rows)" in lines and "the last" in lines
    trail = opened.store.read(
        "MATCH (a:AuditEntry {act: 'query', actor: 'command line'}) RETURN count(a) AS n"
    )
    assert trail[0]["n"] >= 4


# -- who goes ------------------------------------------------------------------------------------


def test_who_hides_is_taken_out_before_the_next_question(
    opened: engine.Engine, session_store: Store
) -> None:
    count = "MATCH (p:Person) RETURN count(p)"
    assert rows(opened, count) == [(N - 1,)]
    hide(session_store, 2)
    opened.live.catch_up()
    assert rows(opened, count) == [(N - 2,)]
    assert rows(opened, "MATCH (p:Person)-[:KNOWS]-() RETURN count(DISTINCT p)") == [(N - 2,)]


def test_an_erasure_takes_the_whole_graph_with_it(opened: engine.Engine) -> None:
    forget = opened.core.beside["projection"]
    forget(opened, None)  # type: ignore[arg-type]
    assert place.filled(opened.settings) is None
    with pytest.raises(Conflict):
        rows(opened, "RETURN 1")
    filling.fill(opened)
    assert rows(opened, "MATCH (p:Person) RETURN count(p)") == [(N - 2,)]
