"""Store: the only holder of a Neo4j driver. Sets database, time limit and routing; wraps errors.

Writes and reads are managed transactions, which the driver repeats when a leader moves or a lock is
lost; a unit of work must therefore be free of side effects other than its queries.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, LiteralString, Self, TypeVar

import neo4j
from neo4j import exceptions as driver_errors

from graphnet import __version__
from graphnet.errors import ConstraintViolated, QueryTimeout, StoreError, StoreUnavailable

log = logging.getLogger(__name__)

Row = dict[str, Any]
Answer = TypeVar("Answer")


def native(row: Row) -> Row:
    """Return a row with Python's own times; the driver has types of its own."""
    return {k: v.to_native() if hasattr(v, "to_native") else v for k, v in row.items()}


class Transaction:
    """The queries of one unit of work; rows come back as plain dicts."""

    def __init__(self, inner: neo4j.ManagedTransaction) -> None:
        self._inner = inner

    def run(self, query: LiteralString, /, **parameters: Any) -> list[Row]:
        """Run one query and return all its rows."""
        return [dict(record) for record in self._inner.run(query, parameters)]


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
        warn: bool = False,
    ) -> None:
        self.database = database
        self.query_seconds = query_seconds
        options: dict[str, Any] = {"notifications_min_severity": "OFF"}
        if warn:  # the tests: a misspelt label is then a Python warning, and so an error
            options = {"warn_notification_severity": "WARNING"}
        try:
            self._driver = neo4j.GraphDatabase.driver(
                uri,
                auth=(user, password),
                user_agent=f"graphnet/{__version__}",
                connection_acquisition_timeout=10,
                connection_timeout=5,
                max_transaction_retry_time=retry_seconds,
                keep_alive=True,
                telemetry_disabled=True,
                **options,
            )
        except (driver_errors.ConfigurationError, ValueError) as problem:
            raise StoreUnavailable(f"Neo4j address {uri!r} is not usable: {problem}") from problem

    def close(self) -> None:
        """Close all connections."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, query: LiteralString, /, **parameters: Any) -> list[Row]:
        """Run one reading query; rows as dicts."""
        return self.in_read(lambda transaction: transaction.run(query, **parameters))

    def write(self, query: LiteralString, /, **parameters: Any) -> list[Row]:
        """Run one writing query in a transaction of its own; rows as dicts."""
        return self.in_write(lambda transaction: transaction.run(query, **parameters))

    def in_read(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Run several reading queries on one consistent view, repeated on transient errors."""
        timed = neo4j.unit_of_work(timeout=self.query_seconds)
        with translated(), self._driver.session(database=self.database) as session:
            return session.execute_read(timed(lambda inner: work(Transaction(inner))))

    def in_write(
        self, work: Callable[[Transaction], Answer], *, seconds: float | None = None
    ) -> Answer:
        """Run several queries that are committed together or not at all.

        `seconds` is a time limit of its own, for batches; otherwise that of every query holds.
        """
        timed = neo4j.unit_of_work(timeout=seconds or self.query_seconds)
        with translated(), self._driver.session(database=self.database) as session:
            return session.execute_write(timed(lambda inner: work(Transaction(inner))))

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
        with translated(), self._driver.session(database=self.database) as session:
            for start in range(0, len(rows), size):
                batch = list(rows[start : start + size])

                def work(inner: neo4j.ManagedTransaction, batch: Any = batch) -> None:
                    inner.run(query, rows=batch, **parameters).consume()

                session.execute_write(timed(work))
        return len(rows)

    def stream(self, query: LiteralString, /, **parameters: Any) -> Iterator[Row]:
        """Read a result that is too long for a list, row by row, without a time limit."""
        with (
            translated(),
            self._driver.session(database=self.database, fetch_size=2_000) as session,
            session.begin_transaction() as inner,
        ):
            for record in inner.run(query, parameters):
                yield dict(record)

    def run_alone(self, query: LiteralString, /, **parameters: Any) -> list[Row]:
        """Run a query outside a managed transaction: schema, and ``CALL {} IN TRANSACTIONS``."""
        with translated(), self._driver.session(database=self.database) as session:
            return [dict(record) for record in session.run(query, parameters)]

    def explain(self, query: str) -> tuple[dict[str, Any], list[str]]:
        """Return how the server would run a query, and the GQL codes of what it remarks on it."""
        with translated(), self._driver.session(database=self.database) as session:
            summary = session.run(f"EXPLAIN {query}").consume()
        remarks = [status.gql_status for status in summary.gql_status_objects]
        return dict(summary.plan or {}), remarks

    def server_version(self) -> str:
        """Return the version of the server, for example '2026.08.1'."""
        with translated():
            agent = self._driver.get_server_info().agent
        return agent.partition("/")[2]


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
