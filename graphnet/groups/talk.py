"""What members of a community say to each other: posts and answers, of those whom one may see.

Its members and staff read it. The author changes or removes a post; an organiser or staff remove
another's with a reason, of which the author hears. A form that is sent twice writes once.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.audit import acted
from graphnet.connections.reports import checked_reason, open_report
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.groups import telling
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, among_members
from graphnet.store import Row, Store, Transaction, native

LONGEST, LONGEST_REASON = 4_000, 300
A_DAY = 40  # posts of one person in one community
SHOWN = 20

# One row: what was said last first, of the kind that begins a talk; with who said it.
BEGUN = """MATCH (g:Group {id: $id})<-[:IN]-(t:Post)-[:BY]->(p:Person)
WHERE NOT EXISTS { (t)-[:ANSWERS]->(:Post) } AND t.removed_at IS NULL
  AND ($all OR EXISTS { (g)<-[:MEMBER_OF]-(:Person {key: $me}) })
RETURN t.id AS id, t.text AS text, t.at AS at, t.edited_at AS edited_at, p.key AS key,
  coalesce(head(COLLECT { MATCH (t)<-[:ANSWERS]-(a:Post) WHERE a.removed_at IS NULL
    RETURN a.at ORDER BY a.at DESC LIMIT 1 }), t.at) AS last
ORDER BY last DESC, id SKIP $skip LIMIT $limit"""

# One row: an answer to one of these, the oldest first.
ANSWERS = """UNWIND $posts AS post MATCH (t:Post {id: post})<-[:ANSWERS]-(a:Post)-[:BY]->(p:Person)
WHERE a.removed_at IS NULL
RETURN t.id AS to, a.id AS id, a.text AS text, a.at AS at, a.edited_at AS edited_at, p.key AS key
ORDER BY at, id LIMIT 2000"""

# One row: the viewer may speak here: a member of a community that is on, whom members may see; with
# how much they said since a moment.
SPEAKER = (
    """MATCH (me:Person {key: $me})-[m:MEMBER_OF]->(g:Group {id: $id})
WHERE NOT coalesce(g.visibility, 'members') IN ['draft', 'archived', 'quarantined']
SET m.since = m.since
RETURN """
    + among_members("me")
    + """ AS here, COUNT { MATCH (me)<-[:BY]-(t:Post)-[:IN]->(g) WHERE t.at > $since } AS said
LIMIT 1"""
)

# One row: the post, new or written before by the same form.
SAY = """MATCH (g:Group {id: $id}) CALL (g) { MATCH (p:Person {key: $me}) RETURN p }
MERGE (t:Post {id: $post}) ON CREATE SET t.text = $text, t.at = $now
MERGE (t)-[:IN]->(g) MERGE (t)-[:BY]->(p) RETURN t.id AS id"""

# One row: the post that is answered: one that begins a talk, of the same community.
ANSWER = """MATCH (t:Post {id: $post}) CALL (t) {
  MATCH (q:Post {id: $to})-[:IN]->(:Group {id: $id}) WHERE q.removed_at IS NULL
  RETURN coalesce(head([(q)-[:ANSWERS]->(first:Post) | first]), q) AS begun LIMIT 1 }
MERGE (t)-[:ANSWERS]->(begun) RETURN begun.id AS id"""

# One row: a post of a community, locked; whether the viewer wrote it, and runs the community.
ONE = """MATCH (t:Post {id: $post})-[:IN]->(g:Group {id: $id})
WHERE t.removed_at IS NULL AND ($all OR EXISTS { (g)<-[:MEMBER_OF]-(:Person {key: $me}) })
SET t.id = t.id
WITH t, g MATCH (t)-[:BY]->(p:Person)
RETURN t.text AS text, p.key AS key, p.key = $me AS mine,
  $all OR EXISTS { (g)<-[:MEMBER_OF {role: 'organiser'}]-(:Person {key: $me}) } AS runs LIMIT 1"""

# One row: the post with its words now.
EDIT = "MATCH (t:Post {id: $post}) SET t.text = $text, t.edited_at = $now RETURN t.id AS id"

# One row: the post, of which only that it was there is left.
REMOVE = """MATCH (t:Post {id: $post}) SET t.removed_at = $now, t.reason = $reason
REMOVE t.text RETURN t.id AS id"""

# One row: when the member last looked.
SEEN = """MATCH (:Person {key: $me})-[m:MEMBER_OF]->(:Group {id: $id})
SET m.seen = $now RETURN m.seen AS seen"""

# One row: one of my communities in which something was said since I last looked: how many posts.
NEW = (
    """MATCH (me:Person {key: $me})-[m:MEMBER_OF]->(g:Group)
