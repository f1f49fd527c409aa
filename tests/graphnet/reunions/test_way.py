"""A reunion from application to thanks, on the hand-made association: who sees, is asked, is told.

Of the intake optics98 Anna, Boris, Georgy, Vera (hidden) and Evgeny (dead) were in group A, Zhanna
in C. Boris is lost; Georgy has an address and no account.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.events import attendance, listing
from graphnet.features import registered
from graphnet.live import Live, rebuild
from graphnet.people import own_studies
from graphnet.privacy import STANDARD, Viewer
from graphnet.requests import desk
from graphnet.requests.closing import close
from graphnet.requests.kinds import DECLINED
from graphnet.reunions import (
    afterwards,
    applying,
    becoming,
    board,
    invitations,
    links,
    organisers,
    planning,
    polls,
    telling,
)
from graphnet.reunions.coverage import coverage
from graphnet.reunions.reading import mine, one
from graphnet.reunions.taking import KIND, hand_over
from graphnet.store import Row, Store
from tests.support.graphs import (
    ANNA,
    BORIS,
    DARYA,
    EVGENY,
    GEORGY,
    STAFF,
    VERA,
    ZHANNA,
    small_association,
)
from tests.support.refused import refused
from tests.support.themselves import erase, hide

ME, HER, OTHER = (Viewer("alumnus", key) for key in (ANNA, ZHANNA, DARYA))
CLERK = Viewer("staff", STAFF, "account-8", purpose="reunions")
WISH = applying.Wish(("A",), "", "In May", "A room with a window")
STAFF_ACCOUNT = """MATCH (p:Person {key: $key}) CREATE (:Account {id: 'account-8',
  email: 'staff@example.org', email_key: 'staff@example.org', roles: ['staff'],
  created_at: datetime()})-[:OF]->(p)"""
JOBS = """MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload ORDER BY j.created_at, j.id"""
REFUSE = """MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'no' + toString($key),
  purpose: $purpose, state: 'refused', at: datetime()})"""
LET_IT_BE_OVER = """MATCH (e:Event {id: $id}) SET e.starts_at = $then,
  e.ends_at = $then + duration('PT3H')"""


@pytest.fixture
def live(store: Store, tmp_path: Path) -> Iterator[Live]:
    small_association(store)
    store.write(STAFF_ACCOUNT, key=STAFF)
    rebuild(store, tmp_path)
    following = Live(store, tmp_path)
    following.start()
    yield following
    following.stop()


def applied(store: Store, viewer: Viewer = ME, wish: applying.Wish = WISH) -> str:
    return applying.apply(store, viewer, KIND, wish, subject="Reunion of group 221")


def taken(store: Store, wish: applying.Wish = WISH) -> str:
    reunion = applied(store, wish=wish)
    request = one(store, CLERK, reunion)["request"]["id"]
    close(store, CLERK, registered().request_kinds, request, "Gladly")
    return reunion


def cover(store: Store, viewer: Viewer, reunion: str) -> Any:
    return coverage(store, viewer, one(store, viewer, reunion), rules=STANDARD)


def ids(found: list[invitations.Candidate]) -> set[str]:
    return {each.card.id for each in found}


def candidates(store: Store, viewer: Viewer, reunion: str) -> set[str]:
    row = one(store, viewer, reunion)
    return ids(invitations.candidates(store, viewer, row, rules=STANDARD))


def letters(store: Store, name: str) -> list[str]:
    """To whom letters of a kind are written and not yet sent."""
    rows = [json.loads(row["payload"]) for row in store.read(JOBS) if row["payload"]]
    return sorted(row["to"] for row in rows if row.get("letter") == name)


def invited(store: Store, viewer: Viewer, reunion: str) -> dict[str, invitations.Invited]:
    found = invitations.invited(store, viewer, one(store, viewer, reunion), rules=STANDARD)
    return {each.card.id: each for each in found}


def wall(days: int) -> datetime:
    then = datetime.now(UTC) + timedelta(days=days)
    return then.replace(tzinfo=None, hour=15, minute=0, second=0, microsecond=0)


def dated(store: Store, reunion: str, viewer: Viewer = ME) -> str:
    polls.add(store, viewer, reunion, wall(30))
    polls.add(store, viewer, reunion, wall(31))
    options = polls.poll(store, viewer, one(store, viewer, reunion), rules=STANDARD).options
    return options[0].id


def test_the_whole_way_of_a_group_with_one_registered(live: Live) -> None:
    """Of group A only Anna is here: asked, taken over, asked on, dated, held, thanked."""
    store = live.store
    choices = {row["id"]: row["kind"] for row in own_studies.choices(store, ME)}
    assert choices == {"A": "mine", "C": "parallel", "empty": "parallel", "optics98": "cohort"}
    reunion = applied(store)
    row = one(store, ME, reunion)
    assert (row["stage"], row["makes"], row["role"]) == ("applied", True, "applicant")
    assert row["groups"][0]["code"] == "221"
    with refused(Conflict, "applied"):
        invitations.invite(store, ME, reunion, ["georgy"], rules=STANDARD)

    close(store, CLERK, registered().request_kinds, row["request"]["id"], "Gladly")
    row = one(store, ME, reunion)
    assert (row["stage"], row["partner"]) == ("gathering", "Ирина Лебедева")
    assert desk.mine(store, ME, registered().request_kinds)[0]["outcome"] == "taken"

    found = cover(store, ME, reunion)
    assert [card.id for card in found.here] == ["anna"]
    assert [card.id for card in found.reachable] == ["georgy"]
    assert [card.id for card in found.missing] == ["boris"]
    assert found.relay is None, "one lost person is not to be told apart"
    assert cover(store, CLERK, reunion).relay == 1, "Anna knows him"
    assert row["lost_then"] == 1

    assert candidates(store, ME, reunion) == {"georgy"}, "Boris has no address"
    assert candidates(store, CLERK, reunion) == {"georgy", "boris"}
    assert invitations.invite(store, ME, reunion, ["georgy", "vera"], rules=STANDARD) == (1, 1)
    assert letters(store, "reunions.invited") == ["georgy@example.org"]
    assert candidates(store, ME, reunion) == set()

    # Who has no account answers by the letter's link, the poll too.
    first = dated(store, reunion)
    invitation = invited(store, ME, reunion)["georgy"].id
    link = links.link_of(store, [b"key"], invitation)
    assert links.link_of(store, [b"new", b"key"], invitation) == link, "an old link stays"
    held = links.behind_link(store, link)
    assert (held["given_name"], held["state"]) == ("Георгий", "invited")
    links.answer_by_link(store, link, "yes", "With my wife")
    polls.say(store, links.as_guest(held), reunion, {first: "yes"})
    polls.say(store, ME, reunion, {first: "if_need_be"})
    polls.say(store, ME, reunion, {first: "yes"})
    poll = polls.poll(store, ME, one(store, ME, reunion), rules=STANDARD)
    assert poll.best == first and poll.options[0].counts == {"yes": 2, "if_need_be": 0, "no": 0}
    assert [card.id for card in poll.options[0].who["yes"]] == ["anna", "georgy"]
    assert poll.options[0].mine == "yes" and not poll.answered

    polls.pick(store, ME, reunion, first)
    assert one(store, ME, reunion)["stage"] == "dated"
    with refused(Conflict, "dated"):
        polls.pick(store, ME, reunion, first)
    with refused(Conflict, "poll"):
        polls.say(store, ME, reunion, {first: "no"})

    planning.settle(store, ME, reunion, "Kronverksky 49", 8)
    with pytest.raises(NotAllowed):
        becoming.make_event(store, ME, reunion, becoming.Wanted("Reunion", "Встреча"))
    event = becoming.make_event(store, CLERK, reunion, becoming.Wanted("Reunion", "Встреча"))
    with refused(Conflict, "event"):
        becoming.make_event(store, CLERK, reunion, becoming.Wanted("Reunion", "Встреча"))
    assert telling.spread(store, reunion, "event", once=event) == 2
    telling.spread(store, reunion, "event", once=event)
    assert letters(store, "reunions.event") == ["anna@example.org", "georgy@example.org"]
    assert listing.event_row(store, ME, event)["id"] == event
    with pytest.raises(ThingNotFound):
        listing.event_row(store, HER, event)  # the parallel group was not gathered
    figures = afterwards.figures(store, one(store, ME, reunion))
    assert (figures.invited, figures.yes, figures.registered) == (1, 1, 1), "a place was kept"

    # He takes it back by the same link, and comes after all.
    links.answer_by_link(store, link, "no")
    assert afterwards.figures(store, one(store, ME, reunion)).registered == 0
    links.answer_by_link(store, link, "yes")
    with pytest.raises(BadValue):
        links.answer_by_link(store, link, "maybe")

    with refused(Conflict, "held"):
        becoming.close(store, CLERK, reunion, "Well done")
    store.write(LET_IT_BE_OVER, id=event, then=datetime.now(UTC) - timedelta(days=1))
    assert one(store, ME, reunion)["stage"] == "held"
    _, guests = attendance.guests(store, CLERK, event)
    there = [guest.registration for guest in guests]
    attendance.mark(store, CLERK, event, shown=there, came=there)
    assert afterwards.figures(store, one(store, ME, reunion)).came == 1
    assert afterwards.thank(store, CLERK, reunion, ["anna"], "Thank you, Anna") == 1
    assert afterwards.thank(store, CLERK, reunion, ["anna"], "Again") == 0, "once"
    becoming.close(store, CLERK, reunion, "Five came, all sang")
    row = one(store, ME, reunion)
    assert (row["stage"], row["outcome"]) == ("closed", "held")
    with refused(Conflict, "closed"):
        planning.settle(store, ME, reunion, "Elsewhere", None)


def test_nobody_is_invited_or_counted_who_hides_died_or_refused(live: Live) -> None:
    store = live.store
    reunion = taken(store, applying.Wish(("optics98",), "", "In May"))
    assert candidates(store, ME, reunion) == {"georgy", "zhanna"}
    assert cover(store, CLERK, reunion).people == 4, "Vera and Evgeny are in no number"
    everybody = ["vera", "evgeny", "boris", "zhanna", "georgy"]
    assert invitations.invite(store, CLERK, reunion, everybody, rules=STANDARD) == (2, 3)
    first = dated(store, reunion)
    invitations.answer(store, HER, reunion, "yes")
    polls.say(store, HER, reunion, {first: "yes"})
    hide(store, ZHANNA)
    live.catch_up()
    poll = polls.poll(store, ME, one(store, ME, reunion), rules=STANDARD)
    assert poll.options[0].counts["yes"] == 0, "who hides is not counted"
    assert set(invited(store, ME, reunion)) == {"georgy"}
    assert set(invited(store, CLERK, reunion)) == {"georgy"}
    assert afterwards.figures(store, one(store, ME, reunion)).invited == 1
    assert polls.poll(store, HER, one(store, HER, reunion), rules=STANDARD).options[0].mine == "yes"
    link = links.link_of(store, [b"key"], invited(store, ME, reunion)["georgy"].id)
    store.write("MATCH (p:Person {key: $key}) SET p.died_on = date()", key=GEORGY)
    with pytest.raises(ThingNotFound):
        links.behind_link(store, link)
    assert telling.spread(store, reunion, "cancelled", once="x") == 1, "Anna alone is left"


@pytest.mark.parametrize("purpose", ["hold", "show_to_members", "digest"])
def test_a_refusal_of_any_kind_keeps_the_letter_away(live: Live, purpose: str) -> None:
    reunion = taken(live.store)
    live.store.write(REFUSE, key=GEORGY, purpose=purpose)
    assert "georgy" not in candidates(live.store, CLERK, reunion)
    with pytest.raises(BadValue):
        invitations.invite(live.store, ME, reunion, [], rules=STANDARD)
    assert invitations.invite(live.store, ME, reunion, ["georgy"], rules=STANDARD) == (0, 1)


def test_who_hides_cannot_ask_and_strangers_find_nothing(live: Live) -> None:
    store = live.store
    with refused(Conflict, "hidden"):
        applied(store, Viewer("alumnus", VERA))
    with refused(BadValue, "groups"):
        applied(store, ME, applying.Wish(("B",), "", "In May"))
    reunion = applied(store)
    for act in (
        lambda: one(store, OTHER, reunion),
        lambda: organisers.help_with(store, OTHER, reunion),
        lambda: invitations.answer(store, OTHER, reunion, "yes"),
        lambda: one(store, OTHER, "none"),
    ):
        with pytest.raises(ThingNotFound):
            act()
    assert not mine(store, OTHER)
    assert [row["id"] for row in mine(store, ME)] == [reunion]
    with pytest.raises(ThingNotFound):
        one(store, HER, reunion), "another group of the same intake"


def test_two_who_ask_for_one_group_at_once_make_one(live: Live) -> None:
    store = live.store

    def ask(wish: applying.Wish) -> str:
        try:
            return applied(store, ME, wish)
        except Conflict as problem:
            return problem.code

    wishes = [applying.Wish(("A", "C"), str(n), "In May") for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, wishes))
    assert sum(len(each) == 16 for each in found) == 1, found
    with pytest.raises(applying.There) as there:
        applied(store, HER, applying.Wish(("C",), "", "Soon"))
    assert there.value.reunion == next(each for each in found if len(each) == 16)


def test_two_answer_at_once_and_both_are_counted(live: Live) -> None:
    store = live.store
    reunion = taken(store, applying.Wish(("A", "C"), "", "In May"))
    first = dated(store, reunion)

    def answer(viewer: Viewer) -> None:
        for state in ("no", "maybe", "yes"):
            invitations.answer(store, viewer, reunion, state)
            polls.say(store, viewer, reunion, {first: "yes"})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(answer, [ME, HER, ME, HER]))
    figures = afterwards.figures(store, one(store, ME, reunion))
    assert (figures.invited, figures.yes) == (2, 2)
    poll = polls.poll(store, ME, one(store, ME, reunion), rules=STANDARD)
    assert poll.options[0].counts == {"yes": 2, "if_need_be": 0, "no": 0}


def test_what_it_costs_is_shared_so_that_the_shares_cover_it() -> None:
    def line(amount: int, currency: str, per: str) -> Row:
        return {"amount": amount, "currency": currency, "per": per}

    lines = [line(100_00, "RUB", "all"), line(7_50, "RUB", "person"), line(1, "EUR", "all")]
    assert planning.shares(lines, 3) == [
        planning.Share("EUR", 1, 1),
        planning.Share("RUB", 122_50, 3334 + 7_50),
    ]
    assert all(share.each * 3 >= share.whole for share in planning.shares(lines, 3))


def test_tasks_have_owners_who_are_told_and_do_them(live: Live) -> None:
    store = live.store
    reunion = taken(store, applying.Wish(("A", "C"), "", "In May"))
    with refused(BadValue, "owner"):
        planning.add_task(store, ME, reunion, "Cake", owner="zhanna")
    organisers.help_with(store, HER, reunion)
    organisers.help_with(store, HER, reunion)
    assert letters(store, "reunions.help") == ["anna@example.org"]
    planning.add_task(store, ME, reunion, "Cake", owner="zhanna", due_on=date(2020, 1, 1))
    planning.add_task(store, CLERK, reunion, "Room", owner="staff")
    assert letters(store, "reunions.task") == ["zhanna@example.org"]
    (cake, room) = planning.tasks(store, HER, one(store, HER, reunion))
    assert cake.mine and cake.late(date.today()) and room.owner == "Ирина Лебедева"
    waits = board.waiting_for(store, HER)
    assert [(each.what, each.late) for each in waits] == [("task", True)]
    assert [each.what for each in board.waiting_for_staff(store, CLERK, rules=STANDARD)] == ["task"]
    assert board.board(store, CLERK, rules=STANDARD)[0].late == "tasks"
    with pytest.raises(ThingNotFound):
        planning.do_task(store, HER, reunion, room.id)
    planning.do_task(store, HER, reunion, cake.id)
    assert not board.waiting_for(store, HER)
    with pytest.raises(NotAllowed):
        planning.drop_task(store, HER, reunion, cake.id)
    # A helper becomes an organiser; the applicant may go then, and not before.
    with refused(Conflict, "last"):
        organisers.step_back(store, ME, reunion)
    organisers.appoint(store, ME, reunion, "zhanna", "organiser")
    organisers.step_back(store, ME, reunion)
    assert one(store, HER, reunion)["role"] == "applicant"
    assert not one(store, ME, reunion)["makes"]


def test_called_off_is_told_to_everybody_who_was_asked(live: Live) -> None:
    store = live.store
    reunion = taken(store, applying.Wish(("A", "C"), "", "In May"))
    invitations.invite(store, ME, reunion, ["georgy", "zhanna"], rules=STANDARD)
    link = links.link_of(store, [b"key"], invited(store, ME, reunion)["zhanna"].id)
    links.stop_by_link(store, link)
    with refused(BadValue, "reason"):
        becoming.call_off(store, ME, reunion, " ")
    becoming.call_off(store, ME, reunion, "The river has risen")
    assert telling.spread(store, reunion, "cancelled", once="cancelled") == 2
    to = letters(store, "reunions.cancelled")
    assert to == ["anna@example.org", "georgy@example.org"], "not who wished to hear no more"
    row = one(store, ME, reunion)
    assert (row["stage"], row["outcome"], row["reason"]) == (
        "closed", "cancelled", "The river has risen",
    )  # fmt: skip
    assert applied(store), "another may be asked for"


def test_declined_with_a_reason_it_is_the_makers_alone(live: Live) -> None:
    store = live.store
    reunion = applied(store, wish=applying.Wish(("A", "C"), "", "In May"))
    assert one(store, HER, reunion)["stage"] == "applied"
    request = one(store, CLERK, reunion)["request"]["id"]
    close(
        store,
        CLERK,
        registered().request_kinds,
        request,
        "Not this year",
        choice={"how": DECLINED},
    )
    assert one(store, ME, reunion)["reason"] == "Not this year"
    with pytest.raises(ThingNotFound):
        one(store, HER, reunion)


def test_groups_are_added_and_the_desk_hands_it_over(live: Live) -> None:
    store = live.store
    reunion = taken(store)
    more = {row["id"] for row in applying.more_choices(store, ME, one(store, ME, reunion))}
    assert more == {"C", "empty", "optics98"}
    applying.add_groups(store, ME, reunion, ["C"])
    assert one(store, HER, reunion)["gathered"]
    with pytest.raises(BadValue):
        applying.add_groups(store, ME, reunion, ["B"])
    with refused(BadValue, "account"):
        hand_over(store, CLERK, reunion, "account-1")
    hand_over(store, CLERK, reunion, "account-8")
    assert board.board(store, CLERK, owner="account-8", rules=STANDARD)[0].row["id"] == reunion
    (plan,) = becoming.ask_about_the_lost(
        live, CLERK.for_purpose("recovery"), reunion
    )[:1]  # fmt: skip
    assert plan and not becoming.ask_about_the_lost(live, CLERK, reunion), "once for each group"


def test_erased_somebody_leaves_no_words_behind(live: Live) -> None:
    store = live.store
    reunion = taken(store, applying.Wish(("A", "C"), "Our day", "In May", "Anna's wish"))
    invitations.answer(store, HER, reunion, "yes", "Zhanna's words")
    erase(store, HER, ZHANNA)
    erase(store, ME, ANNA)
    row = one(store, CLERK, reunion)
    assert (row["title"], row["about"], row["wishes"]) == ("", "", "")
    assert not store.read("MATCH (i:ReunionInvitation) RETURN i.id AS id LIMIT 1")
    assert BORIS and EVGENY  # nothing is left to ask of them
