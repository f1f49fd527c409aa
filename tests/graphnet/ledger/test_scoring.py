"""Scores: caps, shared credit, corrections; ranks and their intervals against plain enumeration."""

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.errors import BadFile
from graphnet.ledger.rule_files import MODES
from graphnet.ledger.rules import read_rules
from graphnet.ledger.scoring import (  # fmt: skip
    ANOTHER_WAY,
    CORRECTED,
    KIND_CAP,
    MODE_CAP,
    NOT_IN_RULES,
    canonical,
    entry_of,
    ranks,
    score,
)
from graphnet.ledger.sensitivity import Along, along, rank_intervals, steps_up
from tests.support.entries import RULES, drawn, entry
from tests.support.slow_intervals import bends, slow_intervals

HALF = Fraction(1, 2)


def test_a_score_is_the_sum_of_its_points() -> None:
    found = score([entry("a", "x", "talk"), entry("b", "x", "attended"),
                   entry("c", "x", "referral", together="t")], RULES)["x"]  # fmt: skip
    assert (found.contributed, found.mobilised) == (8, 5)
    assert found.modes == ("communication", "experiential", "volunteer")
    assert sum(p.counted for p in found.points) == found.total(RULES) == 13


def test_caps_cut_the_latest_and_say_so() -> None:
    talks = [entry(f"t{i}", "x", "talk", day=i) for i in range(6)]  # 36, at most 30
    found = score(talks, RULES)["x"]
    assert found.contributed == 30
    assert found.capped == 6
    assert [p.why for p in found.points] == ["counted"] * 5 + [KIND_CAP]
    more = [entry(f"o{i}", "x", "event_organised", day=10 + i) for i in range(4)]  # 40 more
    found = score(talks + more, RULES)["x"]
    assert found.contributed == 60 == RULES.caps["volunteer"]
    assert found.points[-1].why == MODE_CAP
    assert found.points[-1].counted == 0


def test_what_is_outside_the_season_or_the_rules_is_worth_nothing() -> None:
    late = entry("a", "x", "talk", day=3650)
    assert score([late], RULES) == {}
    unknown = score([entry("a", "x", "dancing")], RULES)["x"]
    assert unknown.total(RULES) == 0
    assert unknown.points[0].why == NOT_IN_RULES


def test_a_counter_entry_takes_its_entry_back_and_nothing_else() -> None:
    entries = [entry("a", "x", "talk"), entry("b", "x", "talk", day=1)]
    back = entry("correct:a", "x", "talk", corrects="a", basis="-1")
    found = score([*entries, back], RULES)["x"]
    assert found.contributed == 6
    assert [p.why for p in found.points] == [CORRECTED, "counted"]


def test_credit_is_shared_and_each_way_counts_once() -> None:
    entries = [
        entry("a", "x", "invitation_accepted", together="t"),
        entry("b", "x", "referral", together="t"),  # stands before it in the rules
        entry("c", "y", "relay_passed_on", together="t"),
    ]
    found = score(entries, RULES)
    assert found["x"].mobilised == 5 * HALF
    assert found["y"].mobilised == 3 * HALF
    assert {p.entry.act_id: p.why for p in found["x"].points} == {
        "a": ANOTHER_WAY, "b": "counted",
    }  # fmt: skip


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_shares_of_every_participation_add_up_to_one(seed: int) -> None:
    found = score(drawn(seed), RULES)
    shares: dict[str, Fraction] = defaultdict(Fraction)
    for mine in found.values():
        for point in mine.points:
            if point.entry.participation and point.why not in (CORRECTED, ANOTHER_WAY):
                shares[point.entry.participation] += point.share
    assert shares
    assert set(shares.values()) == {Fraction(1)}


