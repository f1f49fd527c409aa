"""Writing news: a draft, published on a day, changed, taken back and brought back.

A piece needs one language; where the other is missing, everybody reads the one there is.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction
from graphnet.web_addresses import is_page

LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINK = 200, 5000, 500
KINDS = ("news", "achievement")
VISIBILITIES = ("members", "public")
STATES = ("draft", "published", "withdrawn")

# One row: the piece, locked.
LOCKED = """MATCH (n:News {id: $id}) SET n.id = n.id
RETURN coalesce(n.version, 0) AS version, coalesce(n.state, 'published') AS state,
  n.at AS at LIMIT 1"""

# One row: a new piece.
CREATE = """CREATE (n:News {id: $id, created_at: $now, state: 'draft', version: 0, at: $now})
RETURN n.id AS id"""

# One row: the piece as it is now.
SAVE = """MATCH (n:News {id: $id})
SET n.title = $title, n.title_ru = $title_ru, n.text = $text, n.text_ru = $text_ru,
  n.kind = $kind, n.link = $link, n.visibility = $visibility, n.at = $at,
  n.version = n.version + 1, n.changed_at = $now
RETURN n.version AS version"""

# One row: a piece that came with a file has no version before it is changed here.
BEGIN = """MATCH (n:News {id: $id}) SET n.version = coalesce(n.version, 0),
  n.state = coalesce(n.state, 'published') RETURN n.id AS id"""

# Nothing comes back: the piece has no topics.
NO_TOPICS = "MATCH (:News {id: $id})-[a:ABOUT]->(:Topic) DELETE a"

# One row: how many topics it has now.
TOPICS = """MATCH (n:News {id: $id}) UNWIND $topics AS topic MATCH (t:Topic {id: topic})
MERGE (n)-[:ABOUT]->(t) RETURN count(t) AS topics"""

# One row: the piece in its new state.
STATE = """MATCH (n:News {id: $id}) SET n.state = $state, n.changed_at = $now,
  n.version = coalesce(n.version, 0) + 1, n.at = $at RETURN n.version AS version"""


@dataclass(frozen=True)
class Words:
    """What staff write."""

    title: str = ""
    title_ru: str = ""
    text: str = ""
    text_ru: str = ""
    topics: tuple[str, ...] = ()
    kind: str = "news"
    link: str = ""
    visibility: str = "members"
    at: datetime | None = None  # from when it is read; at once if it is not said

    def checked(self) -> "Words":
        """Return the words with the one language filled in for the other.

        Raises
        ------
        BadValue
            'words' without a title and a text in one language; 'long', 'topics', 'kind',
            'visibility', 'link'.
        """
        english = (self.title.strip(), self.text.strip())
        russian = (self.title_ru.strip(), self.text_ru.strip())
        for language in (english, russian):
            if any(language) and not all(language):
                raise BadValue(
                    "news have a title and a text together, in each language in which there is one",
                    code="words",
                    field="text",
                )
        if not any(english) and not any(russian):
            raise BadValue(
                "news have a title and a text, in English or in Russian", code="words", field="text"
            )
        if max(len(english[0]), len(russian[0])) > LONGEST_TITLE:
            raise BadValue(
                f"a title has at most {LONGEST_TITLE} characters", code="long", field="text"
            )
        if max(len(english[1]), len(russian[1])) > LONGEST_TEXT:
            raise BadValue(
                f"a text has at most {LONGEST_TEXT:,} characters", code="long", field="text"
            )
        if not self.topics:
            raise BadValue("news have at least one topic: choose it", code="topics", field="topics")
        if self.kind not in KINDS or self.visibility not in VISIBILITIES:
            raise BadValue(
                f"news are one of {', '.join(KINDS)}, shown to one of {', '.join(VISIBILITIES)}",
                code="kind",
                field="kind",
            )
        if not harmless(self.link.strip()):
            raise BadValue(
                "a page of this site begins with /, one of another with https://",
                code="link",
                field="link",
            )
        title, text = english if all(english) else russian
        return replace(
            self,
            title=title,
            text=text,
            title_ru=russian[0],
            text_ru=russian[1],
            link=self.link.strip(),
        )


class Meanwhile(Conflict):
    """Somebody else has changed the piece since it was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "somebody else has changed this piece of news meanwhile: look at it again",
            code="meanwhile",
        )


