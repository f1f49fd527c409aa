"""What there is to read: the newest first, one piece, and for staff everything in hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from graphnet.errors import ThingNotFound
from graphnet.privacy import Viewer
from graphnet.store import Row, Store

# A piece that came with a file has no state: it is published, and for members.
PUBLISHED: LiteralString = (
    "coalesce(n.state, 'published') = 'published' AND n.at <= datetime() "
    "AND ($members OR n.visibility = 'public')"
)

_PIECE: LiteralString = """n.id AS id, n.title AS title, coalesce(n.title_ru, n.title) AS title_ru,
  n.text AS text, coalesce(n.text_ru, n.text) AS text_ru, n.at AS at,
  coalesce(n.kind, 'news') AS kind, coalesce(n.link, '') AS link,
  coalesce(n.visibility, 'members') AS visibility, coalesce(n.state, 'published') AS state,
  coalesce(n.version, 0) AS version,
  [(n)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics"""

# One row: a piece that this reader may read, the newest first.
LIST = (
    "MATCH (n:News) WHERE "
    + PUBLISHED
    + " AND ($kind = '' OR coalesce(n.kind, 'news') = $kind) WITH n ORDER BY n.at DESC, n.id "
    "SKIP $skip LIMIT $limit RETURN " + _PIECE + " ORDER BY at DESC, id"
)

# One row: how many there are.
COUNT = (
    "MATCH (n:News) WHERE "
    + PUBLISHED
    + " AND ($kind = '' OR coalesce(n.kind, 'news') = $kind) RETURN count(n) AS pieces LIMIT 1"
)

# One row: the piece, if this reader may read it.
ONE = "MATCH (n:News {id: $id}) WHERE $staff OR (" + PUBLISHED + ") RETURN " + _PIECE + " LIMIT 1"

# One row: a piece in hand, the last changed first; `due` while its day is still to come.
IN_HAND = (
    "MATCH (n:News) WHERE $state = '' OR coalesce(n.state, 'published') = $state "
    "WITH n ORDER BY coalesce(n.changed_at, n.at) DESC, n.id SKIP $skip LIMIT $limit RETURN "
    + _PIECE
    + ", n.at > datetime() AS due, coalesce(n.changed_at, n.at) AS changed_at "
    "ORDER BY changed_at DESC, id"
)

# One row: how many of that state there are.
COUNT_IN_HAND = (
    "MATCH (n:News) WHERE $state = '' OR coalesce(n.state, 'published') = $state "
    "RETURN count(n) AS pieces LIMIT 1"
)


@dataclass(frozen=True)
class Piece:
    """A piece of news or an achievement, in both languages as far as there are two."""

    id: str
    kind: str
    title: tuple[str, str]
    text: tuple[str, str]
    link: str
    at: datetime
    visibility: str
    state: str
    version: int
    topics: tuple[Row, ...]
    due: bool = False


def pieces(
    store: Store, viewer: Viewer, *, kind: str = "", skip: int = 0, limit: int = 20
) -> tuple[list[Piece], int]:
    """Return what the viewer may read, the newest first, and how many there are in all.

    Members and those who work here read all that is published, visitors what is for everybody.
    """
    given = {"members": not viewer.is_anyone, "kind": kind}
    rows = store.read(LIST, **given, skip=skip, limit=limit)
    return [_piece(row) for row in rows], int(store.read(COUNT, **given)[0]["pieces"])


def one(store: Store, viewer: Viewer, news_id: str) -> Piece:
    """Return one piece; a draft, or one taken back, to staff only.

    Raises
    ------
    ThingNotFound
        Also for a piece that this reader may not read.
    """
    rows = store.read(ONE, id=news_id, members=not viewer.is_anyone, staff=viewer.is_staff)
    if not rows:
        raise ThingNotFound("no such news")
    return _piece(rows[0])


def in_hand(
    store: Store, viewer: Viewer, *, state: str = "", skip: int = 0, limit: int = 25
) -> tuple[list[Piece], int]:
    """Return all pieces of a state ('' for every one) for staff, and how many there are."""
    viewer.require_staff()
    rows = store.read(IN_HAND, state=state, skip=skip, limit=limit)
    return [_piece(row) for row in rows], int(store.read(COUNT_IN_HAND, state=state)[0]["pieces"])


def _piece(row: Row) -> Piece:
    return Piece(
        id=row["id"],
        kind=row["kind"],
        title=(row["title"], row["title_ru"]),
        text=(row["text"] or "", row["text_ru"] or ""),
        link=row["link"],
        at=row["at"].to_native(),
        visibility=row["visibility"],
        state=row["state"],
        version=row["version"],
        topics=tuple(row["topics"]),
        due=bool(row.get("due", False)),
    )