def plainly(entries: list, rules: object) -> dict[str, Fraction]:
    """Totals by the definition: sums, then the smaller of sum and cap."""
    back = {e.corrects for e in entries if e.corrects}
    live = [e for e in entries if not e.corrects and e.act_id not in back]
    order = list(RULES.kinds)
    best: dict[tuple, str] = {}
    for e in sorted(live, key=lambda e: (e.happened_at, e.act_id)):
        if e.participation:
            place = (e.participation, e.pseudonym)
            if place not in best or order.index(e.kind) < order.index(
                next(x.kind for x in live if x.act_id == best[place])
            ):
                best[place] = e.act_id
    weight = {e.act_id: e.basis for e in live}
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for e in live:
        factor = e.basis
        if e.participation:
            if best[e.participation, e.pseudonym] != e.act_id:
                continue
            factor /= sum(weight[a] for (t, _), a in best.items() if t == e.participation)
        sums[e.pseudonym, e.kind] += rules.kinds[e.kind].points * factor
    totals: dict[str, Fraction] = {e.pseudonym: Fraction(0) for e in entries if not e.corrects}
    for who in totals:
        for mode in MODES:
            inside = Fraction(0)
            for kind, rule in rules.kinds.items():
                if rule.mode != mode:
                    continue
                points = sums[who, kind]
                if rule.at_most is not None:
                    points = min(points, rule.at_most)
                if rule.part == "mobilised":
                    totals[who] += rules.weights.mobilised * points
                else:
                    inside += points
            totals[who] += rules.weights.contributed * min(inside, rules.caps[mode])
    return totals


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_totals_follow_the_definition(seed: int) -> None:
    entries = drawn(seed)
    found = {name: s.total(RULES) for name, s in score(entries, RULES).items()}
    assert found == plainly(entries, RULES)
    assert found == {n: s.total(RULES) for n, s in score(entries[::-1], RULES).items()}


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_ranks_against_counting(values: list[int]) -> None:
    totals = {f"p{i}": Fraction(v) for i, v in enumerate(values)}
    assert ranks(totals) == {
        name: 1 + sum(other > mine for other in totals.values()) for name, mine in totals.items()
    }


LINE = st.tuples(st.integers(-4, 4), st.integers(0, 4), st.integers(-3, 9))


@given(st.lists(LINE, min_size=2, max_size=7), st.sampled_from([1, 10**12 + 39]))
@settings(max_examples=300, deadline=None)
def test_along_one_variable_against_a_grid_with_every_crossing(
    lines: list[tuple[int, int, int]], under: int
) -> None:
    """The second denominator needs more than 64 bits, and makes crossings that floats confuse."""
    exact = [
        (Fraction(a), b + Fraction(i % 3, under), Fraction(c)) for i, (a, b, c) in enumerate(lines)
    ]
    low, high = Fraction(1, 2), Fraction(3)

    def totals(t: Fraction) -> list[Fraction]:
        return [min(cap, base + slope * t) for base, slope, cap in exact]

    # All places where the order can change, and places between them: every order there is.
    places = {low, high}
    straight = [line[:2] for line in exact] + [(cap, Fraction(0)) for _, _, cap in exact]
    for (a, b), (c, d) in product(straight, straight):
        if b != d and low <= (place := (c - a) / (b - d)) <= high:
            places.add(place)
    rising = sorted(places)
    rising += [(x + y) / 2 for x, y in pairwise(rising)]
    orders = [totals(t) for t in rising]
    best, worst = along(exact, low, high, wanted=range(len(exact)))
    for i in range(len(exact)):
        seen = [1 + sum(other > order[i] for other in order) for order in orders]
        assert (best[i], worst[i]) == (min(seen), max(seen))


@given(st.integers(0, 10_000), st.integers(2, 60), st.sampled_from([1, 20, 120, 300]))
@settings(max_examples=40, deadline=None)
def test_fast_rank_intervals_are_those_of_plain_enumeration(
    seed: int, people: int, entries: int
) -> None:
    scores = score(drawn(seed, people=people, entries=max(entries, 8)), RULES)
    assert rank_intervals(scores, RULES) == slow_intervals(scores, RULES)
    some = sorted(scores)[::3]
    assert rank_intervals(scores, RULES, wanted=some, spread=HALF) == slow_intervals(
        scores, RULES, wanted=some, spread=HALF
    )


def with_factor(rules: object, kind: str, factor: Fraction) -> object:
    kinds = dict(rules.kinds)
    kinds[kind] = kinds[kind].model_copy(update={"points": kinds[kind].points * factor})
    return rules.model_copy(update={"kinds": kinds})


