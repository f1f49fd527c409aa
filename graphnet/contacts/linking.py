"""`link`: which records are of one person, and why. Records in, clusters and evidence out.

No labels are needed, one setting serves all data, and the answer is the same whatever the order in
which the records come.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.blocking import Tokens, candidate_pairs
from graphnet.contacts.clusters import Aspects, join, neighbourhoods, number_clusters
from graphnet.contacts.comparing import Comparison, Levels
from graphnet.contacts.model import (
    FORBIDDEN,
    Chances,
    Model,
    Piece,
    first_guess,
    learn,
    odds_of,
    weights,
)
from graphnet.contacts.records import Records
from graphnet.contacts.usage import learn_synonyms
from graphnet.contacts.work import HERE, Shared, Work, cut, in_grains

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


def link(records: Records, decisions: Iterable[Decision] = (), *, work: Work = HERE) -> Linked:
    """Return which records are of one person.

    work: where the heavy steps run; the answer is the same to the last digit wherever that is.
    """
    ordered = records.in_order()
    n = len(ordered)
    comparison = Comparison(ordered)
    rules = Rules(ordered, decisions)
    codes = np.union1d(_found(comparison, work), rules.decided)
    total = n * (n - 1) / 2
    chances = Chances(comparison, work=work)
    known = work.share(chances)
    pieces = work.pieces(cut(codes, work.size)).map(partial(_compared, known))
    model = learn(known, pieces, total, first_guess(comparison))
    # What was learned tells which values mean the same, and which drawn pairs are no strangers.
    synonyms = learn_synonyms(known, pieces, model)
    for f, some in synonyms.items():
        comparison.synonyms[f] = some
    chances.refine(model, synonyms)
    known = work.share(chances)
    pieces = pieces.map(partial(_compared_again, known, list(synonyms)))
    model = learn(known, pieces, total, model.m)
    doubles = pieces.gather(partial(_doubles, known, work.share(rules), model))
    rules.find_clean_sources(np.sum(doubles, axis=0))
    ruled = work.share(rules)
    near = pieces.gather(partial(_near, known, ruled, model))
    a, b, odds = (np.concatenate([some[x] for some in near]) for x in range(3))
    groups = neighbourhoods(a, b, odds, n, least=LOOSE)
    batches = work.pieces(_batches(groups, work.size))
    ask = partial(cluster_all, known, ruled, model, bar=bar_of(n))
    clusters = number_clusters(n, (part for of in batches.gather(ask) for part in of))
    first = [ordered.ids[i] for i in clusters.tolist()]
    position = {record: i for i, record in enumerate(ordered.ids)}
    return Linked(
        [first[position[record]] for record in records.ids],
        model,
        comparison,
        chances,
        list(ordered.ids),
        (a, b),
        odds,
    )


def _found(comparison: Comparison, work: Work) -> Longs:
    """Return the pairs that share something rare."""
    shared = work.share(comparison)
    tokens = work.pieces(range(len(comparison.fields))).gather(partial(_tokens, shared))
    return candidate_pairs(tokens, comparison.n, work=work)


def _tokens(comparison: Shared[Comparison], f: int) -> Tokens:
    return comparison.value.tokens(f)


def _compared(known: Shared[Chances], codes: Longs) -> Piece:
    chances = known.value
    a, b = np.divmod(codes, chances.comparison.n)
    compared = chances.comparison.compare(a, b)
    return Piece(a, b, compared, chances.log_u(compared))


def _compared_again(known: Shared[Chances], changed: list[int], piece: Piece) -> Piece:
    chances = known.value
    for f in changed:
        chances.comparison.compare_again(f, piece.a, piece.b, piece.compared)
    return replace(piece, log_u=chances.log_u(piece.compared))


def _doubles(known: Shared[Chances], rules: Shared["Rules"], model: Model, piece: Piece) -> Floats:
    return rules.value.doubles(piece.a, piece.b, odds_of(known.value, model, piece))


def _near(
    known: Shared[Chances], rules: Shared["Rules"], model: Model, piece: Piece
) -> tuple[Longs, Longs, Floats]:
    """Return the pairs of a piece that are compared with their neighbours, rules included."""
    odds = odds_of(known.value, model, piece) + rules.value.of(piece.a, piece.b)
    near = np.flatnonzero(odds > LOOSE)
    return piece.a[near], piece.b[near], odds[near]


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

    def doubles(self, a: Longs, b: Longs, odds: Floats) -> Floats:
        """Return how many doubles of each source are to be expected among these pairs."""
        own = self.sources[a] == self.sources[b]
        probability = in_grains(1 / (1 + np.exp(-np.clip(odds[own], -500, 500))))
        found = np.bincount(self.sources[a[own]], probability, minlength=len(self.distinct))
        return found.astype(np.float64)

    def find_clean_sources(self, doubles: Floats) -> None:
        """Take a source for free of doubles if next to none are to be expected in it."""
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


def _batches(groups: list[Longs], size: int) -> list[list[Longs]]:
    """Return groups in batches of about so many pairs."""
    number = np.cumsum([len(members) ** 2 // 2 for members in groups]) // size
    bounds = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(groups)]
    return [groups[i:j] for i, j in pairwise(bounds)]


def cluster_all(
    known: Shared[Chances], rules: Shared[Rules], model: Model, groups: list[Longs], *, bar: float
) -> list[tuple[Longs, list[int]]]:
    """Compare the records of each group all with all and join them."""
    chances, comparison = known.value, known.value.comparison
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
    rule = rules.value.of(a, b)
    weight = np.hstack([*parts, np.where(rule == 0, np.nan, rule)[:, None]])
    found = []
    begin = 0
    for members, (i, j) in zip(groups, pairs, strict=True):
        end = begin + len(i)
        said = np.full((len(members), len(members), weight.shape[1]), np.nan)
        said[i, j] = said[j, i] = weight[begin:end]
        begin = end
        found.append((members, join(said, aspects, model.prior, bar)))
    return found
