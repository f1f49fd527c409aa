"""Cutting a map out of the network: one person's surroundings, or a cohort, within a stated size.

Who may not be seen is left out before anything is counted, so that no degree, community or place
on the map says something about them.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from graphnet.errors import BadValue
from graphnet.maps.communities import find_communities, islands
from graphnet.maps.layout import layout

BoolArray = NDArray[np.bool_]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

MOST_PEOPLE = 2000
MOST_TIES = 20_000


@dataclass(frozen=True)
class Map:
    """People and ties to be drawn.

    Attributes
    ----------
    people : int64[k]
        Positions in the network; the person in the middle first, else ascending.
    source, target : int32[e]
        Ties, each once, as places in `people`, source below target.
    weight : float32[e]
    coordinates : float64[k, 2]
    community, island : int32[k]
        Communities and connected components, numbered from the largest. As `degree`, they are those
        of everybody who belongs on the map, so that thinning the drawing changes none of them.
    degree : int64[k]
        Ties to others who belong on the map, those not drawn included.
    islands : int
        How many islands of two or more there are.
    people_left_out, ties_left_out : int
        How many of all people, and of all ties between them, the stated size has no room for.
    rule : str
        Which were kept: `all`, `strongest`, `most_tied`.
    """

    people: Int64
    source: Int32
    target: Int32
    weight: Float32
    coordinates: Float64
    community: Int32
    island: Int32
    islands: int
    degree: Int64
    people_left_out: int
    ties_left_out: int
    rule: str


@njit(cache=True, nogil=True)
def _cut(
    indptr: Int64, indices: Int32, weight: Float32, people: Int64
) -> tuple[Int64, Int32, Float32]:
    """Return the ties among some people, renumbered in their order, neighbours ascending."""
    n = len(indptr) - 1
    k = len(people)
    place = np.full(n, -1, np.int32)
    for i in range(k):
        place[people[i]] = i
    new_indptr = np.zeros(k + 1, np.int64)
    for i in range(k):
        count = 0
        for j in range(indptr[people[i]], indptr[people[i] + 1]):
            count += place[indices[j]] >= 0
        new_indptr[i + 1] = new_indptr[i] + count
    kept = np.empty(new_indptr[k], np.int32)
    value = np.empty(new_indptr[k], np.float32)
    for i in range(k):
        at = new_indptr[i]
        for j in range(indptr[people[i]], indptr[people[i] + 1]):
            v = place[indices[j]]
            if v >= 0:
                kept[at] = v
                value[at] = weight[j] if len(weight) else np.float32(1.0)
                at += 1
        order = np.argsort(kept[new_indptr[i] : at])
        kept[new_indptr[i] : at] = kept[new_indptr[i] : at][order]
        value[new_indptr[i] : at] = value[new_indptr[i] : at][order]
    return new_indptr, kept, value


def cut(
    indptr: Int64, indices: Int32, weight: Float32 | None, people: ArrayLike
) -> tuple[Int64, Int32, Float32]:
    """Return the ties among these people as compressed sparse rows, in their order.

    Parameters
    ----------
    indptr, indices, weight : int64[n + 1], int32[m], float32[m] or None
    people : int[k]
        Different positions.

    Returns
    -------
    indptr, indices, weight : int64[k + 1], int32[e], float32[e]
        Weights are 1 where there were none.
    """
    chosen = np.asarray(people, np.int64)
    n = len(indptr) - 1
    if len(chosen) and not (chosen.min() >= 0 and chosen.max() < n):
        raise BadValue(f"a position lies outside of the {n} people")
    if len(np.unique(chosen)) != len(chosen):
        raise BadValue("a map cannot show the same person twice")
    value = np.zeros(0, np.float32) if weight is None else weight
    part: tuple[Int64, Int32, Float32] = _cut(indptr, indices, value, chosen)
    return part


def _draw(
    network: tuple[Int64, Int32, Float32],
    everybody: Int64,
    kept: Int64,
    *,
    most_ties: int | None,
    rule: str,
    seed: int,
    start: Float64 | None = None,
) -> Map:
    """Draw those at the places `kept` among everybody who belongs on the map."""
    indptr, indices, weight = network
    degree = np.diff(indptr)
    island, sizes = islands(indptr, indices)
    community = find_communities(indptr, indices, weight, seed=seed).label
    ties = len(indices) // 2
    if len(kept) < len(everybody):
        indptr, indices, weight = cut(indptr, indices, weight, kept)
    row = np.repeat(np.arange(len(kept), dtype=np.int32), np.diff(indptr))
    once = row < indices
    source, target, value = row[once], indices[once], weight[once]
    if most_ties is not None and len(source) > most_ties:
        # The strongest are drawn; where all are alike, those of people with the fewest ties, whom
        # the drawing would otherwise leave without any.
        tied = np.diff(indptr)
        fewest = np.minimum(tied[source], tied[target])
        order = np.sort(np.lexsort((target, source, fewest, -value))[:most_ties])
        source, target, value = source[order], target[order], value[order]
    return Map(
        people=everybody[kept],
        source=source,
        target=target,
        weight=value,
        coordinates=layout(
            indptr,
            indices,
            weight,
            seed=seed,
            start=None if start is None else start[everybody[kept]],
        ),
        community=community[kept],
        island=island[kept],
        islands=int(np.count_nonzero(sizes > 1)),
        degree=degree[kept],
        people_left_out=len(everybody) - len(kept),
        ties_left_out=ties - len(source),
        rule=rule,
    )


def in_order(drawing: Map, order: Int64) -> Map:
    """Return the same map with its people in another order; ties follow, and none points back.

    Places in the network say something: who was entered first has the first. Under pseudonyms
    people stand in an order that anybody could make from the pseudonyms themselves.
    """
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    ends = np.sort(np.stack([place[drawing.source], place[drawing.target]]), axis=0)
    ties = np.lexsort((ends[1], ends[0]))
    return replace(
        drawing,
        people=drawing.people[order],
        source=ends[0][ties],
        target=ends[1][ties],
        weight=drawing.weight[ties],
        coordinates=drawing.coordinates[order],
        community=drawing.community[order],
        island=drawing.island[order],
        degree=drawing.degree[order],
    )


def ego_map(
    indptr: Int64,
    indices: Int32,
    weight: Float32 | None,
    person: int,
    *,
    visible: BoolArray | None = None,
    rings: int = 1,
    most_people: int = 200,
    most_ties: int = MOST_TIES,
    seed: int = 0,
) -> Map:
    """Draw one person among their acquaintances, and theirs.

    Parameters
    ----------
    indptr, indices, weight : int64[n + 1], int32[m], float32[m] or None
    person : int
        Position of who is in the middle.
    visible : bool[n], optional
        Who may be shown; the person in the middle always is.
    rings : {1, 2}
        Acquaintances only, or acquaintances of acquaintances too.
    most_people, most_ties : int
        Acquaintances come first, by the weight of their tie; then the second ring, by the weight
        of all their ties to the first. Equals by position.

    Returns
    -------
    Map
    """
    n = len(indptr) - 1
    if not 0 <= person < n:
        raise BadValue(f"position {person} lies outside of the {n} people")
    if rings not in (1, 2) or most_people < 1 or most_ties < 0:
        raise BadValue("a map of one person has one or two rings and room for at least that person")
    seen = np.ones(n, np.bool_) if visible is None else visible
    first, value = _row(indptr, indices, weight, person)
    keep = seen[first] & (first != person)
    first, value = first[keep], value[keep]
    first = first[np.lexsort((first, -value))]
    found = first
    if rings == 2:
        toward = np.zeros(n)
        for friend in first:
            theirs, strength = _row(indptr, indices, weight, int(friend))
            np.add.at(toward, theirs, strength)
        toward[first] = 0.0
        toward[person] = 0.0
        toward[~seen] = 0.0
        second = np.flatnonzero(toward)
        found = np.concatenate([first, second[np.lexsort((second, -toward[second]))]])
    kept = found[: most_people - 1]
    people = np.concatenate([[person], np.sort(kept)]).astype(np.int64)
    left_out = len(found) - len(kept)
    # Who is left out is the far end of what a person sees: on this map only who is near counts.
    return replace(
        _draw(
            cut(indptr, indices, weight, people),
            people,
            np.arange(len(people)),
            most_ties=most_ties,
            rule="strongest" if left_out else "all",
            seed=seed,
        ),
        people_left_out=left_out,
    )


def _row(
    indptr: Int64, indices: Int32, weight: Float32 | None, person: int
) -> tuple[Int64, Float64]:
    row = slice(int(indptr[person]), int(indptr[person + 1]))
    people = indices[row].astype(np.int64)
    return people, np.ones(len(people)) if weight is None else weight[row].astype(np.float64)


def cohort_map(
    indptr: Int64,
    indices: Int32,
    weight: Float32 | None,
    members: BoolArray,
    *,
    visible: BoolArray | None = None,
    order: Int64 | None = None,
    most_people: int | None = MOST_PEOPLE,
    most_ties: int | None = MOST_TIES,
    seed: int = 0,
    start: Float64 | None = None,
) -> Map:
    """Draw the people of a cohort (or of any mask) and the ties among them.

    Parameters
    ----------
    indptr, indices, weight : int64[n + 1], int32[m], float32[m] or None
    members : bool[n]
        Whom to show.
    visible : bool[n], optional
        Who may be shown.
    order : int64[n], optional
        A number each, by which people stand instead of by their position: equals in size, in ties,
        and where somebody is drawn, then say nothing about positions.
    most_people, most_ties : int, optional
        If there are more, those with the most ties inside the cohort are kept, equals by position;
        of ties the strongest. With None everybody and everything is kept, as a file must.
    start : float64[n, 2], optional
        Where people were drawn before; NaN for who was not.

    Returns
    -------
    Map
    """
    n = len(indptr) - 1
    if members.shape != (n,) or (visible is not None and visible.shape != (n,)):
        raise BadValue(f"the mask of a map must mark {n} people")
    if (most_people or 1) < 1 or (most_ties or 0) < 0 or most_people == 0:
        raise BadValue("a map needs room for at least one person")
    everybody = np.flatnonzero(members if visible is None else members & visible).astype(np.int64)
    if order is not None:
        everybody = everybody[np.argsort(order[everybody], kind="stable")]
    network = cut(indptr, indices, weight, everybody)
    kept = np.arange(len(everybody))
    if most_people is not None and len(everybody) > most_people:
        kept = np.sort(np.argsort(-np.diff(network[0]), kind="stable")[:most_people])
    return _draw(
        network,
        everybody,
        kept,
        most_ties=most_ties,
        rule="most_tied" if len(kept) < len(everybody) else "all",
        seed=seed,
        start=start,
    )
