"""Contributions entered by staff by hand, and taken back: each audited, with what shows it."""

from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.errors import BadValue
from graphnet.ledger import entries
from graphnet.ledger.rules import SeasonRules
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction


def enter(
    store: Store,
    viewer: Viewer,
    rules: SeasonRules,
    *,
    person_key: int,
    kind: str,
    day: datetime,
    note: str,
    quantity: int = 1,
    thing_id: str = "",
    participant_key: int | None = None,
    act_id: str = "",
) -> str:
    """Enter one contribution by hand, audited, and return its act.

    Parameters
    ----------
    note
        The evidence: what shows that it happened.
    participant_key
        Whose participation it was, for kinds of the mobilised part; they need one. A referral must
        have been named by the newcomer: the note says where.
    act_id
        For an import, which names its rows; empty: a new act.

    Raises
    ------
    NotAllowed, BadValue, PersonNotFound
    """
    viewer.require_staff()
    chosen = rules.kinds.get(kind)
    if chosen is None:
        raise BadValue(f"{kind!r} is no kind of the season {rules.season}")
    if not note.strip() or len(note) > 1000:
        raise BadValue("say in a sentence what shows it, in at most 1,000 characters")
    if not rules.within(day):
        raise BadValue(f"{day:%Y-%m-%d} is not within the season {rules.season}")
    if day > datetime.now(UTC):
        raise BadValue("what has not happened yet cannot be entered")
    if (chosen.part == "mobilised") != (participant_key is not None):
        raise BadValue("a mobilised kind names whose participation it was, and no other kind does")
    if not 1 <= quantity <= 100:
        raise BadValue("the number is between 1 and 100")
    act = act_id or f"entered:{new_id()}"

    def work(transaction: Transaction) -> None:
        entries.record(
            transaction, person_key=person_key, kind=kind, mode=chosen.mode, happened_at=day,
            act_id=act, evidence={"note": note.strip()}, thing_id=thing_id,
            entered_by=viewer.account_id or "staff", quantity=quantity,
            participant_key=participant_key,
            participation=f"event:{thing_id}" if kind == "brought_along" else "joined",
        )  # fmt: skip
        acted(transaction, viewer, "enter contribution", act, detail=kind)

    store.in_write(work)
    return act


def take_back(store: Store, viewer: Viewer, act_id: str, reason: str) -> str:
    """Take one entry back; see `ledger.correct`."""
    return store.in_write(lambda t: entries.correct(t, viewer, act_id, reason))
