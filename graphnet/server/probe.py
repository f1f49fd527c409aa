"""Is it ready? A server is when it has answered a query, not when a log says so or a port opens."""

import time
from collections.abc import Callable

import psutil

from graphnet.errors import DataDirectoryUnusable, ServerNotReady

_POLL_SECONDS = 0.05


def listening_ports(pid: int) -> list[int]:
    """TCP ports on which the process listens; Neo4j's log says only `localhost:0`."""
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.Error:
        return []
    return sorted({one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN})


def wait_until_ready(
    pid: int, password: str, *, seconds: float, keep_waiting: Callable[[], bool]
) -> int:
    """Wait until the process has answered a query; return its Bolt port.

    Raises
    ------
    ServerNotReady
        After `seconds`, or when `keep_waiting` says no.
    DataDirectoryUnusable
        If it refuses the password of its data directory.
    """
    deadline = time.monotonic() + seconds
    while keep_waiting():
        for port in listening_ports(pid):
            if answers(port, password):
                return port
        if time.monotonic() > deadline:
            raise ServerNotReady(f"Neo4j did not answer a query within {seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
    raise ServerNotReady("Neo4j ended before it answered a query")


def answers(port: int, password: str) -> bool:
    """Whether the server on that port answers a query now."""
    from neo4j import GraphDatabase, Query
    from neo4j.exceptions import AuthError, DriverError, Neo4jError

    try:
        with (
            GraphDatabase.driver(
                f"bolt://127.0.0.1:{port}",
                auth=("neo4j", password),
                connection_timeout=5,
                telemetry_disabled=True,
                user_agent="graphnet-keeper",
            ) as driver,
            # An auto-commit query, because a retrying one would hide for 30 s that it is starting.
            driver.session(database="neo4j") as session,
        ):
            return session.run(Query("RETURN 1 AS one", timeout=20)).single() is not None
    except AuthError as problem:
        raise DataDirectoryUnusable(
            "the local Neo4j refuses the password in its data directory: the file `password` there "
            "does not belong to that data. Put the right file back, for instance from a backup."
        ) from problem
    except (Neo4jError, DriverError, OSError):
        return False
