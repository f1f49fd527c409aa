"""Two people who are one: asked about, joined, and parted again.

`doubles` is the queue of pairs that staff are asked about, `rules` say what becomes of each kind of
tie, `merge` joins, `undo` parts.
"""

from graphnet.core import Core
from graphnet.erasure.holding import Holding
from graphnet.merging.merge import Merge, merge
from graphnet.merging.undo import Undone, merges, survivor, undo

__all__ = ["Merge", "Undone", "merge", "merges", "register", "survivor", "undo"]


def register(core: Core) -> None:
    """Bring what merging holds of a person."""
    core.personal(
        Holding(
            "SetAside",
            "OF",
            what="records",
            through="<-[:MERGED_INTO]-(:MergedPerson)",
            secret=True,
        ),
        Holding("MergedPerson", "SET_ASIDE", what="records", fate="untied", secret=True),
        Holding(
            "MergedPerson",
            "MERGED_INTO",
            what="records",
            traces=("id",),
            shows=("given_name", "patronymic", "family_name", "former_names", "born_on"),
        ),
        Holding("Double", "OF", what="records", secret=True),
    )
