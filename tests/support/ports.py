"""Ports of this machine that are free at the moment."""

import socket


def free_port() -> int:
    """Return one; somebody else may take it before it is used."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
