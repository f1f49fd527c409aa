"""The ambassador workbench: a set chosen, defended, asked and planned anew; who is in none."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from flask import Flask

from graphnet import accounts, job_worker, jobs, synth
from graphnet.ambassadors import plans, work
from graphnet.ambassadors.asks import answered, asked_since, conflicts, told, year_begins
from graphnet.computed import refresh
from graphnet.engine import Engine
from graphnet.errors import Conflict, NotAllowed, SnapshotError, ThingNotFound
from graphnet.influence.wishes import Wish
from graphnet.live import Live
from graphnet.people import key_of
from graphnet.privacy import Rules, Viewer
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder
from tests.conftest import WIPE
from tests.support.furnished import PASSWORD, own_home, site
from tests.support.themselves import erase, export
from webapp.features.ambassadors.picture import NAMES, WIDEST, picture

STAFF = Viewer("staff", account_id="test", purpose="ambassadors")
SOME = """MATCH (p:Alumnus)-[:GAVE]->(c:Consent {purpose: 'profile', state: 'given'})
WHERE p.died_on IS NULL AND NOT EXISTS { (p)<-[:OF]-(:Account) }
RETURN p.key AS key, p.id AS id ORDER BY key LIMIT 1"""
SAY = """MATCH (p:Person {key: $key})
CREATE (p)-[:GAVE]->(:Consent {id: $id, purpose: 'profile', state: $state, at: datetime()})"""


@pytest.fixture(scope="module")
def home(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A synthetic association of 300 with three accounts, and its snapshot."""
    store = session_store
    store.run_alone(WIPE)
    own = own_home(settings, tmp_path_factory.mktemp("ambassadors"))
    files = own.home / "synth"
    synth.write(files, alumni=300, seed=2003)
    import_folder(
        store,
        mapping.read(mapping.find("synth"), files),
        files,
        ground="these people do not exist",
        by="test",
        rejects=own.home / "rejects",
    )
    keys = [row["key"] for row in store.read(REGISTER)]
    accounts.create_many(
        store,
        [
            {"email": f"p{key}@example.org", "person_key": key, "roles": ["alumnus"]}
            for key in keys[1:]
        ]
        + [{"email": "staff@example.org", "person_key": keys[0], "roles": ["alumnus", "staff"]}],
        PASSWORD,
    )
    refresh(store, own.snapshots)
    return own


REGISTER = """MATCH (p:Alumnus)-[:GAVE]->(c:Consent {purpose: 'profile', state: 'given'})
WHERE p.died_on IS NULL RETURN p.key AS key ORDER BY key LIMIT 60"""


@pytest.fixture(scope="module")
def app(session_store: Store, home: Settings) -> Iterator[Flask]:
    from graphnet.live import Live

    live = Live(session_store, home.snapshots, rules=Rules())
    live.start()
    yield site(live, home)
    live.stop()


@pytest.fixture(scope="module")
def staff(app: Flask):
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": "staff@example.org", "password": PASSWORD})
    assert answer.status_code == 303
    return client


def wish(**more: str) -> dict[str, str]:
    return {"k": "6", "not_asked": "yes", "no_conflicts": "yes", **more}


def made(staff, **more: str) -> str:
    answer = staff.post("/staff/ambassadors/plans", data=wish(**more))
    assert answer.status_code == 303, answer.text
    return answer.location.rsplit("/", 1)[1]


