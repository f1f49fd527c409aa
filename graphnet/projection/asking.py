"""Ask the projection: one question at a time, within its limits, written on the audit trail."""

import logging
import threading
import time
from pathlib import Path

import numpy as np

from graphnet.audit import audit
from graphnet.errors import (
    Conflict,
    GraphnetError,
    QueryTimeout,
    StoreUnavailable,
    TakesTooMuch,
)
from graphnet.live import Live
from graphnet.people.cards import pseudonym
from graphnet.privacy import Viewer
from graphnet.projection import guard, place
from graphnet.projection.place import Filled
from graphnet.projection.reader import Reader
from graphnet.server import connect, control
from graphnet.server.client import Client
from graphnet.settings import Settings
from graphnet.statistics.association import counted
from graphnet.store import Store, Table

log = logging.getLogger(__name__)

IDLE_SECONDS = 600.0
# The server ends a query at its limit; one that goes on so much longer is ended with its server.
GRACE_SECONDS = 5.0
WAIT_SECONDS = 5.0  # for somebody else's question
ROWS, MOST_ROWS = 200, 10_000  # on a page, in a file

# One row: how many people were taken out of the projection.
_TAKE_OUT = """UNWIND $names AS name MATCH (p:Person {person: name}) DETACH DELETE p
RETURN count(*) AS n"""


class _Open:
    """The connection of this process to the projection of one installation."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.own = place.own_settings(settings)
        self.turn = threading.Lock()
        self.client: Client | None = None
        self.store: Store | None = None
        self.reader: Reader | None = None
        self.of: Filled | None = None
        self.used = 0.0

    def open(self, of: Filled) -> Store:
        """Return a store on what was filled then; the server starts if it has to."""
        if self.store is not None and self.of == of:
            return self.store
        self.close()
        place.prepare(self.settings)
        self.client = connect(self.own)
        given = self.client.connection
        self.store = Store(
            given.uri, given.user, given.password, query_seconds=place.SECONDS,
            retry_seconds=3.0, where=given.where,
        )  # fmt: skip
        self.of = of
        self.read()
        threading.Thread(target=self._watch, name="projection-idle", daemon=True).start()
        return self.store

    def read(self) -> Reader:
        """Return the process that takes answers in, a new one where it has ended."""
        if self.reader is None or not self.reader.alive:
            assert self.client is not None
            if self.reader is not None:
                self.reader.close()
            given = self.client.connection
            self.reader = Reader(
                given.uri, given.user, given.password, seconds=place.SECONDS, where=given.where
            )
        return self.reader

    def close(self) -> None:
        """Let go of the server, which ends with the last process that holds it."""
        store, client, reader = self.store, self.client, self.reader
        self.store = self.client = self.reader = self.of = None
        if reader is not None:
            reader.close()
        if store is not None:
            store.close()
        if client is not None:
            client.close()

    def _watch(self) -> None:
        """Let go when nobody has asked for a while."""
        mine = self.client
        while True:
            time.sleep(IDLE_SECONDS / 20)
            with self.turn:
                if self.client is not mine:
                    return
                if time.monotonic() - self.used > IDLE_SECONDS:
                    self.close()
                    return


_opened: dict[Path, _Open] = {}
_opening = threading.Lock()


def _of(settings: Settings) -> _Open:
    with _opening:
        return _opened.setdefault(settings.home, _Open(settings))


def let_go(settings: Settings) -> None:
    """Let go of the projection's server in this process."""
    with _opening:
        found = _opened.pop(settings.home, None)
    if found is not None:
        with found.turn:
            found.close()


def ask(settings: Settings, live: Live, viewer: Viewer, query: str, *, rows: int = ROWS) -> Table:
    """Ask the projection, as an analyst for a purpose.

    Raises
    ------
    NotAllowed
        For everyone but analysts.
    BadValue
        If the query could do anything but read, is wrong, or takes too much memory, there or here.
    QueryTimeout
        If it takes longer than `place.SECONDS`.
    Conflict
        If there is no projection yet, or somebody else's question takes long.
    """
    viewer.require_analyst()
    text = query.strip()
    # What is refused is on the trail too: that somebody tried is worth knowing.
    live.store.in_write(
        lambda t: audit(
            t, viewer.account_id, viewer.kind, "query", purpose=viewer.purpose,
            detail=text[: guard.LONGEST],
        )
    )  # fmt: skip
    text = guard.check(text)
    there = place.filled(settings)
    if there is None:
        raise Conflict("the graph for queries is not filled yet")
    opened = _of(settings)
    if not opened.turn.acquire(timeout=WAIT_SECONDS):
        raise Conflict("somebody else's query is being answered: try again in some seconds")
    try:
        store = opened.open(there)
        opened.used = time.monotonic()
        _take_out(settings, live, viewer, store)
        guard.check_plan(*store.weigh(text))
        return _in_time(opened, text, min(rows, MOST_ROWS))
    except StoreUnavailable:
        opened.close()
        raise
    finally:
        opened.used = time.monotonic()
        opened.turn.release()


def _take_out(settings: Settings, live: Live, viewer: Viewer, store: Store) -> None:
    """Take out who may not be counted any more: who has hidden, died, said no, was erased."""
    file = place.people_file(settings)
    keys = np.load(file)
    snapshot = live.view().snapshot
    allowed = snapshot.keys[counted(live, viewer)]
    gone = np.setdiff1d(keys, allowed)
    if not len(gone):
        return
    ids = dict(zip(snapshot.keys.tolist(), snapshot.ids.tolist(), strict=True))
    if any(key not in ids for key in gone.tolist()):
        # The snapshot knows them no more, so that nobody can say under which name they are there.
        place.drop(settings)
        raise Conflict("the graph for queries has to be filled anew")
    names = [pseudonym(ids[key], live.rules.pseudonym_key) for key in gone.tolist()]
    store.write(_TAKE_OUT, names=names)
    np.save(file, np.intersect1d(keys, allowed))


def _in_time(opened: _Open, text: str, rows: int) -> Table:
    """Run it; end the server if it does not end by itself."""
    over = threading.Event()
    reader = opened.read()

    def end() -> None:
        over.set()
        log.warning("event=projection_ended why=query_past_its_limit")
        reader.close()
        try:
            control.stop(opened.own, now=True)
        except GraphnetError as problem:
            log.warning("event=projection_not_ended problem=%s", problem)

    clock = threading.Timer(place.SECONDS + GRACE_SECONDS, end)
    clock.start()
    try:
        return reader.ask(text, rows=rows)
    except TakesTooMuch as problem:
        if over.is_set():
            opened.close()
            raise QueryTimeout("a query ran past its time limit") from problem
        raise
    except StoreUnavailable as problem:
        opened.close()
        if over.is_set():
            raise QueryTimeout("a query ran past its time limit") from problem
        raise TakesTooMuch(
            "the server of this graph has ended, perhaps for want of memory; it starts anew with "
            "the next query: ask for less"
        ) from problem
    finally:
        clock.cancel()
        if over.is_set():
            clock.join()  # the next question must not find the server that is ending
