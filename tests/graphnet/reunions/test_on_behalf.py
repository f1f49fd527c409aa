"""A reunion that staff ask for, for somebody who telephoned: told, confirmed, or not theirs."""

import pytest

from graphnet import audit
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.features import registered
from graphnet.privacy import STANDARD, Viewer
from graphnet.requests import desk, threads
from graphnet.requests.closing import close
from graphnet.reunions import applying, board, invitations, links, on_behalf, organisers, planning
from graphnet.reunions.reading import one
from graphnet.reunions.taking import KIND
from graphnet.store import Store
from tests.graphnet.reunions.test_way import (
    CLERK,
    ME,
    OTHER,
    STAFF_ACCOUNT,
    candidates,
    letters,
)
from tests.support.graphs import ANNA, BORIS, EVGENY, GEORGY, STAFF, VERA, small_association
from tests.support.refused import refused
from tests.support.themselves import erase, hide

WISH = applying.Wish(("A",), "", "In May", "A room")
ARE = "MATCH (q:Request) RETURN q.status AS status, q.kind AS kind, q.id AS id LIMIT 9"


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    store.write(STAFF_ACCOUNT, key=STAFF)
    return store


def applied(store: Store, key: int, *, how: str = "telephone") -> tuple[str, bool]:
    return on_behalf.apply_for(
        store, CLERK, KIND, key, WISH, how=how, subject="Reunion of group 221"
    )


def test_asked_for_somebody_with_an_account_who_says_that_it_is_so(graph: Store) -> None:
    assert {row["id"] for row in on_behalf.choices(graph, CLERK, ANNA)} >= {"A", "optics98"}
    reunion, told = applied(graph, ANNA)
    assert told and letters(graph, "reunions.asked_for") == ["anna@example.org"]
    assert not letters(graph, "requests.received"), "one letter, not two"
    row = one(graph, ME, reunion)
    assert (row["role"], row["stage"], row["asked_how"]) == ("applicant", "applied", "telephone")
    assert [item.what for item in board.waiting_for(graph, ME)] == ["asked_for"]
    assert desk.mine(graph, ME, registered().request_kinds)[0]["status"] == "new"
    (entry,) = [e for e in audit.entries(graph) if e.act == "ask for reunion for somebody"]
    assert (entry.actor, entry.keys, entry.detail) == (CLERK.account_id, (ANNA,), "telephone")

    on_behalf.agree(graph, ME, reunion)
    first = one(graph, ME, reunion)["agreed_at"]
    on_behalf.agree(graph, ME, reunion)
    assert one(graph, ME, reunion)["agreed_at"] == first is not None
    assert not board.waiting_for(graph, ME)
    with refused(Conflict, "none"):
        on_behalf.agree(graph, Viewer("alumnus", GEORGY), reunion)
    with pytest.raises(applying.There):
        applied(graph, GEORGY)
    close(graph, CLERK, registered().request_kinds, row["request"]["id"], "Gladly")
    planning.settle(graph, ME, reunion, "Kronverksky 49", 8)  # it is hers like any other


def test_a_no_takes_the_name_away_and_staff_read_it(graph: Store) -> None:
    reunion, _ = applied(graph, ANNA)
    request = graph.read(ARE)[0]["id"]
    assert on_behalf.refuse(graph, ME, reunion)
    with pytest.raises(ThingNotFound):
        one(graph, ME, reunion)
    row = one(graph, CLERK, reunion)
    assert (row["stage"], row["outcome"], row["wishes"]) == ("closed", "withdrawn", "")
    assert organisers.team(graph, CLERK, row, rules=STANDARD) == []
    assert not desk.mine(graph, ME, registered().request_kinds)
    assert letters(graph, "reunions.refused") == ["staff@example.org"]
    assert graph.read(ARE)[0]["status"] == "new", "nothing is dropped: the desk closes it"
    assert [e.text for e in threads.for_staff(graph, CLERK, request)] == ["not asked"]
    close(graph, CLERK, registered().request_kinds, request, "A mistake of ours")
    applied(graph, ANNA)  # the group is free for another


