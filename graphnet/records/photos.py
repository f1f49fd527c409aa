"""Photos of people: made anew from what was sent, kept as files beside the graph.

What is kept is a square of 640 points as JPEG: whatever else the file held (where it was taken, by
which camera, a second picture, a program) is not in it. The file's name says whose it is, so that
an erased person's is found without the graph.
"""

import hashlib
import io
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from graphnet.erasure.holding import Known
from graphnet.errors import BadFile, ThingNotFound
from graphnet.model import new_id
from graphnet.people import cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.records.corrections import noted, role_of
from graphnet.store import Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

FOLDER = "photos"
SIDE, SMALLEST = 640, 120
MOST_BYTES = 12 * 1024 * 1024
MOST_POINTS = 60_000_000  # a picture of more is unpacked to hundreds of megabytes
FORMATS = ("JPEG", "PNG", "WEBP")

# One row: the person, locked, and the photos that they have.
LOCKED = """MATCH (p:Person {key: $key}) SET p.key = p.key
RETURN COLLECT { MATCH (f:Photo)-[:OF]->(p) RETURN f.id ORDER BY f.at DESC, f.id } AS photos
LIMIT 1"""

# One row: the photo.
WRITE = """MATCH (p:Person {key: $key}) OPTIONAL MATCH (old:Photo)-[:OF]->(p)
DETACH DELETE old WITH DISTINCT p
CREATE (f:Photo {id: $id, at: $now, sum: $sum, side: $side})-[:OF]->(p) RETURN f.id AS id"""

# One row: how many are gone.
DROP = "MATCH (f:Photo)-[:OF]->(:Person {key: $key}) DETACH DELETE f RETURN count(*) AS n"

# One row: the photo of a person.
OF_PERSON = """MATCH (f:Photo)-[:OF]->(:Person {key: $key})
RETURN f.id AS id ORDER BY f.at DESC, id LIMIT 1"""


def made(data: bytes) -> bytes:
    """Return the picture as it is kept: upright, square, small, with nothing but the picture.

    Raises
    ------
    BadFile
        'big', 'small', or 'picture' if it is none that can be read.
    """
    if len(data) > MOST_BYTES:
        raise BadFile(
            f"the picture has more than {MOST_BYTES >> 20} megabytes: send a smaller one",
            code="big",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_POINTS:
                    raise BadFile(
                        f"the picture has more than {MOST_POINTS:,} points: send a smaller one",
                        code="big",
                    )
                if min(picture.size) < SMALLEST:
                    raise BadFile(
                        f"the picture is too small: {SMALLEST} points in height and width are "
                        "the least",
                        code="small",
                    )
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is read at half its size
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
                ground = Image.new("RGBA", upright.size, "white")
                flat = Image.alpha_composite(ground, upright).convert("RGB")
                side = min(SIDE, *flat.size)
                square = ImageOps.fit(flat, (side, side), Image.Resampling.LANCZOS)
                out = io.BytesIO()
                # A new image: what was written beside the old one's points is not taken along.
                Image.frombytes("RGB", square.size, square.tobytes()).save(
                    out, "JPEG", quality=85, optimize=True, progressive=True
                )
                return out.getvalue()
    except BadFile:
        raise
    # Pillow's readers stumble over damaged files in many ways.
    except (
        OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError,
        Image.DecompressionBombError, Image.DecompressionBombWarning,
    ) as problem:  # fmt: skip
        raise BadFile(
            "this is no picture that can be read: send a JPEG, PNG or WebP file", code="picture"
        ) from problem


def path_of(home: Path, key: int, photo_id: str) -> Path:
    """Return where a person's photo lies."""
    return home / FOLDER / f"{key}-{photo_id}.jpg"


def keep(store: Store, home: Path, viewer: Viewer, data: bytes) -> str:
    """Take the viewer's photo, in place of the one before; return its id.

    Raises
    ------
    BadFile
        As `made`.
    """
    key, photo, now = viewer.own_key(), made(data), datetime.now(UTC)
    photo_id = new_id()
    path = path_of(home, key, photo_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_bytes(photo)
    draft.replace(path)

    def work(transaction: Transaction) -> list[str]:
        old = list(transaction.run(LOCKED, key=key)[0]["photos"])
        transaction.run(
            WRITE, key=key, id=photo_id, now=now, sum=hashlib.sha256(photo).hexdigest(), side=SIDE
        )
        noted(transaction, viewer, key, "photo", before=bool(old), after=True)
        return old

    _forget_files(home, key, store.in_write(work))
    return photo_id


def drop(store: Store, home: Path, viewer: Viewer, key: int) -> None:
    """Take a photo away: one's own, or staff somebody's; there may be none."""
    role_of(viewer, key)

    def work(transaction: Transaction) -> list[str]:
        rows = transaction.run(LOCKED, key=key)
        old = list(rows[0]["photos"]) if rows else []
        if old:
            transaction.run(DROP, key=key)
            noted(transaction, viewer, key, "photo", before=True, after=False)
        return old

    _forget_files(home, key, store.in_write(work))


def _forget_files(home: Path, key: int, photos: list[str]) -> None:
    for photo_id in photos:
        path_of(home, key, photo_id).unlink(missing_ok=True)


def file_of(store: Store, home: Path, viewer: Viewer, key: int, *, rules: Rules = STANDARD) -> Path:
    """Return the file of a person's photo, to whoever may see it.

    Raises
    ------
    ThingNotFound
        If there is none, or none that the viewer may see: the same answer.
    """
    found = cards(store, viewer, [key], rules=rules, brief=True)
    rows = store.read(OF_PERSON, key=key)
    if found and "photo" in found[0].fields and rows:
        path = path_of(home, key, rows[0]["id"])
        if path.is_file():
            return path
    raise ThingNotFound("no such photo")


def forget(engine: "Engine", known: Known) -> int:
    """Delete the photos of an erased person; return how many there were."""
    gone = list((engine.settings.home / FOLDER).glob(f"{known.key}-*"))
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
