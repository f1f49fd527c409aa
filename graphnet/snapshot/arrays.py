"""What a snapshot is made of: ties in compressed sparse rows, memberships, things, people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from graphnet import privacy
from graphnet.errors import PersonNotFound

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Float32 = npt.NDArray[np.float32]
UInt16 = npt.NDArray[np.uint16]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ties:
    """One layer of ties between people: both directions stored, neighbours in ascending order.

    ``indices[indptr[u]:indptr[u + 1]]`` are the neighbours of position ``u``, `weight` beside them.
    """

    indptr: Int64
    indices: Int32
    weight: Float32

    @classmethod
    def of_pairs(
        cls, n: int, u: npt.ArrayLike, v: npt.ArrayLike, weight: npt.ArrayLike | None = None
    ) -> "Ties":
        """Make a symmetric layer of pairs; a pair given twice keeps its largest weight."""
        left, right = np.asarray(u, np.int64), np.asarray(v, np.int64)
        value = np.ones(len(left), np.float32) if weight is None else np.asarray(weight, np.float32)
        keep = left != right
        left, right, value = left[keep], right[keep], value[keep]
        code = np.concatenate([left * n + right, right * n + left])
        value = np.concatenate([value, value])
        order = np.lexsort((-value, code))
        code, value = code[order], value[order]
        first = np.ones(len(code), bool)
        first[1:] = code[1:] != code[:-1]
        code, value = code[first], value[first]
        indptr = np.zeros(n + 1, np.int64)
        np.cumsum(np.bincount(code // n, minlength=n) if n else [], out=indptr[1:])
        return cls(indptr, (code % max(n, 1)).astype(np.int32), value)

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.indptr) - 1

    def neighbours(self, position: int) -> Int32:
        """Return the positions tied to this one."""
        return self.indices[self.indptr[position] : self.indptr[position + 1]]

    def matrix(self) -> sp.csr_array:
        """Return the same layer as a scipy matrix of shape (n, n)."""
        return sp.csr_array((self.weight, self.indices, self.indptr), shape=(self.n, self.n))


@dataclass(frozen=True)
class Memberships:
    """Who belongs to what: people and things of one kind, in both directions.

    `start` and `end` lie beside `things`: terms, years or epoch seconds by kind, -1 where unknown.
    """

    indptr: Int64
    things: Int32
    start: Int64
    end: Int64
    weight: Float32
    thing_indptr: Int64
    people: Int32

    def counts(self, people: BoolArray) -> Int64:
        """Return how many of these people each thing has, shape ``(things,)``."""
        thing = np.repeat(np.arange(len(self.thing_indptr) - 1), np.diff(self.thing_indptr))
        return np.bincount(thing[people[self.people]], minlength=len(self.thing_indptr) - 1)

    @classmethod
    def of_rows(
        cls,
        n: int,
        m: int,
        person: npt.ArrayLike,
        thing: npt.ArrayLike,
        *,
        start: npt.ArrayLike | None = None,
        end: npt.ArrayLike | None = None,
        weight: npt.ArrayLike | None = None,
    ) -> "Memberships":
        """Make memberships of rows (person position, thing position); n people, m things.

        The same pair may stand several times, with different times (a return after a leave).
        """
        who, what = np.asarray(person, np.int64), np.asarray(thing, np.int64)
        size = len(who)
        begin = np.full(size, -1, np.int64) if start is None else np.asarray(start, np.int64)
        stop = np.full(size, -1, np.int64) if end is None else np.asarray(end, np.int64)
        value = np.ones(size, np.float32) if weight is None else np.asarray(weight, np.float32)
        order = np.lexsort((stop, begin, what, who))
        indptr = np.zeros(n + 1, np.int64)
        indptr[1:] = np.cumsum(np.bincount(who, minlength=n)[:n])
        thing_indptr = np.zeros(m + 1, np.int64)
        pairs = np.unique(what * max(n, 1) + who)
        thing_indptr[1:] = np.cumsum(np.bincount(pairs // max(n, 1), minlength=m)[:m])
        return cls(
            indptr,
            what[order].astype(np.int32),
            begin[order],
            stop[order],
            value[order],
            thing_indptr,
            (pairs % max(n, 1)).astype(np.int32),
        )

    def of(self, position: int) -> Int32:
        """Return the things of one person; a thing may stand twice."""
        return self.things[self.indptr[position] : self.indptr[position + 1]]

    def members(self, thing: int) -> Int32:
        """Return the positions of a thing's people, each once, ascending."""
        return self.people[self.thing_indptr[thing] : self.thing_indptr[thing + 1]]

    def matrix(self) -> sp.csr_array:
        """Return a 0/1 matrix of shape (things, people), rows sorted."""
        shape = (len(self.thing_indptr) - 1, len(self.indptr) - 1)
        ones = np.ones(len(self.people), np.float32)
        return sp.csr_array((ones, self.people, self.thing_indptr), shape=shape)


