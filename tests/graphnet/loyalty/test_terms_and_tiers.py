"""Dates of a membership and sums of a tier, by hand and by every case that hypothesis thinks of."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.errors import BadFile, Conflict
from graphnet.ledger.scoring import Entry
from graphnet.loyalty import rules as rule_files
from graphnet.loyalty import terms, tiers
from graphnet.loyalty.terms import Term
from graphnet.loyalty.tiers import Act
from tests.support.refused import refused

RULES = rule_files.versions()[0]
YEAR = {"years": 1, "renewal_days": 90}
DAY = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


def renewed(held: list[Term], today: str) -> tuple[str, str]:
    starts, ends = terms.next_term(held, day(today), **YEAR)
    return starts.isoformat(), ends.isoformat()


# The cases that other systems got wrong: numbers as in the collection.


def test_a_lifetime_has_no_end() -> None:  # 217
    held = [Term(day("2021-03-01"), None)]
    found = terms.standing(held, day("2026-11-26"))
    assert found.valid and found.lifetime and found.until is None and not found.soon
    with refused(Conflict, "lifetime"):
        renewed(held, "2026-11-26")


def test_a_lifetime_after_a_year_has_no_end_either() -> None:  # 218
    held = [Term(day("2026-01-01"), day("2026-12-31")), Term(day("2026-11-26"), None)]
    assert terms.standing(held, day("2026-11-26")).lifetime
    assert terms.standing(held, day("2060-01-01")).lifetime


def test_an_early_renewal_counts_from_the_old_end() -> None:  # 220
    held = [Term(day("2025-02-01"), day("2026-01-31"))]
    assert renewed(held, "2025-12-07") == ("2026-02-01", "2027-01-31")  # 55 days before
    held.append(Term(day("2026-02-01"), day("2027-01-31")))
    with refused(Conflict, "early"):  # the second click adds nothing
        renewed(held, "2025-12-07")
    found = terms.standing(held, day("2025-12-07"))
    assert (found.since, found.until) == (day("2025-02-01"), day("2027-01-31"))


def test_the_state_follows_from_the_dates() -> None:  # 221
    over = Term(day("2024-01-01"), day("2024-12-31"))
    assert terms.standing([over], day("2025-01-01")).state == "lapsed"
    moved = Term(day("2024-01-01"), day("2025-12-31"))
    assert terms.standing([moved], day("2025-01-01")).state == "member"
    assert terms.standing([moved], day("2023-12-31")).state == "coming"
    assert terms.standing([], day("2023-12-31")).state == "none"


@pytest.mark.parametrize(
    ("starts", "ends", "today", "expected"),
    [
        ("2023-03-01", "2024-02-29", "2024-02-01", ("2024-03-01", "2025-02-28")),  # 223
        ("2024-03-01", "2025-02-28", "2025-02-28", ("2025-03-01", "2026-02-28")),
        ("2027-03-01", "2028-02-29", "2028-02-29", ("2028-03-01", "2029-02-28")),
        ("2026-03-01", "2027-02-28", "2027-02-01", ("2027-03-01", "2028-02-29")),
        ("2013-05-01", "2014-04-30", "2016-07-05", ("2016-07-05", "2017-07-04")),  # 223a
        ("2023-01-01", "2023-12-31", "2024-02-29", ("2024-02-29", "2025-02-28")),
    ],
)
def test_renewals_round_29_february_and_long_after(
    starts: str, ends: str, today: str, expected: tuple[str, str]
) -> None:
    assert renewed([Term(day(starts), day(ends))], today) == expected


def test_the_last_day_is_valid_to_its_end_on_a_clock_of_the_association() -> None:  # 223
    held = [Term(day("2025-11-27"), day("2026-11-26"))]
    late = datetime(2026, 11, 26, 20, 59, tzinfo=UTC)  # 23:59 in Moscow
    assert terms.standing(held, RULES.today(late)).valid
    assert not terms.standing(held, RULES.today(late + timedelta(minutes=1))).valid


def test_gaps_stay_visible() -> None:
    held = [
        Term(day("2020-01-01"), day("2020-12-31")),
        Term(day("2022-05-01"), day("2023-04-30")),
        Term(day("2023-05-01"), day("2024-04-30")),
    ]
    found = terms.standing(held, day("2023-06-01"))
    assert found.gaps == ((day("2021-01-01"), day("2022-04-30")),)
    assert found.since == day("2022-05-01") and found.until == day("2024-04-30")


def test_what_staff_end_is_over_on_the_next_day() -> None:
    held = [Term(day("2026-01-01"), day("2026-12-31"), ended_on=day("2026-06-30"))]
    assert terms.standing(held, day("2026-06-30")).valid
    assert terms.standing(held, day("2026-07-01")).state == "lapsed"
    never = [Term(day("2026-01-01"), None, ended_on=day("2025-12-31"))]
    assert terms.standing(never, day("2026-01-01")).state == "none"


@settings(deadline=None)
@given(DAYS, st.integers(1, 10))
def test_years_are_whole(first: date, years: int) -> None:
    last = terms.last_day(first, years)
    following = terms.last_day(last + DAY, years)
    assert 0 <= (last - first).days + 1 - 365 * years <= years // 4 + 1
    # Years that follow one another leave no day out and none twice, and never drift by more than
    # the 29 February that is no day of every year.
    assert (last + DAY).month == (3 if (first.month, first.day) == (2, 29) else first.month)
    assert following == terms.last_day(last + DAY, years)
    assert terms.anniversary(first, years) == last + DAY


@settings(deadline=None)
@given(DAYS, st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_whenever_it_is_renewed_nothing_is_lost_and_nothing_lies_in_the_past(
    first: date, waits: list[int]
) -> None:
    held: list[Term] = []
    today = first
    for wait in waits:
        today += timedelta(days=wait)
        before = terms.standing(held, today)
        try:
            starts, ends = terms.next_term(held, today, **YEAR)
        except Conflict:
            assert before.valid and before.until is not None
            assert before.until - today > timedelta(days=90)
            continue
        assert ends >= today and (ends - starts).days + 1 in (365, 366)
        if before.valid:
            assert before.until is not None and starts == before.until + DAY
        else:
            assert starts == today
        held.append(Term(starts, ends, id=str(len(held))))
        assert terms.standing(held, today).valid
        assert terms.standing(held, ends).until == ends
        assert terms.standing(held, ends + DAY).state == "lapsed"
    given_days = sum((t.last - t.starts).days + 1 for t in held if t.last is not None)
    counted = sum((last - start).days + 1 for start, last in terms.spans(held) if last is not None)
    assert given_days == counted, "no two terms overlap"


# Tiers


def acts(*said: tuple[str, str]) -> list[Act]:
    return [Act(day(at), kind) for at, kind in said]


def test_what_is_older_counts_for_less() -> None:
    done = acts(("2024-02-29", "talk"))
    for on, worth in (
        ("2024-02-28", 0), ("2024-02-29", 6), ("2025-02-28", 6), ("2025-03-01", 3),
        ("2026-02-28", 3), ("2026-03-01", Fraction(3, 2)), ("2027-03-01", 0),
    ):  # fmt: skip
        assert tiers.points(done, RULES, day(on)).total == worth, on


def test_caps_hold_by_kind_and_by_mode() -> None:
    talks = tiers.points([Act(day("2026-11-01"), "talk")] * 9, RULES, day("2026-11-26"))
    assert talks.total == 30 and talks.taken["volunteer"] == 24
    much = [Act(day("2026-11-01"), kind) for kind in ("talk", "mentoring", "helped")] * 20
    volunteer = tiers.points(much, RULES, day("2026-11-26"))
    assert volunteer.total == 60 and volunteer.spread == 1


def test_a_tier_stays_for_a_year_after_the_last_day_on_which_it_was_reached() -> None:
    done = acts(("2024-05-10", "event_organised"))
    found = tiers.tiered(done, RULES, day("2024-06-01"))
    # Ten points until the day before the first anniversary; then for twelve months more.
    assert (found.tier, found.until) == ("active", day("2026-05-09"))
    assert found.next == "mainstay" and found.missing == 30 and found.missing_modes == 1
    assert tiers.tiered(done, RULES, day("2026-05-09")).tier == "active"
    assert tiers.tiered(done, RULES, day("2026-05-10")).tier == "member"
    assert tiers.tiered(done, RULES, day("2024-05-09")).tier == "member"
    assert tiers.tiered([], RULES, day("2024-05-09")).until is None


def test_the_highest_tier_asks_for_more_than_one_mode() -> None:
    done = [Act(day("2026-11-01"), kind) for kind in ("event_organised", "talk") for _ in range(6)]
    alone = tiers.tiered(done, RULES, day("2026-11-26"))
    assert alone.sum.total == 60 and alone.tier == "active" and alone.missing_modes == 1
    both = tiers.tiered([*done, Act(day("2026-11-02"), "gift")], RULES, day("2026-11-26"))
    assert both.tier == "mainstay" and both.next == ""


DONE = st.lists(
    st.builds(
        Act,
        st.dates(date(2020, 1, 1), date(2027, 1, 1)),
        st.sampled_from(sorted(RULES.kinds)),
        st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3)]),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(DONE, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.randoms())
def test_sums_are_within_the_caps_whatever_the_order(done: list[Act], on: date, chance) -> None:  # type: ignore[no-untyped-def]
    found = tiers.points(done, RULES, on)
    assert all(0 <= found.modes[mode] <= RULES.caps[mode] for mode in RULES.caps)
    shuffled = list(done)
    chance.shuffle(shuffled)
    assert tiers.points(shuffled, RULES, on) == found
    more = tiers.points([*done, Act(on, "attended")], RULES, on)
    assert more.total >= found.total, "to do something never costs anything"
    # Between the days on which something was done it never rises.
    later = on + DAY
    if not any(act.day == later for act in done):
        assert tiers.points(done, RULES, later).total <= found.total


@settings(deadline=None, max_examples=40)
@given(DONE, st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_tier_is_what_a_walk_over_every_day_finds(done: list[Act], today: date) -> None:
    """The same by brute force: whether some day of the last twelve months reached it."""
    found = tiers.tiered(done, RULES, today)
    known = [act for act in done if act.day <= today]
    first = tiers.months_later(today, -13)
    best = RULES.order[0]
    for name in RULES.order[1:]:
        for ago in range((today - first).days + 1):
            when = today - ago * DAY
            kept = tiers.months_later(when, RULES.decay.keep_months)
            seen = [act for act in known if act.day <= when]
            if kept >= today and tiers.reached(tiers.points(seen, RULES, when), RULES, name):
                best = name
                break
    assert found.tier == best
    if found.until is not None:
        assert tiers.tiered(known, RULES, found.until).tier == found.tier
        after = tiers.tiered(known, RULES, found.until + DAY).tier
        assert RULES.order.index(after) < RULES.order.index(found.tier)


def entry(act: str, kind: str, *, participation: str = "", corrects: str = "") -> Entry:
    at = datetime(2026, 11, 1, 22, 30, tzinfo=UTC)  # 2 November in Moscow
    return Entry(
        act, "me", kind, "communication", at, at, Fraction(1), "", participation, "", corrects
    )


def test_what_counts_of_the_ledger() -> None:
    found = tiers.acts_of(
        [
            entry("a", "talk"),
            entry("b", "talk"),
            entry("c", "talk", corrects="b"),
            entry("d", "unheard_of"),
            # One newcomer, brought in two ways: the better one counts.
            entry("e", "invitation_accepted", participation="x"),
            entry("f", "referral", participation="x"),
        ],
        RULES,
        "me",
    )
    assert [(act.kind, act.day) for act in found] == [
        ("referral", day("2026-11-02")), ("talk", day("2026-11-02")),
    ]  # fmt: skip
    assert tiers.acts_of([entry("a", "talk")], RULES, "another") == []


# The rule files


def test_rules_are_versioned_and_an_installation_has_its_own(tmp_path: Path) -> None:
    text = (rule_files.FOLDER / "2026-1.toml").read_text(encoding="utf-8")
    own = tmp_path / rule_files.OWN
    own.mkdir()
    later = text.replace('"2026-1"', '"2027-1"').replace("2026-01-01", "2027-01-01")
    (own / "2027.toml").write_text(later.replace("points = 40", "points = 50"), encoding="utf-8")
    found = rule_files.versions(tmp_path)
    assert [one.version for one in found] == ["2027-1", "2026-1"]
    assert rule_files.in_force(found, day("2026-12-31")).version == "2026-1"
    assert rule_files.in_force(found, day("2027-01-01")).tiers["mainstay"].points == 50
    assert rule_files.in_force(found, day("1999-01-01")).version == "2026-1"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"1/2", "1/4"', '"1/2", "3/4"', "older cannot count for more"),
        ("points = 40", "points = 5", "asks for more than the one before"),
        ("Europe/Moscow", "Europe/Atlantis", "not a time zone"),
        ("points = 0\n", "points = 3\n", "the first tier is everybody's"),
        ("renewal_days = 90", "renewal_days = 0", "renewal_days"),
        ("volunteer = 60", "volunteers = 60", "caps"),
    ],
)
def test_a_wrong_rule_file_says_where(old: str, new: str, said: str) -> None:
    text = (rule_files.FOLDER / "2026-1.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadFile, match=said):
        rule_files.read_rules(text.replace(old, new, 1))
