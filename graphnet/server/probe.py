"""Is it ready? A server is when it has answered a query, not when a log says so or a port opens."""

import socket
import time
from collections.abc import Callable

import psutil

from graphnet.errors import DataDirectoryUnusable, ServerNotReady

_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 20.0


def listening_ports(pid: int) -> list[int]:
    """TCP ports on which the process listens; Neo4j's log says only `localhost:0`."""
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.Error:
        return []
    return sorted({one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN})


def can_listen(port: int) -> bool:
    """Whether a server could listen on that port of this machine; always, if any will do (0)."""
    with socket.socket() as trial:
        # As the server's own socket: what is left of an ended one's connections is no hindrance.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


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
    # Here, since a keeper that has nothing to ask yet need not wait for the driver.
    from neo4j.exceptions import AuthError

    from graphnet import breaker

    try:
        return breaker.answers(
            f"bolt://127.0.0.1:{port}",
            "neo4j",
            password,
            "neo4j",
            seconds=_ANSWER_SECONDS,
            agent="graphnet-keeper",
        )
    except AuthError as problem:
        raise DataDirectoryUnusable(
            "the local Neo4j refuses the password in its data directory: the file `password` there "
            "does not belong to that data. Put the right file back, for instance from a backup."
        ) from problem