def test_it_goes_on_where_others_were_drawn_in(graph: Store) -> None:
    reunion, _ = applied(graph, ANNA)
    close(graph, CLERK, registered().request_kinds, graph.read(ARE)[0]["id"], "Gladly")
    assert candidates(graph, CLERK, reunion) == {"georgy", "boris"}
    assert invitations.invite(graph, CLERK, reunion, ["georgy"], rules=STANDARD) == (1, 0)
    invitation = invitations.invited(graph, CLERK, one(graph, CLERK, reunion), rules=STANDARD)[0]
    letter = links.for_letter(graph, invitation.id)
    assert letter is not None and letter["by"] == "Анна Иванова"
    assert not on_behalf.refuse(graph, ME, reunion)
    row = one(graph, CLERK, reunion)
    assert (row["stage"], row["outcome"]) == ("gathering", "")
    letter = links.for_letter(graph, invitation.id)
    assert letter is not None and not letter["by"], "no letter names who did not ask"
    assert one(graph, ME, reunion)["role"] == "", "her group's still, and not hers"
    assert letters(graph, "reunions.refused") == ["staff@example.org"]


def test_who_has_no_account_says_it_by_the_letter_alone(graph: Store) -> None:
    keys = [b"new", b"old"]
    reunion, told = applied(graph, GEORGY, how="visit")
    assert told and letters(graph, "reunions.asked_for") == ["georgy@example.org"]
    word = on_behalf.word_of(b"old", reunion, "georgy")
    held = on_behalf.behind_link(graph, keys, reunion, word.upper())
    assert (held["key"], held["given_name"]) == (GEORGY, "Георгий")
    for wrong in ("", "x", on_behalf.word_of(b"other", reunion, "georgy"),
                  on_behalf.word_of(b"old", reunion, "anna"),
                  on_behalf.word_of(b"old", "another", "georgy")):  # fmt: skip
        with pytest.raises(ThingNotFound):
            on_behalf.behind_link(graph, keys, reunion, wrong)
    guest = links.as_guest(held)
    on_behalf.agree(graph, guest, reunion)
    on_behalf.refuse(graph, guest, reunion)
    with pytest.raises(ThingNotFound):
        on_behalf.behind_link(graph, keys, reunion, word)
    assert one(graph, CLERK, reunion)["outcome"] == "withdrawn"


def test_who_cannot_be_written_to_hears_it_from_staff(graph: Store) -> None:
    reunion, told = applied(graph, BORIS)
    assert not told and not letters(graph, "reunions.asked_for")
    assert one(graph, CLERK, reunion)["role"] == ""
    held = on_behalf.for_whom(graph, reunion)
    assert held is not None and held["key"] == BORIS
    erase(graph, Viewer("alumnus", BORIS), BORIS)
    assert on_behalf.for_whom(graph, reunion) is None
    assert one(graph, CLERK, reunion)["wishes"] == "", "what was written for him goes too"


@pytest.mark.parametrize("key", [VERA, EVGENY, 999])
def test_nobody_asks_for_who_is_not_to_be_seen(graph: Store, key: int) -> None:
    with pytest.raises((PersonNotFound, BadValue)):
        applied(graph, key)
    assert not graph.read("MATCH (r:Reunion) RETURN r.id AS id LIMIT 1")


def test_what_is_refused(graph: Store) -> None:
    with pytest.raises(NotAllowed):
        on_behalf.apply_for(graph, OTHER, KIND, ANNA, WISH, how="visit", subject="x")
    for wish, how, what in (
        (WISH, "dream", "how"),
        (applying.Wish(("A",), "", ""), "visit", "about"),
        (applying.Wish(("nonsense",), "", "In May"), "visit", "groups"),
    ):
        with refused(BadValue, what):
            on_behalf.apply_for(graph, CLERK, KIND, ANNA, wish, how=how, subject="x")
    own = applying.apply(graph, ME, KIND, WISH, subject="Mine")
    with refused(Conflict, "none"):
        on_behalf.refuse(graph, ME, own)
    hide(graph, ANNA)
    assert on_behalf.for_whom(graph, own) is None
