"""Passing on: from asking to an answer; what each side may know; limits, races, erasure."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound, TooMany
from graphnet.introductions import answers, relays, requests
from graphnet.introductions.paths import MOST_OPEN, ways_to
from graphnet.introductions.targets import Target
from graphnet.live import Live
from graphnet.messages import conversations
from graphnet.privacy import ANYONE, Viewer
from graphnet.settings import Settings
from tests.graphnet.introductions.test_paths import (
    ALEKSANDR,
    ANNA,
    EKATERINA,
    ME,
    OLEG,
    PAVEL,
    STAFF,
    live,
)
from tests.support.furnished import own_home
from tests.support.letters import delivered
from tests.support.themselves import erase, hide, show

__all__ = ["live"]  # the fixture

HER, HIM, THIRD = Viewer("alumnus", ANNA), Viewer("alumnus", OLEG), Viewer("alumnus", PAVEL)
SOUGHT = Target("person", "aleksandr")


def asked(live: Live, through: str = "anna", target: Target = SOUGHT, text: str = "hello") -> str:
    return requests.ask(live, ME, target, through, text)


def state(live: Live) -> str:
    (one,) = requests.mine(live.store, ME)
    return one.state


def later(live: Live, days: int) -> None:
    """Let time go by: everything was that much earlier."""
    live.store.write(
        "MATCH (n:PassOn|Handing) SET n.at = n.at - duration({days: $days}), "
        "n.closes_at = n.closes_at - duration({days: $days}), "
        "n.expires_at = n.expires_at - duration({days: $days})",
        days=days,
    )


def test_the_whole_story_by_a_link(live: Live) -> None:
    identity = asked(live, text="  It is Katya.\r\nRemember me?  ")
    (mine,) = requests.mine(live.store, ME)
    assert (mine.state, mine.text) == ("waiting", "It is Katya.\nRemember me?")
    assert mine.asked is not None
    assert mine.asked.id == "anna"
    (waits,) = relays.all_held(live, HER)
    assert (waits.asker.id, waits.text) == ("ekaterina", mine.text)
    one = relays.held(live, HER, identity)
    assert one.sought is not None
    assert (one.sought.id, one.is_for_me, one.sought_registered) == ("aleksandr", False, False)
    token = relays.make_link(live, HER, identity)
    assert token not in str(live.store.read("MATCH (h:Handing) RETURN properties(h) AS h"))
    assert state(live) == "waiting"  # that it was forwarded is not the asker's to know
    for _ in range(2):  # opening uses nothing up
        seen = answers.by_token(live, token)
        assert (seen.asker.id, seen.text) == ("ekaterina", mine.text)
    answers.answer_link(live, ANYONE, token, "reach", "write to me: a@example.org", connect=True)
    (mine,) = requests.mine(live.store, ME)
    assert (mine.state, mine.answer, mine.seen) == ("answered", "write to me: a@example.org", False)
    requests.mark_seen(live.store, ME)
    assert requests.mine(live.store, ME)[0].seen
    # Nobody proved who they are, so nobody became a contact.
    assert not live.store.read(
        "MATCH (:Person {id: 'ekaterina'})-[t:KNOWS]-(p:Person {id: 'aleksandr'}) RETURN t LIMIT 1"
    )
    with pytest.raises(ThingNotFound):
        answers.by_token(live, token)
    assert relays.all_held(live, HER) == []
    (relay,) = requests.relays(live.store, datetime.now(UTC) - timedelta(days=1))
    assert (relay.pass_on, relay.person_key) == (identity, ANNA)
    assert requests.relays(live.store, datetime.now(UTC) + timedelta(days=1)) == []
    assert requests.open_count(live.store) == 0


def test_through_two_hands_to_who_is_registered(live: Live) -> None:
    live.store.write(
        "MATCH (p:Person {key: $key}) CREATE (:Account {id: 'new', email: 'n@example.org', "
        "email_key: 'n@example.org', roles: ['alumnus'], created_at: datetime()})-[:OF]->(p)",
        key=ALEKSANDR,
    )
    identity = asked(live, "oleg")
    one = relays.held(live, HIM, identity)
    assert [way.contact.id for way in one.onward] == ["pavel"]
    with pytest.raises(ThingNotFound):
        relays.hand_on(live, HIM, identity, "anna")  # no contact of his
    relays.hand_on(live, HIM, identity, "pavel")
    with pytest.raises(ThingNotFound):
        relays.held(live, HIM, identity)
    assert relays.held(live, THIRD, identity).onward == ()  # three steps and no more
    relays.hand_on(live, THIRD, identity, "aleksandr")
    him = Viewer("alumnus", ALEKSANDR)
    assert relays.held(live, him, identity).is_for_me
    assert state(live) == "waiting"
    answers.answer_held(live, him, identity, "reach", "gladly", connect=True)
    assert state(live) == "answered"
    (talk,) = conversations.mine(live.store, ME)
    said = conversations.thread(live.store, ME, talk.id).messages
    assert [(one.text, one.mine) for one in said] == [("hello", True), ("gladly", False)]
    assert conversations.unread(live.store, ME) == 1, "the two go on by themselves"
    found = ways_to(live, ME, SOUGHT)
    assert found.connected
    since = datetime(2020, 1, 1, tzinfo=UTC)
    assert {relay.person_key for relay in requests.relays(live.store, since)} == {OLEG, PAVEL}


def test_leaving_changes_nothing_that_the_asker_sees(live: Live) -> None:
    identity = asked(live)
    before = requests.mine(live.store, ME)
    relays.leave(live, HER, identity)
    assert requests.mine(live.store, ME) == before
    assert relays.all_held(live, HER) == []
    with pytest.raises(ThingNotFound):
        relays.make_link(live, HER, identity)
    with pytest.raises(Conflict):
        asked(live, "oleg")  # still open: one at a time
    later(live, requests.OPEN_DAYS + 1)
    assert state(live) == "closed"


def test_what_lies_too_long_goes_by_itself(live: Live) -> None:
    identity = asked(live)
    later(live, requests.HOLD_DAYS + 1)
    assert relays.all_held(live, HER) == []
    with pytest.raises(ThingNotFound):
        relays.held(live, HER, identity)
    assert state(live) == "waiting"
    later(live, requests.OPEN_DAYS)
    assert state(live) == "closed"
    assert requests.mine(live.store, ME)[0].sought is None


def test_a_link_runs_out_with_the_request(live: Live) -> None:
    token = relays.make_link(live, HER, asked(live))
    later(live, requests.OPEN_DAYS + 1)
    for wrong in (token, "nonsense", ""):
        with pytest.raises(ThingNotFound, match="does not work any more"):
            answers.by_token(live, wrong)


def test_a_second_link_takes_the_first_back(live: Live) -> None:
    identity = asked(live)
    first, second = (relays.make_link(live, HER, identity) for _ in range(2))
    with pytest.raises(ThingNotFound):
        answers.by_token(live, first)
    assert answers.by_token(live, second).id == identity


@pytest.mark.parametrize("how", ["not_now", "hide"])
def test_no_and_never_are_told_as_closed(live: Live, how: str) -> None:
    token = relays.make_link(live, HER, asked(live))
    answers.answer_link(live, ANYONE, token, how)
    live.catch_up()
    (mine,) = requests.mine(live.store, ME)
    assert (mine.state, mine.answer, mine.sought, mine.label) == ("closed", "", None, "")
    gone = ways_to(live, ME, SOUGHT).ways == ()
    assert gone == (how == "hide")
    kinds = [row["kind"] for row in live.store.read("MATCH (r:Request) RETURN r.kind AS kind")]
    assert kinds == (["hide"] if how == "hide" else [])
    assert requests.relays(live.store, datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_who_has_an_account_is_not_hidden_by_a_link_of_others(live: Live) -> None:
    token = relays.make_link(live, HER, asked(live))
    live.store.write(
        "MATCH (p:Person {key: $key}) CREATE (:Account {id: 'sought', email: 's@example.org', "
        "email_key: 's@example.org', created_at: datetime()})-[:OF]->(p)",
        key=ALEKSANDR,
    )
    assert answers.answer_link(live, ANYONE, token, "hide") is False
    live.catch_up()
    assert ways_to(live, ME, SOUGHT).ways != (), "anybody may hold the link"
    jobs = live.store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 50")
    told = [json.loads(row["payload"]) for row in jobs]
    assert [one["to"] for one in told if one.get("letter") == answers.HIDE] == ["s@example.org"]
    kinds = [row["kind"] for row in live.store.read("MATCH (r:Request) RETURN r.kind AS kind")]
    assert kinds == ["hide"], "staff look at it"


HIDERS: dict[str, Callable[[Live], None]] = {
    "who is sought": lambda live: hide(live.store, ALEKSANDR),
    "who asks": lambda live: hide(live.store, EKATERINA),
}


@pytest.mark.parametrize("who", HIDERS)
def test_who_hides_ends_it_for_everyone(live: Live, who: str) -> None:
    identity = asked(live)
    token = relays.make_link(live, HER, identity)
    HIDERS[who](live)
    assert relays.all_held(live, HER) == []
    for act in (
        lambda: relays.held(live, HER, identity),
        lambda: answers.by_token(live, token),
        lambda: answers.answer_link(live, ANYONE, token, "reach", "hi"),
    ):
        with pytest.raises(ThingNotFound):
            act()
    if who == "who is sought":
        assert state(live) == "closed"
        show(live.store, ALEKSANDR)
        assert state(live) == "closed", "or it would tell who hid for a while, found X7"


def test_nobody_to_ask_about_is_one_refusal(live: Live) -> None:
    for target in ("vera", "dead", "lonely", "nobody", "stranger", "ekaterina", "anna"):
        with pytest.raises(ThingNotFound, match="there is no such way"):
            asked(live, target=Target("person", target))
    for through in ("vera", "pavel", "aleksandr", "nobody", ""):
        with pytest.raises(ThingNotFound, match="there is no such way"):
            asked(live, through)


def test_words_are_needed_and_not_too_many(live: Live) -> None:
    for text in ("", "  \n", "x" * (requests.LONGEST + 1)):
        with pytest.raises(BadValue):
            asked(live, text=text)
    token = relays.make_link(live, HER, asked(live, text="x" * requests.LONGEST))
    for text in ("", "x" * (requests.LONGEST + 1)):
        with pytest.raises(BadValue):
            answers.answer_link(live, ANYONE, token, "reach", text)
    with pytest.raises(BadValue):
        answers.answer_link(live, ANYONE, token, "dance")
    assert state(live) == "waiting"


def test_one_open_request_a_person_and_three_a_month(live: Live) -> None:
    first = asked(live)
    with pytest.raises(Conflict):
        asked(live, "oleg")
    requests.withdraw(live.store, ME, first)
    assert state(live) == "closed"
    with pytest.raises(ThingNotFound):
        requests.withdraw(live.store, ME, first)
    with pytest.raises(ThingNotFound):
        requests.withdraw(live.store, HER, first)
    requests.withdraw(live.store, ME, asked(live))
    asked(live)
    with pytest.raises(Conflict):
        asked(live, "oleg")
    requests.withdraw(live.store, ME, requests.mine(live.store, ME)[0].id)
    with pytest.raises(TooMany):
        asked(live)
    later(live, 31)
    asked(live)


def test_others_hold_nothing_of_it(live: Live) -> None:
    identity = asked(live)
    for viewer in (ME, HIM, THIRD):
        with pytest.raises(ThingNotFound):
            relays.held(live, viewer, identity)
        assert relays.all_held(live, viewer) == []
    with pytest.raises(ThingNotFound):
        answers.answer_held(live, HER, identity, "reach", "I am not who is sought")
    for viewer in (ANYONE, STAFF):
        with pytest.raises(NotAllowed):
            requests.mine(live.store, viewer)
        with pytest.raises(NotAllowed):
            relays.held(live, viewer, identity)


def at_once(acts: list[Callable[[], Any]]) -> list[str]:
    """Run all at the same time; return how each ended."""

    def outcome(act: Callable[[], Any]) -> str:
        try:
            act()
        except (ThingNotFound, Conflict, TooMany) as problem:
            return type(problem).__name__
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(outcome, acts))


def test_of_two_answers_at_once_one_counts(live: Live) -> None:
    token = relays.make_link(live, HER, asked(live))
    ended = at_once(
        [
            lambda text=text: answers.answer_link(live, ANYONE, token, "reach", text)
            for text in ("one", "two", "three")
        ]
    )
    assert ended == ["ThingNotFound", "ThingNotFound", "done"]
    assert requests.mine(live.store, ME)[0].answer in ("one", "two", "three")


def test_of_two_requests_at_once_one_is_made(live: Live) -> None:
    ended = at_once([lambda: asked(live, "anna"), lambda: asked(live, "oleg")])
    assert ended == ["Conflict", "done"]
    assert len(requests.mine(live.store, ME)) == 1


def test_the_third_request_of_a_month_is_one_of_two_at_once(live: Live) -> None:
    for _ in range(requests.A_MONTH - 1):
        requests.withdraw(live.store, ME, asked(live))
    ended = at_once(
        [
            lambda: asked(live, "anna"),
            lambda: asked(live, "oleg", Target("person", "pavel")),
        ]
    )
    assert ended == ["TooMany", "done"]
    assert len(requests.mine(live.store, ME)) == requests.A_MONTH


def test_two_who_ask_one_person_at_once_do_not_overload_them(live: Live) -> None:
    requests.ask(live, HIM, Target("person", "anna"), "ekaterina", "hello")
    ended = at_once(
        [
            lambda: requests.ask(live, HIM, SOUGHT, "ekaterina", "hello"),
            lambda: requests.ask(live, HER, Target("person", "pavel"), "ekaterina", "hello"),
        ]
    )
    assert ended == ["Conflict", "done"]
    assert len(relays.all_held(live, ME)) == MOST_OPEN


def test_an_erased_person_leaves_no_request(live: Live) -> None:
    asked(live)
    erase(live.store, ME, EKATERINA)
    left = live.store.read("MATCH (n:PassOn|Handing) RETURN count(n) AS n")
    assert left == [{"n": 0}]


def test_an_erased_connector_leaves_the_request(live: Live) -> None:
    asked(live)
    erase(live.store, HER, ANNA)
    (mine,) = requests.mine(live.store, ME)
    assert (mine.state, mine.asked) == ("waiting", None)


def letters(live: Live, settings: Settings) -> list[tuple[str, str, str]]:
    """Return the letters that have left by now as (to, subject, words)."""
    live.store.run_alone("MATCH (j:Job) WHERE j.state = 'waiting' SET j.run_at = datetime()")
    return [
        (one["To"], one["Subject"], one.get_content()) for one in delivered(live.store, settings)
    ]


def test_who_is_asked_and_who_is_answered_gets_a_letter(
    live: Live, settings: Settings, tmp_path: Path
) -> None:
    home = own_home(settings, tmp_path)
    first = asked(live, text="Remember me?")
    ((to, subject, words),) = letters(live, home)
    assert to == "anna@example.org"
    assert subject == "ekaterina Family asks you to pass something on"
    assert f"/pass-on/{first}" in words
    assert "aleksandr" not in words, "who is sought is told on the site, to who may see them"
    token = relays.make_link(live, HER, first)
    answers.answer_link(live, ANYONE, token, "reach", "a@example.org")
    _, (to, subject, words) = letters(live, home)
    assert (to, subject) == ("ekaterina@example.org", "There is an answer to your request")
    assert "/pass-ons" in words
    assert "a@example.org" not in words.replace("ekaterina@example.org", "")


def test_nobody_is_told_of_a_no_nor_of_what_is_over(
    live: Live, settings: Settings, tmp_path: Path
) -> None:
    home = own_home(settings, tmp_path)
    requests.withdraw(live.store, ME, asked(live))
    assert letters(live, home) == [], "it does not lie with her any more"
    first = asked(live)
    answers.answer_link(live, ANYONE, relays.make_link(live, HER, first), "not_now")
    assert all(to != "ekaterina@example.org" for to, *_ in letters(live, home))