def harmless(link: str) -> bool:
    """Return whether a link leads to a page of ours or to another site by https; empty is none."""
    if not link:
        return True
    if len(link) > LONGEST_LINK or any(c.isspace() or c in "\\\x00" for c in link):
        return False
    if link.startswith("/"):
        return not link.startswith("//")
    return is_page(link, secure=True)


def write(store: Store, viewer: Viewer, words: Words) -> str:
    """Keep a draft; return its id. Nobody but staff sees it until it is published."""
    viewer.require_staff()
    words = words.checked()

    def work(transaction: Transaction) -> str:
        made, now = new_id(), datetime.now(UTC)
        transaction.run(CREATE, id=made, now=now)
        _save(transaction, made, words, now, words.at or now)
        acted(transaction, viewer, "news.draft", made)
        return made

    return store.in_write(work)


def change(store: Store, viewer: Viewer, news_id: str, words: Words, *, version: int) -> None:
    """Change a piece that was read in that version.

    Raises
    ------
    Meanwhile
        If somebody else has changed it since.
    """
    viewer.require_staff()
    words = words.checked()

    def work(transaction: Transaction) -> None:
        found = _locked(transaction, news_id)
        if found["version"] != version:
            raise Meanwhile
        now = datetime.now(UTC)
        transaction.run(BEGIN, id=news_id)
        _save(transaction, news_id, words, now, words.at or found["at"])
        told = changes.ANNOUNCED if found["state"] == "published" else ""
        acted(transaction, viewer, "news.change", news_id, change=told)

    store.in_write(work)


def publish(store: Store, viewer: Viewer, news_id: str) -> None:
    """Publish a draft, or bring back what was taken back; a day that has passed becomes today.

    Raises
    ------
    Conflict
        'published' if it is.
    """
    _move(store, viewer, news_id, "published")


def withdraw(store: Store, viewer: Viewer, news_id: str) -> None:
    """Take a piece back: only staff see it from now on; it can be brought back.

    Raises
    ------
    Conflict
        'withdrawn' if it is.
    """
    _move(store, viewer, news_id, "withdrawn")


def _move(store: Store, viewer: Viewer, news_id: str, state: str) -> None:
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        found = _locked(transaction, news_id)
        if found["state"] == state:
            raise Conflict(f"the news {news_id} are {state} already", code=state)
        now = datetime.now(UTC)
        at = found["at"].to_native()
        if state == "published" and found["state"] == "draft":
            at = max(at, now)
        transaction.run(STATE, id=news_id, state=state, now=now, at=at)
        acted(transaction, viewer, f"news.{state}", news_id, change=changes.ANNOUNCED)

    store.in_write(work)


def _locked(transaction: Transaction, news_id: str) -> Row:
    rows = transaction.run(LOCKED, id=news_id)
    if not rows:
        raise ThingNotFound("no such news")
    return rows[0]


def _save(
    transaction: Transaction, news_id: str, words: Words, now: datetime, at: datetime
) -> None:
    transaction.run(
        SAVE,
        id=news_id,
        title=words.title,
        title_ru=words.title_ru or None,
        text=words.text,
        text_ru=words.text_ru or None,
        kind=words.kind,
        link=words.link or None,
        visibility=words.visibility,
        at=at,
        now=now,
    )
    transaction.run(NO_TOPICS, id=news_id)
    counted = transaction.run(TOPICS, id=news_id, topics=list(words.topics))
    if not counted or counted[0]["topics"] != len(set(words.topics)):
        raise BadValue(
            "one of these topics is not in the catalogue: choose from it",
            code="topics",
            field="topics",
        )
