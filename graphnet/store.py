"""Store: the only holder of a Neo4j driver. Sets database, time limit and routing; wraps errors.

Writes are managed transactions, which the driver repeats when a leader moves or a lock is lost; a
unit of work must therefore be free of side effects other than its queries. Reads are sent each by
itself, one trip to the server instead of three, and in a managed transaction only when the first
try has failed. Nobody waits for a server that has stopped answering (`graphnet.breaker`), or that
is on another port by now.
"""

import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString, Self, TypeVar

import neo4j
from neo4j import exceptions as driver_errors

from graphnet import __version__, causal
from graphnet.breaker import Breaker, answers
from graphnet.errors import (
    BadValue,
    ConstraintViolated,
    QueryTimeout,
    StoreError,
    StoreUnavailable,
    TakesTooMuch,
)

log = logging.getLogger(__name__)

Row = dict[str, Any]
Answer = TypeVar("Answer")

AGENT = f"graphnet/{__version__}"
CONNECT_SECONDS = 5.0
# How long a server may leave a small question unanswered before it counts as hanging.
PROBE_SECONDS = 3.0
PATIENT_PROBE_SECONDS = 10.0
# The server ends a query at its limit; this much later we do not believe any more that it will.
GRACE_SECONDS = 10.0
NO_LIMIT = float("inf")
TYPED = 500  # more values than one form or page brings

# Where the server listens now, as host and port; None while nobody knows.
Where = Callable[[], tuple[str, int] | None]


def native(row: Row) -> Row:
    """Return a row with Python's own times; the driver has types of its own."""
    return {k: v.to_native() if hasattr(v, "to_native") else v for k, v in row.items()}


def in_utc(value: Any) -> Any:
    """Return a parameter with every time that has a zone in UTC, as all of them are stored.

    The driver ends the whole process on a time whose zone was then no whole number of minutes from
    UTC, as Moscow's before 1919: somebody only has to type such a year into a form. Long lists are
    batches of our own and are not looked through: what reads files has them in UTC.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo in (None, UTC) else value.astimezone(UTC)
    if isinstance(value, Mapping):
        return {key: in_utc(one) for key, one in value.items()}
    if isinstance(value, list | tuple) and len(value) <= TYPED:
        return [in_utc(one) for one in value]
    return value


@dataclass(frozen=True)
class Table:
    """What somebody's own query answers: plain values under the names of its columns.

    Nodes and ties are maps of their properties, with `labels` or `type`; `more` says that there
    would be more rows.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    more: bool


def plain(value: Any) -> Any:
    """Return a value of a query as Python's own types have it."""
    if isinstance(value, neo4j.graph.Node):
        return {"labels": sorted(value.labels)} | {k: plain(v) for k, v in value.items()}
    if isinstance(value, neo4j.graph.Relationship):
        return {"type": value.type} | {k: plain(v) for k, v in value.items()}
    if isinstance(value, neo4j.graph.Path):
        ties = [plain(tie) for tie in value.relationships]
        parts: list[Any] = [plain(value.nodes[0])]
        for tie, node in zip(ties, value.nodes[1:], strict=True):
            parts += [tie, plain(node)]
        return parts
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value.to_native() if hasattr(value, "to_native") else value


@dataclass(frozen=True)
class Made:
    """What a query has made, as the server counts it."""

    nodes: int
    ties: int


_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)


@contextmanager
def listened() -> Iterator[list[str]]:
    """Give the list of all queries that are sent within: for who asks how many a page needs."""
    queries: list[str] = []
    before = _asked.set(queries)
    try:
        yield queries
    finally:
        _asked.reset(before)


def _note(query: str) -> None:
    queries = _asked.get()
    if queries is not None:
        queries.append(query)


