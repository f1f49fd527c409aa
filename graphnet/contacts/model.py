"""The model of Fellegi and Sunter (1969), learned without labels by EM.

For two records of one person a level of a field has the probability m, for two strangers u. The
weight of a level is log(m / u), and the weights of the fields add up:

    log odds(pair) = log(matches / strangers) + sum over the fields of log(m / u)

u is counted, not learned: from pairs drawn at random, and for names from how many bear them. m and
the number of matches come from expectation maximisation over the candidate pairs, which hold nearly
all matches (Winkler 1988).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.contacts.blocking import candidate_pairs
from graphnet.contacts.comparing import UNSAID, Comparison, Levels, tokens_of
from graphnet.contacts.kinds import COMMON, FORMS, LOCAL, SPELLED, TYPED, is_latin
from graphnet.contacts.work import HERE, Pieces, Shared, Work, in_grains

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

DRAWN = 400_000  # random pairs
SEED = 20260427
FEWEST = 1e-9  # matches that are expected at least: of nothing there is no logarithm
STEPS, ENOUGH = 100, 1e-4
SETTLED, HOPELESS = 4, -12.0  # after so many steps, pairs of such log odds are left out
SURELY, SURE = 12, 3.0  # after so many, a field is learned from pairs that are sure without it
PRIOR_PAIRS = 2.0  # how many pairs the first guess of m is worth
NEVER = 0.01  # a hard field that so few true pairs contradict is never contradicted
FORBIDDEN = -60.0
TYPING_ERRORS = 20.0  # other names that a typing error makes of one, weighted by how usual they are


@dataclass
class Model:
    """What was learned.

    prior: log odds that two records drawn at random are of one person; m: for each field the
    probability of each level (conditions x levels).
    """

    prior: float
    m: list[Floats]


@dataclass(frozen=True)
class Piece:
    """Some pairs: the two records of each, what their comparison found, and its log u (P, F)."""

    a: Longs
    b: Longs
    compared: Levels
    log_u: Floats

    def __getitem__(self, rows: NDArray[np.bool_]) -> "Piece":
        return Piece(self.a[rows], self.b[rows], self.compared[rows], self.log_u[rows])


class Chances:
    """For each field, the probability u that strangers meet at a level."""

    def __init__(self, comparison: Comparison, *, work: Work = HERE) -> None:
        self.comparison = comparison
        self._work = work
        rng = np.random.default_rng(SEED)
        drawn = min(DRAWN, 100 * comparison.n)
        self._pairs = comparison.random_pairs(drawn, rng)
        self._conditioned = [
            comparison.conditioned_pairs(f, drawn // 4, rng) for f in range(len(comparison.fields))
        ]
        self._locals: dict[int, Floats] = {}
        shared = work.share(self)
        fields = work.pieces(range(len(comparison.fields)))
        self.u: list[Floats] = fields.gather(partial(_counted, shared, None))
        self.mass: list[dict[int, Floats]] = fields.gather(partial(_massed, shared))

    def __getstate__(self) -> dict[str, Any]:
        """What others are sent: all but who works for it."""
        return {**self.__dict__, "_work": HERE}

    def refine(self, model: "Model", changed: Iterable[int]) -> None:
        """Count again what changed, and all under conditions, without pairs of one person.

        Who shares a whole name is not seldom the same person: of these the model takes the share
        that are strangers.
        """
        fresh = set(changed)
        again = [f for f in range(len(self.u)) if f in fresh or self.comparison.conditions(f) > 1]
        shared = self._work.share(self)
        counted = self._work.pieces(again).gather(partial(_counted, shared, model))
        for f, u in zip(again, counted, strict=True):
            self.u[f] = u
        self._locals.clear()  # they follow from u

    def count(self, f: int, model: "Model | None") -> Floats:
        """Return how often strangers meet at each level of field f, as shares."""
        comparison = self.comparison
        steps = comparison.levels_of(f)
        size = comparison.conditions(f) * steps
        level = comparison.compare_one(f, *self._pairs)
        count = np.bincount(level[level >= 0], minlength=size).astype(np.float64)
        if self._conditioned[f]:
            count[steps:] = 0
        for a, b in self._conditioned[f]:
            if model is None:
                level, stranger = comparison.compare_one(f, a, b), np.ones(len(a))
            else:
                compared = comparison.compare(a, b)
                level = compared.level[:, f]
                weight = weights(comparison, compared, self.log_u(compared), model.m)
                stranger = 1 / (1 + np.exp(np.clip(model.prior + weight.sum(1), -500, 500)))
            said = level >= steps
            count += np.bincount(level[said], stranger[said], minlength=size)
        return _shares(count.reshape(-1, steps), comparison.kinds[f].sets, 0.5)

    def masses(self, f: int) -> dict[int, Floats]:
        """Return for the levels of names which share of all records each value meets there."""
        comparison = self.comparison
        kind, col = comparison.kinds[f], comparison.columns[f]
        wanted = [x for x, (_, how) in enumerate(kind.levels) if how in (FORMS, SPELLED)]
        size = len(col.vocabulary)
        if not wanted:
            return {}
        once = np.ones(size, np.int64)
        tokens = tokens_of(kind.tokens(col.vocabulary), once, np.arange(size), strong=True)
        low, high = np.divmod(candidate_pairs([tokens], size, most=(300, 0, 0)), size)
        level = comparison.compare_values(f, low, high)
        masses: dict[int, Floats] = {}
        # A set's shares are among those records with which it compares at all.
        first_set = len(kind.sets[0])
        for x in wanted:
            at = level == x
            mass = np.bincount(low[at], weights=col.share[high[at]], minlength=size)
            mass += np.bincount(high[at], weights=col.share[low[at]], minlength=size)
            masses[x] = mass.astype(np.float64)
        if len(kind.sets) > 1:
            latin = np.array([is_latin(text) for text in col.vocabulary], np.bool_)
            latin_share = max(1e-9, float(col.share[latin].sum()))
            other_share = max(1e-9, float(col.share[~latin].sum()))
            for x in wanted:
                own = np.where(latin, latin_share, other_share)
                other = np.where(latin, other_share, latin_share)
                masses[x] = masses[x] / (own if x < first_set else other)
        return masses

    def _of_the_name(self, f: int, codes: NDArray[np.int32]) -> Floats:
        """Return how many of those of one given name would have the same name before the @.

        tatyana1983 is made of the name Татьяна: nobody else has it, but of these not a few. One of
        the addresses may be the same person's.
        """
        if f not in self._locals:
            vocabulary = self.comparison.columns[f].vocabulary
            local = [text.partition("@")[0] for text in vocabulary]
            number = {text: i for i, text in enumerate(sorted(set(local)))}
            of = np.array([number[text] for text in local], np.int64)
            others = np.bincount(of)[of] - 1
            self._locals[f] = others / len(vocabulary) / self._usual_given()
        return self._locals[f][codes]

    def _usual_given(self) -> float:
        """Return the share of a usual given name: the chance that two strangers have one."""
        for field, kind, u in zip(
            self.comparison.fields, self.comparison.kinds, self.u, strict=True
        ):
            if field.kind == "given":
                return float(u[0, : len(kind.sets[0]) - 1].sum())
        return 1.0

    def log_u(self, compared: Levels) -> Floats:
        """Return log u for pairs in all fields, shape (P, F); 0 where nothing is said."""
        comparison = self.comparison
        out = np.zeros(compared.level.shape)
        for f, kind in enumerate(comparison.kinds):
            level = compared.level[:, f].astype(np.int64)
            said = np.flatnonzero(level >= 0)
            if not len(said):
                continue
            col = comparison.columns[f]
            steps = comparison.levels_of(f)
            condition, plain = np.divmod(level[said], steps)
            u = self.u[f][condition, plain]
            a, b = compared.left[said, f], compared.right[said, f]
            least = 1.5 / max(2, int((col.sizes > 0).sum()))
            fixed = all(w.value for w in comparison.fields[f].within)
            for x, (_, how) in enumerate(kind.levels):
                at = plain == x
                if not at.any():
                    continue
                if how == COMMON:
                    counted = at if fixed else at & (condition == 0)
                    share = np.maximum(col.share[a], col.share[b])[counted]
                    u[counted] = np.maximum(share, least)
                elif how == TYPED:
                    rarer = np.minimum(col.share[a], col.share[b])[at]
                    known = np.maximum(rarer - 2 * least, 0) * TYPING_ERRORS
                    u[at] = np.maximum(u[at], known)
                elif how == LOCAL:
                    u[at] = np.maximum(u[at], self._of_the_name(f, a[at]))
                elif how == FORMS:
                    mass = self.mass[f][x]
                    u[at] = np.maximum(np.sqrt(mass[a[at]] * mass[b[at]]), least)
                elif how == SPELLED:
                    mass = self.mass[f][x]
                    u[at] = np.maximum(np.maximum(mass[a[at]], mass[b[at]]), least)
            out[said, f] = np.log(u)
        return out


def _counted(chances: Shared[Chances], model: Model | None, f: int) -> Floats:
    return chances.value.count(f, model)


def _massed(chances: Shared[Chances], f: int) -> dict[int, Floats]:
    return chances.value.masses(f)


def _shares(count: Floats, sets: tuple[tuple[tuple[str, str], ...], ...], add: float) -> Floats:
    """Return counts as shares within each set of levels; count is (conditions, levels)."""
    out = np.zeros_like(count)
    begin = 0
    for one in sets:
        end = begin + len(one)
        part = count[:, begin:end] + add
        out[:, begin:end] = part / part.sum(1, keepdims=True)
        begin = end
    return out


def first_guess(comparison: Comparison) -> list[Floats]:
    """Return an m to begin with: most agree, the less alike the rarer, some differ wholly."""
    found = []
    for f, kind in enumerate(comparison.kinds):
        parts = []
        for one in kind.sets:
            part = np.full(len(one), 0.1 / max(1, len(one) - 2))
            part[0], part[-1] = 0.8, 0.1
            parts.append(part / part.sum())
        found.append(np.tile(np.concatenate(parts), (comparison.conditions(f), 1)))
    return found


def weights(comparison: Comparison, compared: Levels, log_u: Floats, m: list[Floats]) -> Floats:
    """Return the weight of each field for each pair, shape (P, F); 0 where nothing is said."""
    out = np.zeros(compared.level.shape)
    for f, field in enumerate(comparison.fields):
        level = compared.level[:, f]
        said = level >= 0
        out[said, f] = np.log(m[f].ravel())[level[said]] - log_u[said, f]
        if field.against:
            out[:, f] = np.minimum(out[:, f], 0)
        if field.hard:
            steps = comparison.levels_of(f)
            ends = np.cumsum([len(one) for one in comparison.kinds[f].sets]) - 1
            for condition in range(comparison.conditions(f)):
                for end in ends.tolist():
                    if m[f][condition, end] < NEVER:
                        out[level == condition * steps + end, f] = FORBIDDEN
    return out


def learn(chances: Shared[Chances], pieces: Pieces[Piece], total: float, m: list[Floats]) -> Model:
    """Learn m and the number of matches from candidate pairs out of `total`; O(pairs x steps)."""
    comparison = chances.value.comparison
    guess = first_guess(comparison)
    matches = comparison.n / 4
    for step in range(STEPS):
        prior = np.log(max(FEWEST, matches) / max(1.0, total - matches))
        model = Model(float(prior), m)
        if step == SETTLED:
            # Pairs that are out of the question stay so: the rest is learned without them.
            pieces = pieces.map(partial(_hopeful, chances, model))
        counted = pieces.gather(partial(_expected, chances, model, surely=step >= SURELY))
        before, matches = matches, sum(expected for expected, _ in counted)
        fresh = [
            _shares(
                np.sum([counts[f] for _, counts in counted], axis=0).reshape(guess[f].shape)
                + PRIOR_PAIRS * guess[f],
                kind.sets,
                1e-9,
            )
            for f, kind in enumerate(comparison.kinds)
        ]
        moved = [float(np.abs(one - other).max()) for one, other in zip(m, fresh, strict=True)]
        change = max(moved, default=0.0)
        m = fresh
        if step > SURELY and change < ENOUGH and abs(before - matches) < ENOUGH * matches:
            break
    return Model(float(np.log(max(FEWEST, matches) / max(1.0, total - matches))), m)


def odds_of(chances: Chances, model: Model, piece: Piece) -> Floats:
    """Return the log odds of each pair, without rules."""
    weight = weights(chances.comparison, piece.compared, piece.log_u, model.m)
    odds: Floats = model.prior + weight.sum(1)
    return odds


def _hopeful(chances: Shared[Chances], model: Model, piece: Piece) -> Piece:
    return piece[odds_of(chances.value, model, piece) > HOPELESS]


def _expected(
    chances: Shared[Chances], model: Model, piece: Piece, *, surely: bool
) -> tuple[float, list[Floats]]:
    """Return how many matches a piece holds, and how often they meet at each level."""
    comparison = chances.value.comparison
    weight = weights(comparison, piece.compared, piece.log_u, model.m)
    odds = model.prior + weight.sum(1)
    probability = in_grains(1 / (1 + np.exp(-np.clip(odds, -500, 500))))
    counts = []
    for f, m in enumerate(model.m):
        level = piece.compared.level[:, f]
        said = level != UNSAID
        counted = probability
        if surely:
            without = odds - weight[:, f]
            sure = in_grains(1 / (1 + np.exp(-np.clip(without, -500, 500))))
            counted = np.where(without > SURE, sure, 0)
        found: Floats = np.bincount(level[said], counted[said], minlength=m.size).astype(np.float64)
        counts.append(found)
    return float(probability.sum()), counts
