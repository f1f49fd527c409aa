"""A way through a programme: the best first, never two things at once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from graphnet.weeks.suggesting import without_clashes

START = datetime(2026, 12, 14, 9, tzinfo=UTC)
SESSIONS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.tuples(st.floats(-3, 3), st.integers(0, 600), st.integers(5, 180)),
    max_size=25,
)


def times(found: dict[str, tuple[float, int, int]]) -> dict[str, tuple[datetime, datetime]]:
    return {
        key: (START + timedelta(minutes=begin), START + timedelta(minutes=begin + length))
        for key, (_, begin, length) in found.items()
    }


@given(SESSIONS, st.integers(1, 5))
def test_what_is_left_out_clashes_with_something_better_or_fills_no_day(
    found: dict[str, tuple[float, int, int]], a_day: int
) -> None:
    scores, when = {key: one[0] for key, one in found.items()}, times(found)
    chosen = without_clashes(scores, when, a_day=a_day)

    def meet(one: str, other: str) -> bool:
        return when[one][0] < when[other][1] and when[other][0] < when[one][1]

    assert not any(meet(a, b) for a in chosen for b in chosen if a != b)
    assert chosen == sorted(chosen, key=lambda key: (when[key][0], key))
    assert len(chosen) <= a_day
    for key in set(scores) - set(chosen):
        better = [one for one in chosen if scores[one] >= scores[key]]
        assert any(meet(one, key) for one in better) or len(better) == a_day
    assert chosen == without_clashes(dict(reversed(scores.items())), when, a_day=a_day)


def test_what_i_have_chosen_already_is_stepped_round() -> None:
    when = {"a": (START, START + timedelta(hours=1)), "b": (START, START + timedelta(hours=2))}
    scores = {"a": 1.0, "b": 2.0}
    assert without_clashes(scores, when) == ["b"]
    taken = [(START + timedelta(minutes=90), START + timedelta(hours=3))]
    assert without_clashes(scores, when, taken) == ["a"]
