"""A season from its draft on: dates and acts, terms and their versions, what contradicts."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from graphnet import mail
from graphnet.contest import announcing, nominations, seasons
from graphnet.errors import (
    BadValue,
    Conflict,
    NotAllowed,
    ThingNotFound,
)
from graphnet.ledger.rules import completed, template
from graphnet.mail import Letter
from graphnet.privacy import ANYONE
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
    alumnus,
    announced,
    association,
    draft,
    enter,
    season,
    with_dates,
)
from tests.support.graphs import ANNA, DARYA, ZHANNA
from tests.support.refused import refused

ANNA_V, DARYA_V = alumnus(ANNA), alumnus(DARYA)


# The announcement


def test_phases_follow_from_the_dates_and_the_two_acts(store: Store) -> None:
    association(store)
    draft(store)
    assert season(store).phase(VOTE) == "draft"
    with pytest.raises(ThingNotFound):
        seasons.season(store, ANYONE, "2026")
    assert seasons.seasons(store, ANNA_V) == []
    announcing.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
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
        announcing.draft(store, ANNA_V, "2026", TERMS, rules=RULES, now=BEFORE)
    draft(store)
    with pytest.raises(NotAllowed):
        announcing.announce(store, ANNA_V, "2026", now=BEFORE)
    with pytest.raises(BadValue):
        announcing.announce(store, STAFF_VIEWER, "2026", now=ENTRY)
    announcing.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    with pytest.raises(Conflict):
        announcing.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
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
    assert announcing.change(store, STAFF_VIEWER, "2026", better, now=ENTRY) == 2
    with refused(Conflict, "same"):
        announcing.change(store, STAFF_VIEWER, "2026", better, now=ENTRY)
    with pytest.raises(NotAllowed):
        announcing.change(store, ANNA_V, "2026", TERMS, now=ENTRY)
    # Ten days from 1 to 10 November: the half is over as the sixth begins.
    half = TERMS.half_time()
    assert half == TERMS.begins(date(2026, 11, 6))
    with refused(Conflict, "half"):
        announcing.change(store, STAFF_VIEWER, "2026", TERMS, now=half)
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
    announcing.change(store, STAFF_VIEWER, "2026", longer, now=ENTRY)
    with refused(Conflict, "half"):
        announcing.change(
            store, STAFF_VIEWER, "2026", replace(longer, prize="Less"), now=LATE_ENTRY
        )
    with refused(BadValue, "begun"):
        announcing.change(
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
    announcing.change(store, STAFF_VIEWER, "2026", better, now=ENTRY, letter=letter)
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
    with refused(Conflict, "same"):
        announcing.change(store, STAFF_VIEWER, "2026", better, now=ENTRY, letter=letter)
    assert addressees() == once
    announcing.change(store, STAFF_VIEWER, "2026", TERMS, now=ENTRY, letter=letter)
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
    with refused(BadValue, "event"):
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


def test_the_rules_of_announced_seasons_are_the_only_ones(store: Store) -> None:
    association(store)
    assert seasons.rules(store) == []
    with pytest.raises(ThingNotFound):
        seasons.rules_at(store, BEFORE)
    draft(store)
    assert seasons.rules(store) == [], "a draft is in force for nobody"
    announcing.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    assert [one.sha256 for one in seasons.rules(store)] == [RULES.sha256]
    # At midnight of 1 January nothing changes by itself: another season must be announced first.
    new_year = datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert [seasons.rules_at(store, at).season for at in (BEFORE, new_year)] == ["2026", "2026"]


def test_what_contradicts_is_refused_with_the_reason(store: Store) -> None:
    association(store)
    draft(store)
    announcing.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    with refused(BadValue, "differs"):
        draft(store, "2027")  # the rules still say 2026
    same_days = completed(
        template(), season="2027", starts=date(2026, 12, 1), ends=date(2027, 11, 30)
    )
    with refused(Conflict, "overlap"):
        draft(store, "2027", rules=same_days)
    after = completed(template(), season="2027", starts=date(2027, 1, 1), ends=date(2027, 12, 31))
    with refused(BadValue, "window"):  # the appeals end in December 2026
        draft(store, "2027", rules=after)
    days = {name: day.replace(year=day.year + 1) for name, day in vars(TERMS.dates).items()}
    draft(store, "2027", with_dates(**days), rules=after)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    association(store)
    draft(store)
    seen = announcing.mark(season(store))
    first, second = replace(TERMS, prize="A"), replace(TERMS, prize="B")
    drafted: dict[str, Any] = {"rules": RULES, "now": BEFORE}
    announcing.draft(store, STAFF_VIEWER, "2026", first, **drafted, seen=seen)
    with refused(Conflict, "meanwhile"):
        announcing.draft(store, STAFF_VIEWER, "2026", second, **drafted, seen=seen)
    announcing.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    seen = announcing.mark(season(store))
    announcing.change(store, STAFF_VIEWER, "2026", second, now=BEFORE, seen=seen)
    with refused(Conflict, "meanwhile"):
        announcing.change(store, STAFF_VIEWER, "2026", first, now=BEFORE, seen=seen)
    assert season(store).terms.prize == "B"
    announcing.change(
        store, STAFF_VIEWER, "2026", first, now=BEFORE, seen=announcing.mark(season(store))
    )


def test_an_announcement_can_be_withdrawn_until_somebody_is_nominated(store: Store) -> None:
    live = announced(store)
    announcing.withdraw(store, STAFF_VIEWER, "2026")
    assert season(store).phase(BEFORE) == "draft"
    assert not store.read("MATCH (:Person)-[v:MAY_VOTE]->(:Contest) RETURN v.took AS t LIMIT 1")
    with refused(Conflict, "draft"):
        announcing.withdraw(store, STAFF_VIEWER, "2026")
    announcing.announce(store, STAFF_VIEWER, "2026", now=BEFORE)
    enter(live, DARYA)
    with refused(Conflict, "entered"):
        announcing.withdraw(store, STAFF_VIEWER, "2026")
    with pytest.raises(NotAllowed):
        announcing.withdraw(store, ANNA_V, "2026")
