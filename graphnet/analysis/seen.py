"""Whom and what a viewer sees in a snapshot, in the order in which tables have it."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.errors import BadValue, NotAllowed
from graphnet.people.cards import pseudonym
from graphnet.privacy import SMALLEST_CELL, Rules, Viewer
from graphnet.snapshot import Memberships, Snapshot, Things
from graphnet.snapshot.arrays import BoolArray

Int64 = npt.NDArray[np.int64]

# Kind of thing: the field of a person that says that they belong to one.
FIELD = {
    "cohorts": "studies",
    "graduations": "studies",
    "study_groups": "studies",
    "units": "studies",
    "topics": "interests",
    "groups": "groups",
    "events": "events",
    "places": "city",
    "organisations": "employer",
}
# What an analyst may have person by person: as on maps, under pseudonyms.
ANALYSTS = ("studies", "interests", "groups")
# What an alumnus finds here: communities, events, cities and employers have pages, which know more
# of who may find which.
ALUMNI = ("studies", "interests")


@dataclass(frozen=True)
class Seen:
    """A snapshot as one viewer may see it now.

    Attributes
    ----------
    mask : bool[n]
        Whom the viewer sees, by position in the snapshot.
    where : int64[k]
        Their positions, in the order of every table: under pseudonyms by pseudonym, since who was
        entered first would have the first place.
    ids : list of str
        Beside `where`: pseudonyms, or the ids of people's pages.
    """

    snapshot: Snapshot
    viewer: Viewer
    mask: BoolArray
    where: Int64
    ids: list[str]

    @property
    def place(self) -> npt.NDArray[np.int64]:
        """The row of each position of the snapshot; -1 for who is not seen."""
        rows = np.full(self.snapshot.n, -1, np.int64)
        rows[self.where] = np.arange(len(self.where))
        return rows

    def among(self, inside: BoolArray) -> "Seen":
        """Return the same for those alone who are inside, bool[n]."""
        kept = np.flatnonzero(inside[self.where])
        return replace(
            self,
            mask=self.mask & inside,
            where=self.where[kept],
            ids=[self.ids[row] for row in kept],
        )

    def things(self, kind: str) -> tuple[Things, Memberships]:
        """Return the things of a kind and who belongs to them.

        Raises
        ------
        BadValue
            If there is no such kind.
        NotAllowed
            If the viewer may not know who belongs to what of it.
        """
        if kind not in FIELD or kind not in self.snapshot.things:
            raise BadValue(f"{kind!r} is no kind of thing: {', '.join(FIELD)}")
        allowed = ANALYSTS if self.viewer.is_analyst else ALUMNI
        if not self.viewer.is_staff and FIELD[kind] not in allowed:
            raise NotAllowed(f"who belongs to which of the {kind} is for staff, for a purpose")
        return self.snapshot.things[kind], self.snapshot.memberships[kind]

    def belonging(self, kind: str) -> BoolArray:
        """Return of whom the viewer may know which things of a kind they belong to, bool[n]."""
        if self.viewer.is_analyst:
            return self.mask
        return self.snapshot.showing(self.viewer, FIELD[kind], self.mask)

    def large_enough(self, kind: str) -> BoolArray:
        """Return which things of a kind may stand beside a person, bool[things].

        One with fewer than five people whom the viewer sees would point at them although their
        names are left out.
        """
        things, memberships = self.things(kind)
        if not self.viewer.is_analyst:
            return np.ones(len(things), bool)
        return memberships.counts(self.mask) >= SMALLEST_CELL


def look(
    snapshot: Snapshot, viewer: Viewer, rules: Rules, denied: frozenset[int] = frozenset()
) -> Seen:
    """Return whom a viewer sees: an analyst those whom figures count too."""
    mask = snapshot.visible_to(viewer, unclaimed_audience=rules.unclaimed_audience, denied=denied)
    if viewer.is_analyst:
        mask = mask & privacy.counted(snapshot.flags)
    where = np.flatnonzero(mask).astype(np.int64)
    ids = [str(snapshot.ids[i]) for i in where]
    if viewer.is_analyst:
        ids = [pseudonym(one, rules.pseudonym_key) for one in ids]
        order = sorted(range(len(ids)), key=ids.__getitem__)
        where, ids = where[order], [ids[i] for i in order]
    return Seen(snapshot, viewer, mask, where, ids)
