"""Partners: who offers something to members. Staff enter them, and hand them a link of their own.

By the link a partner redeems codes and reads figures, without an account. It is made of an id and a
key that lies beside the database; a new link ends the one before.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from graphnet import tokens
from graphnet.accounts import token_hash
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction, native
from graphnet.web_addresses import is_page

LONGEST_NAME, LONGEST_TEXT, LONGEST_URL = 120, 2000, 500

_ALL = """r.id AS id, r.name AS name, coalesce(r.name_ru, r.name) AS name_ru, r.about AS about,
  r.about_ru AS about_ru, r.url AS url, r.version AS version, r.link_id AS link_id,
  r.token_hash AS token_hash, r.ended_at AS ended_at,
  COUNT { (r)<-[:OF]-(k:Perk) WHERE k.published_at IS NOT NULL AND k.ended_at IS NULL } AS perks"""

# One row: a partner, those who are still with us first.
PARTNERS = (
    """MATCH (r:Partner) RETURN """
    + _ALL
    + """
ORDER BY CASE WHEN r.ended_at IS NULL THEN 0 ELSE 1 END, name, id LIMIT 500"""
)

# One row: the partner.
PARTNER = """MATCH (r:Partner {id: $id}) RETURN """ + _ALL + " LIMIT 1"

# One row: the partner, locked until the act is committed.
LOCKED = """MATCH (r:Partner {id: $id}) SET r.id = r.id RETURN """ + _ALL + " LIMIT 1"

# One row: the new partner.
CREATE = """CREATE (r:Partner {id: $id, created_at: $now, version: 0}) RETURN r.id AS id"""

# One row: the partner as they are now.
SAVE = """MATCH (r:Partner {id: $id}) SET r += $values RETURN r.version AS version"""

# One row: the partner whose link that is.
BY_TOKEN = """MATCH (r:Partner {token_hash: $token_hash}) RETURN """ + _ALL + " LIMIT 1"


@dataclass(frozen=True)
class Content:
    """What staff enter of a partner."""

    name: str = ""
    name_ru: str = ""
    about: str = ""
    about_ru: str = ""
    url: str = ""

    def check(self) -> None:
        """Refuse what cannot be shown.

        Raises
        ------
        BadValue
            With the field before a colon.
        """
        if not (self.name or self.name_ru):
            raise BadValue(
                "a partner has a name, in English or in Russian", code="needed", field="name_ru"
            )
        for name, text in asdict(self).items():
            most = {"url": LONGEST_URL}.get(
                name, LONGEST_NAME if name.startswith("name") else LONGEST_TEXT
            )
            if len(text) > most:
                raise BadValue(f"{name} has at most {most:,} characters", code="long", field=name)
        if self.url and not is_page(self.url.strip()):
            raise BadValue(
                "the address of a partner's page is a whole one, such as https://example.org",
                code="address",
                field="url",
            )

    def values(self) -> Row:
        """Return what is written: of a name in one language only, the same in both."""
        values = {name: text.strip() or None for name, text in asdict(self).items()}
        return values | {
            "name": values["name"] or values["name_ru"],
            "name_ru": values["name_ru"] or values["name"],
        }


@dataclass(frozen=True)
class Partner:
    """A partner as staff see them; `token` is theirs to hand over, '' if there is no link."""

    id: str
    content: Content
    version: int
    perks: int
    ended: bool
    linked: bool
    token: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """The name in English and in Russian."""
        return self.content.name, self.content.name_ru


def _partner(row: Row, keys: Sequence[bytes] = ()) -> Partner:
    row = native(row)
    made = _token(keys[0], row["link_id"]) if keys and row["link_id"] else ""
    return Partner(
        row["id"],
        Content(*(row[name] or "" for name in ("name", "name_ru", "about", "about_ru", "url"))),
        row["version"] or 0,
        row["perks"],
        row["ended_at"] is not None,
        row["token_hash"] is not None,
        made if made and token_hash(made) == row["token_hash"] else "",
    )


def _token(key: bytes, link_id: str) -> str:
    return tokens.token(key, f"partner {link_id}")


def partners(store: Store, viewer: Viewer) -> list[Partner]:
    """Return all partners, to staff.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return [_partner(row) for row in store.read(PARTNERS)]


def one(store: Store, viewer: Viewer, partner_id: str, *, keys: Sequence[bytes] = ()) -> Partner:
    """Return a partner, to staff.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    rows = store.read(PARTNER, id=partner_id)
    if not rows:
        raise ThingNotFound("no such partner")
    return _partner(rows[0], keys)


def by_token(store: Store, token: str) -> Partner:
    """Return the partner whose link that is.

    Raises
    ------
    ThingNotFound
        Ended and unknown alike.
    """
    rows = store.read(BY_TOKEN, token_hash=token_hash(token))
    if not rows:
        raise ThingNotFound("no such partner")
    return _partner(rows[0])


def create(store: Store, viewer: Viewer, content: Content) -> str:
    """Enter a partner, and return its id.

    Raises
    ------
    NotAllowed, BadValue
    """
    viewer.require_staff()
    content.check()

    def work(transaction: Transaction) -> str:
        made = str(transaction.run(CREATE, id=new_id(), now=datetime.now(UTC))[0]["id"])
        transaction.run(SAVE, id=made, values=content.values() | {"version": 1})
        acted(transaction, viewer, "enter partner", made)
        return made

    return store.in_write(work)


def _changed(
    store: Store, viewer: Viewer, partner_id: str, act: str, values: Row, version: int | None = None
) -> None:
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, id=partner_id)
        if not rows:
            raise ThingNotFound("no such partner")
        if version is not None and rows[0]["version"] != version:
            raise Conflict(
                "a colleague has changed this partner meanwhile: look at it again, then save "
                "once more",
                code="meanwhile",
            )
        transaction.run(SAVE, id=partner_id, values=values)
        acted(transaction, viewer, act, partner_id)

    store.in_write(work)


def change(store: Store, viewer: Viewer, partner_id: str, content: Content, version: int) -> None:
    """Change what is said of a partner.

    Raises
    ------
    NotAllowed, BadValue, ThingNotFound
    Conflict
        If somebody else has changed it since it was read.
    """
    content.check()
    values = content.values() | {"version": version + 1}
    _changed(store, viewer, partner_id, "change partner", values, version)


def link(store: Store, viewer: Viewer, partner_id: str, *, keys: Sequence[bytes]) -> str:
    """Make a partner's link in the place of the one before, and return its token.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    link_id = new_id()
    made = _token(keys[0], link_id)
    values = {"link_id": link_id, "token_hash": token_hash(made)}
    _changed(store, viewer, partner_id, "make partner link", values)
    return made


def unlink(store: Store, viewer: Viewer, partner_id: str) -> None:
    """End a partner's link: nothing can be redeemed by it any more.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    values = {"link_id": None, "token_hash": None}
    _changed(store, viewer, partner_id, "end partner link", values)


def end(store: Store, viewer: Viewer, partner_id: str, *, back: bool = False) -> None:
    """Take a partner's offers away from members, or bring them `back`.

    Codes that members have taken hold until their day, and the partner's link goes on redeeming
    them.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    act = "bring partner back" if back else "end partner"
    values = {"ended_at": None if back else datetime.now(UTC)}
    _changed(store, viewer, partner_id, act, values)
