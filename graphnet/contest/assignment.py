"""Arithmetic of a jury: who reads whom, medians, and how far jurors agree. No graph, no store."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction


def assign(
    allowed: Mapping[str, Iterable[int]], *, each: int, seed: str,
    load: Mapping[int, int] | None = None,
) -> dict[str, tuple[int, ...]]:  # fmt: skip
    """Give every candidate `each` jurors so that the busiest juror reads as few as possible.

    A bipartite b-matching by augmenting paths, the bound on a juror's load raised until it fits; so
    the largest load is the least one possible. Who is tried first is drawn from `seed`, so the
    same seed gives the same assignment and nobody chose it.

    Parameters
    ----------
    allowed
        Candidate: jurors without a conflict of interest.
    each
        Jurors wanted a candidate; who has fewer allowed gets all of them.
    load
        What jurors read already.

    Returns
    -------
    dict
        Candidate: jurors, in ascending order.

    Notes
    -----
    O(loads x candidates x each x pairs); 200 candidates and 30 jurors take about 0.1 s.
    """
    before = dict(load or {})
    pairs = {one: _shuffled(set(jurors), seed, one) for one, jurors in allowed.items()}
    wanted = {one: min(each, len(jurors)) for one, jurors in pairs.items()}
    order = _shuffled(pairs, seed, "order")
    bound = max(before.values(), default=0) if before else 0
    while True:
        bound += 1
        held: dict[int, set[str]] = {j: set() for jurors in pairs.values() for j in jurors}
        if all(
            _augment(one, pairs, held, before, bound, set())
            for one in order
            for _ in range(wanted[one])
        ):
            break
    return {
        one: tuple(sorted(juror for juror, read in held.items() if one in read)) for one in pairs
    }


def _augment(
    one: str, pairs: Mapping[str, Sequence[int]], held: dict[int, set[str]],
    before: Mapping[int, int], bound: int, tried: set[int],
) -> bool:  # fmt: skip
    # The least busy first: within the bound the work is spread evenly too.
    for juror in sorted(pairs[one], key=lambda j: len(held[j]) + before.get(j, 0)):
        if juror in tried or one in held[juror]:
            continue
        tried.add(juror)
        if len(held[juror]) + before.get(juror, 0) < bound:
            held[juror].add(one)
            return True
        for other in sorted(held[juror]):
            if _augment(other, pairs, held, before, bound, tried):
                held[juror].remove(other)
                held[juror].add(one)
                return True
    return False


def _shuffled(things: Iterable, seed: str, salt: str) -> list:  # type: ignore[type-arg]
    return sorted(things, key=lambda t: hashlib.sha256(f"{seed} {salt} {t}".encode()).digest())


def median(values: Sequence[int]) -> Fraction:
    """Return the median, exactly: of an even number of values the mean of the middle two."""
    if not values:
        raise ValueError("no values")
    held = sorted(values)
    middle = len(held) // 2
    if len(held) % 2:
        return Fraction(held[middle])
    return Fraction(held[middle - 1] + held[middle], 2)


def agreement(units: Iterable[Sequence[int]]) -> float | None:
    """Return Krippendorff's alpha for values on an interval scale.

    .. math:: \\alpha = 1 - D_o / D_e

    with the observed and the expected mean squared difference of two values. 1 is full agreement,
    0 what chance would give, negative values mean systematic disagreement. Jurors may each have
    read another part of the candidates.

    Parameters
    ----------
    units
        One candidate's values on one criterion each, by all jurors who gave one; units with fewer
        than two values say nothing and are left out.

    Returns
    -------
    float or None
        None where nothing can be compared, or where all values are the same.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability. University of
    Pennsylvania, Annenberg School for Communication, section E.

    Examples
    --------
    >>> agreement([[1, 1], [2, 2], [3, 3]])
    1.0
    """
    paired = [list(unit) for unit in units if len(unit) > 1]
    pooled = [value for unit in paired for value in unit]
    n = len(pooled)
    if n < 2:
        return None
    observed = sum(_squares(unit) / (len(unit) - 1) for unit in paired) / n
    expected = _squares(pooled) / (n * (n - 1))
    return None if expected == 0 else 1 - observed / expected


def _squares(values: Sequence[int]) -> float:
    """The sum of squared differences over all ordered pairs."""
    n, total = len(values), sum(values)
    return float(2 * (n * sum(v * v for v in values) - total * total))