class _Alone:
    """Runs each query of a unit of work by itself, with the time limit of one query."""

    def __init__(self, session: neo4j.Session, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    def run(self, query: LiteralString, parameters: dict[str, Any]) -> neo4j.Result:
        return self._session.run(neo4j.Query(query, timeout=self._seconds), parameters)


def _rows(result: neo4j.Result) -> list[Row]:
    """Return all rows as dicts; by `dict(record)` each value would be looked for by its name."""
    names = result.keys()
    return [dict(zip(names, record, strict=True)) for record in result]


class Transaction:
    """The queries of one unit of work; rows come back as plain dicts."""

    def __init__(self, inner: "neo4j.ManagedTransaction | _Alone", *, warn: bool = False) -> None:
        self._inner = inner
        self._warn = warn

    def run(self, query: LiteralString, /, **parameters: Any) -> list[Row]:
        """Run one query and return all its rows."""
        _note(query)
        result = self._inner.run(query, in_utc(parameters))
        rows = _rows(result)
        if self._warn:
            warn_of(result.consume(), query)
        return rows

    def run_counted(self, query: LiteralString, /, **parameters: Any) -> tuple[list[Row], Made]:
        """Run one query and return all its rows, and how much it has made."""
        _note(query)
        result = self._inner.run(query, in_utc(parameters))
        rows = _rows(result)
        summary = result.consume()
        if self._warn:
            warn_of(summary, query)
        counters = summary.counters
        return rows, Made(counters.nodes_created, counters.relationships_created)


def warn_of(summary: neo4j.ResultSummary, query: str) -> None:
    """Turn what the server warns of into Python warnings.

    The driver can do so itself, but looks through the whole call stack for every query to name a
    line: under a web application that is most of the time of a test.
    """
    for status in summary.gql_status_objects:
        if status.is_notification and status.severity == neo4j.NotificationSeverity.WARNING:
            said = f"{status.gql_status}: {status.status_description}"
            warnings.warn(Neo4jWarning(f"{said}\n{query}"), stacklevel=3)


class Neo4jWarning(UserWarning):
    """The server warns of a query: a name that it does not know, something that is going away."""


class Store:
    """Open with `Store(uri, user, password)`; close it, or use it in a `with` statement."""

    def __init__(
        self,
        uri: str,
        user: str,
        password: str,
        *,
        database: str = "neo4j",
        query_seconds: float = 30.0,
        retry_seconds: float = 15.0,
        patient: bool = True,
        where: Where | None = None,
        warn: bool = False,
    ) -> None:
        """Open a store; nothing is sent yet.

        Parameters
        ----------
        patient
            Whether calls go on trying for `retry_seconds` while Neo4j does not answer: for commands
            and the worker. A page says at once that it cannot be shown now.
        where
            Says where a managed server listens now: after a restart that may be another port.
        """
        self.database = database
        self.query_seconds = query_seconds
        self.retry_seconds = retry_seconds
        self._patient = patient
        self._where = where
        self._uri, self._user, self._password = uri, user, password
        # The tests warn: a misspelt label is then a Python warning, and so an error.
        self._options: dict[str, Any] = {} if warn else {"notifications_min_severity": "OFF"}
        self._warn = warn
        try:
            self._driver = self._open()
        except (driver_errors.ConfigurationError, ValueError) as problem:
            raise StoreUnavailable(f"Neo4j address {uri!r} is not usable: {problem}") from problem
        self._breaker = Breaker(self._answers, self._cut)

    def _open(self) -> neo4j.Driver:
        return neo4j.GraphDatabase.driver(
            self._uri,
            auth=(self._user, self._password),
            user_agent=AGENT,
            connection_acquisition_timeout=CONNECT_SECONDS,
            connection_timeout=CONNECT_SECONDS,
            max_transaction_retry_time=self.retry_seconds,
            keep_alive=True,
            telemetry_disabled=True,
            resolver=self._resolve,
            **self._options,
        )

    def _resolve(self, address: neo4j.Address) -> list[neo4j.Address]:
        """Say where a new connection goes: the driver asks before it opens one."""
        if self._breaker.broken:
            if not self._patient:
                raise StoreUnavailable(NO_ANSWER)  # nothing that the driver would try again
            raise driver_errors.ServiceUnavailable("it has stopped answering")
        found = self._where() if self._where else None
        return [neo4j.Address(found) if found else address]

    def _answers(self) -> bool:
        uri = self._uri
        if self._where is not None:
            found = self._where()
            if found is None:
                return False
            uri = f"bolt://{found[0]}:{found[1]}"
        seconds = PATIENT_PROBE_SECONDS if self._patient else PROBE_SECONDS
        try:
            return answers(
                uri, self._user, self._password, self.database, seconds=seconds, agent=AGENT
            )
        except driver_errors.AuthError:
            return True  # an answer: who asks next is told what is wrong

    def _cut(self) -> None:
        """Wake everybody who waits for an answer: their connections are closed under them.

        The driver's own papers leave open what then happens; its sockets are shut down, and who
        reads from them gets an error that is translated like any other.
        """
        old, self._driver = self._driver, self._open()
        old.close()

    @property
    def broken(self) -> bool:
        """Whether Neo4j has stopped answering, as far as is known; asks nobody."""
        return self._breaker.broken

    def close(self) -> None:
        """Close all connections."""
        self._breaker.close()
        self._driver.close()

    @contextmanager
    def _session(
        self, *, seconds: float, fetch_size: int = 1_000, **options: Any
    ) -> Iterator[neo4j.Session]:
        """One session of the driver, watched; errors are ours."""
        if self._breaker.broken and not self._patient:
            raise StoreUnavailable(NO_ANSWER)
        limit = seconds + self.retry_seconds + GRACE_SECONDS
        seen = causal.seen()
        if seen is not None and seen.marks:
            options["bookmarks"] = neo4j.Bookmarks.from_raw_values(seen.marks)
        try:
            with (
                translated(),
                self._breaker.call(seconds=limit),
                self._driver.session(
                    database=self.database, fetch_size=fetch_size, **options
                ) as session,
            ):
                yield session
                if seen is not None and "default_access_mode" not in options:
                    seen.note(session.last_bookmarks().raw_values)
        except StoreUnavailable:
            self._breaker.doubt()
            raise
        except StoreError as problem:
            if seen is not None and "Bookmark" in str(problem):
                seen.forget()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, query: LiteralString, /, **parameters: Any) -> list[Row]:
        """Run one reading query; rows as dicts."""
        return self.in_read(lambda transaction: transaction.run(query, **parameters))

    def write(self, query: LiteralString, /, **parameters: Any) -> list[Row]:
        """Run one writing query in a transaction of its own; rows as dicts."""
        return self.in_write(lambda transaction: transaction.run(query, **parameters))

    def in_read(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Run several reading queries; all of them again if the first try meets a passing error.

        They see what is committed when each of them runs, as they would in one transaction too:
        Neo4j reads what is committed, and holds no view for as long as a transaction lasts.
        """
        timed = neo4j.unit_of_work(timeout=self.query_seconds)
        with self._session(
            seconds=self.query_seconds, default_access_mode=neo4j.READ_ACCESS
        ) as session:
            try:
                return work(Transaction(_Alone(session, self.query_seconds), warn=self._warn))
            except (driver_errors.Neo4jError, driver_errors.DriverError) as problem:
                if not problem.is_retryable():
                    raise
            return session.execute_read(
                timed(lambda inner: work(Transaction(inner, warn=self._warn)))
            )

    def in_write(
        self, work: Callable[[Transaction], Answer], *, seconds: float | None = None
    ) -> Answer:
        """Run several queries that are committed together or not at all.

        `seconds` is a time limit of its own, for batches; otherwise that of every query holds.
        """
        timed = neo4j.unit_of_work(timeout=seconds or self.query_seconds)
        with self._session(seconds=seconds or self.query_seconds) as session:
            return session.execute_write(
                timed(lambda inner: work(Transaction(inner, warn=self._warn)))
            )

    def write_rows(
        self,
        query: LiteralString,
        rows: Sequence[Mapping[str, Any]],
        *,
        size: int = 10_000,
        seconds: float = 600.0,
        **parameters: Any,
    ) -> int:
        """Write rows in batches, each one transaction; `query` begins with ``UNWIND $rows``.

        Returns the number of rows sent. A batch is lost whole or kept whole.
        """
        timed = neo4j.unit_of_work(timeout=seconds)
        for start in range(0, len(rows), size):
            batch = list(rows[start : start + size])

            def work(inner: neo4j.ManagedTransaction, batch: Any = batch) -> None:
                inner.run(query, rows=batch, **in_utc(parameters)).consume()

            with self._session(seconds=seconds) as session:
                session.execute_write(timed(work))
        return len(rows)

    def stream(self, query: LiteralString, /, **parameters: Any) -> Iterator[Row]:
        """Read a result that is too long for a list, row by row, without a time limit."""
        with (
            self._session(seconds=NO_LIMIT, fetch_size=2_000) as session,
            session.begin_transaction() as inner,
        ):
            for record in inner.run(query, in_utc(parameters)):
                yield dict(record)

    def run_alone(self, query: LiteralString, /, **parameters: Any) -> list[Row]:
        """Run a query outside a managed transaction: schema, and ``CALL {} IN TRANSACTIONS``."""
        with self._session(seconds=NO_LIMIT) as session:
            result = session.run(query, in_utc(parameters))
            rows = _rows(result)
            if self._warn:
                warn_of(result.consume(), query)
            return rows

    def explain(self, query: str) -> tuple[dict[str, Any], list[str]]:
        """Return how the server would run a query, and the GQL codes of what it remarks on it."""
        with self._session(seconds=self.query_seconds) as session:
            summary = session.run(f"EXPLAIN {query}").consume()
        remarks = [status.gql_status for status in summary.gql_status_objects]
        return dict(summary.plan or {}), remarks

    def weigh(self, query: str) -> tuple[str, dict[str, Any]]:
        """Return what kind of query somebody's own one is ('r': it reads), and the plan of it.

        Raises
        ------
        BadValue
            With what the server says is wrong in it.
        """
        with self._of_somebody() as session:
            summary = session.run(
                neo4j.Query(f"{_EXPLAIN}{query}", timeout=self.query_seconds)
            ).consume()
        return summary.query_type or "", dict(summary.plan or {})

    def ask(self, query: str, *, rows: int) -> Table:
        """Run somebody's own query, with read access, and return its first rows.

        Raises
        ------
        BadValue
            With what the server says is wrong in it, or that it takes too much.
        QueryTimeout
        """
        with self._of_somebody(fetch_size=min(rows + 1, 1_000)) as session:
            result = session.run(neo4j.Query(query, timeout=self.query_seconds))
            found = [
                tuple(plain(value) for value in one.values()) for one in result.fetch(rows + 1)
            ]
            return Table(tuple(result.keys()), found[:rows], len(found) > rows)

    @contextmanager
    def _of_somebody(self, **options: Any) -> Iterator[neo4j.Session]:
        """One session that reads, in which what is wrong is the fault of who asks."""
        with self._session(
            seconds=self.query_seconds, default_access_mode=neo4j.READ_ACCESS, **options
        ) as session:
            try:
                yield session
            except driver_errors.Neo4jError as problem:
                code = problem.code or ""
                if "Memory" in code:
                    raise TakesTooMuch("the query takes more memory than it may") from problem
                if code.startswith("Neo.ClientError.Statement"):
                    raise BadValue(_of_ones_own(problem.message or code)) from problem
                raise

    def server_version(self) -> str:
        """Return the version of the server, for example '2026.08.1'."""
        with translated():
            agent = self._driver.get_server_info().agent
        return agent.partition("/")[2]


_PLACE = re.compile(r"\(line (\d+), column (\d+) \(offset: \d+\)\)")
_EXPLAIN = "EXPLAIN "


def _of_ones_own(message: str) -> str:
    """Return what the server says of somebody's query, without what we have put before it."""
    before = len(_EXPLAIN) if _EXPLAIN in message else 0

    def place(found: "re.Match[str]") -> str:
        line, column = int(found.group(1)), int(found.group(2))
        return f"(line {line}, column {column - before if line == 1 else column})"

    return _PLACE.sub(place, message.partition("\n")[0])


NO_ANSWER = "Neo4j has stopped answering; `graphnet doctor` says more"


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except driver_errors.ConstraintError as problem:
        raise ConstraintViolated(f"the graph refuses it: {problem.message}") from problem
    except driver_errors.AuthError as problem:
        raise StoreUnavailable(
            "Neo4j refuses the user or password: check GRAPHNET_NEO4J_USER and _PASSWORD"
        ) from problem
    except (driver_errors.ServiceUnavailable, driver_errors.SessionExpired) as problem:
        raise StoreUnavailable(
            f"Neo4j does not answer ({problem}); `graphnet doctor` says more"
        ) from problem
    except driver_errors.Neo4jError as problem:
        if "TransactionTimedOut" in (problem.code or ""):
            raise QueryTimeout(
                "a query ran past its time limit (GRAPHNET_QUERY_SECONDS)"
            ) from problem
        raise StoreError(f"Neo4j: {problem.code}: {problem.message}") from problem
    except driver_errors.DriverError as problem:
        raise StoreUnavailable(f"Neo4j: {problem}") from problem
