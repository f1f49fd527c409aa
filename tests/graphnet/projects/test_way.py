"""A project's way: proposed, sent back, opened, helped, finished; who may what, who is told."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphnet import versions
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound, TooMany
from graphnet.live import Live
from graphnet.money import open_books
from graphnet.privacy import ANYONE, Viewer
from graphnet.projects import (
    bookkeepers,
    books,
    editing,
    needs,
    promises,
    receipts,
    states,
    steps,
    team,
    treasury,
)
from graphnet.projects.content import Content
from graphnet.requests import desk
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, DARYA, STAFF, ZHANNA, small_association
from tests.support.letters import delivered
from tests.support.refused import refused
from tests.support.themselves import erase, hide
from webapp.features.projects.routes import KIND

BY_STAFF = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "projects")
TREASURER = replace(BY_STAFF.for_purpose(treasury.PURPOSE), roles=frozenset({"staff", "treasurer"}))
TODAY = datetime.now(UTC).date()
LENS = Content(
    name="A lens for the school",
    name_ru="Линза для школы",
    description="We grind a lens with pupils.",
    goal=5000,
    topics=("optics",),
)
MAKE = """CREATE (t:Topic {id: 'optics', name: 'Optics', name_ru: 'Оптика'})
WITH t MATCH (p:Person {key: $helper}) CREATE (p)-[:OFFERS {weight: 1.0}]->(t)"""


def alumnus(key: int) -> Viewer:
    return Viewer("alumnus", key, f"account-{key}")


ME, HER = alumnus(ANNA), alumnus(DARYA)


@pytest.fixture
def live(store: Store, settings: Settings) -> Live:
    small_association(store)
    store.write(MAKE, helper=DARYA)
    return Live(store, settings.snapshots)


def proposed(store: Store, content: Content = LENS) -> str:
    project_id = editing.create(store, ME, content)
    states.publish(store, ME, project_id, version=1)
    return project_id


def opened(store: Store) -> str:
    project_id = proposed(store)
    states.publish(store, BY_STAFF, project_id, version=2)
    return project_id


def subjects(store: Store, settings: Settings, tmp_path: Path) -> list[str]:
    home = replace(settings, home=tmp_path)
    return [str(letter["Subject"]).strip() for letter in delivered(store, home)]


def test_proposed_sent_back_and_opened(live: Live, settings: Settings, tmp_path: Path) -> None:
    store = live.store
    project_id = proposed(store)
    for viewer in (HER, ANYONE):
        with pytest.raises(ThingNotFound):
            books.project_page(live, viewer, project_id)
        assert project_id not in {row["id"] for row in books.projects(store, viewer)}
    assert [row["id"] for row in states.proposed(store, BY_STAFF)] == [project_id]
    subjects(store, settings, tmp_path)  # the letters leave
    with refused(Conflict, "state"):
        states.publish(store, ME, project_id, version=2)
    with refused(BadValue, "notice: needed"):
        states.decline(store, BY_STAFF, project_id, "  ")
    states.decline(store, BY_STAFF, project_id, "Who buys the glass?")
    assert states.in_hand(store, ME)[0]["notice"] == "Who buys the glass?"
    with pytest.raises(NotAllowed):
        states.decline(store, ME, project_id, "No")
    subjects(store, settings, tmp_path)
    editing.change(store, ME, project_id, replace(LENS, goal=6000), version=3)
    states.publish(store, ME, project_id, version=4)
    states.publish(store, BY_STAFF, project_id, version=5)
    page = books.project_page(live, HER, project_id)
    assert [card.key for card in page.leads] == [ANNA] and page.project["goal"] == 600000
    with pytest.raises(ThingNotFound):
        books.project_page(live, ANYONE, project_id)
    subjects(store, settings, tmp_path)
    states.finish(store, ME, project_id, "The lens is there.")
    with refused(Conflict, "finished"):
        editing.change(store, ME, project_id, LENS, version=7)
    told = subjects(store, settings, tmp_path)
    for beginning in ("Your proposal has arrived", "Please look at your proposal again",
                      "Your project is open", "Finished"):  # fmt: skip
        assert any(subject.startswith(beginning) for subject in told), beginning


def test_only_who_leads_it_and_staff_change_it_and_two_at_once_lose_nothing(live: Live) -> None:
    store = live.store
    project_id = opened(store)
    for viewer in (HER, alumnus(BORIS)):
        with pytest.raises(ThingNotFound):
            editing.change(store, viewer, project_id, LENS, version=3)
        for act in (lambda v=viewer: needs.add(store, v, project_id, "lab", "A room"),
                    lambda v=viewer: steps.write(store, v, project_id, "News", ""),
                    lambda v=viewer: states.finish(store, v, project_id, "Over")):  # fmt: skip
            with pytest.raises(ThingNotFound):
                act()
    saved: list[str] = []

    def save(viewer: Viewer, content: Content) -> None:
        try:
            editing.change(store, viewer, project_id, content, version=3)
            saved.append(content.name)
        except versions.Meanwhile as meanwhile:
            assert meanwhile.now.name in ("Mine", "Theirs") and meanwhile.version == 4

    pair = [(ME, replace(LENS, name="Mine")), (BY_STAFF, replace(LENS, name="Theirs"))]
    threads = [threading.Thread(target=save, args=one) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved) == 1 and editing.one(store, ME, project_id).content.name == saved[0]
    for wrong in (replace(LENS, name="", name_ru=""), replace(LENS, topics=("none",)),
                  replace(LENS, goal=0),
                  replace(LENS, origin="x"), replace(LENS, group="none")):  # fmt: skip
        with pytest.raises(BadValue):
            editing.change(store, ME, project_id, wrong, version=4)
    for _ in range(editing.MOST_DRAFTS):
        editing.create(store, ME, LENS)
    with pytest.raises(TooMany):
        editing.create(store, ME, LENS)


def test_a_team_is_asked_and_only_a_yes_counts(
    live: Live, settings: Settings, tmp_path: Path
) -> None:
    store = live.store
    project_id = editing.create(store, ME, LENS)
    question = team.ask(store, ME, project_id, DARYA, "You know glass")
    assert books.project_page(live, HER, project_id).helpers == (), "she may look at the draft"
    with refused(Conflict, "asked"):
        team.ask(store, ME, project_id, DARYA, "")
    with refused(Conflict, "nowhere"):
        team.ask(store, ME, project_id, BORIS, "")
    with pytest.raises(ThingNotFound):
        team.answer(store, alumnus(ZHANNA), question, "yes")
    assert [row["words"] for row in team.waiting(store, HER)] == ["You know glass"]
    subjects(store, settings, tmp_path)
    team.answer(store, HER, question, "yes")
    with refused(Conflict, "answered"):
        team.answer(store, HER, question, "no")
    assert [c.key for c in books.project_page(live, ME, project_id).helpers] == [DARYA]
    other = team.ask(store, ME, project_id, ZHANNA, "")
    team.answer(store, alumnus(ZHANNA), other, "no")
    with pytest.raises(ThingNotFound):
        books.project_page(live, alumnus(ZHANNA), project_id)
    with refused(Conflict, "last"):
        team.leave(store, ME, project_id)
    team.appoint(store, ME, project_id, DARYA, "lead")
    team.leave(store, ME, project_id)
    assert not editing.may_change(store, ME, project_id)
    told = subjects(store, settings, tmp_path)
    for beginning in ("You are asked into the team", "In your team now", "A no to your question",
                      "You lead the project", "Left the team"):  # fmt: skip
        assert any(subject.startswith(beginning) for subject in told), beginning


def test_help_is_matched_with_a_need_and_both_hear(
    live: Live, settings: Settings, tmp_path: Path
) -> None:
    store = live.store
    project_id = opened(store)
    needs.add(store, ME, project_id, "expertise", "Somebody who grinds")
    need = needs.of_project(store, HER, project_id)[0]["id"]
    assert needs.fit(store, HER, project_id).offers == (("Optics", "Оптика"),)
    with pytest.raises(BadValue):
        needs.offer(store, HER, project_id, need, " ")
    with refused(Conflict, "works"):
        needs.offer(store, ME, project_id, need, "Me")
    made = needs.offer(store, HER, project_id, need, "Two evenings a month")
    with refused(Conflict, "offered"):
        needs.offer(store, HER, project_id, need, "Once more")
    row, card, fit = needs.offers(live, ME, project_id)[0]
    assert card is not None and card.key == DARYA and row["need"] == "Somebody who grinds"
    assert fit.offers == (("Optics", "Оптика"),), "who leads it sees why"
    assert [one["offers"] for one in needs.waiting(store, ME)] == [1]
    with pytest.raises(ThingNotFound):
        needs.decide(store, alumnus(ZHANNA), made, "accepted", "")
    with refused(BadValue, "words: needed"):
        needs.decide(store, ME, made, "declined", "")
    subjects(store, settings, tmp_path)
    hide(store, DARYA)
    assert needs.waiting(store, ME) == [] and needs.offers(live, ME, project_id)[0][1] is None
    with refused(Conflict, "hidden"):
        needs.offer(store, HER, project_id, need, "Hidden")
    store.write("MATCH (p:Person {key: $key}) SET p.visibility = 'shown'", key=DARYA)
    needs.decide(store, ME, made, "accepted", "Come on Friday")
    with refused(Conflict, "answered"):
        needs.withdraw(store, HER, made)
    assert needs.of_project(store, HER, project_id)[0]["mine"]["answer"] == "Come on Friday"
    lately = datetime.now(UTC) - timedelta(1)
    assert [row["state"] for row in needs.answered(store, HER, since=lately)] == ["accepted"]
    assert [c.key for c in books.project_page(live, ME, project_id).helpers] == [DARYA]
    with refused(Conflict, "answered"):
        needs.remove(store, ME, project_id, need)
    needs.meet(store, ME, project_id, need, met=True)
    with refused(Conflict, "met"):
        needs.offer(store, alumnus(ZHANNA), project_id, need, "Late")
    told = subjects(store, settings, tmp_path)
    assert {"Somebody offers help: A lens for the school",
            "Your help is accepted: A lens for the school"} <= set(told)  # fmt: skip


def given(key: int | None, amount: int, **more: object) -> treasury.Given:
    return treasury.Given(f"gift-{key}-{amount}", "gift", amount, "RUB", TODAY, person=key, **more)  # type: ignore[arg-type]


def test_a_gift_keeps_a_promise_counts_once_and_is_thanked(
    live: Live, settings: Settings, tmp_path: Path
) -> None:
    store = live.store
    project_id = opened(store)
    promises.promise(store, HER, project_id, 10000, kind=KIND, number=12, named=True)
    asked = [row for row in desk.open_requests(store, BY_STAFF) if row["kind"] == "project"]
    assert [row["text"].partition(";")[0] for row in asked] == ["100.00 RUB, 12 parts"]
    assert treasury.enter(store, TREASURER, project_id, given(DARYA, 833))
    assert not treasury.enter(store, TREASURER, project_id, given(DARYA, 833)), "sent twice"
    row = promises.mine(store, HER, project_id)[0]
    assert (row["state"], row["received"], row["left"]) == ("open", 833, 9167)
    treasury.enter(store, TREASURER, project_id, given(DARYA, 9167))
    assert promises.mine(store, HER, project_id)[0]["state"] == "received"
    acts = "MATCH (c:Contribution {kind: 'gift'}) RETURN c.act_id AS act ORDER BY act LIMIT 9"
    assert [row["act"] for row in store.read(acts)] == [
        f"gift:gift-{DARYA}-833", f"gift:gift-{DARYA}-9167",
    ]  # fmt: skip
    page = books.project_page(live, ME, project_id)
    assert page.books.received is None, "one person's sum is told to nobody"
    treasury.enter(store, TREASURER, project_id, given(ZHANNA, 500, fee=30))
    treasury.enter(store, TREASURER, project_id, given(None, 100, party="A friend"))
    page = books.project_page(live, ME, project_id)
    assert (page.books.received, page.books.spent, page.books.balance) == (10600, 30, 10570)
    assert open_books.books(store, project_id, "RUB").balance == 10570
    desk_of = treasury.desk(live, TREASURER, project_id, "RUB")
    assert {DARYA, ZHANNA} == set(desk_of.people) and desk_of.balance.balance == 10570
    treasury.put_right(store, TREASURER, project_id, f"gift-{ZHANNA}-500", what="By mistake")
    page = books.project_page(live, ME, project_id)
    assert page.books.received == 10100, "what was given back is not in it"
    assert promises.mine(store, alumnus(ZHANNA), project_id)[0]["state"] == "withdrawn"
    # Nothing is left of it anywhere: no receipt, no contribution, nobody among the supporters.
    (row,) = receipts.mine(store, alumnus(ZHANNA))[0]
    assert row["returned"] == row["amount"]
    with pytest.raises(ThingNotFound):
        receipts.receipt(store, alumnus(ZHANNA), row["id"])
    corrected = "MATCH (c:Contribution {corrects: $act}) RETURN count(c) AS n LIMIT 1"
    assert store.read(corrected, act=f"gift:gift-{ZHANNA}-500")[0]["n"] == 1
    assert books.project_page(live, alumnus(ZHANNA), project_id).project["supports"] is False
    glass = treasury.Given("glass", "expense", 10**6, "RUB", TODAY, what="Glass")
    with refused(Conflict, "balance"):
        treasury.enter(store, TREASURER, project_id, glass)
    for reader in (ME, ANYONE):
        with pytest.raises(NotAllowed):
            treasury.desk(live, reader, project_id, "RUB")
        with pytest.raises(NotAllowed):
            treasury.enter(store, reader, project_id, given(None, 5, party="x"))
    told = subjects(store, settings, tmp_path)
    assert "Your gift has arrived: A lens for the school" in told
    assert "Your gift is given back: A lens for the school" in told


def test_who_is_named_keeps_the_books_of_that_project_alone(
    live: Live, settings: Settings, tmp_path: Path
) -> None:
    store = live.store
    lens = opened(store)
    other = proposed(store, replace(LENS, name="Another"))
    states.publish(store, BY_STAFF, other, version=2)
    glass = treasury.Given("glass", "expense", 100, "RUB", TODAY, what="Glass", party="Ivan P.")
    treasury.enter(store, TREASURER, lens, given(None, 5000, party="A friend"))
    treasury.enter(store, TREASURER, lens, glass)
    for stranger in (HER, ME, ANYONE):
        with pytest.raises(NotAllowed):
            treasury.desk(live, stranger, lens, "RUB")
        with pytest.raises(NotAllowed):
            bookkeepers.name(store, stranger, lens, DARYA, "treasurer")
    with pytest.raises(NotAllowed):
        bookkeepers.name(store, BY_STAFF, lens, DARYA, "treasurer")  # of staff, treasurers alone
    with refused(BadValue, "role: unknown"):
        bookkeepers.name(store, TREASURER, lens, DARYA, "king")
    with refused(BadValue, "person: unknown"):
        bookkeepers.name(store, TREASURER, lens, 10**6, "auditor")
    with refused(Conflict, "own"):
        bookkeepers.name(store, TREASURER, lens, ANNA, "auditor")  # she leads it
    assert bookkeepers.name(store, TREASURER, lens, DARYA, "auditor")
    assert not bookkeepers.name(store, TREASURER, lens, DARYA, "auditor"), "twice is once"
    # An auditor reads who stands behind each sum of this project, and enters nothing.
    desk_of = treasury.desk(live, HER, lens, "RUB")
    assert desk_of.rights == bookkeepers.Rights(enters=False, told=True, names=False)
    assert {line.row["party"] for line, _ in desk_of.lines} == {"A friend", "Ivan P."}
    for act in (
        lambda: treasury.enter(store, HER, lens, replace(glass, id="more")),
        lambda: treasury.put_right(store, HER, lens, "glass", what="Mine"),
        lambda: treasury.resolve(store, HER, lens, "glass", "void"),
        lambda: treasury.desk(live, HER, other, "RUB"),
        lambda: treasury.one(store, HER, other, "glass"),
        lambda: bookkeepers.name(store, HER, lens, ZHANNA, "auditor"),
    ):
        with pytest.raises(NotAllowed):
            act()
    # A treasurer enters, pays, gives up and puts right in this one, and in no other.
    assert bookkeepers.name(store, TREASURER, lens, DARYA, "treasurer")
    held = treasury.Given("held", "expense", 50, "RUB", TODAY, what="Powder", approved=True)
    assert treasury.enter(store, HER, lens, held)
    assert treasury.resolve(store, HER, lens, "held", "void")
    assert treasury.put_right(store, HER, lens, "glass", what="Sent back", amount=40)
    assert treasury.desk(live, HER, lens, "RUB").balance.balance == 4940
    with pytest.raises(NotAllowed):
        treasury.enter(store, HER, other, replace(glass, id="more"))
    # Staff who are no treasurers enter as before, and are told no private name.
    plain = BY_STAFF.for_purpose(treasury.PURPOSE)
    shown = treasury.desk(live, plain, lens, "RUB")
    assert shown.rights == bookkeepers.Rights(enters=True, told=False, names=False)
    assert {line.row["party"] for line, _ in shown.lines} == {""}
    assert [(row["role"], card.key) for row, card in bookkeepers.of_project(live, ME, lens)] == [
        ("treasurer", DARYA)
    ]
    lately = datetime.now(UTC) - timedelta(hours=1)
    assert [row["id"] for row in bookkeepers.lately(store, HER, since=lately)] == [lens]
    assert [row["id"] for row in bookkeepers.mine(store, HER)] == [lens]
    bookkeepers.end(store, TREASURER, lens, DARYA)
    with pytest.raises(ThingNotFound):
        bookkeepers.end(store, TREASURER, lens, DARYA)
    with pytest.raises(NotAllowed):
        treasury.enter(store, HER, lens, replace(glass, id="late"))
    assert bookkeepers.lately(store, HER, since=lately)[0]["ended_at"] is not None
    # Whoever was named can give it back, and is not told of their own act.
    bookkeepers.name(store, TREASURER, lens, ZHANNA, "treasurer")
    bookkeepers.end(store, alumnus(ZHANNA), lens, ZHANNA)
    assert bookkeepers.lately(store, alumnus(ZHANNA), since=lately) == []
    told = subjects(store, settings, tmp_path)
    assert "You are no longer named for the books of the project: A lens for the school" in told
    assert not [line for line in told if line.startswith("You audit")]  # it had ended by then


def test_parts_of_a_gift_are_reminded_of_by_choice_alone(
    live: Live, settings: Settings, tmp_path: Path
) -> None:
    store = live.store
    lens = opened(store)
    quiet = promises.promise(store, HER, lens, 10000, kind=KIND, number=12)
    wished = promises.promise(store, HER, lens, 1200, kind=KIND, number=12, remind=True)
    soon = promises.mine(store, HER, lens)[0]["instalments"][0].due_on
    assert promises.remind(store, today=soon - timedelta(days=4)) == 0
    assert promises.remind(store, today=soon - timedelta(days=3)) == 1
    assert promises.remind(store, today=soon) == 0, "once of each part"
    treasury.enter(store, TREASURER, lens, given(DARYA, 200, pledge=wished))
    again = soon + timedelta(days=31)
    assert promises.remind(store, today=again) == 0, "the second part is here already"
    promises.wish(store, HER, lens, quiet, remind=True)
    assert promises.remind(store, today=again) == 1
    promises.wish(store, HER, lens, quiet, remind=False)
    with pytest.raises(ThingNotFound):
        promises.wish(store, ME, lens, quiet, remind=True)
    assert promises.remind(store, today=again + timedelta(days=31)) == 1, "the third of the other"
    parts = {row["id"]: row["instalments"] for row in promises.open_of_mine(store, HER)}
    assert [part.state for part in parts[wished][:3]] == ["received", "received", "due"]
    assert sum(part.received for part in parts[wished]) == 200
    told = subjects(store, settings, tmp_path)
    # What has arrived or is not wished any more by the time that a letter leaves needs none.
    assert [line for line in told if line.startswith("Part ")] == [
        "Part 3 of your gift: A lens for the school"
    ]


def test_an_erased_giver_leaves_the_sum_and_no_name(live: Live) -> None:
    store = live.store
    project_id = opened(store)
    for key in (DARYA, ZHANNA, BORIS):
        treasury.enter(store, TREASURER, project_id, given(key, 1000, reference="payment of D."))
    question = team.ask(store, ME, project_id, DARYA, "")
    erase(store, HER, DARYA)
    row = treasury.one(store, TREASURER, project_id, f"gift-{DARYA}-1000")
    assert (row["amount"], row["person"], row["reference"]) == (1000, None, None)
    assert open_books.books(store, project_id, "RUB").balance == 3000
    assert treasury.desk(live, TREASURER, project_id, "RUB").balance.balance == 3000
    assert team.for_letter(store, question) is None
    assert treasury.put_right(
        store, TREASURER, project_id, f"gift-{DARYA}-1000", what="To the estate"
    )


def test_books_are_closed_with_a_dated_notice_only(live: Live) -> None:
    store = live.store
    project_id = opened(store)
    states.close_books(store, BY_STAFF, project_id, "")
    states.open_books(store, BY_STAFF, project_id)
    treasury.enter(store, TREASURER, project_id, given(None, 100, party="Works", party_shown=True))
    with pytest.raises(NotAllowed):
        states.close_books(store, ME, project_id, "We would rather not")
    with refused(BadValue, "notice: needed"):
        states.close_books(store, BY_STAFF, project_id, "")
    states.close_books(store, BY_STAFF, project_id, "An audit is on.")
    page = books.project_page(live, ME, project_id)
    assert page.books.closed and page.books.received is None
    assert page.project["books_notice"] == "An audit is on."
    with refused(Conflict, "closed"):
        states.close_books(store, BY_STAFF, project_id, "Again")
    assert len(open_books.books(store, project_id, "RUB", until=TODAY).lines) == 1
    assert open_books.books(store, project_id, "RUB", until=TODAY - timedelta(1)).lines == ()
