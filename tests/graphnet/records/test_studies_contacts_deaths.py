"""What somebody says they studied, their addresses, their photo; a death that two have to note."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from graphnet import people
from graphnet.erasure.holding import Known
from graphnet.errors import BadFile, BadValue, Conflict, NotAllowed, ThingNotFound, TooMany
from graphnet.privacy import Viewer
from graphnet.records import contacts, corrections, deaths, edits, photos, studies
from graphnet.records.corrections import Told
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, DARYA, EVGENY, STAFF, ZHANNA, small_association
from tests.support.refused import refused

DARYAS = Viewer("alumnus", DARYA, "account-5")
ZHANNAS = Viewer("alumnus", ZHANNA, "account-7")
IRINA = Viewer("staff", STAFF, "account-8", purpose="correct")
OLGA = Viewer("staff", None, "account-9", purpose="correct")
CALL = Told("telephone", "староста группы")


@pytest.fixture(autouse=True)
def association(store: Store) -> None:
    small_association(store)


def test_saying_that_one_studied_in_a_group_lets_nobody_in(store: Store) -> None:
    stranger = Viewer("alumnus", DARYA)
    assert not people.cards(store, stranger, [BORIS])
    studies.say(store, stranger, group_id="A", from_year=1998, to_year=2003)
    assert not people.cards(store, stranger, [BORIS]), "not before staff have confirmed it"
    shown = people.profile(store, stranger, "darya")
    assert [one["name"] for one in shown.stated] == ["Optics"]
    assert [one["name"] for one in people.profile(store, ZHANNAS, "darya").stated] == ["Optics"]
    waiting = studies.queue(store, IRINA)
    assert [(one.card.key if one.card else 0, one.people) for one in waiting] == [(DARYA, 5)]
    studies.confirm(store, IRINA, waiting[0].id, told=CALL)
    assert [card.key for card in people.cards(store, stranger, [BORIS])] == [BORIS]
    assert studies.queue(store, IRINA) == []
    with pytest.raises(Conflict):
        studies.confirm(store, IRINA, waiting[0].id, told=CALL)
    undo = corrections.history(store, IRINA, DARYA)[0]
    corrections.undo(store, IRINA, undo.id)
    assert not people.cards(store, stranger, [BORIS])


def test_what_was_not_studied_is_refused_with_a_reason(store: Store) -> None:
    made = studies.say(store, DARYAS, unit_id="faculty", to_year=2003, level="master")
    with pytest.raises(NotAllowed):
        studies.confirm(store, ZHANNAS, made, told=CALL)
    studies.refuse(store, IRINA, made, told=CALL)
    told = corrections.unseen(store, DARYAS)
    assert [(row["field"], row["told_by"]) for row in told] == [("stated", CALL.by)]
    for wrong in ({"unit_id": "faculty"}, {"group_id": "none"}, {"unit_id": "x", "to_year": 2003},
                  {"group_id": "A", "level": "wizard"}):  # fmt: skip
        with pytest.raises(BadValue):
            studies.say(store, DARYAS, **wrong)
    mine = studies.say(store, DARYAS, unit_id="faculty", to_year=2003)
    studies.take_back(store, ZHANNAS, mine)
    assert studies.waiting_count(store, IRINA) == 1, "only the person takes it back"
    studies.take_back(store, DARYAS, mine)
    assert studies.waiting_count(store, IRINA) == 0
    for _ in range(studies.MOST):
        studies.say(store, DARYAS, unit_id="faculty", to_year=2003)
    with refused(BadValue, "many"):
        studies.say(store, DARYAS, unit_id="faculty", to_year=2003)


def test_staff_correct_studies(store: Store) -> None:
    edits.studied(store, IRINA, DARYA, unit_id="faculty", to_year=2004, level="master", told=CALL)
    edits.not_studied(store, IRINA, DARYA, "STUDIED_IN:B", told=CALL)
    (study,) = people.profile(store, DARYAS, "darya").card.studies
    assert (study.unit, study.graduation_year) == ("Optics", 2004)
    with pytest.raises(NotAllowed):
        edits.studied(store, DARYAS, DARYA, group_id="A", told=CALL)
    with pytest.raises(ThingNotFound):
        edits.not_studied(store, IRINA, DARYA, "STUDIED_IN:B", told=CALL)


def test_an_address_counts_when_its_letter_was_answered(store: Store) -> None:
    contacts.ask_address(store, DARYAS, DARYA, "new@example.org", language="ru")
    waiting = contacts.pending(store, DARYAS, DARYA)
    assert [row["value"] for row in waiting] == ["new@example.org"]
    assert contacts.arm(store, waiting[0]["id"], "token")
    assert contacts.behind(store, "token")["value"] == "new@example.org"
    assert len(people.profile(store, DARYAS, "darya").contacts) == 1, "looking confirms nothing"

    def press(_: int) -> str:
        try:
            contacts.confirm(store, "token")
        except ThingNotFound:
            return "gone"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == ["done", "gone", "gone", "gone"]
    new = next(
        c
        for c in people.profile(store, DARYAS, "darya").contacts
        if c["value"] == "new@example.org"
    )
    assert new["verified_at"] is not None
    with refused(Conflict, "there"):
        contacts.ask_address(store, DARYAS, DARYA, "NEW@example.org", language="ru")
    with refused(BadValue, "address"):
        contacts.ask_address(store, DARYAS, DARYA, "new@", language="ru")
    for n in range(contacts.MOST_LETTERS):
        contacts.ask_address(store, DARYAS, DARYA, f"n{n}@example.org", language="ru")
    with refused(Conflict, "waits"):
        contacts.ask_address(store, DARYAS, DARYA, "n1@example.org", language="ru")
    with pytest.raises(TooMany):
        contacts.ask_address(store, DARYAS, DARYA, "more@example.org", language="ru")
    store.write(
        "MATCH (w:ContactProof) SET w.expires_at = $then",
        then=datetime.now(UTC) - timedelta(hours=1),
    )
    assert contacts.pending(store, DARYAS, DARYA) == []
    contacts.ask_address(store, DARYAS, DARYA, "more@example.org", language="ru")
    assert store.read("MATCH (w:ContactProof) RETURN count(w) AS n") == [{"n": 1}]


def test_numbers_are_added_noted_as_dead_and_removed(store: Store) -> None:
    contacts.add(store, DARYAS, DARYA, "phone", "+79161234567")
    for wrong in ("89161234567", "+7 916 1234567", "work"):
        with pytest.raises(BadValue):
            contacts.add(store, DARYAS, DARYA, "phone", wrong)
    with refused(BadValue, "address"):
        contacts.add(store, DARYAS, DARYA, "email", "unproved@example.org")
    number = next(
        c for c in people.profile(store, DARYAS, "darya").contacts if c["kind"] == "phone"
    )
    with pytest.raises(NotAllowed):
        contacts.bounced(store, DARYAS, DARYA, number["id"], told=CALL)
    noted = contacts.bounced(store, IRINA, DARYA, number["id"], told=CALL)
    assert _phone(store)["bounced_at"] is not None
    corrections.undo(store, IRINA, noted)
    assert _phone(store)["bounced_at"] is None
    contacts.remove(store, DARYAS, DARYA, number["id"])
    with pytest.raises(ThingNotFound):
        contacts.remove(store, DARYAS, DARYA, number["id"])
    with pytest.raises(NotAllowed):
        contacts.remove(store, ZHANNAS, DARYA, "c5")


def _phone(store: Store) -> dict[str, object]:
    found = people.profile(store, DARYAS, "darya").contacts
    return next(dict(c) for c in found if c["kind"] == "phone")


def picture(side: tuple[int, int] = (900, 700), kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", side, "teal").save(out, kind, **more)
    return out.getvalue()


def test_a_photo_is_made_anew_and_asks_the_profiles_question(store: Store, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    photos.keep(store, tmp_path, DARYAS, picture(exif=exif))
    path = photos.file_of(store, tmp_path, DARYAS, DARYA)
    with Image.open(path) as kept:
        assert (kept.size, kept.format, dict(kept.getexif())) == ((640, 640), "JPEG", {})
    assert b"secret" not in path.read_bytes()
    anna = Viewer("alumnus", ANNA)
    for key in (DARYA, EVGENY, 999):
        with pytest.raises(ThingNotFound, match="no such photo"):
            photos.file_of(store, tmp_path, anna, key)
    edits.show_to(store, DARYAS, {"photo": "members"})
    assert photos.file_of(store, tmp_path, anna, DARYA) == path
    photos.keep(store, tmp_path, DARYAS, picture((130, 400), "PNG"))
    assert not path.exists()
    assert len(list((tmp_path / photos.FOLDER).iterdir())) == 1
    photos.drop(store, tmp_path, DARYAS, DARYA)
    assert not list((tmp_path / photos.FOLDER).iterdir())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "picture"), (b"GIF89a" + b"x" * 99, "picture"), (picture()[:2000], "picture"),
        (picture((60, 900)), "small"), (picture(kind="GIF"), "picture"),
        (b"\0" * (photos.MOST_BYTES + 1), "big"), (picture((9000, 7000), "PNG"), "big"),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused(data: bytes, why: str) -> None:
    with refused(BadFile, why):
        photos.made(data)


def test_an_erased_persons_photo_is_found_by_its_name(store: Store, tmp_path: Path) -> None:
    photos.keep(store, tmp_path, DARYAS, picture())
    photos.keep(store, tmp_path, ZHANNAS, picture())

    class Site:
        class settings:  # noqa: N801
            home = tmp_path

    assert photos.forget(Site, Known(DARYA, frozenset(), frozenset())) == 1  # type: ignore[arg-type]
    assert photos.file_of(store, tmp_path, ZHANNAS, ZHANNA).exists()


def test_a_death_needs_two_and_is_undone(store: Store) -> None:
    day = date(2026, 3, 3)
    for wrong in (
        {"died_on": None},
        {"died_on": date(2090, 1, 1)},
        {"died_on": day, "precision": "x"},
    ):
        with refused(BadValue, "day"):
            deaths.note(store, IRINA, DARYA, told=CALL, **wrong)
    made = deaths.note(store, IRINA, DARYA, died_on=day, memorial=True, told=CALL)
    assert people.cards(store, ZHANNAS, [DARYA])[0].state == "registered", "a note changes nothing"
    with refused(Conflict, "noted"):
        deaths.note(store, OLGA, DARYA, died_on=day, told=CALL)
    with refused(NotAllowed, "same"):
        deaths.confirm(store, IRINA, made)
    for viewer in (ZHANNAS, Viewer("staff", STAFF, "account-9", purpose="search")):
        with pytest.raises(NotAllowed):
            deaths.confirm(store, viewer, made)
    assert [one.mine for one in deaths.waiting(store, IRINA)] == [True]

    def press(_: int) -> str:
        try:
            deaths.confirm(store, OLGA, made)
        except Conflict:
            return "decided"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == ["decided", "decided", "decided", "done"]
    (card,) = people.cards(store, ZHANNAS, [DARYA])
    assert (card.level.name, card.died_on) == ("MEMORIAL", day)
    off = store.read("MATCH (a:Account {id: 'account-5'}) RETURN a.disabled_at AS at LIMIT 1")
    assert off[0]["at"] is not None
    with pytest.raises(BadValue):
        deaths.undo(store, IRINA, DARYA, told=Told("", ""))
    deaths.undo(store, IRINA, DARYA, told=CALL)
    assert people.cards(store, ZHANNAS, [DARYA])[0].state == "registered"
    with pytest.raises(ThingNotFound):
        deaths.undo(store, IRINA, DARYA, told=CALL)
    again = deaths.note(store, IRINA, DARYA, died_on=None, precision="unknown", told=CALL)
    deaths.call_off(store, IRINA, again)
    assert deaths.waiting(store, OLGA) == []
