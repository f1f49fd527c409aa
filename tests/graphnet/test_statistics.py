"""Tables of counts: nothing small is shown, and nothing small follows from what is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.statistics.disclosure import Count, Total, protect, protect_lost


def counts(largest=60):
    return st.integers(0, largest).flatmap(
        lambda people: st.tuples(st.just(people), st.integers(0, people))
    )


def small(n):
    return 0 < n < 5


@given(st.lists(counts(), min_size=1, max_size=8))
@settings(max_examples=400)
def test_no_cell_and_no_complement_shown_is_small(pairs):
    rows = [Count(*pair) for pair in pairs]
    protect(rows, [Total(rows)])
    for row in rows:
        assert not (row.shows_people and small(row.people))
        if row.shows_registered:
            assert row.shows_people
            assert not small(row.registered) and not small(row.people - row.registered)


@given(st.lists(counts(), min_size=1, max_size=8), counts())
@settings(max_examples=400)
def test_nothing_small_is_what_is_left_of_a_total(pairs, rest):
    rows, outside = [Count(*pair) for pair in pairs], Count(*rest)
    protect(rows, [Total(rows, outside)])
    total = sum(row.people for row in rows) + outside.people
    claimed = sum(row.registered for row in rows) + outside.registered
    left = total - sum(row.people for row in rows if row.shows_people)
    left_claimed = claimed - sum(row.registered for row in rows if row.shows_registered)
    left_others = (total - claimed) - sum(
        row.people - row.registered for row in rows if row.shows_registered
    )
    hidden = [row for row in rows if not row.shows_people]
    if hidden and any(row.shows_people and row.people for row in rows):
        assert not small(left)
        assert len(hidden) + bool(outside.people) > 1
    silent = [row for row in rows if not row.shows_registered]
    if silent and any(row.shows_registered and row.people for row in rows):
        assert not small(left_claimed) and not small(left_others)
        assert len(silent) + bool(outside.people) > 1


@given(st.lists(counts(30), min_size=2, max_size=4), st.lists(counts(30), min_size=2, max_size=4))
@settings(max_examples=200)
def test_departments_do_not_follow_from_their_faculties(first, second):
    departments = [[Count(*pair) for pair in pairs] for pairs in (first, second)]
    faculties = [
        Count(sum(row.people for row in rows), sum(row.registered for row in rows))
        for rows in departments
    ]
    everything = [*faculties, *departments[0], *departments[1]]
    protect(everything, [Total(faculties), *(Total(rows) for rows in departments)])
    for faculty, rows in zip(faculties, departments, strict=True):
        if not faculty.shows_people or not any(r.shows_people and r.people for r in rows):
            continue
        left = faculty.people - sum(row.people for row in rows if row.shows_people)
        hidden = sum(1 for row in rows if not row.shows_people)
        assert not small(left) and hidden != 1


@pytest.mark.parametrize(
    ("pair", "shown"),
    [((75, 74), (True, False)), ((71, 70), (True, False)), ((3, 0), (False, False)),
     ((40, 0), (True, True)), ((40, 40), (True, True)), ((40, 20), (True, True))],
)  # fmt: skip
def test_what_was_given_away_by_complements(pair, shown):
    row = Count(*pair)
    protect([row], [])
    assert (row.shows_people, row.shows_registered) == shown


def test_a_row_without_anybody_takes_nothing_away():
    rows = [Count(0, 0), Count(20, 10), Count(30, 15)]
    protect(rows, [Total(rows)])
    assert all(row.shows_people and row.shows_registered for row in rows)


def states(largest=60):
    return counts(largest).flatmap(
        lambda pair: st.integers(0, pair[0] - pair[1]).map(lambda lost: (*pair, lost))
    )


@given(st.lists(states(), min_size=1, max_size=8), states())
@settings(max_examples=400)
def test_who_is_lost_does_not_follow_from_who_is_registered(triples, outside):
    rows, rest = [Count(*triple) for triple in triples], Count(*outside)
    totals = [Total(rows, rest)]
    protect(rows, totals)
    protect_lost(rows, totals)
    for row in rows:
        if row.shows_lost:
            others = row.people - row.registered
            assert row.shows_people and row.shows_registered
            assert not small(row.lost) and not small(others - row.lost)
    # Whoever knows how many are lost of all takes away what is shown.
    unseen = [row for row in [*rows, rest] if row is rest or not row.shows_lost]
    shown = [row for row in rows if row.shows_lost and row.people > row.registered]
    if any(row is not rest for row in unseen) and shown:
        assert not small(sum(row.lost for row in unseen))
        assert not small(sum(row.people - row.registered - row.lost for row in unseen))
