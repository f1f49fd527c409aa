"""`graphnet mail ...`: what mail servers hand over: questions, answers, letters that came back."""

import signal
import sys
import threading
from typing import BinaryIO

import click

from graphnet import engine
from graphnet.requests import by_mail, post_box, replies
from graphnet.settings import Settings

REFUSED, LATER = 67, 75  # EX_NOUSER and EX_TEMPFAIL of sysexits.h, which mail servers understand


@click.group()
def mail() -> None:
    """What mail servers hand over: questions, answers to notices, letters that came back."""


@mail.command()
@click.argument("message", type=click.File("rb"), default="-")
@click.option("--to", "to", multiple=True, help="Whom it is for; else its headers say it.")
@click.option("--sender", help="Who sends it, by the mail server's word; '' for machines.")
@click.pass_obj
def receive(
    settings: Settings, *, message: BinaryIO, to: tuple[str, ...], sender: str | None
) -> None:
    """Take in one message, as a mail server hands it over: `graphnet mail receive < message`.

    An answer to a notice of a request lands in its thread. A letter to the address for requests
    becomes one once its sender has confirmed it. A report that a letter of ours was not delivered
    marks its address; what a machine has written changes nothing. A letter that cannot be filed
    ends with exit status 67 and says why, so that the mail server tells its sender.
    """
    raw = message.read(replies.MOST_BYTES + 1)
    with engine.open(settings, follow=False) as opened:
        kinds = opened.core.request_kinds
        received = by_mail.receive(opened.store, opened.settings, kinds, raw, to=to, sender=sender)
    if received.refused:
        click.echo(post_box.reply(received, settings.site_url), err=True)
        sys.exit(REFUSED)
    click.echo(received.outcome)
    if received.outcome == "busy":
        sys.exit(LATER)


@mail.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", default=8024, show_default=True, help="On which port.")
@click.pass_obj
def serve(settings: Settings, *, host: str, port: int) -> None:
    """Take in messages by LMTP (RFC 2033), until it is stopped."""
    ended = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    with engine.open(settings, follow=False) as opened:
        box = post_box.opened(opened, host, port)
        click.echo(f"letters are taken on {host}:{port}")
        try:
            ended.wait()
        finally:
            box.stop()