WHERE NOT coalesce(g.visibility, 'members') IN ['draft', 'archived', 'quarantined']
CALL (me, m, g) {
  MATCH (g)<-[:IN]-(t:Post)-[:BY]->(p:Person) WHERE t.removed_at IS NULL AND p <> me
    AND t.at > coalesce(m.seen, datetime({year: m.since.year, month: m.since.month,
      day: m.since.day})) AND """
    + among_members("p")
    + """
  RETURN count(t) AS n, max(t.at) AS at
}
WITH g, n, at WHERE n > 0
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru, n, at
ORDER BY at DESC, id LIMIT 20"""
)


@dataclass(frozen=True)
class Post:
    """Something that was said, by whom, and what was answered."""

    id: str
    text: str
    at: datetime
    edited: bool
    author: Card
    mine: bool
    answers: tuple["Post", ...] = ()


def talk(
    live: Live, viewer: Viewer, group_id: str, *, skip: int = 0, limit: int = SHOWN
) -> tuple[list[Post], bool]:
    """Return what is said in a community, and whether there is more.

    Nobody but its members as such, and staff, reads it: the others get nothing.
    """
    if not viewer.within:
        return [], False
    rows = [
        native(row)
        for row in live.store.read(BEGUN, id=group_id, **_who(viewer), skip=skip, limit=limit + 1)
    ]
    more, rows = len(rows) > limit, rows[:limit]
    answered = [native(row) for row in live.store.read(ANSWERS, posts=[row["id"] for row in rows])]
    keys = {row["key"] for row in [*rows, *answered]}
    seen = {one.key: one for one in cards(live.store, viewer, sorted(keys), rules=live.rules)}

    def post(row: Row, answers: tuple[Post, ...] = ()) -> Post:
        return Post(
            row["id"], row["text"], row["at"], row["edited_at"] is not None, seen[row["key"]],
            row["key"] == viewer.person_key, answers,
        )  # fmt: skip

    return [
        post(
            row,
            tuple(post(one) for one in answered if one["to"] == row["id"] and one["key"] in seen),
        )
        for row in rows
        if row["key"] in seen
    ], more


def _who(viewer: Viewer) -> dict[str, Any]:
    return {"me": viewer.person_key or 0, "all": viewer.has_task}


def _checked(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise BadValue(
            "there is nothing in it: write something to the members", code="needed", field="text"
        )
    if len(said) > LONGEST:
        raise BadValue(f"a post has at most {LONGEST:,} characters", code="long", field="text")
    return said


def say(store: Store, viewer: Viewer, group_id: str, text: str, *, form: str, to: str = "") -> str:
    """Say something in a community, or answer; return the post's id.

    Parameters
    ----------
    form
        What the page gave its form: sent twice, it writes once.
    to
        The id of the post that is answered.

    Raises
    ------
    ThingNotFound
        If the viewer is no member, or what is answered is no more.
    BadValue, TooMany
    Conflict
        ``unseen`` of somebody whom members may not see: nobody could read it.
    """
    said, me, now = _checked(text), viewer.me(), datetime.now(UTC)
    digest = hashlib.sha256(f"{me}\n{group_id}\n{form}".encode()).digest()
    post = base64.b32encode(digest)[:16].decode().lower()

    def work(transaction: Transaction) -> str:
        rows = transaction.run(SPEAKER, id=group_id, me=me, since=now - timedelta(days=1))
        if not rows:
            raise ThingNotFound("no such community")
        if not rows[0]["here"]:
            raise Conflict(
                "other members do not see you, so nobody could read it: show yourself to them "
                "first",
                code="unseen",
            )
        if rows[0]["said"] >= A_DAY:
            raise TooMany(f"{A_DAY} posts a day are enough", code="talk")
        transaction.run(SAY, id=group_id, me=me, post=post, text=said, now=now)
        if to and not transaction.run(ANSWER, post=post, to=to, id=group_id):
            raise ThingNotFound("no such post")
        transaction.run(SEEN, id=group_id, me=me, now=now)
        return post

    return store.in_write(work)


def _one(transaction: Transaction, viewer: Viewer, group_id: str, post: str) -> Row:
    rows = transaction.run(ONE, id=group_id, post=post, **_who(viewer))
    if not rows:
        raise ThingNotFound("no such post")
    return rows[0]


def edit(store: Store, viewer: Viewer, group_id: str, post: str, text: str) -> None:
    """Change one's own words.

    Raises
    ------
    ThingNotFound, BadValue
    """
    said = _checked(text)

    def work(transaction: Transaction) -> None:
        if not _one(transaction, viewer, group_id, post)["mine"]:
            raise ThingNotFound("no such post")
        transaction.run(EDIT, post=post, text=said, now=datetime.now(UTC))

    store.in_write(work)


def remove(store: Store, viewer: Viewer, group_id: str, post: str, reason: str = "") -> None:
    """Remove one's own post, or another's with a reason, which its author is told.

    Raises
    ------
    ThingNotFound
    BadValue
        Without a reason for another's.
    """
    said = reason.strip()

    def work(transaction: Transaction) -> None:
        found = _one(transaction, viewer, group_id, post)
        if not found["mine"] and not found["runs"]:
            raise ThingNotFound("no such post")
        if not found["mine"] and (not said or len(said) > LONGEST_REASON):
            raise BadValue(
                f"say why it is removed, in at most {LONGEST_REASON} characters: its author "
                "reads it",
                code="needed",
                field="reason",
            )
        kept = "" if found["mine"] else said
        transaction.run(REMOVE, post=post, reason=kept, now=datetime.now(UTC))
        if not found["mine"]:
            acted(transaction, viewer, "remove post", post, keys=[found["key"]])
            telling.person(
                transaction, "post_removed", group_id, found["key"], once=post, request=post
            )

    store.in_write(work)


def reportable(live: Live, viewer: Viewer, group_id: str, post: str) -> tuple[str, Card]:
    """Return the words of another's post that a report would give to staff, and who said them.

    Raises
    ------
    ThingNotFound
    """
    found = live.store.in_write(lambda t: _one(t, viewer, group_id, post))
    seen = cards(live.store, viewer, [found["key"]], rules=live.rules, brief=True)
    if not seen or found["mine"]:
        raise ThingNotFound("no such post")
    return str(found["text"]), seen[0]


def report(live: Live, viewer: Viewer, group_id: str, post: str, why: str) -> str:
    """Report a post to staff, who get its words; return the request's id.

    Raises
    ------
    ThingNotFound, BadValue, TooMany
    """
    said = checked_reason(why)
    words, author = reportable(live, viewer, group_id, post)
    return live.store.in_write(
        lambda transaction: open_report(
            transaction, viewer, author.key, subject=author.name.full, text=f"{said}\n\n«{words}»"
        )
    )


def look(store: Store, viewer: Viewer, group_id: str) -> None:
    """Note that the viewer has seen what is said until now."""
    store.write(SEEN, id=group_id, me=viewer.own_key(), now=datetime.now(UTC))


def new(store: Store, viewer: Viewer) -> list[Row]:
    """Return the viewer's communities in which something was said since they last looked."""
    return [native(row) for row in store.read(NEW, me=viewer.own_key())]


# One row: why a post was removed, for the letter to its author.
REMOVED = """MATCH (t:Post {id: $post}) WHERE t.removed_at IS NOT NULL
RETURN coalesce(t.reason, '') AS reason LIMIT 1"""


def why_removed(store: Store, post: str) -> str:
    """Return the reason for which a post was removed; '' if there is none."""
    rows = store.read(REMOVED, post=post)
    return str(rows[0]["reason"]) if rows else ""
