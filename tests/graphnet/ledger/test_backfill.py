"""What fills the ledger: who came, what an import brought, lists; each again without change."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from graphnet.errors import BadFile, BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.events import attendance, bringers, listing, registrations
from graphnet.ledger import backfill, chain, manual, reader
from graphnet.ledger.csv_import import Listed, import_list
from graphnet.ledger.rules import at_time, completed, template
from graphnet.ledger.standings import of_person
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.entries import RULES, season_rules
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, STAFF, VERA, ZHANNA, small_association

SEASONS = [season_rules(year) for year in ("2027", "2026", "2025")]
KEEPER = Viewer("staff", STAFF, "account-8", purpose="contributions")
BEGAN = datetime(2026, 3, 1, 17, tzinfo=UTC)
SIGNED_UP = datetime(2026, 2, 1, tzinfo=UTC)

MAKE = """
CREATE (e:Event {id: 'past', key: 1, title: 'Evening', starts_at: $began, visibility: 'public'})
CREATE (s:Event {id: 'soon', key: 2, title: 'Soon', starts_at: $soon, visibility: 'public'})
CREATE (p:Project {id: 'library', key: 1, name: 'Library'})
WITH e, p UNWIND $rows AS row
MATCH (who:Person {key: row[0]})
CREATE (r:Registration {id: row[1], state: row[2], at: $at, attended_at: row[3]})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(who)
CREATE (g:Receipt {id: 'gift' + row[1], amount: 500, at: $at})-[:FOR]->(p)
CREATE (g)-[:BY]->(who)"""
NEW = dict.fromkeys(
    (
        "registered_for_event",
        "attended",
        "brought_along",
        "gift",
        "recovery_answer",
        "relay_passed_on",
        "newcomer",
        "helped",
    ),
    0,
)
COUNT = "MATCH (c:Contribution) RETURN count(c) AS n LIMIT 1"


@pytest.fixture
def association(store: Store) -> Store:
    small_association(store)
    rows = [
        [ANNA, "r1", "yes", BEGAN], [DARYA, "r2", "yes", None], [GEORGY, "r3", "no", None],
        [VERA, "r4", "yes", None],
    ]  # fmt: skip
    soon = datetime.now(UTC) + timedelta(days=9)
    store.write(MAKE, rows=rows, began=BEGAN, at=SIGNED_UP, soon=soon)
    store.write("CREATE (:Receipt {id: 'anonymous', amount: 9, at: $at})", at=SIGNED_UP)
    return store


def points(store: Store, key: int) -> dict[str, float]:
    found = of_person(store, RULES, KEEPER, key)
    return {p.entry.kind: float(p.counted) for p in found.points if p.why == "counted"}


def test_what_an_import_brought_is_entered_once(association: Store) -> None:
    assert backfill.backfill(association) == NEW | {
        "registered_for_event": 3,
        "attended": 1,
        "gift": 4,
    }
    n = association.read(COUNT)
    assert backfill.backfill(association) == NEW
    assert association.read(COUNT) == n == [{"n": 8}]
    assert points(association, ANNA) == {"attended": 2, "gift": 5, "registered_for_event": 0}
    assert points(association, GEORGY) == {"gift": 5}
    # Neither the amount nor the anonymous gift is anywhere in the ledger.
    text = str(
        association.read("MATCH (n:Contribution|Evidence) RETURN properties(n) AS p LIMIT 99")
    )
    assert not re.search(r"(?<![0-9a-f])500(?![0-9a-f])", text)  # hashes have all digits in them
    assert "anonymous" not in text
    assert "amount" not in text
    assert chain.broken_link(association) is None


def test_gifts_count_by_the_season_and_not_by_their_number(association: Store) -> None:
    backfill.backfill(association)
    association.write(
        "MATCH (p:Project {id: 'library'}) MATCH (who:Person {key: $key}) UNWIND range(1, 9) AS i "
        "CREATE (g:Receipt {id: 'more' + toString(i), amount: 1000000, at: $at})-[:FOR]->(p) "
        "CREATE (g)-[:BY]->(who)",
        key=DARYA,
        at=SIGNED_UP,
    )
    backfill.backfill(association)
    found = of_person(association, RULES, KEEPER, DARYA)
    assert sum(p.counted for p in found.points if p.entry.kind == "gift") == 5


def test_staff_mark_who_came_and_take_a_mark_away(association: Store) -> None:
    backfill.backfill(association)
    event, guests = attendance.guests(association, KEEPER, "past")
    assert event["title"] == "Evening"
    assert {g.card.key: g.came for g in guests} == {ANNA: True, DARYA: False}  # Vera is hidden
    shown = ["r1", "r2"]
    mark = lambda came: attendance.mark(association, KEEPER, "past", shown=shown, came=came)  # noqa: E731
    assert mark(["r1", "r2"]) == (1, 0)
    assert mark(["r1", "r2"]) == (0, 0)
    assert points(association, DARYA)["attended"] == 2
    assert mark(["r1"]) == (0, 1)
    assert "attended" not in points(association, DARYA)
    assert mark(["r1", "r2"]) == (1, 0)
    assert points(association, DARYA)["attended"] == 2
    lines = reader.of_person(association, KEEPER, RULES, DARYA)
    acts = sorted(line.entry.act_id for line in lines if line.entry.kind == "attended")
    assert acts == ["attended:r2", "attended:r2:2", "correct:attended:r2"]
    assert backfill.backfill(association) == NEW
    audited = association.read(
        "MATCH (a:AuditEntry {act: 'mark attendance'}) RETURN a.actor AS actor "
        "ORDER BY a.at LIMIT 9"
    )
    assert audited == [{"actor": "account-8"}] * 3


def test_nobody_is_marked_before_an_event_or_by_others(association: Store) -> None:
    with pytest.raises(Conflict):
        attendance.mark(association, KEEPER, "soon", shown=[], came=[])
    with pytest.raises(ThingNotFound):
        attendance.mark(association, KEEPER, "none", shown=[], came=[])
    with pytest.raises(NotAllowed):
        attendance.mark(association, Viewer("alumnus", ANNA), "past", shown=["r1"], came=[])
    # A registration that was not on the page stays as it is.
    assert attendance.mark(association, KEEPER, "past", shown=["r2"], came=["r4", "r2"]) == (1, 0)


def test_saying_yes_is_entered_in_the_same_transaction(association: Store) -> None:
    viewer = Viewer("alumnus", ZHANNA)
    for answer in ("yes", "no", "yes"):
        registrations.answer(association, viewer, "soon", answer)
    rules = at_time(SEASONS, datetime.now(UTC))
    lines = reader.of_person(association, viewer, rules, ZHANNA)
    assert [line.entry.kind for line in lines] == ["registered_for_event"]
    assert lines[0].thing is not None
    assert (lines[0].thing["label"], lines[0].thing["id"]) == ("Event", "soon")


RELAY = """
MATCH (asker:Person {key: $asker}) MATCH (sought:Person {key: $sought})
CREATE (asker)-[:ASKED]->(o:PassOn {id: 'relay', state: 'answered', answered_at: $at})
CREATE (o)-[:ABOUT]->(sought)
WITH o UNWIND $hands AS hand MATCH (p:Person {key: hand[0]})
CREATE (o)<-[:OF]-(h:Handing {id: 'hand' + p.id, act: hand[1], at: $at})
CREATE (h)-[:BY]->(p)"""


def test_who_passed_on_what_was_answered_shares_the_credit(association: Store) -> None:
    hands = [[ANNA, "forwarded"], [DARYA, "link"], [GEORGY, "declined"], [BORIS, "link"]]
    association.write(RELAY, asker=ZHANNA, sought=BORIS, hands=hands, at=SIGNED_UP)
    assert backfill.backfill(association)["relay_passed_on"] == 2
    assert backfill.backfill(association) == NEW
    assert points(association, ANNA)["relay_passed_on"] == 1.5
    assert points(association, DARYA)["relay_passed_on"] == 1.5
    for key in (GEORGY, BORIS, ZHANNA):
        assert "relay_passed_on" not in points(association, key)


def test_a_newcomer_brought_by_one_person_in_two_ways_counts_once(association: Store) -> None:
    association.write(
        "MATCH (new:Person {key: $new}) MATCH (who:Person {key: $who}) "
        "CREATE (c:Claim {id: 'claim', state: 'done', decided_at: $at})-[:OF]->(new) "
        "CREATE (c)-[:NAMES]->(who) CREATE (c)-[:THROUGH]->(i:Invitation {id: 'link'}) "
        "CREATE (i)-[:BY]->(who)",
        new=ZHANNA,
        who=ANNA,
        at=SIGNED_UP,
    )
    assert backfill.backfill(association)["newcomer"] == 2
    found = of_person(association, RULES, KEEPER, ANNA)
    assert found.mobilised == 5
    # Somebody else's claim to the same newcomer halves it: the credit is shared, not doubled.
    manual.enter(
        association,
        KEEPER,
        RULES,
        person_key=DARYA,
        kind="referral",
        day=SIGNED_UP,
        note="named in a letter",
        participant_key=ZHANNA,
    )
    assert of_person(association, RULES, KEEPER, ANNA).mobilised == 2.5
    assert of_person(association, RULES, KEEPER, DARYA).mobilised == 2.5


def test_who_was_asked_and_did_not_answer_loses_nothing(association: Store) -> None:
    association.write(
        "UNWIND $rows AS row MATCH (p:Person {key: row[0]}) "
        "CREATE (a:Ask {id: 'ask' + p.id, state: row[1], said: row[2], answered_at: $at})"
        "-[:OF]->(p)",
        rows=[[ANNA, "answered", "Boris"], [DARYA, "sent", ""], [GEORGY, "answered", ""]],
        at=SIGNED_UP,
    )
    before = of_person(association, RULES, KEEPER, DARYA)
    assert backfill.backfill(association)["recovery_answer"] == 1
    assert points(association, ANNA)["recovery_answer"] == 1
    assert of_person(association, RULES, KEEPER, DARYA).total(RULES) >= before.total(RULES)
    assert "recovery_answer" not in points(association, DARYA) | points(association, GEORGY)


def test_by_hand(association: Store) -> None:
    values = {"person_key": DARYA, "kind": "talk", "day": BEGAN, "note": "on the programme"}
    act = manual.enter(association, KEEPER, RULES, **values)
    line = reader.one(association, KEEPER, act)
    assert line.by_staff
    assert line.evidence == {"note": "on the programme"}
    for change in (
        {"kind": "unknown"}, {"note": " "}, {"quantity": 0}, {"participant_key": ANNA},
        {"kind": "referral"}, {"day": BEGAN - timedelta(days=900)},
        {"day": datetime.now(UTC) + timedelta(hours=1)},
        {"kind": "referral", "participant_key": DARYA},
    ):  # fmt: skip
        with pytest.raises(BadValue):
            manual.enter(association, KEEPER, RULES, **{**values, **change})
    with pytest.raises(NotAllowed):
        manual.enter(association, Viewer("alumnus", DARYA), RULES, **values)
    assert points(association, DARYA) == {"talk": 6}


LIST = """person,kind,date,note,quantity,participant,reference
darya@example.org,talk,2026-03-01,programme of the evening,2,,a
boris,mentoring,2026-03-01,the student wrote,,,b
anna,referral,2026-03-01,named in the form,,boris,c
nobody,talk,2026-03-01,,,,d
darya@example.org,talk,2026-02-30,x,,,e
darya@example.org,talk,1999-02-03,x,,,f
darya@example.org,dancing,2026-03-01,x,,,g
darya@example.org,talk,2026-03-01,x,many,,h
darya@example.org,talk,2026-03-01,again,,,a
"""


KNOW = """UNWIND $rows AS row MATCH (a:Person {key: row[0]}) MATCH (b:Person {key: row[1]})
CREATE (a)-[:KNOWS {strength: 0.5, source: 'test'}]->(b)"""


def test_a_guest_says_who_brought_them_along(association: Store, tmp_path: Path) -> None:
    association.write(KNOW, rows=[[DARYA, ANNA], [DARYA, VERA], [DARYA, BORIS], [DARYA, ZHANNA]])
    live = Live(association, tmp_path)
    darya, anna = Viewer("alumnus", DARYA), Viewer("alumnus", ANNA)
    assert listing.event_page(live, darya, "soon").bringers == ()  # no guest yet
    with pytest.raises(Conflict):
        bringers.name_bringer(live, darya, "soon", "anna")
    for viewer in (darya, anna):
        registrations.answer(association, viewer, "soon", "yes")
    page = listing.event_page(live, darya, "soon")
    assert {card.id for card in page.bringers} == {"anna", "zhanna"}  # Boris is not registered
    for name in ("vera", "boris", "georgy", "nobody", "darya"):
        with pytest.raises(ThingNotFound, match="only your own contacts"):
            bringers.name_bringer(live, darya, "soon", name)
    for name in ("zhanna", "anna"):
        bringers.name_bringer(live, darya, "soon", name)
    assert listing.event_page(live, darya, "soon").brought_by == "anna"
    named = association.read("MATCH (:Registration)-[n:NAMES]->(p) RETURN p.id AS id LIMIT 9")
    assert named == [{"id": "anna"}]
    assert "brought_along" not in points(association, ANNA)  # she has not come yet
    association.write("MATCH (e:Event {id: 'soon'}) SET e.starts_at = $at", at=BEGAN)
    with pytest.raises(Conflict):
        bringers.name_bringer(live, darya, "soon", "")
    guest = next(
        g.registration
        for g in attendance.guests(association, KEEPER, "soon")[1]
        if g.card.key == DARYA
    )
    for came, worth in (([guest], 2), ([], None), ([guest], 2)):
        attendance.mark(association, KEEPER, "soon", shown=[guest], came=came)
        assert points(association, ANNA).get("brought_along") == worth
        assert points(association, DARYA).get("attended") == worth
    assert backfill.backfill(association)["brought_along"] == 0
    [line] = [
        line
        for line in reader.of_person(association, anna, RULES, ANNA)
        if line.entry.kind == "brought_along"
        and line.taken_back_at is None
        and not line.entry.corrects
    ]
    assert line.participant_key == DARYA
    assert chain.broken_link(association) is None


def test_a_guest_may_say_that_nobody_brought_them(association: Store, tmp_path: Path) -> None:
    association.write(KNOW, rows=[[DARYA, ANNA]])
    live, darya = Live(association, tmp_path), Viewer("alumnus", DARYA)
    registrations.answer(association, darya, "soon", "yes")
    bringers.name_bringer(live, darya, "soon", "anna")
    bringers.name_bringer(live, darya, "soon", "")
    assert listing.event_page(live, darya, "soon").brought_by == ""
    with pytest.raises(NotAllowed):
        bringers.name_bringer(live, Viewer("anyone"), "soon", "anna")


def test_what_came_with_the_newest_import_is_asked_for_once(association: Store) -> None:
    assert backfill.latest_import(association) == ""
    association.write(
        "UNWIND $rows AS row CREATE (r:ImportRun {id: row[0], finished_at: row[1]})",
        rows=[["old", SIGNED_UP], ["new", BEGAN], ["running", None]],
    )
    assert backfill.latest_import(association) == "new"


def test_a_list_is_entered_with_its_rejects_and_again_without_change(
    association: Store, tmp_path: Path
) -> None:
    path = tmp_path / "club.csv"
    path.write_text(LIST, encoding="utf-8")
    found = import_list(association, KEEPER, SEASONS, path, source="club")
    assert (found.entered, found.known) == (3, 0)
    assert {r.row: r.reason.partition(":")[0] for r in found.rejects} == {
        5: "person",
        6: "date",
        7: "date",
        8: "'dancing' is no kind of the season 2026",
        9: "quantity",
        10: "the same as row 2",
    }
    assert points(association, DARYA) == {"talk": 12}
    assert points(association, BORIS) == {"mentoring": 8}
    assert points(association, ANNA) == {"referral": 5}
    again = import_list(association, KEEPER, SEASONS, path, source="club")
    assert (again.entered, again.known) == (0, 3)
    assert again.rejects == found.rejects
    assert points(association, DARYA) == {"talk": 12}
    text = str(association.read("MATCH (c:Contribution) RETURN properties(c) AS p LIMIT 99"))
    assert "example.org" not in text
    assert "anna" not in text


def test_one_bad_row_costs_no_other_and_a_mended_one_counts_once(
    association: Store, tmp_path: Path
) -> None:  # case A12
    def listed(text: str, *, encoding: str = "utf-8") -> Listed:
        path = tmp_path / "club.csv"
        path.write_text(f"person,kind,date,note\n{text}\n", encoding=encoding)
        return import_list(association, KEEPER, SEASONS, path, source="club")

    bad = listed("Ivan P <ivan@example.org>,talk,2026-03-01,Lecture\ndarya,talk,2026-03-01,Good")
    assert bad.entered == 1 and [r.row for r in bad.rejects] == [2]
    cut = listed("darya,talk,2026-03-02,Lecture in Perm, 200 people came")
    assert cut.entered == 0 and "more cells than columns" in cut.rejects[0].reason
    whole = listed('darya,talk,2026-03-02,"Lecture in Perm, 200 people came",,')
    assert whole.entered == 1 and not whole.rejects
    assert listed("boris,talk,2026-03-03,Lecure on optics").entered == 1
    mended = listed("boris,talk,2026-03-03,Lecture on optics")
    assert mended.entered == 0 and "an earlier list has one" in mended.rejects[0].reason
    two = listed("boris,talk,2026-03-03,Lecure on optics\nboris,talk,2026-03-03,In the evening")
    assert (two.entered, two.known) == (1, 1), "two of a day that stand in one list are two"
    with pytest.raises(BadFile, match="is not UTF-8"):
        listed("boris,talk,2026-03-04,Лекция", encoding="cp1251")


def test_a_list_of_other_columns_is_refused(association: Store, tmp_path: Path) -> None:
    path = tmp_path / "club.csv"
    path.write_text("person,kind,when\n", encoding="utf-8")
    with pytest.raises(BadFile, match="missing columns: date, note; unknown columns: when"):
        import_list(association, KEEPER, SEASONS, path, source="club")
    path.write_bytes("person,kind,date,note\nЖ".encode("utf-16"))
    with pytest.raises(BadFile):
        import_list(association, KEEPER, SEASONS, path, source="club")


def test_an_installation_has_its_own_template_before_the_shipped(tmp_path: Path) -> None:
    assert template(tmp_path) == template()
    (tmp_path / "template.toml").write_text("version = 2", encoding="utf-8")
    assert template(tmp_path) == "version = 2"
    assert at_time(SEASONS, BEGAN).season == "2026"
    assert at_time(SEASONS, datetime(2035, 1, 1, tzinfo=UTC)).season == "2027"
    assert at_time(SEASONS, datetime(2015, 1, 1, tzinfo=UTC)).season == "2025"
    with pytest.raises(ThingNotFound):
        at_time([], BEGAN)


def test_a_season_and_its_days_are_said_once() -> None:
    days = {"season": "2027", "starts": date(2027, 1, 1), "ends": date(2027, 12, 31)}
    rules = completed(template(), **days)
    assert (rules.season, rules.starts, rules.ends) == tuple(days.values())
    assert completed(rules.text, **days).sha256 == rules.sha256, "said in both, and the same"
    for name, other in (
        ("season", "2026"),
        ("starts", date(2026, 1, 1)),
        ("ends", date(2027, 6, 1)),
    ):
        with pytest.raises(BadFile, match=rf"line \d: {name}: is .* here, and {other}"):
            completed(rules.text, **days | {name: other})


def test_the_ledger_is_read_by_those_who_may(association: Store) -> None:
    backfill.backfill(association)
    lines, total = reader.entries(association, KEEPER, RULES, kind="gift", limit=2)
    assert (len(lines), total) == (2, 4)
    assert {line.entry.kind for line in lines} == {"gift"}
    with pytest.raises(NotAllowed):
        reader.entries(association, Viewer("alumnus", ANNA), RULES)
    with pytest.raises(NotAllowed):
        reader.of_person(association, Viewer("alumnus", ANNA), RULES, DARYA)
    with pytest.raises(NotAllowed):
        reader.one(association, Viewer("alumnus", ANNA), "gift:giftr1")
    assert len(reader.of_person(association, Viewer("alumnus", ANNA), RULES, ANNA)) == 3