@given(st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_rank_intervals_hold_and_are_met(seed: int) -> None:
    """Every rank on a grid of weights lies within; and the bends and crossings give the ends."""
    entries = drawn(seed, people=5, entries=40)
    scores = score(entries, RULES)
    intervals = rank_intervals(scores, RULES)
    seen: dict[str, set[int]] = defaultdict(set)
    steps = [Fraction(8 + i, 10) for i in range(5)]
    for a, b in product(steps, steps):
        weights = RULES.weights.model_copy(update={"contributed": a, "mobilised": b})
        changed = RULES.model_copy(update={"weights": weights})
        for name, place in ranks({n: s.total(changed) for n, s in scores.items()}).items():
            seen[name].add(place)
    for kind in RULES.kinds:
        for factor in [Fraction(80 + i, 100) for i in range(0, 41, 2)]:
            changed = with_factor(RULES, kind, factor)
            totals = {n: s.total(changed) for n, s in score(entries, changed).items()}
            for name, place in ranks(totals).items():
                seen[name].add(place)
    for name, (best, worst) in intervals.items():
        assert best <= min(seen[name])
        assert max(seen[name]) <= worst
    # No interval is wider than it must be: each end is reached at a factor that we can name.
    ends = {name: set(pair) for name, pair in intervals.items()}
    reached: dict[str, set[int]] = defaultdict(set)
    for totals in exact_places(scores, entries):
        for name, place in ranks(totals).items():
            reached[name].add(place)
    assert all(ends[name] <= reached[name] for name in ends)


def exact_places(scores: dict, entries: list) -> list[dict[str, Fraction]]:
    """Totals at every ratio or factor at which two people are equal or a cap bends, and between."""
    low, high = Fraction(4, 5), Fraction(6, 5)
    result = []

    def sample(places: set[Fraction], totals_at: object) -> None:
        rising = sorted(places)
        rising += [(x + y) / 2 for x, y in pairwise(rising)]
        result.extend(totals_at(t) for t in rising)

    ratios = {low / high, high / low}
    for one, two in product(scores.values(), scores.values()):
        if one.mobilised != two.mobilised:
            place = (two.contributed - one.contributed) / (one.mobilised - two.mobilised)
            if low / high <= place <= high / low:
                ratios.add(place)
    sample(ratios, lambda t: {n: s.contributed + t * s.mobilised for n, s in scores.items()})
    for kind in RULES.kinds:
        lines = {name: Along(s, RULES, kind) for name, s in scores.items()}
        ends = sorted({low, high} | {b for line in lines.values() for b in bends(line, low, high)})
        places = set(ends)
        for left, right in pairwise(ends):
            for one, two in product(lines.values(), lines.values()):
                before = one.total(left) - two.total(left)
                after = one.total(right) - two.total(right)
                if before != after and 0 <= before / (before - after) <= 1:
                    places.add(left + (right - left) * before / (before - after))

        def at(factor: Fraction, kind: str = kind) -> dict[str, Fraction]:
            changed = with_factor(RULES, kind, factor)
            return {n: s.total(changed) for n, s in score(entries, changed).items()}

        sample(places, at)
    return result


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_what_would_change_my_rank_does_and_one_less_does_not(seed: int) -> None:
    entries = drawn(seed, people=5, entries=30)
    scores = score(entries, RULES)
    totals = {name: s.total(RULES) for name, s in scores.items()}
    before = ranks(totals)
    for name, mine in scores.items():
        gap, steps = steps_up(sorted(totals.values()), mine, RULES)
        assert (gap == 0) == (before[name] == 1)
        for step in steps:
            for times, better in ((step.times, True), (step.times - 1, False)):
                more = [
                    entry(f"new{i}", name, step.kind, day=302, together=f"new{i}"
                          if RULES.kinds[step.kind].part == "mobilised" else "")
                    for i in range(times)
                ]  # fmt: skip
                after = ranks({n: s.total(RULES) for n, s in score(entries + more, RULES).items()})
                assert (after[name] < before[name]) == better
                if better:
                    assert after[name] == step.rank


def test_entries_survive_their_text() -> None:
    for one in drawn(1):
        assert entry_of(one.fields()) == one
        assert canonical(one.fields()) == canonical(entry_of(one.fields()).fields())


def test_mistakes_in_a_rule_file_are_named_with_their_lines() -> None:
    text = (
        RULES.text.replace("points = 10\nmode", "points = -1\nmode")
        .replace("vote = 0.2", "vote = 0.3").replace('"volunteer"', '"volunter"', 1)
    )  # fmt: skip
    with pytest.raises(BadFile) as problem:
        read_rules(text)
    message = str(problem.value)
    assert "standing, jury and vote must add up to 1" in message
    line = next(i for i, row in enumerate(text.splitlines(), 1) if row == "points = -1")
    assert f"line {line}: kinds.event_organised.points" in message
    assert "kinds.event_organised.mode" in message
    assert message.count("\n") == 3
    with pytest.raises(BadFile, match="not TOML"):
        read_rules("season = ")


def test_rules_refuse_what_cannot_be() -> None:
    text = RULES.text
    for before, after, words in (
        ("ends = 2026-12-31", "ends = 2025-12-31", "ends before it starts"),
        ("modes_at_least = 2", "modes_at_least = 5", "modes_at_least"),
        ("contributed = 1\nmobilised = 1", "contributed = 0\nmobilised = 0", "cannot both be 0"),
        ("Europe/Moscow", "Europe/Nowhere", "not a time zone"),
        ('season = "2026"', 'season = "../2026"', "season"),
        ("points = 5 ", "points = true ", "must be a number"),
        ("points = 5 ", "points = nan ", "must be a finite number"),
    ):
        assert before in text
        with pytest.raises(BadFile, match=words):
            read_rules(text.replace(before, after, 1))
