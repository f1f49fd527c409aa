"""The files: complete, consistent, the same each time, and the known answers true of them."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from graphnet import synth
from graphnet.errors import BadValue
from graphnet.model import (
    CONSENT_PURPOSES,
    CONSENT_STATES,
    NODES,
    REGISTRATION_STATES,
    ROLES,
    STUDY_ROLES,
    STUDY_WAYS,
)
from graphnet.privacy import AUDIENCES, DEFAULT_AUDIENCES

from .conftest import TODAY, Read

# table: the columns that name a row of another table.
REFERENCES = {
    "registered": {"person_id": "people staff"},
    "contacts": {"person_id": "people"},
    "consents": {"person_id": "people"},
    "places": {"part_of_id": "places"},
    "lives_in": {"person_id": "people", "place_id": "places"},
    "units_part_of": {"unit_id": "units", "part_of_id": "units"},
    "units_became": {"unit_id": "units", "became_id": "units"},
    "cohorts": {"unit_id": "units"},
    "study_groups": {"cohort_id": "cohorts"},
    "group_codes": {"group_id": "study_groups"},
    "continues_as": {"group_id": "study_groups", "next_id": "study_groups"},
    "studied_in": {
        "person_id": "people", "group_id": "study_groups", "cohort_id": "cohorts",
        "unit_id": "units",
    },
    "completed": {"person_id": "people", "unit_id": "units"},
    "supervised_by": {"person_id": "people", "supervisor_id": "staff"},
    "organisations": {"place_id": "places"},
    "worked_at": {"person_id": "people", "organisation_id": "organisations"},
    "knows": {"person_id": "people", "other_id": "people"},
    "groups": {"place_id": "places"},
    "group_topics": {"group_id": "groups", "topic_id": "topics"},
    "member_of": {"person_id": "people", "group_id": "groups"},
    "interested_in": {"person_id": "people", "topic_id": "topics"},
    "offers": {"person_id": "people", "topic_id": "topics"},
    "needs": {"person_id": "people", "topic_id": "topics"},
    "events": {"festival_id": "festivals", "group_id": "groups", "place_id": "places"},
    "event_topics": {"event_id": "events", "topic_id": "topics"},
    "registrations": {"event_id": "events", "person_id": "people"},
    "projects": {"group_id": "groups"},
    "project_topics": {"project_id": "projects", "topic_id": "topics"},
    "works_on": {"person_id": "people", "project_id": "projects"},
    "pledges": {"project_id": "projects", "person_id": "people"},
    "receipts": {"project_id": "projects", "person_id": "people"},
    "refunds": {"project_id": "projects", "person_id": "people"},
    "expenses": {"project_id": "projects"},
    "news_topics": {"news_id": "news", "topic_id": "topics"},
    "service_topics": {"service_id": "services", "topic_id": "topics"},
    "requests": {"person_id": "people", "unit_id": "units"},
}  # fmt: skip
MAY_BE_EMPTY = {"part_of_id", "festival_id", "place_id", "group_id", "cohort_id", "unit_id"}

# Who keeps the books of projects, or audits them, is named by an administrator, in no file.
OF_THE_BOOKS = {"treasurer", "auditor"}


def test_same_seed_same_files(association: Path, tmp_path: Path) -> None:
    synth.write(tmp_path, alumni=300, seed=5, today=TODAY)
    names = sorted(path.name for path in association.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    for name in names:
        assert (tmp_path / name).read_bytes() == (association / name).read_bytes(), name


def test_another_seed_other_people(association: Path, tmp_path: Path) -> None:
    synth.write(tmp_path, alumni=300, seed=6, today=TODAY, only=["people"])
    assert (tmp_path / "people.csv").read_bytes() != (association / "people.csv").read_bytes()


def test_parts_are_the_same_alone(association: Path, tmp_path: Path) -> None:
    rows = synth.write(tmp_path, alumni=300, seed=5, today=TODAY, only=["people", "ties"])
    assert set(rows) == {"people", "staff", "registered", "knows"}
    for name in rows:
        assert (tmp_path / f"{name}.csv").read_bytes() == (association / f"{name}.csv").read_bytes()


def test_every_table_is_known_here(association: Path) -> None:
    tables = {path.stem for path in association.glob("*.csv")}
    nodes_only = {"people", "staff", "units", "topics", "festivals", "news", "services"}
    assert tables == set(REFERENCES) | nodes_only


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_references(name: str, table: Read) -> None:
    rows = table(name)
    assert rows or name in ("refunds", "continues_as")
    for column, targets in REFERENCES[name].items():
        known = {row["id"] for target in targets.split() for row in table(target)}
        for row in rows:
            if row[column] or column not in MAY_BE_EMPTY:
                assert row[column] in known, (name, column, row)


@pytest.mark.parametrize(
    "name", ["people", "staff", "contacts", "units", "cohorts", "events", "groups", "pledges"]
)
def test_ids_are_unique(name: str, table: Read) -> None:
    ids = [row["id"] for row in table(name)]
    assert len(set(ids)) == len(ids)


def test_words_of_the_model(table: Read) -> None:
    assert {row["role"] for row in table("studied_in")} == set(STUDY_ROLES)
    assert {row["how"] for row in table("studied_in")} <= set(STUDY_WAYS)
    assert {row["state"] for row in table("registrations")} <= set(REGISTRATION_STATES)
    roles = {role for row in table("registered") for role in row["roles"].split(";")}
    assert roles == set(ROLES) - OF_THE_BOOKS
    assert set(table("people")[0]) <= {*NODES["Person"], "id"}
    for row in table("people"):
        for entry in filter(None, row["audiences"].split(";")):
            name, audience = entry.split(":")
            assert name in DEFAULT_AUDIENCES
            assert audience in AUDIENCES


def test_every_consent_is_there(table: Read) -> None:
    found = {(row["purpose"], row["state"]) for row in table("consents")}
    everything = {(p, s) for p in CONSENT_PURPOSES for s in CONSENT_STATES}
    # Whoever refuses that their data are held at all is not held.
    assert found >= everything - {("hold", "refused")}


def test_nobody_can_be_reached(table: Read) -> None:
    for row in table("contacts"):
        if row["kind"] == "email":
            assert row["value"].isascii()
            assert row["value"].endswith("@example.org")
        else:
            assert row["value"].startswith("+7 000 ")
    emails = [row["email"] for row in table("registered")]
    assert len(set(emails)) == len(emails)
    assert all(email.endswith("@example.org") for email in emails)


def test_stays_are_in_order(table: Read) -> None:
    for row in table("studied_in"):
        if row["to_term"]:
            assert int(row["from_term"]) <= int(row["to_term"])
        places = [row["group_id"], row["cohort_id"], row["unit_id"]]
        assert sum(map(bool, places)) == 1


def test_events_are_around_today(table: Read) -> None:
    starts = [datetime.fromisoformat(row["starts_at"]).date() for row in table("events")]
    assert min(starts) >= TODAY - timedelta(3 * 365 + 1)
    assert max(starts) <= TODAY + timedelta(61)
    assert sum(start > TODAY for start in starts) >= 10
    assert {row["year"] for row in table("festivals")} == {"2023", "2024", "2025", "2026"}


def test_answers_come_before_events_and_after_registration(table: Read) -> None:
    starts = {row["id"]: row["starts_at"] for row in table("events")}
    capacity = {row["id"]: int(row["capacity"]) for row in table("events")}
    joined = {row["person_id"]: row["registered_at"] for row in table("registered")}
    pairs, yes = set(), dict.fromkeys(starts, 0)
    for row in table("registrations"):
        assert joined[row["person_id"]] <= row["at"] < starts[row["event_id"]]
        pairs.add((row["event_id"], row["person_id"]))
        yes[row["event_id"]] += row["state"] == "yes"
        assert bool(row["position"]) == (row["state"] == "waiting")
    assert len(pairs) == len(table("registrations"))
    assert all(yes[event] <= capacity[event] for event in yes)


def test_interest_shows_in_answers(table: Read) -> None:
    """Whoever states an interest comes to it more often: there is something to learn."""
    interests = {(row["person_id"], row["topic_id"]) for row in table("interested_in")}
    stating = {person for person, _ in interests}
    topics: dict[str, set[str]] = {}
    for row in table("event_topics"):
        topics.setdefault(row["event_id"], set()).add(row["topic_id"])
    hits = [
        any((row["person_id"], topic) in interests for topic in topics[row["event_id"]])
        for row in table("registrations")
        if row["person_id"] in stating
    ]
    # By chance: the same people at the same numbers of events, at each event of the calendar.
    chance = [
        sum((row["person_id"], topic) in interests for topic in about) > 0
        for row in table("registrations")
        if row["person_id"] in stating
        for about in list(topics.values())[::17]
    ]
    assert sum(hits) / len(hits) > 1.5 * sum(chance) / len(chance)


def test_hidden_people_are_told(table: Read, truth: dict[str, Any]) -> None:
    hidden = {row["id"] for row in table("people") if row["visibility"] == "hidden"}
    assert hidden == set(truth["hidden"])
    assert truth["cast"]["hidden"] in hidden
    assert hidden & {row["person_id"] for row in table("registered")}, "one of them has an account"


def test_states_are_told(table: Read, truth: dict[str, Any]) -> None:
    registered = {row["person_id"] for row in table("registered")}
    valid = {row["person_id"] for row in table("contacts") if not row["bounced_at"]}
    counts = dict.fromkeys(truth["states"], 0)
    states = {}
    for row in table("people"):
        if row["died_on"]:
            state = "deceased"
        elif row["id"] in registered:
            state = "registered"
        elif row["id"] not in valid:
            state = "lost"
        else:
            state = "reachable" if row["last_answer_at"] else "silent"
        counts[state] += 1
        states[row["id"]] = state
    assert counts == truth["states"]
    assert all(counts.values())
    assert truth["state"].items() <= states.items()


def test_groupmates_are_told(table: Read, truth: dict[str, Any]) -> None:
    stays: dict[str, list[tuple[str, int, int]]] = {}
    for row in table("studied_in"):
        if row["group_id"]:
            stay = (row["person_id"], int(row["from_term"]), int(row["to_term"]))
            stays.setdefault(row["group_id"], []).append(stay)
    assert len(truth["groupmates"]) >= 20
    for person, groups in truth["groupmates"].items():
        for group, mates in groups.items():
            mine = [stay for stay in stays[group] if stay[0] == person]
            found = {
                other
                for _, begin, end in mine
                for other, start, stop in stays[group]
                if other != person and start <= end and stop >= begin
            }
            assert found == set(mates)


def test_islands_are_told(table: Read, truth: dict[str, Any]) -> None:
    islands = [set(members) for members in truth["islands"]["people"]]
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(set.union(*islands))
    for row in table("knows"):
        if row["person_id"] in graph and row["other_id"] in graph:
            graph.add_edge(row["person_id"], row["other_id"])
    assert sorted(nx.connected_components(graph), key=len) == sorted(islands, key=len)
    # Nothing else joins them: the second one is in no community, at no event, at no employer.
    second = islands[1]
    for name in ("worked_at", "member_of", "registrations"):
        assert not second & {row["person_id"] for row in table(name)}


def test_the_cast(table: Read, truth: dict[str, Any], association: Path) -> None:
    people = {row["id"]: row for row in table("people")}
    cast = truth["cast"]
    pairs = {frozenset((row["person_id"], row["other_id"])) for row in table("knows")}
    registered = {row["person_id"] for row in table("registered")}
    ekaterina, anna, lost = cast["ekaterina"], cast["anna"], cast["lost"]
    assert (people[lost]["given_name"], people[lost]["family_name"]) == ("Александр", "Петров")
    assert truth["state"][lost] == "lost"
    assert people[anna]["given_name"] == "Анна"
    assert anna in registered
    assert frozenset((ekaterina, anna)) in pairs
    assert frozenset((anna, lost)) in pairs
    assert frozenset((ekaterina, lost)) not in pairs
    for one, other in cast["namesakes"].items():
        for column in ("given_name", "family_name"):
            assert people[one][column] == people[other][column]
    (mates,) = truth["groupmates"][ekaterina].values()
    states = {truth["state"][mate] for mate in mates}
    assert states == {"registered", "reachable", "silent", "lost", "deceased"}
    assert set(mates) & set(truth["hidden"])
    assert set(mates) & set(truth["memorial"])
    year = {row["person_id"]: row["year"] for row in table("completed")}
    assert year[lost] == "2003"
    sign_ins = json.loads((association / "demo.json").read_text(encoding="utf-8"))
    emails = {row["email"]: row["roles"] for row in table("registered")}
    assert {role: emails[who["email"]] for role, who in sign_ins.items()} == {
        role: role for role in ROLES if role not in OF_THE_BOOKS
    }


@pytest.mark.parametrize("alumni", [50, 120, 151])
def test_small_associations(alumni: int, tmp_path: Path) -> None:
    rows = synth.write(tmp_path, alumni=alumni, seed=alumni, today=TODAY)
    assert rows["people"] == alumni
    assert rows["events"] > 100
    assert rows["registrations"] > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("alumni", 49), ("known", 1.5), ("mean_degree", 0), ("registered", 2), ("only", ["cakes"])],
)
def test_bad_values(name: str, value: object, tmp_path: Path) -> None:
    arguments: dict[str, Any] = {"alumni": 300, name: value}
    with pytest.raises(BadValue):
        synth.write(tmp_path, **arguments)
