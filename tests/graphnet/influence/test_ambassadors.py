"""Sets of ambassadors: quotas against enumeration, consent, fixed and barred, what is beside it."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from graphnet import privacy
from graphnet.errors import BadValue
from graphnet.influence.ambassadors import choose_ambassadors
from graphnet.influence.cascade import cascade_of_pairs, simulate
from graphnet.influence.learned import Answers, learned_cascade
from graphnet.influence.measures import Measures, measure
from graphnet.influence.quotas import Quota, QuotasNotMet, Rules
from graphnet.influence.spread import choose_people
from graphnet.influence.wishes import Network, Wish, labels, network, place_named
from graphnet.snapshot import Snapshot
from tests.graphnet.influence.test_spread import exact_reach
from tests.support.made_graphs import made


@pytest.fixture(scope="module")
def place() -> tuple[Snapshot, Measures, Network]:
    snapshot = made(500, seed=1)
    found = measure(snapshot, samples=2)
    return snapshot, found, network(snapshot, found)


def drawn_rules(rng):
    n, k = 9, int(rng.integers(2, 5))
    quotas = []
    for name in ("faculty", "city")[: int(rng.integers(1, 3))]:
        label = rng.integers(-1, 3, size=n).astype(np.int32)
        least = {int(v): int(rng.integers(1, 3)) for v in rng.choice(3, 2, replace=False)}
        most = {int(rng.integers(3)): int(rng.integers(0, 3))} if rng.random() < 0.4 else {}
        quotas.append(Quota(name, label, least=least, most=most))
    barred = rng.random(n) < 0.25
    return n, k, quotas, barred


def meets(people, quotas):
    return all(
        all(int((q.label[list(people)] == v).sum()) >= c for v, c in q.least.items())
        and all(int((q.label[list(people)] == v).sum()) <= c for v, c in q.most.items())
        for q in quotas
    )


@pytest.mark.parametrize("seed", range(60))
def test_feasibility_is_that_of_enumeration(seed):
    rng = np.random.default_rng(seed)
    n, k, quotas, barred = drawn_rules(rng)
    rules = Rules(n, k, quotas, barred)
    open_to = np.flatnonzero(~barred)
    sets = [s for s in combinations(open_to.tolist(), k) if meets(s, quotas)]
    for size in range(min(k, len(open_to)) + 1):
        for start in list(combinations(open_to.tolist(), size))[:20]:
            expected = any(set(start) <= set(s) for s in sets)
            assert rules.possible(rules.counts(start)) == expected, start
    if sets:
        rules.check([])
        return
    with pytest.raises(QuotasNotMet) as refused:
        rules.check([])
    lacks = refused.value.lacks
    assert lacks and all(lack.sentence() in str(refused.value) for lack in lacks)
    for lack in lacks:
        if lack.why == "size":
            bigger = combinations(open_to.tolist(), lack.there)
            assert any(meets(s, quotas) for s in bigger)
            assert not any(
                meets(s, quotas)
                for size in range(k, lack.there)
                for s in combinations(open_to.tolist(), size)
            )
        elif lack.why == "people" and lack.name != "people":
            name, _, label = lack.name.rpartition(" ")
            quota = next(q for q in quotas if q.name == name)
            assert int((quota.label[open_to] == int(label)).sum()) == lack.there < lack.asked
        elif lack.why == "together":
            # Asking for no more than the others leave room for makes it possible.
            relaxed = [
                replace(
                    q,
                    least={v: _of(lacks, q, v, c, "together") for v, c in q.least.items()},
                    most={v: _of(lacks, q, v, c, "most") for v, c in q.most.items()},
                )
                for q in quotas
            ]
            assert any(meets(s, relaxed) for s in combinations(open_to.tolist(), k))


def _of(lacks, quota, label, number, why):
    name = f"{quota.name} {label}"
    return next((x.there for x in lacks if x.name == name and x.why == why), number)


@pytest.mark.parametrize("seed", range(4))
def test_a_choice_under_quotas_is_near_the_best_of_all_sets(seed):
    rng = np.random.default_rng(seed)
    n = 8
    pairs = [(int(u), int(v)) for u in range(n) for v in range(n) if u != v]
    edges = [(*pairs[i], float(rng.uniform(0.1, 0.9)))
             for i in rng.choice(len(pairs), 9, replace=False)]  # fmt: skip
    cascade = cascade_of_pairs(n, *zip(*edges, strict=True))
    label = rng.integers(2, size=n).astype(np.int32)
    label[:2] = [0, 1]
    quotas = [Quota("side", label, least={0: 1, 1: 1})]
    reach = {s: exact_reach(edges, n, s) for s in combinations(range(n), 3) if meets(s, quotas)}
    chosen = choose_people(cascade, 3, quotas=quotas, seed=seed, most_samples=1 << 15)
    mine = tuple(sorted(chosen.people.tolist()))
    assert mine in reach
    assert reach[mine] >= 0.9 * max(reach.values())
    assert chosen.at_least <= reach[mine] + 1e-9
    assert chosen.best_at_most >= max(reach.values()) - 1e-9


def test_a_set_meets_its_quotas_and_reaches_what_it_says(place):
    snapshot, _, net = place
    city = place_named(snapshot, "P1")
    wish = Wish(12, per={"faculty": 1, "decade": 2}, cities={city: 3}, seed=3)
    found = choose_ambassadors(snapshot, net, wish)
    people = snapshot.positions([m.key for m in found.members])
    assert len(set(people.tolist())) == 12
    assert all(q.got >= q.asked for q in found.quotas)
    assert {q.by for q in found.quotas} == {"faculty", "decade", "city"}
    for by, least in (("faculty", 1), ("decade", 2)):
        counts = np.bincount(labels(snapshot, by).label[people])
        assert (counts[counts > 0] >= least).all()
    assert (labels(snapshot, "city").label[people] == 1).sum() >= 3
    reach = simulate(net.cascade, people, runs=3000, seed=9, audience=net.audience)
    assert found.choice.reach == pytest.approx(reach.mean, abs=5 * reach.standard_error)
    assert found.reached.sum() == pytest.approx(reach.mean, rel=0.05)
    assert found.people.sum() == net.audience.sum()
    assert (found.reached <= found.people + 1e-9).all()
    # What nobody else reaches is what is lost without the person.
    member = found.members[4]
    others = [p for p in people if snapshot.keys[p] != member.key]
    less = simulate(net.cascade, others, runs=3000, seed=9, audience=net.audience)
    noise = 4 * (reach.standard_error + less.standard_error + member.alone_error)
    assert member.alone == pytest.approx(reach.mean - less.mean, abs=noise)


def test_beside_it_stand_five_other_ways(place):
    snapshot, _, net = place
    found = choose_ambassadors(snapshot, net, Wish(6, extra=4))
    names = [a.name for a in found.alternatives]
    assert names == ["chosen", "random", "random_more", "degree", "pagerank", "peers"]
    sizes = {a.name: len(a.people) for a in found.alternatives}
    assert sizes["random_more"] == 10 and set(sizes.values()) == {6, 10}
    for one in found.alternatives:
        assert one.standard_error > 0
        assert net.candidates[one.people].all()
    degree = next(a for a in found.alternatives if a.name == "degree")
    assert found.better_than_degree == (degree.ahead > 2 * degree.ahead_error)


def test_choosing_everybody_is_not_better_than_degree(place):
    """Where both choices are the same people, it says that it is not better."""
    snapshot, _, net = place
    only = labels(snapshot, "city").label == 0
    only &= labels(snapshot, "faculty").label == 0
    many = int((only & net.candidates).sum())
    found = choose_ambassadors(snapshot, net, Wish(many, faculty="f0", city="p0"))
    assert not found.better_than_degree


def test_only_people_who_agreed_are_in_a_set_and_objectors_hear_nothing(place):
    snapshot, measures, net = place
    agreed = (snapshot.flags & privacy.REACH) != 0
    objected = (snapshot.flags & privacy.NO_PROFILE) != 0
    assert not (net.candidates & ~agreed).any()
    assert not (net.audience & objected).any()
    assert not (np.diff(net.ties.indptr)[objected]).any()
    not_agreed = int(snapshot.keys[np.flatnonzero(~agreed & ~objected)[0]])
    with pytest.raises(BadValue, match="consent"):
        choose_ambassadors(snapshot, net, Wish(3, fixed=(not_agreed,)))
    withdrawn = int(snapshot.keys[np.flatnonzero(net.candidates)[0]])
    after = network(snapshot, measures, denied=[withdrawn])
    assert not after.candidates[snapshot.positions([withdrawn])].any()
    assert not after.audience[snapshot.positions([withdrawn])].any()


def test_fixed_stay_barred_go_and_the_same_wish_gives_the_same_set(place):
    snapshot, _, net = place
    first = [m.key for m in choose_ambassadors(snapshot, net, Wish(8)).members]
    keys = snapshot.keys[np.flatnonzero(net.candidates)]
    fixed = tuple(int(k) for k in keys if k not in first)[:2]
    wish = Wish(8, fixed=fixed, barred=(first[0],))
    again = [[m.key for m in choose_ambassadors(snapshot, net, wish).members] for _ in range(2)]
    assert again[0] == again[1]
    assert set(fixed) <= set(again[0]) and first[0] not in again[0]


def test_quotas_that_nobody_meets_are_named_or_left_out(place):
    snapshot, _, net = place
    candidates = labels(snapshot, "decade").label[net.candidates]
    rare = int(np.bincount(candidates).min()) + 1
    wish = Wish(150, per={"decade": rare})
    with pytest.raises(QuotasNotMet) as refused:
        choose_ambassadors(snapshot, net, wish)
    assert refused.value.lacks[0].why in ("people", "size")
    small = Wish(3, per={"faculty": 1})
    with pytest.raises(QuotasNotMet, match="need 4 people; the set has 3"):
        choose_ambassadors(snapshot, net, small)
    gone = replace(place[2], candidates=net.candidates & (labels(snapshot, "faculty").label != 2))
    with pytest.raises(QuotasNotMet, match="faculty f2"):
        choose_ambassadors(snapshot, gone, Wish(8, per={"faculty": 1}))
    found = choose_ambassadors(snapshot, gone, Wish(8, per={"faculty": 1}, where_possible=True))
    assert [lack.name for lack in found.left_out] == ["faculty f2"]


def test_the_dial_of_fairness_helps_the_group_that_few_reach(place):
    snapshot, _, net = place
    shares = []
    for dial in (0.0, 0.9):
        found = choose_ambassadors(snapshot, net, Wish(6, fairness=dial, fair_by="faculty"))
        by_faculty = found.reached.sum(axis=1)[:4] / found.people.sum(axis=1)[:4]
        shares.append(by_faculty.min())
    assert shares[1] >= shares[0]


def test_past_answers_raise_a_chance_and_silence_lowers_none(place):
    snapshot, _, net = place
    plain, nothing = learned_cascade(snapshot, net.ties, None)
    assert nothing == 0
    u = int(np.flatnonzero(np.diff(net.ties.indptr))[0])
    v = int(net.ties.neighbours(u)[0])

    def chance(cascade):
        row = slice(cascade.forward.indptr[u], cascade.forward.indptr[u + 1])
        ties = cascade.forward.ties[row]
        return float(ties["chance"][ties["person"] == v][0])

    def told(tried, yes):
        pair = (np.array([snapshot.keys[u]]), np.array([snapshot.keys[v]]))
        return learned_cascade(
            snapshot, net.ties, Answers(*pair, np.array([tried]), np.array([yes]))
        )

    before = chance(plain)
    raised, count = told(1, 1)
    assert count == 1 and chance(raised) == pytest.approx((2 * before + 1) / 3, rel=1e-5)
    silent, count = told(5, 0)
    assert count == 0 and chance(silent) == before
    assert chance(told(9, 1)[0]) >= before
