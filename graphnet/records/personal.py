"""What changing a person's record holds of them, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding
from graphnet.records import photos


def register(core: Core) -> None:
    """Bring what is held, and the files of photos."""
    core.files("photos", photos.forget)
    core.personal(
        Holding(
            "Correction",
            "OF",
            what="corrections",
            shows=("field", "before", "after", "at", "role", "source", "told_by", "undone_at"),
        ),
        Holding(
            "StatedStudy",
            "OF",
            what="studies",
            shows=("from_year", "to_year", "level", "programme", "at"),
        ),
        Holding(
            "ContactProof",
            "OF",
            what="contacts",
            traces=("value",),
            shows=("value", "at", "expires_at"),
        ),
        Holding("Photo", "OF", what="photo", shows=("at", "side")),
        Holding(
            "DeathNote",
            "OF",
            what="deaths",
            shows=("state", "died_on", "precision", "at", "source", "told_by"),
        ),
    )
