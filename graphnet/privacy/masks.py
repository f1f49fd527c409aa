"""The same rules for everyone at once, by the flags and settings of a snapshot."""

import numpy as np
import numpy.typing as npt

from graphnet.privacy.fields import AUDIENCES, FIELD_PLACE
from graphnet.privacy.viewers import FINDING, FOR_THEIR_SAKE, Viewer

BoolArray = npt.NDArray[np.bool_]

# The bits of `Snapshot.flags`, one byte or two a person.
CLAIMED, HIDDEN, DECEASED, MEMORIAL, QUARANTINED, REFUSED, PUBLIC, NO_PROFILE, ALUMNUS, REACH = (
    1 << bit for bit in range(10)
)
NO_PASS_ON = 1 << 10  # is not to be asked to pass anything on
REACHABLE = 1 << 11  # has an account, or a contact that works


def mask(
    viewer: Viewer,
    flags: npt.NDArray[np.uint16],
    *,
    same_group: BoolArray,
    same_cohort: BoolArray,
    unclaimed_audience: str = "cohort",
) -> BoolArray:
    """Return whom the viewer may see at all, as one truth value a person, shape ``(n,)``.

    Engines compute on this subgraph only, so that nothing leaks through a score. The deceased are
    in no search result and no suggestion, memorial or not, so they are left out here; staff find
    them when they search, and the hidden too where it is for their own sake.
    """
    hidden: BoolArray = (flags & HIDDEN) != 0
    alive: BoolArray = (flags & DECEASED) == 0
    if viewer.kind == "staff" and viewer.purpose in FOR_THEIR_SAKE:
        return np.ones(len(flags), bool)
    staff_sees: BoolArray = ~hidden
    if viewer.kind == "staff" and viewer.purpose == FINDING:
        return staff_sees
    if viewer.kind in ("staff", "engine"):
        return staff_sees & alive
    seen: BoolArray = ~hidden & ((flags & QUARANTINED) == 0)
    if viewer.kind == "analyst":
        return seen  # pseudonyms: the deceased stay in the figures
    seen &= alive
    claimed: BoolArray = (flags & CLAIMED) != 0
    seen &= (flags & REFUSED) == 0
    if viewer.kind != "alumnus":
        seen &= claimed & ((flags & PUBLIC) != 0)
        return seen
    if unclaimed_audience == "members":
        return seen
    near = same_group if unclaimed_audience == "group" else same_group | same_cohort
    seen &= claimed | near
    return seen


def counted(flags: npt.NDArray[np.uint16]) -> BoolArray:
    """Return who may stand in figures and in files for analysts, shape ``(n,)``.

    All of them have one population, or the difference of two counts would point at somebody: no
    one hidden, dead, in quarantine, or who has said no to being shown.
    """
    out = HIDDEN | DECEASED | QUARANTINED | REFUSED
    there: BoolArray = (flags & out) == 0
    return there


def field_mask(
    viewer: Viewer,
    field_name: str,
    settings: npt.NDArray[np.int64],
    *,
    flags: npt.NDArray[np.uint16],
    same_cohort: BoolArray,
    connected: BoolArray,
) -> BoolArray:
    """Return who shows one field to the viewer, of those whom `mask` lets the viewer see.

    Parameters
    ----------
    settings
        What `packed` made of each person's settings, shape ``(n,)``.
    same_cohort
        Who studied with the viewer, in one group or one cohort.
    """
    everyone = np.ones(len(settings), bool)
    if viewer.kind in ("staff", "engine"):
        return everyone
    if viewer.kind == "analyst":
        return everyone if field_name in ("studies", "interests") else ~everyone
    audience = (settings >> FIELD_PLACE[field_name]) & 7
    shown: BoolArray = audience == AUDIENCES.index("public")
    if viewer.kind == "alumnus":
        shown |= audience == AUDIENCES.index("members")
        shown |= (audience == AUDIENCES.index("cohort")) & same_cohort
        shown |= (audience == AUDIENCES.index("connections")) & connected
        claimed = (flags & CLAIMED) != 0
        shown = np.where(claimed, shown, field_name in ("name", "studies"))
    return shown