@dataclass(frozen=True)
class Things:
    """The things of one kind, ordered by id: their ids and what engines need to know of them."""

    ids: npt.NDArray[np.str_]
    labels: npt.NDArray[np.str_]
    labels_ru: npt.NDArray[np.str_]
    kinds: npt.NDArray[np.str_]
    numbers: dict[str, Int64] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Position of each id."""
        return {str(name): i for i, name in enumerate(self.ids)}


@dataclass(frozen=True)
class Snapshot:
    """An immutable, versioned copy of the ties; positions are the ranks of people's keys.

    Attributes
    ----------
    keys : int64[n], ascending
        `Person.key` of each position.
    ids : str[n]
        `Person.id` of each position.
    flags : uint16[n]
        The bits that `graphnet.privacy` names.
    audiences : int64[n]
        Who sees which field of each person, as `privacy.packed` writes it.
    name_order : int32[n]
        Rank of each person by family name, then given name, as lists in English are sorted.
    name_order_ru : int32[n]
        The same for lists in Russian: see `graphnet.names.collation`.
    attributes : name -> int32[n]
        Codes, 0 for unknown: what suggestions and maps group people by.
    layers : name -> Ties
        knows, studied, worked, member, came; and reach, all of them combined.
    memberships, things : kind -> Memberships, Things
        study_groups, cohorts, graduations, units, organisations, places, groups, events, topics.
    relations : name -> Memberships
        Between things: event_topics, event_groups, group_topics, lineages (a study group and the
        others of its lineage); the first kind takes the place of people.
    version : int
        Number of the newest change that it contains.
    """

    version: int
    built_at: datetime
    fingerprint: str
    keys: Int64
    ids: npt.NDArray[np.str_]
    flags: UInt16
    audiences: Int64
    name_order: Int32
    name_order_ru: Int32
    attributes: dict[str, Int32]
    layers: dict[str, Ties]
    memberships: dict[str, Memberships]
    things: dict[str, Things]
    relations: dict[str, Memberships]

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.keys)

    def position(self, key: int) -> int:
        """Return the position of a person's key.

        Raises
        ------
        PersonNotFound
            If this snapshot does not contain the person (yet).
        """
        place = int(np.searchsorted(self.keys, key))
        if place == self.n or self.keys[place] != key:
            raise PersonNotFound("no such person in the current snapshot of the network")
        return place

    def positions(self, keys: Iterable[int]) -> Int64:
        """Return the positions of those keys that are here."""
        wanted = np.asarray(list(keys), np.int64)
        places = np.searchsorted(self.keys, wanted)
        inside = places < self.n
        places, wanted = places[inside], wanted[inside]
        found: Int64 = places[self.keys[places] == wanted].astype(np.int64)
        return found

    def same(self, position: int, *kinds: str) -> BoolArray:
        """Return who shares a thing of one of these kinds with this person, shape ``(n,)``."""
        found = np.zeros(self.n, bool)
        for kind in kinds:
            if kind in self.memberships:
                belonging = self.memberships[kind]
                for thing in np.unique(belonging.of(position)):
                    found[belonging.members(int(thing))] = True
        return found

    def groupmates(self, position: int) -> BoolArray:
        """Return whose time in one lineage of study groups overlaps with this person's.

        An unknown beginning or end overlaps with every other, as in the classmates' lists.
        """
        found = np.zeros(self.n, bool)
        if "study_groups" not in self.memberships:
            return found
        belonging = self.memberships["study_groups"]
        lineages = self.relations.get("lineages")
        for stay in range(belonging.indptr[position], belonging.indptr[position + 1]):
            thing, mine = int(belonging.things[stay]), _span(belonging, stay)
            others = [] if lineages is None else lineages.of(thing).tolist()
            for group in {thing, *others}:
                for person in belonging.members(group).tolist():
                    for row in range(belonging.indptr[person], belonging.indptr[person + 1]):
                        theirs = _span(belonging, row)
                        if belonging.things[row] == group and (
                            mine[0] <= theirs[1] and theirs[0] <= mine[1]
                        ):
                            found[person] = True
        return found

    def visible_to(
        self,
        viewer: privacy.Viewer,
        *,
        unclaimed_audience: str = "cohort",
        denied: Iterable[int] = (),
    ) -> BoolArray:
        """Return whom the viewer may see, by `privacy.mask`, less the keys denied since."""
        nobody = np.zeros(self.n, bool)
        group, cohort = nobody, nobody
        myself: int | None = None
        if viewer.is_alumnus and viewer.person_key is not None:
            try:
                myself = self.position(viewer.person_key)
            except PersonNotFound:
                myself = None
            if myself is not None:
                group = self.groupmates(myself)
                cohort = self.same(myself, "cohorts", "graduations")
        seen = privacy.mask(
            viewer,
            self.flags,
            same_group=group,
            same_cohort=cohort,
            unclaimed_audience=unclaimed_audience,
        )
        if myself is not None:
            seen[myself] = True
        seen[self.positions(denied)] = False
        return seen

    def showing(self, viewer: privacy.Viewer, field_name: str, seen: BoolArray) -> BoolArray:
        """Return who of those `seen` shows one field to the viewer, shape ``(n,)``."""
        near, connected = np.zeros(self.n, bool), np.zeros(self.n, bool)
        myself: int | None = None
        if viewer.is_alumnus and viewer.person_key is not None:
            try:
                myself = self.position(viewer.person_key)
            except PersonNotFound:
                myself = None
            if myself is not None:
                near = self.groupmates(myself) | self.same(myself, "cohorts", "graduations")
                connected[self.layers["knows"].neighbours(myself)] = True
        shown = privacy.field_mask(
            viewer,
            field_name,
            self.audiences,
            flags=self.flags,
            same_cohort=near,
            connected=connected,
        )
        if myself is not None:
            shown[myself] = True
        return shown & seen

    def describe(self) -> dict[str, Any]:
        """Return the sizes, for people who look after the system."""
        return {
            "version": self.version,
            "built_at": self.built_at.isoformat(timespec="seconds"),
            "fingerprint": self.fingerprint,
            "people": self.n,
            "ties": {name: len(layer.indices) // 2 for name, layer in self.layers.items()},
            "things": {kind: len(things) for kind, things in self.things.items()},
        }


def _span(belonging: Memberships, row: int) -> tuple[int, int]:
    """Return the beginning and end of one row; without an end it lasts."""
    end = int(belonging.end[row])
    return int(belonging.start[row]), end if end >= 0 else 1 << 62
