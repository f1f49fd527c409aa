"""Nominating: an invitation and no more before the nominee accepts; letters, limits, erasure."""

import json
from typing import Any

import pytest

from graphnet import mail
from graphnet.contest import candidates, nominations, support
from graphnet.errors import (
    BadValue,
    Conflict,
    NotAllowed,
    PersonNotFound,
    ThingNotFound,
    TooMany,
)
from graphnet.store import Store
from tests.support.contest_season import (
    BEFORE,
    CHECK,
    ENTRY,
    LETTER,
    STAFF_VIEWER,
    VOTE,
    alumnus,
    announced,
    enter,
    season,
)
from tests.support.graphs import ANNA, DARYA, ZHANNA
from tests.support.refused import refused
from tests.support.themselves import erase, export

ANNA_V, DARYA_V = alumnus(ANNA), alumnus(DARYA)


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
    with refused(Conflict, "state"):
        support.write_letter(store, ANNA_V, one, "She is good.", now=ENTRY)
    assert season(store)
    assert candidates.candidates(store, STAFF_VIEWER, season(store), states=["accepted"]) == []
    # Only the nominee answers; to everybody else there is no such nomination.
    for other in (ANNA_V, alumnus(ZHANNA), STAFF_VIEWER):
        with pytest.raises((ThingNotFound, NotAllowed)):
            nominations.accept(store, other, one, statement="x", finalist_public=True, now=ENTRY)
    nominations.accept(
        store, DARYA_V, one, statement="I did things.", finalist_public=False, now=ENTRY
    )
    support.write_letter(store, ANNA_V, one, "She is good.", now=ENTRY)
    support.write_letter(
        store, DARYA_V, one, "The programme", now=ENTRY, address="https://example.org/p"
    )
    kinds = [row["kind"] for row in support.letters(store, DARYA_V, [one])[one]]
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
    with refused(Conflict, "state"):
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
        with refused(Conflict, "phase"):
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
    support.write_letter(store, ANNA_V, one, "She is good.", now=ENTRY)
    nominations.withdraw(store, DARYA_V, one)
    held = held_of(store, one)
    assert held["letters"] == 0
    assert held["held"]["state"] == "withdrawn"
    assert "statement" not in held["held"]


def test_erasing_a_person_takes_what_was_written_for_them(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA, by=ANNA)
    support.write_letter(store, ANNA_V, one, "She is good.", now=ENTRY)
    erase(store, DARYA_V, DARYA)
    held = held_of(store, one)
    assert held["letters"] == 0
    assert set(held["held"]) == {"id", "state", "category", "at"}
