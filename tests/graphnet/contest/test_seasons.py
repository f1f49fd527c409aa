"""The contest's engine: each rule of a season, by the right role, at the right time."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from graphnet import mail
from graphnet.contest import candidates, jurors, jury, nominations, seasons
from graphnet.discovery.classmates import classes
from graphnet.errors import (
    BadValue,
    Conflict,
    NotAllowed,
    PersonNotFound,
    ThingNotFound,
    TooMany,
)
from graphnet.ledger.rules import completed, template
from graphnet.mail import Letter
from graphnet.privacy import ANYONE, Viewer
from graphnet.store import Store
from tests.support.contest_season import (
    APPEAL,
    ARCHIVE,
    BEFORE,
    CHECK,
    DECISION,
    ENTRY,
    JURORS,
    JURY,
    LATE_ENTRY,
    LETTER,
    MEMBERS,
    RULES,
    STAFF_VIEWER,
    TERMS,
    VOTE,
    admitted,
    alumnus,
    announced,
    association,
    draft,
    enter,
    judged,
    season,
    seated,
    with_dates,
)
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, ZHANNA
from tests.support.themselves import erase, export

ANNA_V, DARYA_V = alumnus(ANNA), alumnus(DARYA)


# The announcement


def test_phases_follow_from_the_dates_and_the_two_acts(store: Store) -> None:
    association(store)
    draft(store)
    assert season(store).phase(VOTE) == "draft"
    with pytest.raises(ThingNotFound):
        seasons.season(store, ANYONE, "2026")
    assert seasons.seasons(store, ANNA_V) == []
    seasons.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    found = season(store, ANYONE)
    said = [found.phase(at) for at in (BEFORE, ENTRY, CHECK, JURY, VOTE, APPEAL, DECISION, ARCHIVE)]
    assert said == [
        "announced",
        "entry",
        "check",
        "jury",
        "vote",
        "appeal",
        "decision",
        "decision",
    ]
    # The last day of a phase counts whole, where the contest is held: UTC+3 here.
    assert found.phase(TERMS.ends(date(2026, 11, 10)) - timedelta(seconds=1)) == "entry"
    assert found.phase(TERMS.ends(date(2026, 11, 10))) == "check"
    assert TERMS.ends(date(2026, 11, 10)).hour == 21


def test_only_staff_announce_and_only_before_the_entry_term(store: Store) -> None:
    association(store)
    with pytest.raises(NotAllowed):
        seasons.draft(store, ANNA_V, "2026", TERMS, rules=RULES, now=BEFORE)
    draft(store)
    with pytest.raises(NotAllowed):
        seasons.announce(store, ANNA_V, "2026", now=BEFORE)
    with pytest.raises(BadValue):
        seasons.announce(store, STAFF_VIEWER, "2026", now=ENTRY)
    seasons.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    with pytest.raises(Conflict):
        seasons.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    with pytest.raises(Conflict):  # rules and weights are fixed from now on
        draft(store)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(TERMS, title=""),
        replace(TERMS, prize_ru="  "),
        replace(TERMS, categories=()),
        replace(TERMS, criteria=(TERMS.criteria[0], TERMS.criteria[0])),
        replace(TERMS, jurors=2),
        replace(TERMS, time_zone="Nowhere/City"),
        with_dates(jury_until=date(2026, 11, 15)),
    ],
)
def test_terms_by_which_no_season_can_be_played_are_refused(store: Store, wrong: Any) -> None:
    with pytest.raises(BadValue):
        draft(store, terms=wrong)


def test_terms_change_until_half_of_the_entry_term_and_every_version_is_kept(
    store: Store,
) -> None:
    announced(store)
    better = replace(TERMS, prize="A statuette and a trip", prize_ru="Статуэтка и поездка")
    assert seasons.change(store, STAFF_VIEWER, "2026", better, now=ENTRY) == 2
    with pytest.raises(Conflict, match="same"):
        seasons.change(store, STAFF_VIEWER, "2026", better, now=ENTRY)
    with pytest.raises(NotAllowed):
        seasons.change(store, ANNA_V, "2026", TERMS, now=ENTRY)
    # Ten days from 1 to 10 November: the half is over as the sixth begins.
    half = TERMS.half_time()
    assert half == TERMS.begins(date(2026, 11, 6))
    with pytest.raises(Conflict, match="half"):
        seasons.change(store, STAFF_VIEWER, "2026", TERMS, now=half)
    kept = seasons.versions(store, season(store, ANYONE))
    assert [(number, terms.prize) for number, _, terms in kept] == [
        (1, TERMS.prize),
        (2, better.prize),
    ]
    assert "terms changed" in [row["act"] for row in seasons.log(store, ANYONE, season(store))]


def test_a_longer_entry_term_does_not_open_the_terms_again(store: Store) -> None:
    announced(store)
    longer = with_dates(
        entry_until=date(2026, 11, 20),
        check_until=date(2026, 11, 24),
        jury_until=date(2026, 11, 28),
    )
    seasons.change(store, STAFF_VIEWER, "2026", longer, now=ENTRY)
    with pytest.raises(Conflict, match="half"):
        seasons.change(store, STAFF_VIEWER, "2026", replace(longer, prize="Less"), now=LATE_ENTRY)
    with pytest.raises(BadValue, match="begun"):
        seasons.change(
            store,
            STAFF_VIEWER,
            "2026",
            replace(longer, categories=TERMS.categories[:1]),
            now=ENTRY,
        )


def test_every_candidate_is_written_to_once_when_the_terms_change(store: Store) -> None:
    live = announced(store)
    enter(live, ANNA)
    enter(live, ANNA, "mentor")
    enter(live, DARYA)
    nominations.nominate(
        live, ANNA_V, "2026", "mentor", LETTER, now=ENTRY, email="somebody@example.com"
    )
    asked: list[list[str]] = []

    def letter(changed: Collection[str]) -> Letter:
        asked.append(list(changed))
        return Letter("New terms", "Look.")

    better = replace(TERMS, prize="A statuette and a trip", prize_ru="Статуэтка и поездка")
    seasons.change(store, STAFF_VIEWER, "2026", better, now=ENTRY, letter=letter)
    assert asked == [["prize", "prize_ru"]]

    def addressees() -> list[str]:
        rows = store.read(
            "MATCH (j:Job {kind: $kind}) RETURN j.payload AS payload ORDER BY j.id LIMIT 99",
            kind=mail.KIND,
        )
        found = [json.loads(row["payload"]) for row in rows]
        return sorted(one["to"] for one in found if one["subject"] == "New terms")

    once = addressees()  # those who only were invited have not entered yet
    assert len(once) == 2
    assert len(set(once)) == 2
    with pytest.raises(Conflict, match="same"):
        seasons.change(store, STAFF_VIEWER, "2026", better, now=ENTRY, letter=letter)
    assert addressees() == once
    seasons.change(store, STAFF_VIEWER, "2026", TERMS, now=ENTRY, letter=letter)
    assert addressees() == sorted(once * 2)


def test_the_voters_list_is_fixed_by_the_announcement(store: Store) -> None:
    announced(store)
    listed = store.read(
        "MATCH (p:Person)-[:MAY_VOTE]->(:Contest) RETURN p.key AS key ORDER BY key LIMIT 99"
    )
    # Who has an account and is an alumnus; later ones are not added.
    assert [row["key"] for row in listed] == [ANNA, DARYA, ZHANNA, *JURORS, *MEMBERS]


def test_a_season_is_tied_to_the_event_where_the_award_is_given(store: Store) -> None:
    association(store)
    with pytest.raises(BadValue, match="event"):
        draft(store, terms=replace(TERMS, event="nowhere"))
    store.write(
        """CREATE (e:Event {id: 'gala', title: 'Gala', starts_at: $at, time_zone: 'Europe/Moscow'})
        CREATE (e)-[:IN]->(:Festival {id: 'w', name: 'Alumni Week'})""",
        at=DECISION,
    )
    draft(store, terms=replace(TERMS, event="gala"))
    place = seasons.given_at(store, season(store))
    assert place is not None
    assert (place["id"], place["festival"]) == ("gala", "Alumni Week")


# Nomination


def held_of(store: Store, nomination: str) -> dict[str, Any]:
    return store.read(
        """MATCH (n:Nomination {id: $id}) OPTIONAL MATCH (n)<-[:FOR]-(l:Letter)
        RETURN properties(n) AS held, count(l) AS letters LIMIT 1""",
        id=nomination,
    )[0]


def test_before_the_nominee_accepts_there_is_an_invitation_and_no_more(store: Store) -> None:
    live = announced(store)
    one = nominations.nominate(
        live, ANNA_V, "2026", "ambassador", LETTER, now=ENTRY, person_id="darya"
    )
    held = held_of(store, one)["held"]
    assert set(held) == {"id", "once", "at", "state", "category"}
    with pytest.raises(Conflict, match="state"):
        nominations.write_letter(store, ANNA_V, one, "She is good.", now=ENTRY)
    assert season(store)
    assert candidates.candidates(store, STAFF_VIEWER, season(store), states=["accepted"]) == []
    # Only the nominee answers; to everybody else there is no such nomination.
    for other in (ANNA_V, alumnus(ZHANNA), STAFF_VIEWER):
        with pytest.raises((ThingNotFound, NotAllowed)):
            nominations.accept(store, other, one, statement="x", finalist_public=True, now=ENTRY)
    nominations.accept(
        store, DARYA_V, one, statement="I did things.", finalist_public=False, now=ENTRY
    )
    nominations.write_letter(store, ANNA_V, one, "She is good.", now=ENTRY)
    nominations.write_letter(
        store, DARYA_V, one, "The programme", now=ENTRY, address="https://example.org/p"
    )
    kinds = [row["kind"] for row in nominations.letters(store, DARYA_V, [one])[one]]
    assert kinds == ["letter", "evidence"]


def test_the_invited_get_one_letter_however_many_nominate_them(store: Store) -> None:
    live = announced(store)
    one = nominations.nominate(
        live, ANNA_V, "2026", "ambassador", LETTER, now=ENTRY, person_id="darya"
    )
    again = nominations.nominate(
        live, alumnus(ZHANNA), "2026", "ambassador", LETTER, now=ENTRY, person_id="darya"
    )
    assert one == again
    letters = store.read(
        "MATCH (j:Job {kind: $kind}) RETURN j.payload AS payload LIMIT 9", kind=mail.KIND
    )
    assert len(letters) == 1
    assert "darya@example.org" in letters[0]["payload"]


def test_a_letter_to_an_address_goes_to_it_as_it_stands_on_file(store: Store) -> None:
    live = announced(store)
    store.write(
        "CREATE (:ContactPoint {id: 'k', kind: 'email', value: 'Klara@example.com', "
        "value_key: 'klara@example.com'})"
    )
    for typed in ("KLARA@EXAMPLE.COM", "DARYA@example.org", "new@strauß.example"):
        nominations.nominate(live, ANNA_V, "2026", "ambassador", LETTER, now=ENTRY, email=typed)
    rows = store.read(
        "MATCH (j:Job {kind: $kind}) RETURN j.payload AS payload LIMIT 9", kind=mail.KIND
    )
    assert sorted(json.loads(row["payload"])["to"] for row in rows) == [
        "Klara@example.com",
        "darya@example.org",
        "new@strauß.example",
    ]


def test_who_declines_is_not_asked_again_and_the_nominator_does_not_learn_of_it(
    store: Store,
) -> None:
    live = announced(store)
    one = nominations.nominate(
        live, ANNA_V, "2026", "ambassador", LETTER, now=ENTRY, person_id="darya"
    )
    nominations.decline(store, DARYA_V, one)
    assert nominations.made(store, ANNA_V)[0]["state"] == "invited"
    zhanna = alumnus(ZHANNA)
    assert one == nominations.nominate(
        live, zhanna, "2026", "ambassador", LETTER, now=ENTRY, person_id="darya"
    )
    assert held_of(store, one)["held"]["state"] == "declined"
    with pytest.raises(Conflict, match="state"):
        nominations.accept(store, DARYA_V, one, statement="x", finalist_public=True, now=ENTRY)


def test_the_nominator_s_own_data_tell_nothing_of_the_nominee(store: Store) -> None:
    live = announced(store)
    one = nominations.nominate(
        live, ANNA_V, "2026", "ambassador", LETTER, now=ENTRY, person_id="darya"
    )
    nominations.decline(store, DARYA_V, one)
    exported = export(store, ANNA_V, ANNA)
    [nominated] = [tie for tie in exported["ties"] if tie["tie"] == "NOMINATED"]
    assert set(nominated["thing"]) == {"id", "category", "at"}
    own = export(store, DARYA_V, DARYA)
    assert "declined" in [tie["thing"].get("state") for tie in own["ties"]]


@pytest.mark.parametrize("who", ["vera", "evgeny", "nobody"])
def test_hidden_dead_and_unknown_people_cannot_be_nominated_alike(store: Store, who: str) -> None:
    live = announced(store)
    with pytest.raises(PersonNotFound, match="no such person"):
        nominations.nominate(live, ANNA_V, "2026", "ambassador", LETTER, now=ENTRY, person_id=who)
    assert store.read("MATCH (n:Nomination) RETURN count(n) AS n LIMIT 1")[0]["n"] == 0


def test_an_invitation_by_address_becomes_the_person_s_when_they_accept(store: Store) -> None:
    live = announced(store)
    one = nominations.nominate(
        live, ANNA_V, "2026", "mentor", LETTER, now=ENTRY, email="Zhanna@Example.org"
    )
    zhanna = alumnus(ZHANNA)
    assert [row["id"] for row in nominations.mine(store, zhanna)] == [one]
    assert nominations.mine(store, DARYA_V) == []
    nominations.accept(store, zhanna, one, statement="x", finalist_public=False, now=ENTRY)
    held = held_of(store, one)["held"]
    assert "email" not in held
    assert "email_key" not in held


def test_unanswered_invitations_go_when_the_entry_term_ends(store: Store) -> None:
    live = announced(store)
    nominations.nominate(
        live, ANNA_V, "2026", "mentor", LETTER, now=ENTRY, email="somebody@example.com"
    )
    accepted = enter(live, DARYA)
    assert nominations.forget_unanswered(store, ENTRY) == 0
    assert nominations.forget_unanswered(store, CHECK) == 1
    left = store.read("MATCH (n:Nomination) RETURN n.id AS id ORDER BY id LIMIT 9")
    assert [row["id"] for row in left] == [accepted]


def test_limits_and_times_of_nomination(store: Store) -> None:
    live = announced(store)
    for at in (BEFORE, CHECK, VOTE):
        with pytest.raises(Conflict, match="phase"):
            nominations.nominate(
                live, ANNA_V, "2026", "ambassador", LETTER, now=at, person_id="darya"
            )
    for number in range(nominations.MOST):
        nominations.nominate(
            live, ANNA_V, "2026", "mentor", LETTER, now=ENTRY, email=f"a{number}@example.com"
        )
    with pytest.raises(TooMany):
        nominations.nominate(
            live, ANNA_V, "2026", "mentor", LETTER, now=ENTRY, email="one@example.com"
        )
    with pytest.raises(BadValue):
        nominations.nominate(
            live, DARYA_V, "2026", "nonsense", LETTER, now=ENTRY, person_id="zhanna"
        )


def test_a_candidate_withdraws_at_any_time_and_letters_go_with_it(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA, by=ANNA)
    nominations.write_letter(store, ANNA_V, one, "She is good.", now=ENTRY)
    nominations.withdraw(store, DARYA_V, one)
    held = held_of(store, one)
    assert held["letters"] == 0
    assert held["held"]["state"] == "withdrawn"
    assert "statement" not in held["held"]


def test_erasing_a_person_takes_what_was_written_for_them(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA, by=ANNA)
    nominations.write_letter(store, ANNA_V, one, "She is good.", now=ENTRY)
    erase(store, DARYA_V, DARYA)
    held = held_of(store, one)
    assert held["letters"] == 0
    assert set(held["held"]) == {"id", "state", "category", "at"}


# Eligibility


def test_every_rule_of_eligibility_is_shown_with_its_outcome(store: Store) -> None:
    live = announced(store)
    good, member = enter(live, DARYA), enter(live, MEMBERS[0])
    store.write("MATCH (a:Account {id: 'account-201'}) SET a.roles = ['alumnus', 'staff']")
    seated(store, JURORS[0], now=ENTRY)
    found = candidates.checks(store, STAFF_VIEWER, season(store))
    assert all(one.met for one in found[good])
    assert [one.rule for one in found[member] if not one.met] == ["not staff"]
    with pytest.raises(Conflict, match="rules"):
        candidates.decide(store, STAFF_VIEWER, "2026", member, admit=True, reason="", now=CHECK)
    with pytest.raises(BadValue, match="reason"):
        candidates.decide(store, STAFF_VIEWER, "2026", member, admit=False, reason="", now=CHECK)
    candidates.decide(
        store, STAFF_VIEWER, "2026", member, admit=False, reason="Works for us.", now=CHECK
    )
    assert nominations.mine(store, alumnus(MEMBERS[0]))[0]["reason"] == "Works for us."
    with pytest.raises(NotAllowed):
        candidates.decide(store, ANNA_V, "2026", good, admit=True, reason="", now=CHECK)
    with pytest.raises(NotAllowed):
        candidates.checks(store, ANNA_V, season(store))


def test_a_recent_winner_sits_out_as_many_seasons_as_the_rules_say(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA)
    store.write(
        """MATCH (p:Person {key: $key})
        CREATE (c:Contest {id: 'old', season: $season, announced_at: datetime()})
        CREATE (a:Award {id: 'a', code: 'a'})-[:IN]->(c)
        CREATE (a)-[:TO]->(n:Nomination {id: 'n', once: 'n'})-[:IN]->(c)
        CREATE (n)-[:OF]->(p)""",
        key=DARYA,
        season="2024",
    )
    broken = [
        check
        for check in candidates.checks(store, STAFF_VIEWER, season(store))[one]
        if not check.met
    ]
    assert [(check.rule, check.about) for check in broken] == [("no recent winner", "2024")]
    store.write("MATCH (c:Contest {id: 'old'}) SET c.season = '2023'")
    assert all(c.met for c in candidates.checks(store, STAFF_VIEWER, season(store))[one])


# The jury


def test_the_graph_knows_conflicts_of_interest(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA, by=ANNA)
    store.write(
        """MATCH (a:Person {key: 101}) MATCH (b:Person {key: 5}) MATCH (c:Person {key: 102})
        CREATE (o:Organisation {id: 'o', name: 'O'})
        CREATE (a)-[:WORKED_AT {from_year: 2001, to_year: 2005}]->(o)
        CREATE (b)-[:WORKED_AT {from_year: 2005}]->(o)
        CREATE (c)-[:WORKED_AT {from_year: 1990, to_year: 2004}]->(o)"""
    )
    # Georgy was in group B with Darya, and knows her; Anna was in group A, and nominated her.
    store.write(
        """MATCH (p:Person {key: $key})
        CREATE (:Account {id: 'account-4', email: 'g', email_key: 'g', roles: ['alumnus']})
          -[:OF]->(p)""",
        key=GEORGY,
    )
    store.write(
        "MATCH (a:Account) WHERE NOT a.email CONTAINS '@' SET a.email = a.id + '@example.org'"
    )
    for key in (ANNA, GEORGY, ZHANNA, *JURORS[:2]):
        seated(store, key, now=CHECK)
    candidates.decide(store, STAFF_VIEWER, "2026", one, admit=True, reason="", now=CHECK)
    found = jury.progress(store, STAFF_VIEWER, season(store)).conflicts
    assert found == {
        (ANNA, one): ("nominee",),
        (GEORGY, one): ("acquaintance", "groupmate"),
        (101, one): ("co-worker",),
    }
    given = jury.assign_all(store, STAFF_VIEWER, "2026", now=CHECK)
    assert given[one] == (ZHANNA, 102)
    assert jury.progress(store, STAFF_VIEWER, season(store)).short == (one,)


def test_groupmates_are_found_along_the_lineage_of_groups(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA)
    store.write(
        """MATCH (b:StudyGroup {id: 'B'}) MATCH (p:Person {key: 101})
        CREATE (b)-[:CONTINUES_AS {academic_year: 2000}]->(d:StudyGroup {id: 'D'})
        CREATE (p)-[:STUDIED_IN {from_term: 4003, to_term: 4007}]->(d)"""
    )
    seated(store, 101, now=CHECK)
    found = jury.progress(store, STAFF_VIEWER, season(store)).conflicts
    assert found == {(101, one): ("groupmate",)}
    store.write(
        "MATCH (:Person {key: 101})-[s:STUDIED_IN]->() SET s.from_term = 4010, s.to_term = 4011"
    )
    assert jury.progress(store, STAFF_VIEWER, season(store)).conflicts == {}
    # Two groups into which one has split are strangers to the site, and so to the jury.
    store.write(
        """MATCH (:Person {key: 101})-[s:STUDIED_IN]->(d:StudyGroup {id: 'D'}) DELETE s
        WITH d MATCH (b:StudyGroup {id: 'B'}) MATCH (p:Person {key: 101})
        CREATE (b)-[:CONTINUES_AS {academic_year: 2000}]->(e:StudyGroup {id: 'E'})
        CREATE (p)-[:STUDIED_IN {from_term: 4003, to_term: 4007}]->(e)
        WITH d MATCH (:Person {key: $key})-[t:STUDIED_IN]->(:StudyGroup {id: 'B'})
        MATCH (q:Person {key: $key}) DELETE t
        CREATE (q)-[:STUDIED_IN {from_term: 4003, to_term: 4007}]->(d)""",
        key=DARYA,
    )
    alike = Viewer("alumnus", 101)
    mates = {mate.card.key for group in classes(store, alike).groups for mate in group.mates}
    assert mates == {GEORGY}, "who stayed in the group that has split"
    assert jury.progress(store, STAFF_VIEWER, season(store)).conflicts == {}


def test_jurors_see_their_own_scores_and_no_others(store: Store) -> None:
    live = announced(store)
    ids = admitted(live, ANNA, DARYA)
    judged(live, ids, (1, 5, 10))
    found = season(store)
    sheets = jury.sheets(store, alumnus(JURORS[0]), found)
    assert {sheet.candidate.id for sheet in sheets} == set(ids)
    assert all(sheet.scores == {"help": 1, "reach": 2} and sheet.complete for sheet in sheets)
    for nobody in (ANNA_V, STAFF_VIEWER, alumnus(MEMBERS[0])):
        with pytest.raises(NotAllowed):
            jury.sheets(store, nobody, found)
    # Not even staff see a score while the jury reads.
    with pytest.raises(Conflict, match="phase"):
        jury.judged(store, STAFF_VIEWER, found, now=JURY)
    with pytest.raises(NotAllowed):
        jury.judged(store, alumnus(JURORS[0]), found, now=VOTE)
    by, agreed = jury.judged(store, STAFF_VIEWER, found, now=VOTE)
    assert by[ids[0]].medians == {"help": 5, "reach": 6}
    assert by[ids[0]].part == Fraction(1, 2)
    assert set(agreed) == {"help", "reach"}


def test_only_whole_scores_from_one_to_ten_by_who_is_assigned_in_time(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    judged(live, [one])
    juror = alumnus(JURORS[0])
    for given in ({"help": 0}, {"help": 11}, {"nonsense": 5}, {}):
        with pytest.raises(BadValue):
            jury.score(store, juror, "2026", one, given, now=JURY)
    with pytest.raises(NotAllowed):
        jury.score(store, alumnus(JURORS[3]), "2026", one, {"help": 5}, now=JURY)
    for at in (CHECK, VOTE):
        with pytest.raises(Conflict, match="phase"):
            jury.score(store, juror, "2026", one, {"help": 5}, now=at)
    # A tie that came up after the assignment still bars.
    store.write(
        """MATCH (a:Person {key: 101}) MATCH (b:Person {key: 5})
        CREATE (a)-[:KNOWS {strength: 1.0}]->(b)"""
    )
    with pytest.raises(NotAllowed, match="conflict"):
        jury.score(store, juror, "2026", one, {"help": 5}, now=JURY)


def test_who_declares_a_conflict_is_replaced_and_their_scores_go(store: Store) -> None:
    live = announced(store)
    ids = admitted(live, DARYA, ANNA)
    judged(live, ids, (1, 5, 10))
    seated(store, JURORS[3], now=JURY)
    jury.declare(store, alumnus(JURORS[0]), "2026", ids[0], "We are cousins.", now=JURY)
    progress = jury.progress(store, STAFF_VIEWER, season(store))
    assert progress.assigned[ids[0]] == JURORS[1:]
    assert progress.assigned[ids[1]] == JURORS[:3]
    assert not progress.done[JURORS[3], ids[0]]
    with pytest.raises(NotAllowed):
        jury.score(store, alumnus(JURORS[0]), "2026", ids[0], {"help": 5}, now=JURY)
    by, _ = jury.judged(store, STAFF_VIEWER, season(store), now=VOTE)
    assert by[ids[0]].jurors == 2


def test_a_candidate_is_no_juror_and_a_juror_no_candidate(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA)
    with pytest.raises(Conflict, match="juror"):
        jurors.ask(store, STAFF_VIEWER, "2026", DARYA, now=CHECK)
    with pytest.raises(Conflict, match="juror"):  # has no account
        jurors.ask(store, STAFF_VIEWER, "2026", BORIS, now=CHECK)
    with pytest.raises(NotAllowed):
        jurors.ask(store, ANNA_V, "2026", ZHANNA, now=CHECK)
    two = nominations.nominate(
        live, ANNA_V, "2026", "mentor", LETTER, now=ENTRY, person_id="zhanna"
    )
    seated(store, ZHANNA, now=ENTRY)
    nominations.accept(store, alumnus(ZHANNA), two, statement="x", finalist_public=False, now=ENTRY)
    found = candidates.checks(store, STAFF_VIEWER, season(store))
    assert [c.rule for c in found[two] if not c.met] == ["not in the jury"]
    assert all(c.met for c in found[one])


def test_a_juror_who_leaves_takes_their_scores_along(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    judged(live, [one])
    jurors.remove(store, STAFF_VIEWER, "2026", JURORS[0], now=JURY)
    assert store.read("MATCH (s:JuryScore) RETURN count(s) AS n LIMIT 1")[0]["n"] == 4
    assert jury.progress(store, STAFF_VIEWER, season(store)).short == (one,)


def test_the_rules_of_announced_seasons_are_the_only_ones(store: Store) -> None:
    association(store)
    assert seasons.rules(store) == []
    with pytest.raises(ThingNotFound):
        seasons.rules_at(store, BEFORE)
    draft(store)
    assert seasons.rules(store) == [], "a draft is in force for nobody"
    seasons.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    assert [one.sha256 for one in seasons.rules(store)] == [RULES.sha256]
    # At midnight of 1 January nothing changes by itself: another season must be announced first.
    new_year = datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert [seasons.rules_at(store, at).season for at in (BEFORE, new_year)] == ["2026", "2026"]


def test_what_contradicts_is_refused_with_the_reason(store: Store) -> None:
    association(store)
    draft(store)
    seasons.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    with pytest.raises(BadValue, match="season differs"):
        draft(store, "2027")  # the rules still say 2026
    same_days = completed(
        template(), season="2027", starts=date(2026, 12, 1), ends=date(2027, 11, 30)
    )
    with pytest.raises(Conflict, match="overlap: 2026"):
        draft(store, "2027", rules=same_days)
    after = completed(template(), season="2027", starts=date(2027, 1, 1), ends=date(2027, 12, 31))
    with pytest.raises(BadValue, match="window"):  # the appeals end in December 2026
        draft(store, "2027", rules=after)
    days = {name: day.replace(year=day.year + 1) for name, day in vars(TERMS.dates).items()}
    draft(store, "2027", with_dates(**days), rules=after)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    association(store)
    draft(store)
    seen = seasons.mark(season(store))
    first, second = replace(TERMS, prize="A"), replace(TERMS, prize="B")
    drafted: dict[str, Any] = {"rules": RULES, "now": BEFORE}
    seasons.draft(store, STAFF_VIEWER, "2026", first, **drafted, seen=seen)
    with pytest.raises(Conflict, match="meanwhile"):
        seasons.draft(store, STAFF_VIEWER, "2026", second, **drafted, seen=seen)
    seasons.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    seen = seasons.mark(season(store))
    seasons.change(store, STAFF_VIEWER, "2026", second, now=BEFORE, seen=seen)
    with pytest.raises(Conflict, match="meanwhile"):
        seasons.change(store, STAFF_VIEWER, "2026", first, now=BEFORE, seen=seen)
    assert season(store).terms.prize == "B"
    seasons.change(store, STAFF_VIEWER, "2026", first, now=BEFORE, seen=seasons.mark(season(store)))


def test_an_announcement_can_be_withdrawn_until_somebody_is_nominated(store: Store) -> None:
    live = announced(store)
    seasons.withdraw(store, STAFF_VIEWER, "2026")
    assert season(store).phase(BEFORE) == "draft"
    assert not store.read("MATCH (:Person)-[v:MAY_VOTE]->(:Contest) RETURN v.took AS t LIMIT 1")
    with pytest.raises(Conflict, match="draft"):
        seasons.withdraw(store, STAFF_VIEWER, "2026")
    seasons.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    enter(live, DARYA)
    with pytest.raises(Conflict, match="entered"):
        seasons.withdraw(store, STAFF_VIEWER, "2026")
    with pytest.raises(NotAllowed):
        seasons.withdraw(store, ANNA_V, "2026")


def test_a_juror_is_added_once(store: Store) -> None:
    announced(store)
    jurors.ask(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    with pytest.raises(Conflict, match="sits already"):
        jurors.ask(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    log = [row["act"] for row in seasons.log(store, STAFF_VIEWER, season(store))]
    assert log.count("juror asked") == 1
