"""`link`: which records are of one person, and why. Records in, clusters and evidence out.

No labels are needed, one setting serves all data, and the answer is the same whatever the order in
which the records come.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.blocking import candidate_pairs
from graphnet.contacts.clusters import Aspects, join, neighbourhoods, number_clusters
from graphnet.contacts.comparing import Comparison, Levels
from graphnet.contacts.model import FORBIDDEN, Chances, Model, first_guess, learn, weights
from graphnet.contacts.records import Records
from graphnet.contacts.usage import learn_synonyms

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

LOOSE = -4.0  # log odds from which on pairs are compared together with their neighbours
# Joining two people is the worse fault, and the more people there are, the more of them are
# namesakes: up to so many records two clusters are one person from even odds on, above that from
# this much of log odds more for each e-fold of them.
EVEN_UP_TO, STEEPNESS = 640, 0.3
CLEAN = 0.001  # a source with fewer expected doubles a record holds nobody twice
SAME, DIFFERENT = 1e4, -1e6  # log odds of what somebody has decided


@dataclass(frozen=True)
class Decision:
    """Somebody's word on two records: of one person, or not."""

    one: str
    other: str
    same: bool


@dataclass(frozen=True)
class Linked:
    """What `link` found.

    clusters: for each record, in the order given, the id of the first record of its cluster.
    ids: the records in the order in which they were compared; pairs: two arrays of places in it,
    odds: the log odds of each of these pairs, rules and decisions included.
    """

    clusters: list[str]
    model: Model
    comparison: Comparison = field(repr=False)
    chances: Chances = field(repr=False)
    ids: list[str] = field(repr=False)
    pairs: tuple[Longs, Longs] = field(repr=False)
    odds: Floats = field(repr=False)


def link(records: Records, decisions: Iterable[Decision] = ()) -> Linked:
    """Return which records are of one person."""
    ordered = records.in_order()
    n = len(ordered)
    comparison = Comparison(ordered)
    rules = Rules(ordered, decisions)
    pairs = np.union1d(candidate_pairs(comparison.tokens, n), rules.decided)
    a, b = np.divmod(pairs, n)
    compared = comparison.compare(a, b)
    chances = Chances(comparison)
    total = n * (n - 1) / 2
    log_u = chances.log_u(compared)
    model, odds = learn(comparison, compared, log_u, total, first_guess(comparison))
    # What was learned tells which values mean the same, and which drawn pairs are no strangers.
    weight = weights(comparison, compared, log_u, model.m)
    changed = learn_synonyms(comparison, compared, weight, odds)
    for f in changed:
        comparison.compare_again(f, a, b, compared)
    chances.refine(model, changed)
    log_u = chances.log_u(compared)
    model, odds = learn(comparison, compared, log_u, total, model.m)
    rules.find_clean_sources(a, b, odds)
    odds = odds + rules.of(a, b)
    groups = neighbourhoods(a, b, odds, n, least=LOOSE)
    clusters = cluster_all(comparison, chances, model, rules, groups, bar=bar_of(n))
    first = [ordered.ids[i] for i in clusters.tolist()]
    position = {record: i for i, record in enumerate(ordered.ids)}
    near = np.flatnonzero(odds > LOOSE)
    return Linked(
        [first[position[record]] for record in records.ids],
        model,
        comparison,
        chances,
        list(ordered.ids),
        (a[near], b[near]),
        odds[near],
    )


def bar_of(records: int) -> float:
    """Return the log odds from which on two clusters of so many records are one person."""
    return STEEPNESS * math.log(max(records, EVEN_UP_TO) / EVEN_UP_TO)


class Rules:
    """What may not be joined whatever the records say: a weight beside those of the fields."""

    def __init__(self, records: Records, decisions: Iterable[Decision]) -> None:
        number = {source: i for i, source in enumerate(sorted(set(records.sources)))}
        self.sources = np.array([number[s] for s in records.sources], np.int64)
        self.distinct = np.array([s in records.distinct for s in sorted(number)], np.bool_)
        self.n = len(records)
        place = {record: i for i, record in enumerate(records.ids)}
        decided: dict[int, float] = {}
        for decision in decisions:
            if decision.one in place and decision.other in place:
                i, j = sorted((place[decision.one], place[decision.other]))
                decided[i * self.n + j] = SAME if decision.same else DIFFERENT
        self.decided = np.array(sorted(decided), np.int64)
        self.weights = np.array([decided[code] for code in sorted(decided)])

    def find_clean_sources(self, a: Longs, b: Longs, odds: Floats) -> None:
        """Take a source for free of doubles if next to none are to be expected in it."""
        own = self.sources[a] == self.sources[b]
        probability = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
        doubles = np.bincount(self.sources[a[own]], probability[own], minlength=len(self.distinct))
        size = np.bincount(self.sources, minlength=len(self.distinct))
        if len(self.distinct) > 1:
            self.distinct |= doubles < CLEAN * size

    def of(self, a: Longs, b: Longs) -> Floats:
        """Return the weight of the rules for pairs of records, 0 where there is none."""
        one, other = self.sources[a], self.sources[b]
        out = np.where((one == other) & self.distinct[one], FORBIDDEN, 0.0)
        if len(self.decided):
            code = np.minimum(a, b) * self.n + np.maximum(a, b)
            at = np.minimum(np.searchsorted(self.decided, code), len(self.decided) - 1)
            hit = self.decided[at] == code
            out[hit] = self.weights[at[hit]]
        return out


def cluster_all(
    comparison: Comparison,
    chances: Chances,
    model: Model,
    rules: Rules,
    groups: list[Longs],
    *,
    bar: float,
) -> Longs:
    """Compare the records of each group all with all and join them."""
    # Beside the fields stand what they say in a coarser way, and the rules.
    graded = [f for f in range(len(comparison.fields)) if comparison.graded(f)]
    fields = len(comparison.fields)
    hard = [field.hard for field in comparison.fields]
    hard += [comparison.fields[f].hard for f in graded] + [True]
    aspects = Aspects(
        np.array(hard, np.bool_), tuple((f, fields + x) for x, f in enumerate(graded))
    )
    pairs = [np.triu_indices(len(members), 1) for members in groups]
    a = np.concatenate(
        [g[i] for g, (i, _) in zip(groups, pairs, strict=True)] or [np.zeros(0, np.int64)]
    )
    b = np.concatenate(
        [g[j] for g, (_, j) in zip(groups, pairs, strict=True)] or [np.zeros(0, np.int64)]
    )
    compared: Levels = comparison.compare(a, b)
    weight = weights(comparison, compared, chances.log_u(compared), model.m)
    weight[compared.level < 0] = np.nan
    parts = [weight]
    for f in graded:
        coarse = comparison.is_coarse(f, compared.level[:, f])
        parts.append(np.where(coarse, weight[:, f], np.nan)[:, None])
        weight[coarse, f] = np.nan
    rule = rules.of(a, b)
    weight = np.hstack([*parts, np.where(rule == 0, np.nan, rule)[:, None]])
    found = []
    begin = 0
    for members, (i, j) in zip(groups, pairs, strict=True):
        end = begin + len(i)
        said = np.full((len(members), len(members), weight.shape[1]), np.nan)
        said[i, j] = said[j, i] = weight[begin:end]
        begin = end
        found.append((members, join(said, aspects, model.prior, bar)))
    return number_clusters(comparison.n, found)
