"""The end of a contest season: the result, appeals, publication, the archive."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner

from graphnet.commands.contest import contest
from graphnet.contest import (
    announcing,
    appeals,
    archive,
    candidates,
    nominations,
    publication,
    results,
    seasons,
    voting,
)
from graphnet.errors import (
    BadValue,
    Conflict,
    NotAllowed,
    ThingNotFound,
)
from graphnet.model import Name
from graphnet.privacy import ANYONE
from graphnet.requests.closing import close
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.contest_season import (
    APPEAL,
    ARCHIVE,
    DECISION,
    JURY,
    MEMBERS,
    SEALING,
    STAFF_VIEWER,
    TERMS,
    VOTE,
    admitted,
    alumnus,
    announced,
    contributed,
    enter,
    judged,
    season,
)
from tests.support.graphs import ANNA, DARYA, EVGENY, STAFF, VERA, ZHANNA
from tests.support.refused import refused
from tests.support.themselves import erase

ANNA_V, DARYA_V = alumnus(ANNA), alumnus(DARYA)


def ended(store: Store) -> tuple[Any, list[str]]:
    """A season after the vote: Darya, Zhanna and Anna stand; Anna has nothing in the ledger."""
    live = announced(store)
    contributed(store, DARYA, "event_organised", "volunteer")
    contributed(store, ZHANNA, "talk", "volunteer")
    ids = admitted(live, DARYA, ZHANNA, ANNA)
    judged(live, ids)
    return live, ids


def test_there_is_no_result_before_the_vote_has_ended(store: Store) -> None:
    ended(store)
    for at in (JURY, VOTE):
        with refused(Conflict, "phase"):
            results.result(store, STAFF_VIEWER, season(store), now=at)
        with refused(Conflict, "phase"):
            results.own_lines(store, DARYA_V, season(store), now=at)
    with pytest.raises(NotAllowed):
        results.result(store, ANNA_V, season(store), now=APPEAL)


def test_a_candidate_sees_their_own_line_in_the_appeal_window_and_no_other(store: Store) -> None:
    _, ids = ended(store)
    lines = results.own_lines(store, DARYA_V, season(store), now=APPEAL)
    assert [line.candidate for line in lines] == ids[:1]
    assert lines[0].medians == {"help": 6, "reach": 7}
    assert results.own_lines(store, alumnus(MEMBERS[0]), season(store), now=APPEAL) == []


def test_the_three_parts_come_from_ledger_jury_and_ballots(store: Store) -> None:
    _, ids = ended(store)
    receipt = voting.take(
        store, alumnus(MEMBERS[0]), "2026", voting.numbers(), keys=(b"k" * 32,), now=VOTE
    )
    voting.cast(store, "2026", receipt, [ids[1]], keys=(b"k" * 32,), now=VOTE)
    found = results.result(store, STAFF_VIEWER, season(store), now=APPEAL)
    by = {line.candidate: line for line in found.lines}
    assert [by[one].points for one in ids] == [10, 6, 0]
    jury_part = Fraction(11, 18)  # medians 6 and 7: the mean 13/2, moved from 1-10 to 0-1
    assert by[ids[0]].parts == {"standing": 1, "jury": jury_part, "vote": 0}
    assert by[ids[1]].parts == {"standing": Fraction(3, 5), "jury": jury_part, "vote": 1}
    assert by[ids[1]].total == Fraction("0.24") + Fraction("0.4") * jury_part + Fraction("0.2")
    assert by[ids[0]].total == Fraction("0.4") + Fraction("0.4") * jury_part
    assert [line.candidate for line in found.lines] == [ids[1], ids[0], ids[2]]
    assert [line.winner for line in found.lines] == [True, False, False]
    assert not by[ids[2]].ready


def test_appeals_are_answered_before_anything_is_published(store: Store) -> None:
    ended(store)
    with refused(NotAllowed, "appeal"):
        appeals.appeal(store, alumnus(MEMBERS[0]), "2026", "No.", subject="Appeal", now=APPEAL)
    request = appeals.appeal(store, DARYA_V, "2026", "Please count.", subject="A", now=APPEAL)
    for at in (VOTE, APPEAL):
        with refused(Conflict, "phase"):
            publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=at)
    with refused(Conflict, "appeals"):
        publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=DECISION)
    kinds = {"appeal": appeals.KIND}
    said = "Counted again: it is right."
    for choice in ({}, {"decision": "hidden"}):
        with refused(BadValue, "decision"):
            close(store, STAFF_VIEWER, kinds, request, said, choice=choice, now=DECISION)
    close(store, STAFF_VIEWER, kinds, request, said, choice={"decision": "rejected"}, now=DECISION)
    public = [row["act"] for row in seasons.log(store, ANYONE, season(store))]
    assert public[:2] == ["appeal rejected", "appealed"], "decided, and on the public record"
    assert appeals.appeals(store, DARYA_V, season(store))[0]["answer"].startswith("Counted")
    assert appeals.appeals(store, ANNA_V, season(store)) == []
    publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=DECISION)
    with refused(Conflict, "phase"):
        appeals.appeal(store, DARYA_V, "2026", "Again.", subject="A", now=DECISION)


def test_winners_and_consenting_finalists_only_are_published(store: Store) -> None:
    _, ids = ended(store)
    nominations.rewrite(
        store, alumnus(ZHANNA), ids[1], statement="What I did.", finalist_public=True, now=VOTE
    )
    found = publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=DECISION)
    [won] = [line.candidate for line in found.lines if line.winner]
    public = season(store, ANYONE)
    [(award, winner)] = publication.winners(store, ANYONE, public)
    assert winner is not None
    assert winner.id == won
    named = {one.id for one in publication.finalists(store, ANYONE, public)}
    assert named == {ids[1]} - {won}
    file = archive.archives(store, ANYONE, public)
    assert set(file) == {"public"}
    assert {one for one in ids if one in file["public"]["file"]} == {won} | named
    # A certificate stands behind its code; for who hides there is none any more, for anybody.
    certified = publication.certified(store, ANYONE, award["code"])
    assert isinstance(certified.name, Name)
    with pytest.raises(ThingNotFound):
        publication.certified(store, ANYONE, "0" * 16)
    store.write("MATCH (p:Person {key: $key}) SET p.visibility = 'hidden'", key=winner.key)
    with pytest.raises(ThingNotFound):
        publication.certified(store, ANYONE, award["code"])
    assert publication.winners(store, ANYONE, public)[0][1] is None


def test_the_archive_adds_up_and_one_changed_number_shows(store: Store) -> None:
    ended(store)
    publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=DECISION)
    files = archive.archives(store, STAFF_VIEWER, season(store))
    assert all(file["intact"] for file in files.values())
    whole = json.loads(files["full"]["file"])
    assert results.mistakes(whole) == []
    assert json.loads(files["public"]["file"])["full_sha256"] == files["full"]["sha256"]
    for change in (
        lambda w: w["lines"][0].update(approvals=1),
        lambda w: w["lines"][0].update(total="1/7"),
        lambda w: w["lines"][1].update(winner=True),
        lambda w: w["lines"][0]["medians"].update(help="10"),
        lambda w: w["weights"].update(standing="1/2", vote="1/10"),
    ):
        changed = json.loads(files["full"]["file"])
        change(changed)
        assert results.mistakes(changed) != [], change
    names = store.read("MATCH (p:Person) RETURN p.family_name AS name ORDER BY name LIMIT 99")
    assert not any(row["name"] in files["full"]["file"] for row in names)
    store.write("MATCH (a:SeasonArchive {kind: 'full'}) SET a.file = a.file + ' '")
    assert not archive.archives(store, STAFF_VIEWER, season(store))["full"]["intact"]


def test_seasons_on_the_command_line(
    store: Store, settings: Settings, address: tuple[str, str, str]
) -> None:
    uri, user, password = address
    own = replace(settings, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)

    def run(*arguments: str) -> str:
        found = CliRunner().invoke(contest, arguments, obj=own, catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.output

    assert "no season yet" in run("list")
    ended(store)
    publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=DECISION)
    assert "Ambassador Alumnus 2026" in run("list")
    assert "unchanged and adds up" in run("show", "2026")
    shown = json.loads(run("show", "2026", "--json"))
    assert shown["archive"]["mistakes"] == []
    assert shown["archive"]["sha256"] in run("show", "2026")
    store.write("MATCH (a:SeasonArchive {kind: 'full'}) SET a.file = a.file + ' '")
    assert "does NOT add up" in run("show", "2026")


def test_a_past_season_stays_and_nobody_changes_it(store: Store) -> None:
    _, ids = ended(store)
    publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=DECISION)
    assert season(store).phase(DECISION) == "published"
    assert season(store).phase(ARCHIVE) == "archived"
    before = archive.archives(store, STAFF_VIEWER, season(store))["full"]["sha256"]
    with pytest.raises(Conflict):
        nominations.withdraw(store, DARYA_V, ids[0])
    with pytest.raises(Conflict):
        publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=DECISION)
    with pytest.raises(Conflict):
        candidates.decide(
            store, STAFF_VIEWER, "2026", ids[0], admit=False, reason="late", now=ARCHIVE
        )
    with pytest.raises(Conflict):
        announcing.change(store, STAFF_VIEWER, "2026", replace(TERMS, prize="x"), now=ARCHIVE)
    erase(store, DARYA_V, DARYA)
    after = archive.archives(store, STAFF_VIEWER, season(store))["full"]
    assert after["intact"]
    assert after["sha256"] == before


def test_a_candidate_with_too_few_jurors_needs_a_reason_on_the_record(store: Store) -> None:
    live = announced(store)
    admitted(live, DARYA)
    with refused(Conflict, "jurors"):
        publication.publish(store, STAFF_VIEWER, "2026", key=SEALING, now=DECISION)
    publication.publish(
        store,
        STAFF_VIEWER,
        "2026",
        key=SEALING,
        now=DECISION,
        note="Nobody was found who does not know her.",
    )
    said = seasons.log(store, STAFF_VIEWER, season(store))[0]
    assert (said["act"], "Nobody was found" in said["detail"]) == ("published", True)
    assert seasons.log(store, ANYONE, season(store))[0]["detail"] == ""


def test_strangers_and_the_hidden(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA)
    found = season(store)
    assert candidates.candidates(store, ANYONE, found, states=["accepted"]) == []
    assert [c.id for c in candidates.candidates(store, ANNA_V, found, states=["accepted"])] == [one]
    store.write("MATCH (p:Person {key: $key}) SET p.visibility = 'hidden'", key=DARYA)
    assert candidates.candidates(store, ANNA_V, found, states=["accepted"]) == []
    for_staff = candidates.candidates(store, STAFF_VIEWER, found, states=["accepted"])
    assert [(c.name, c.person_id, c.statement) for c in for_staff] == [(None, "", "")]
    assert {VERA, EVGENY, STAFF}  # people of the association who have no part in this
