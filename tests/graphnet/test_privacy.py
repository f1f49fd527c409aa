"""DESIGN.md's table, row by row, and the two forms of the rules against each other."""

from itertools import product

import numpy as np
import pytest

from graphnet import privacy
from graphnet.errors import NotAllowed
from graphnet.privacy import ANYONE, Facts, Level, Viewer, engine, level, mask, shown_fields

ALUMNUS = Viewer("alumnus", person_key=1)
STAFF = Viewer("staff", purpose="search")
ANALYST = Viewer("analyst")
NAMES = ("claimed", "hidden", "deceased", "memorial", "quarantined", "refused", "public",
         "same_group", "same_cohort", "connected")  # fmt: skip


def facts(**true: bool) -> Facts:
    return Facts(**{name: true.get(name, False) for name in NAMES})


EVERY = [
    Facts(**dict(zip(NAMES, values, strict=True)))
    for values in product((False, True), repeat=len(NAMES))
]


def test_the_table() -> None:
    on_file, claimed = facts(same_cohort=True), facts(claimed=True)
    assert level(ANYONE, claimed) == Level.NOTHING
    assert level(ANYONE, facts(claimed=True, public=True)) == Level.FIELDS
    assert level(ANYONE, on_file) == Level.NOTHING
    assert level(ALUMNUS, claimed) == Level.FIELDS
    assert level(ALUMNUS, facts(claimed=True, connected=True)) == Level.CONNECTED
    assert level(ALUMNUS, on_file) == Level.ON_FILE
    assert level(ALUMNUS, facts()) == Level.NOTHING
    assert level(ALUMNUS, facts(deceased=True)) == Level.NOTHING
    assert level(ALUMNUS, facts(deceased=True, memorial=True)) == Level.MEMORIAL
    assert level(ANALYST, on_file) == Level.PSEUDONYM
    assert level(STAFF, on_file) == Level.TASK
    assert level(Viewer("staff", purpose="erase"), facts(hidden=True)) == Level.TASK


def test_the_hidden_are_hidden_from_everyone_but_for_their_own_sake() -> None:
    for viewer in (ANYONE, ALUMNUS, STAFF, ANALYST):
        for case in EVERY:
            if case.hidden:
                assert level(viewer, case) == Level.NOTHING


def test_quarantined_people_are_staffs_only() -> None:
    for viewer in (ANYONE, ALUMNUS, ANALYST):
        assert all(level(viewer, case) == Level.NOTHING for case in EVERY if case.quarantined)


def test_staff_name_their_task() -> None:
    with pytest.raises(NotAllowed, match="purpose"):
        level(Viewer("staff"), facts(claimed=True))


@pytest.mark.parametrize("audience", ["group", "cohort", "members"])
@pytest.mark.parametrize(
    "viewer",
    [
        ANYONE, ALUMNUS, STAFF, ANALYST, STAFF.for_purpose("search"), STAFF.for_purpose("erase"),
    ],
)  # fmt: skip
def test_one_person_and_everyone_at_once_agree(viewer: Viewer, audience: str) -> None:
    bits = {
        "claimed": privacy.CLAIMED, "hidden": privacy.HIDDEN, "deceased": privacy.DECEASED,
        "memorial": privacy.MEMORIAL, "quarantined": privacy.QUARANTINED,
        "refused": privacy.REFUSED, "public": privacy.PUBLIC,
    }  # fmt: skip
    flags = np.array(
        [sum(bit for name, bit in bits.items() if getattr(case, name)) for case in EVERY],
        np.uint16,
    )
    seen = mask(
        viewer,
        flags,
        same_group=np.array([case.same_group for case in EVERY]),
        same_cohort=np.array([case.same_cohort for case in EVERY]),
        unclaimed_audience=audience,
    )
    for case, in_mask in zip(EVERY, seen, strict=True):
        alone = level(viewer, case, unclaimed_audience=audience)
        # The deceased have a page of their own and stand in no list but staff's own.
        finds = viewer.kind == "analyst" or viewer.purpose in ("search", "correct", "erase")
        living = alone if not case.deceased or finds else Level.NOTHING
        assert (living > Level.NOTHING) == in_mask, case


@pytest.mark.parametrize("told", [[], ["city:members"], ["city:cohort"], ["city:connections"],
                                  ["city:public", "studies:nobody", "name:nobody"]])  # fmt: skip
@pytest.mark.parametrize("viewer", [ANYONE, ALUMNUS, STAFF, ANALYST])
def test_fields_of_one_person_and_of_everyone_agree(viewer: Viewer, told: list[str]) -> None:
    cases = [
        case
        for case in EVERY
        if not case.deceased
        and level(viewer, case, unclaimed_audience="members") > Level.NOTHING
        # Whether anything is public follows from the settings.
        and case.public == ("public" in privacy.audiences(told).values())
    ]
    assert cases or viewer == ANYONE
    for name in privacy.DEFAULT_AUDIENCES:
        shown = privacy.field_mask(
            viewer,
            name,
            np.full(len(cases), privacy.packed(told), np.int64),
            flags=np.array([privacy.CLAIMED if c.claimed else 0 for c in cases], np.uint16),
            same_cohort=np.array([c.same_cohort or c.same_group for c in cases], bool),
            connected=np.array([c.connected for c in cases], bool),
        )
        for case, in_mask in zip(cases, shown, strict=True):
            at = level(viewer, case, unclaimed_audience="members")
            assert (name in shown_fields(viewer, case, told, at=at)) == in_mask, (name, case)


def test_city_employer_and_contacts_need_the_persons_word() -> None:
    case = facts(claimed=True)
    shown = shown_fields(ALUMNUS, case, [], at=Level.FIELDS)
    assert {"name", "studies", "interests"} <= shown
    assert not shown & {"city", "employer", "photo", "contacts", "events", "connections"}
    told = ["city:members", "employer:connections"]
    assert "city" in shown_fields(ALUMNUS, case, told, at=Level.FIELDS)
    assert "employer" not in shown_fields(ALUMNUS, case, told, at=Level.FIELDS)
    assert "employer" in shown_fields(ALUMNUS, case, told, at=Level.CONNECTED)
    assert shown_fields(ALUMNUS, case, told, at=Level.ON_FILE) == {"name", "studies"}
    assert "name" not in shown_fields(ANALYST, case, told, at=Level.PSEUDONYM)


def test_an_engine_sees_all_but_the_hidden_and_the_dead() -> None:
    flags = np.array([0, privacy.HIDDEN, privacy.DECEASED, privacy.CLAIMED], np.uint16)
    nobody = np.zeros(4, bool)
    seen = mask(engine("plan"), flags, same_group=nobody, same_cohort=nobody)
    assert seen.tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    ("stored", "willing"),
    [
        (None, True),
        (["city:members"], True),
        (["pass_on:nobody"], False),
        (["connections:nobody"], False),  # said before there was a setting of its own
        (["connections:nobody", "pass_on:connections"], True),
        (["connections:members", "pass_on:nobody"], False),
    ],
)
def test_who_is_asked_to_pass_on(stored: list[str] | None, willing: bool) -> None:
    assert privacy.passes_on(stored) is willing
