"""Words between people: who may begin, order, once, groups, limits, erasure, letters."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from graphnet import notices
from graphnet.connections import ties
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound, TooMany
from graphnet.messages import conversations, keeping, letters, posting, reach
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import own_home
from tests.support.graphs import ANNA, BORIS, DARYA, EVGENY, VERA, ZHANNA, small_association
from tests.support.letters import delivered
from tests.support.refused import refused
from tests.support.themselves import erase, export, hide, set_audiences, show

ME, HER, THIRD = (Viewer("alumnus", key, "account") for key in (ANNA, DARYA, ZHANNA))
MANY = """UNWIND range(100, 100 + $n) AS key
CREATE (p:Person:Alumnus {id: 'p' + toString(key), key: key, given_name: 'N', visibility: 'shown',
  family_name: 'N' + toString(key), name_key: 'n'})
CREATE (:Account {id: 'a' + toString(key), email: 'x' + toString(key) + '@example.org',
  email_key: 'x' + toString(key),
  roles: ['alumnus'], created_at: $now})-[:OF]->(p)"""


@pytest.fixture(autouse=True)
def association(store: Store) -> Iterator[None]:
    small_association(store)
    yield
    assert not store.read(
        "MATCH (m:Message) WITH m.conversation AS c, m.number AS n, count(*) AS k WHERE k > 1 "
        "RETURN c LIMIT 1"
    ), "no number twice"


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    return own_home(settings, tmp_path)


def words(store: Store, viewer: Viewer, conversation: str) -> list[str | None]:
    return [one.text for one in conversations.thread(store, viewer, conversation).messages]


def test_two_write_to_each_other(store: Store) -> None:
    talk = posting.begin(store, ME, "darya", " Привет!\r\nhttps://example.org/a ")
    assert conversations.unread(store, HER) == 1 and conversations.unread(store, ME) == 0
    (line,) = conversations.mine(store, HER)
    assert line.unread and line.others[0].id == "anna" and line.words.startswith("Привет!\n")
    before = conversations.version(store, HER, talk)
    shown = conversations.thread(store, HER, talk)
    assert (shown.kind, shown.unseen, shown.answered) == ("two", 1, True)
    conversations.mark_seen(store, HER, shown)
    assert conversations.unread(store, HER) == 0
    assert conversations.version(store, HER, talk) == before, "reading is no act"
    assert posting.post(store, HER, talk, "И тебе") == 2
    assert conversations.version(store, ME, talk) > before
    assert words(store, ME, talk) == ["Привет!\nhttps://example.org/a", "И тебе"]
    assert posting.begin(store, HER, "anna", "ещё") == talk, "there is one conversation of two"
    for act in (conversations.version, conversations.thread):
        with pytest.raises(ThingNotFound):
            act(store, THIRD, talk)
    with pytest.raises(ThingNotFound):
        posting.post(store, THIRD, talk, "x")
    with pytest.raises(ThingNotFound):
        conversations.leave(store, ME, talk)


@pytest.mark.parametrize("text", ["", " \n ", "x" * (posting.LONGEST + 1)])
def test_nothing_and_too_much_are_refused(store: Store, text: str) -> None:
    with refused(BadValue, "empty", "long"):
        posting.begin(store, ME, "darya", text)


def test_many_at_once_come_one_after_the_other(store: Store) -> None:
    talk = posting.begin(store, ME, "darya", "0")

    def write(n: int) -> int:
        return posting.post(store, ME if n % 2 else HER, talk, str(n), once=f"form {n}")

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(write, range(1, 17)))
        again = list(pool.map(write, range(1, 17)))
    assert sorted(numbers) == list(range(2, 18)) and again == numbers
    shown = conversations.thread(store, ME, talk)
    assert [one.number for one in shown.messages] == list(range(1, 18))
    assert {one.text for one in shown.messages} == {str(n) for n in range(17)}


def test_a_form_sent_twice_at_once_writes_once_and_begins_once(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        acts = [pool.submit(posting.begin, store, ME, "darya", "x", once="f") for _ in range(3)]
        acts.append(pool.submit(posting.begin, store, HER, "anna", "y", once="g"))
        talks = {act.result() for act in acts}
    assert len(talks) == 1
    assert sorted(words(store, ME, talks.pop())) == ["x", "y"]


def test_only_to_whom_one_sees_and_who_lets_one(store: Store) -> None:
    for who in ("boris", "vera", "evgeny", "nobody", "anna"):
        with pytest.raises(PersonNotFound):
            posting.begin(store, ME, who, "x")
    assert [c.id for c in reach.open_to(store, ME, [BORIS, VERA, EVGENY, DARYA, ANNA])] == ["darya"]
    for audience, may in (
        ("nobody", False), ("connections", False), ("cohort", False), ("members", True),
    ):  # fmt: skip
        set_audiences(store, DARYA, {"messages": audience})
        assert bool(reach.open_to(store, THIRD, [DARYA])) is may, audience
    set_audiences(store, DARYA, {"messages": "cohort"})
    store.write(
        "CREATE (g:Group {id: 'club'}) WITH g MATCH (p:Person) WHERE p.key IN $keys "
        "CREATE (p)-[:MEMBER_OF]->(g)",
        keys=[DARYA, ZHANNA],
    )
    assert reach.open_to(store, THIRD, [DARYA]), "a community in common is near"
    set_audiences(store, DARYA, {"messages": "connections"})
    store.in_write(
        lambda t: ties.connect(t, ZHANNA, DARYA, source="contact", now=datetime.now(UTC))
    )
    assert reach.open_to(store, THIRD, [DARYA])
    assert posting.begin(store, THIRD, "darya", "x")
    set_audiences(store, DARYA, {"messages": "nobody"})
    talk = posting.existing(store, THIRD, "darya")
    assert posting.post(store, THIRD, talk, "y") == 2, "what was begun goes on"


def test_who_hides_dies_or_blocks_is_reached_no_more_and_all_alike(store: Store) -> None:
    talk = posting.begin(store, ME, "darya", "x")
    posting.post(store, HER, talk, "mine")

    def gone() -> tuple[bool, bool]:
        with refused(Conflict, "nobody"):
            posting.post(store, ME, talk, "y")
        with pytest.raises(PersonNotFound):
            reach.one(store, ME, DARYA)
        shown = conversations.thread(store, ME, talk)
        return shown.answered, shown.here

    hide(store, DARYA)
    assert gone() == (False, True)
    assert conversations.thread(store, ME, talk).people == ()
    with refused(BadValue, "hidden"):
        posting.post(store, HER, talk, "from the shadows")
    with refused(BadValue, "hidden"):
        posting.begin(store, HER, "zhanna", "from the shadows")
    show(store, DARYA)
    ties.block(store, HER, "anna")
    assert gone() == (False, True)
    with pytest.raises(Conflict):
        posting.post(store, HER, talk, "z")
    ties.unblock(store, HER, "anna")
    assert posting.post(store, ME, talk, "again") == 3
    store.write("MATCH (p:Person {id: 'darya'}) SET p.died_on = $d", d=date(2026, 1, 1))
    assert gone() == (False, True)


def test_a_group_is_begun_joined_muted_and_left(store: Store) -> None:
    talk = posting.begin_group(store, ME, " Our  reunion ", ["darya"], "Who comes?", once="f")
    assert posting.begin_group(store, ME, "Our reunion", ["darya"], "Who comes?", once="f") == talk
    assert words(store, HER, talk) == ["Who comes?"]
    assert conversations.mine(store, HER)[0].title == "Our reunion"
    with pytest.raises(ThingNotFound):
        posting.add(store, HER, talk, ["zhanna"])
    assert posting.add(store, ME, talk, ["zhanna"]) == 1
    assert words(store, THIRD, talk) == [], "one reads from when one came"
    posting.post(store, HER, talk, "I do")
    assert words(store, THIRD, talk) == ["I do"]
    conversations.mute(store, THIRD, talk, muted=True)
    assert conversations.unread(store, THIRD) == 0 and conversations.unread(store, ME) == 1
    conversations.leave(store, ME, talk)
    assert conversations.thread(store, HER, talk).starter, "who took part the longest has it now"
    posting.post(store, HER, talk, "gone")
    assert words(store, ME, talk)[-1] == "I do" and conversations.thread(store, ME, talk).left
    for act in (
        lambda: posting.post(store, ME, talk, "x"), lambda: conversations.leave(store, ME, talk),
    ):  # fmt: skip
        with pytest.raises(ThingNotFound):
            act()
    assert posting.add(store, HER, talk, ["anna"]) == 0, "who has left is not brought back"
    ties.block(store, THIRD, "darya")
    assert words(store, THIRD, talk) == [None, None]
    for wrong in ([], ["vera"], ["nobody"], ["zhanna", "boris"]):
        with pytest.raises((BadValue, PersonNotFound)):
            posting.begin_group(store, ME, "t", wrong, "x")
    with refused(BadValue, "title"):
        posting.begin_group(store, ME, " ", ["darya"], "x")


def test_a_group_of_fifty_and_new_people_a_day(store: Store) -> None:
    old, now = datetime.now(UTC) - timedelta(days=60), datetime.now(UTC)
    store.write(MANY, n=100, now=now)
    ids = [f"p{key}" for key in range(100, 201)]
    with pytest.raises(TooMany):
        posting.begin_group(store, ME, "t", ids[:11], "x")
    store.write("MATCH (a:Account {id: 'account-1'}) SET a.created_at = $old", old=old)
    with refused(BadValue, "people"):
        posting.begin_group(store, ME, "t", ids[: posting.LARGEST], "x")
    talk = posting.begin_group(store, ME, "t", ids[:49], "x")
    with refused(BadValue, "people"):
        posting.add(store, ME, talk, ids[49:50])
    for one in ids[49:60]:
        posting.begin(store, ME, one, "buy")
    with pytest.raises(TooMany):
        posting.begin(store, ME, ids[60], "buy")
    assert store.read("MATCH (c:Conversation) RETURN count(c) AS n LIMIT 1") == [{"n": 12}]


def test_deleting_ones_own_leaves_deleted_for_both(store: Store) -> None:
    talk = posting.begin(store, ME, "darya", "a slip")
    before = conversations.version(store, HER, talk)
    with pytest.raises(ThingNotFound):
        conversations.delete(store, HER, talk, 1)
    conversations.delete(store, ME, talk, 1)
    for viewer in (ME, HER):
        (one,) = conversations.thread(store, viewer, talk).messages
        assert one.deleted and one.text is None
    assert conversations.version(store, HER, talk) > before, "who looks sees it at once"
    with pytest.raises(ThingNotFound):
        conversations.delete(store, ME, talk, 1)
    assert "a slip" not in str(store.read("MATCH (m:Message) RETURN properties(m) AS m LIMIT 5"))


def test_staff_get_the_reported_words_alone(store: Store) -> None:
    talk = posting.begin(store, HER, "anna", "before")
    posting.post(store, HER, talk, "buy my thing")
    posting.post(store, ME, talk, "no")
    conversations.report(store, ME, talk, 2, "sells")
    (row,) = store.read(
        "MATCH (r:Request {kind: 'report'})-[:FOR]->(p:Person) "
        "RETURN r.text AS text, p.id AS about LIMIT 2"
    )
    assert row == {"text": "sells\n\n«buy my thing»", "about": "darya"}
    for viewer, number in ((ME, 3), (ME, 9), (THIRD, 2)):
        with pytest.raises(ThingNotFound):
            conversations.report(store, viewer, talk, number, "x")


def test_long_conversations_have_pages(store: Store) -> None:
    talk = posting.begin(store, ME, "darya", "1")
    for n in range(2, 58):
        posting.post(store, ME, talk, str(n))
    newest = conversations.thread(store, ME, talk)
    assert (newest.messages[0].text, newest.earlier) == ("8", 8)
    first = conversations.thread(store, ME, talk, before=newest.earlier)
    assert ([m.text for m in first.messages], first.earlier) == ([str(n) for n in range(1, 8)], 0)


def test_what_the_erased_wrote_goes_and_the_others_words_stay(store: Store) -> None:
    talk = posting.begin(store, ME, "darya", "of Anna")
    posting.post(store, HER, talk, "of Darya")
    mine = [t["thing"].get("text") for t in export(store, ME, ANNA)["ties"] if "text" in t["thing"]]
    assert set(mine) >= {"of Anna", "of Darya"}, "one takes one's own conversations along"
    erase(store, ME, ANNA)
    shown = conversations.thread(store, HER, talk)
    assert [one.text for one in shown.messages] == ["of Darya"] and not shown.answered
    with pytest.raises(Conflict):
        posting.post(store, HER, talk, "anybody?")


def test_old_messages_go_and_empty_conversations_with_them(store: Store) -> None:
    talk = posting.begin(store, ME, "darya", "old")
    now = datetime.now(UTC)
    assert keeping.forget(store, 0, now=now + timedelta(days=4000)) == 0
    assert keeping.forget(store, 5, now=now + timedelta(days=5 * 365)) == 0
    assert keeping.forget(store, 5, now=now + timedelta(days=5 * 366)) == 1
    with pytest.raises(ThingNotFound):
        conversations.thread(store, ME, talk)


def post_out(store: Store, home: Settings) -> list:
    store.run_alone("MATCH (j:Job) WHERE j.state = 'waiting' SET j.run_at = datetime()")
    return delivered(store, home)


def test_one_letter_a_conversation_until_one_looks_and_no_word_in_it(
    store: Store, home: Settings
) -> None:
    talk = posting.begin(store, ME, "darya", "a secret word")
    posting.post(store, ME, talk, "another secret")
    (letter,) = post_out(store, home)
    assert letter["To"] == "darya@example.org" and "Анна" in letter["Subject"]
    assert "secret" not in letter.get_content() and f"/messages/{talk}" in letter.get_content()
    assert "anna@example.org" not in str(letter), "nor is the writer's address"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    conversations.mark_seen(store, HER, conversations.thread(store, HER, talk))
    posting.post(store, ME, talk, "and again")
    assert len(post_out(store, home)) == 2
    posting.post(store, ME, talk, "and again")
    assert len(post_out(store, home)) == 2


@pytest.mark.parametrize("what", ["looked", "hid", "blocked", "muted", "died", "deleted", "erased"])
def test_a_letter_that_waits_is_not_sent_when_it_makes_no_sense(
    store: Store, home: Settings, what: str
) -> None:
    talk = posting.begin(store, ME, "darya", "x")
    if what == "looked":
        conversations.mark_seen(store, HER, conversations.thread(store, HER, talk))
    elif what == "hid":
        hide(store, ANNA)
    elif what == "blocked":
        ties.block(store, HER, "anna")
    elif what == "muted":
        conversations.mute(store, HER, talk, muted=True)
    elif what == "died":
        store.write("MATCH (p:Person {id: 'darya'}) SET p.died_on = $d", d=date(2026, 1, 1))
    elif what == "deleted":
        conversations.delete(store, ME, talk, 1)
    else:
        erase(store, HER, DARYA)
    assert post_out(store, home) == []


def test_the_letter_of_the_day_comes_once(store: Store, home: Settings) -> None:
    notices.choose(store, HER, "daily")
    posting.begin(store, ME, "darya", "x")
    assert post_out(store, home) == []
    now = datetime.now(UTC)
    assert [row["key"] for row in letters.due(store, now)] == [DARYA]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: letters.write_daily(store, DARYA, now), range(2)))
    assert sorted(done) == [False, True]
    (letter,) = post_out(store, home)
    assert "Анна" in letter.get_content() and letter["List-Unsubscribe"]
    assert not letters.due(store, now + timedelta(hours=22))
    assert letters.due(store, now + timedelta(hours=24))
