"""A programme that was read from a spreadsheet becomes drafts of the week: all of it or nothing."""

from graphnet.audit import acted
from graphnet.errors import BadValue
from graphnet.events import editing, roles
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction
from graphnet.versions import Meanwhile
from graphnet.weeks import frame as frames
from graphnet.weeks import planning, sheet
from graphnet.weeks.sheet import Sheet


def take(store: Store, viewer: Viewer, week_id: str, read: Sheet, *, version: int) -> int:
    """Draft the sessions of a sheet, with the days, tracks and places it names; return how many.

    Its speakers stand as names: who of them is an alumnus is linked, and asked, by hand.

    Raises
    ------
    NotAllowed, ThingNotFound
    BadValue
        ``sessions: range``: there are none, or too many at once.
    Meanwhile
        If somebody has changed the week since it was read.
    """
    viewer.require_staff()
    if not 1 <= len(read.good) <= planning.MOST_AT_ONCE:
        raise BadValue(
            f"there is no row that could be taken, or more than {planning.MOST_AT_ONCE}",
            code="range",
            field="sessions",
        )

    def work(transaction: Transaction) -> int:
        week = frames.locked(transaction, week_id)
        if week.version != version:
            raise Meanwhile(week.frame, week.version)
        wider = sheet.extended(week, read)
        wider.check()
        if wider != week.frame:
            frames.save(transaction, week_id, wider)
            week = frames.locked(transaction, week_id)
        for one, content, slot in sheet.slots(wider, read):
            slot.check(week)
            filled = planning.content_in(content, week, slot)
            filled.check()
            event_id = editing.draft(transaction, viewer, filled)
            planning.stand(transaction, week_id, event_id, slot)
            for name in one.speakers:
                roles.name_speaker(transaction, viewer, event_id, name)
        said = f"{len(read.good)} of {len(read.rows)} rows"
        acted(transaction, viewer, "read programme of week", week_id, detail=said)
        return len(read.good)

    return store.in_write(work, seconds=120)
