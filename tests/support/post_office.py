"""A mail server in the test process, and a worker that hands it every letter by real SMTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller

from graphnet import job_worker, worker
from graphnet.engine import Engine
from graphnet.live import Live
from graphnet.settings import Settings
from tests.support.ports import free_port


class PostOffice:
    """Takes every letter but those to addresses that begin with a code."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address[:3] in ("550", "451"):
            return f"{address[:3]} not here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@contextmanager
def post_office() -> Iterator[tuple[PostOffice, int]]:
    """Open a post office on a free port of this machine."""
    handler = PostOffice()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def posting(settings: Settings, port: int) -> Settings:
    """Return settings that send letters there."""
    uri = f"smtp://127.0.0.1:{port}?starttls=no"
    return replace(settings, demo=True, smtp_uri=uri, mail_from="alumni@university.example")


def do_letters(live: Live, settings: Settings) -> None:
    """Do everything that waits in the lane of letters, as a worker does."""
    engine = Engine(settings, live.store, live)
    busy = job_worker.Worker(live.store, worker.tasks(engine, "letters"))
    while busy.step():
        pass