def rows(staff, plan: str) -> list[dict[str, str]]:
    text = staff.get(f"/staff/ambassadors/plans/{plan}?as=csv").get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_only_staff_come_in(app: Flask, session_store: Store):
    client = app.test_client()
    assert client.get("/staff/ambassadors/new").status_code == 303
    key = session_store.read(REGISTER)[1]["key"]
    client.post("/sign-in", data={"email": f"p{key}@example.org", "password": PASSWORD})
    for path in ("", "/new", "/plans/x", "/plans/x/people/y"):
        assert client.get("/staff/ambassadors" + path).status_code == 403
    assert client.post("/staff/ambassadors/plans", data=wish()).status_code == 403
    alumnus = Viewer("alumnus", key)
    for call in (
        lambda: plans.make_plan(session_store, alumnus, Wish(3)),
        lambda: plans.mark(session_store, alumnus, "x", "y", "asked"),
        lambda: conflicts(session_store, alumnus),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_a_set_is_chosen_asked_and_planned_anew(staff, session_store: Store, home: Settings):
    plan = made(staff, name="Autumn", faculty_each="0", cities="Санкт-Петербург: 1")
    page = staff.get(f"/staff/ambassadors/plans/{plan}").text
    assert "Autumn" in page
    for way in ("At random", "Most ties", "Highest PageRank", "Named by peers"):
        assert way in page
    first = rows(staff, plan)
    assert len(first) == 6
    # The reader is on the staff and so in no set.
    staff_key = session_store.read(REGISTER)[0]["key"]
    assert staff_key in conflicts(session_store, STAFF)
    assert staff_key not in {key_of(session_store, row["id"]) for row in first}

    def mark(person: str, state: str) -> int:
        return staff.post(
            f"/staff/ambassadors/plans/{plan}/mark", data={"person": person, "state": state}
        ).status_code

    assert staff.post(f"/staff/ambassadors/plans/{plan}/next").status_code == 409
    yes, no, waits = (row["id"] for row in first[:3])
    assert mark(yes, "accepted") == 409
    for person in (yes, no, waits):
        assert mark(person, "asked") == 303
    assert mark(yes, "asked") == 409
    assert mark(yes, "declined") == mark(yes, "asked") == 303, "what was noted by mistake goes"
    assert mark(yes, "accepted") == mark(no, "declined") == 303
    assert mark("nobody", "asked") == 404
    assert mark(yes, "nonsense") == 400
    again = staff.post(f"/staff/ambassadors/plans/{plan}/next")
    second = rows(staff, again.location.rsplit("/", 1)[1])
    ids = {row["id"] for row in second}
    assert len(ids) == 6 and {yes, waits} <= ids and no not in ids
    assert {row["id"]: row["asked"] for row in second}[yes] == "accepted"
    # Who was asked this year is in no new set.
    fresh = {row["id"] for row in rows(staff, made(staff))}
    assert not fresh & {yes, no, waits}
    assert asked_since(session_store, STAFF, year_begins()) == {
        key_of(session_store, one) for one in (yes, no, waits)
    }
    # An answer is a positive fact; silence and no are none.
    snapshot = open_snapshot(current(home.snapshots))
    count = answered(session_store, snapshot)
    assert count.sum() == 1 and count[snapshot.position(key_of(session_store, yes))] == 1


def test_the_map_shows_who_is_chosen_and_where_they_reach(staff, session_store: Store):
    plan_id = made(staff, not_asked="")
    page = staff.get(f"/staff/ambassadors/plans/{plan_id}").text
    assert "As staff you see names" in staff.get("/maps").text
    drawn = page[page.index('class="table reach-map"') :]
    drawn = drawn[: drawn.index("</svg>")]
    assert drawn.count("map-name") == drawn.count("map-chosen") == 6
    chosen = plans.plan(session_store, STAFF, plan_id, rules=Rules())
    found = picture(chosen)
    assert drawn.count("map-line") == len(found.lines) > 0
    assert drawn.count("map-all") == len(found.spots) > 0
    people, reached = chosen.result["people"], chosen.result["reached"]
    assert len(found.spots) == sum(bool(n) for row in people for n in row)
    for spot in found.spots:
        row, column = found.rows.index(spot.y), found.columns.index(spot.x)
        share = reached[row][column] / people[row][column]
        assert (spot.reached / spot.radius) ** 2 == pytest.approx(share, abs=0.05)
        # All of a circle lies within the drawing, and beside the names.
        assert spot.x - spot.radius > NAMES and spot.x + spot.radius < found.labels_at
        assert spot.y - spot.radius > 0 and spot.y + spot.radius <= found.height
    centres = {(f"{s.x} {s.y}") for s in found.spots}
    assert all(" ".join(line.path.split()[-2:]) in centres for line in found.lines)
    assert max(line.width for line in found.lines) == WIDEST
    # Who is no longer shown is not on it.
    one = rows(staff, plan_id)[0]
    key = key_of(session_store, one["id"])
    session_store.write(SAY, key=key, id=f"m{key}", state="refused")
    page = staff.get(f"/staff/ambassadors/plans/{plan_id}").text
    assert page.count("map-name") == 5
    session_store.write(SAY, key=key, id=f"n{key}", state="given")


def test_the_dossier_says_why_and_only_for_people_of_the_set(staff, session_store: Store):
    plan = made(staff)
    one = rows(staff, plan)[0]
    page = staff.get(f"/staff/ambassadors/plans/{plan}/people/{one['id']}")
    assert page.status_code == 200
    for text in ("What this person adds", "What they did", "Conflicts", "PageRank", "Never asked"):
        assert text in page.text
    other = session_store.read(SOME)[0]["id"]
    missing = staff.get(f"/staff/ambassadors/plans/{plan}/people/{other}")
    assert missing.status_code == 404
    assert staff.get("/staff/ambassadors/plans/none").status_code == 404


def test_who_withdraws_consent_is_gone_from_every_set_at_once(staff, session_store: Store):
    plan = made(staff, not_asked="")
    one = rows(staff, plan)[0]
    key = key_of(session_store, one["id"])
    session_store.write(SAY, key=key, id=f"w{key}", state="refused")
    assert one["id"] not in {row["id"] for row in rows(staff, plan)}
    assert "no longer shown" in staff.get(f"/staff/ambassadors/plans/{plan}").text
    path = f"/staff/ambassadors/plans/{plan}/people/{one['id']}"
    assert staff.get(path).status_code == 404
    # The snapshot still has the consent; a new set does not.
    assert one["id"] not in {row["id"] for row in rows(staff, made(staff, not_asked=""))}


def test_erasure_takes_asks_along_and_the_export_names_nobody_else(staff, session_store: Store):
    plan = made(staff, not_asked="", fix="")
    people = rows(staff, plan)
    gone, other = people[-1]["id"], people[0]["id"]
    data = {"person": gone, "state": "asked"}
    staff.post(f"/staff/ambassadors/plans/{plan}/mark", data=data)
    key = key_of(session_store, gone)
    taken = export(session_store, STAFF, key)
    kinds = {label for tie in taken["ties"] for label in tie["to"]}
    assert {"AmbassadorPlan", "AmbassadorAsk"} <= kinds
    assert other not in str([tie["thing"] for tie in taken["ties"]])
    erase(session_store, Viewer("staff", account_id="test", purpose="erase"), key)
    left = "MATCH (a:AmbassadorAsk) WHERE NOT EXISTS { (a)<-[:HAS]-() } RETURN count(a) AS n"
    assert session_store.read(left)[0]["n"] == 0
    assert gone not in {row["id"] for row in rows(staff, plan)}


def test_impossible_and_wrong_wishes_say_why(staff):
    plan = made(staff, k="2", faculty_each="1")
    page = staff.get(f"/staff/ambassadors/plans/{plan}").text
    assert "No set meets this wish" in page
    wrong = staff.post(
        "/staff/ambassadors/plans",
        data=wish(k="0", cities="Атлантида: 2", fix="nobody", fairness="7"),
    )
    assert wrong.status_code == 422
    assert wrong.text.count('class="field-error"') >= 4
    assert "Атлантида" in wrong.text
    kept = staff.get("/staff/ambassadors/new?k=9&decade_each=1&where_possible=yes").text
    assert re.search(r'id="k"[^>]*value="9"', kept)


def held(plan: str) -> jobs.Job:
    return jobs.Job("x", work.KIND, {}, 1, f"{work.KIND}:{plan}", datetime.now(UTC))


def test_a_large_network_is_left_to_the_worker(
    staff, session_store: Store, home: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(work, "AT_ONCE", 10)
    plan = made(staff)
    page = staff.get(f"/staff/ambassadors/plans/{plan}").text
    assert "Waiting for the worker" in page and "<progress" in page
    opened = Engine(home, session_store, Live(session_store, home.snapshots))
    handlers = {work.KIND: work.choosing(opened)}
    while job_worker.Worker(session_store, handlers).step():
        pass
    assert len(rows(staff, plan)) == 6
    # Doing the same job again gives the same set.
    before = [row["id"] for row in rows(staff, plan)]
    work.choosing(opened)(held(plan))
    assert [row["id"] for row in rows(staff, plan)] == before


def test_a_plan_that_nobody_can_finish_says_so(session_store: Store, home: Settings):
    plan = plans.make_plan(session_store, STAFF, Wish(2))
    from dataclasses import replace

    empty = replace(home, home=home.home / "empty")
    opened = Engine(empty, session_store, Live(session_store, empty.snapshots))
    with pytest.raises(SnapshotError) as problem:
        work.choosing(opened)(held(plan))
    work.say_failed(opened, held(plan), str(problem.value))
    found = plans.plan(session_store, STAFF, plan, rules=Rules())
    assert found.state == "failed" and found.problem and "snapshot" in found.problem["text"]
    with pytest.raises(ThingNotFound):
        plans.plan(session_store, STAFF, "none", rules=Rules())
    with pytest.raises(Conflict):
        plans.next_wave(session_store, STAFF, plan, rules=Rules())


def test_a_person_sees_their_own_reach_and_nobody_elses(app: Flask, session_store: Store):
    keys = [row["key"] for row in session_store.read(REGISTER)]
    client = app.test_client()
    assert client.get("/me/reach").status_code == 303
    client.post("/sign-in", data={"email": f"p{keys[3]}@example.org", "password": PASSWORD})
    page = client.get("/me/reach").text
    assert "PageRank" in page and "What makes up the PageRank" in page
    assert "Reach" not in client.get("/me").text.split("<main", 1)[1] or "/me/reach" in (
        client.get("/me").text
    )


def test_positions_can_be_narrowed_by_who_was_asked(staff):
    both = staff.get("/staff/ambassadors?as=csv").get_data(as_text=True).count("\n")
    asked = staff.get("/staff/ambassadors?asked=yes&as=csv").get_data(as_text=True).count("\n")
    others = staff.get("/staff/ambassadors?asked=no&as=csv").get_data(as_text=True).count("\n")
    assert asked > 1 and asked + others - 1 == both
    assert np.isfinite(both)


MAKE_PASS_ON = """MATCH (a:Person {key: $a}) MATCH (b:Person {key: $b}) MATCH (c:Person {key: $c})
CREATE (a)-[:ASKED]->(o:PassOn {id: 'po', state: 'answered', at: datetime()})
CREATE (o)<-[:OF]-(:Handing {id: 'h1', act: 'asked', at: datetime()})-[:TO]->(b)
CREATE (h2:Handing {id: 'h2', act: 'forwarded', at: datetime()})-[:OF]->(o)
CREATE (h2)-[:BY]->(b) CREATE (h2)-[:TO]->(c)
CREATE (i:Invitation {id: 'in'})-[:BY]->(a)
CREATE (c)<-[:OF]-(:Claim {id: 'cl', state: 'done'})-[:THROUGH]->(i)
CREATE (:Claim {id: 'cm', state: 'waiting'})-[:THROUGH]->(i)
CREATE (:Ask {id: 'as', state: 'answered'})-[:OF]->(c)
CREATE (:Ask {id: 'at', state: 'sent'})-[:OF]->(b)"""
UNMAKE_PASS_ON = """MATCH (n:PassOn|Handing|Invitation|Claim|Ask) DETACH DELETE n"""


def test_what_was_passed_on_is_learned_from_and_silence_is_not(
    staff, session_store: Store, home: Settings
):
    snapshot = open_snapshot(current(home.snapshots))
    keys = [row["key"] for row in session_store.read(REGISTER)]
    a, b, c = keys[10:13]
    before = answered(session_store, snapshot)
    session_store.write(MAKE_PASS_ON, a=a, b=b, c=c)
    try:
        found = told(session_store)
        pairs = {
            (int(t), int(h)): (int(n), int(y))
            for t, h, n, y in zip(
                found.teller, found.hearer, found.tried, found.answered, strict=True
            )
        }
        # b was given it by the asker and did something; c has not; c came by a's invitation.
        assert pairs == {(a, b): (1, 1), (b, c): (1, 0), (a, c): (1, 1)}
        more = answered(session_store, snapshot) - before
        place = {key: int(snapshot.position(key)) for key in (a, b, c)}
        assert [more[place[key]] for key in (a, b, c)] == [1, 1, 1]
        assert more.sum() == 3
    finally:
        session_store.write(UNMAKE_PASS_ON)
