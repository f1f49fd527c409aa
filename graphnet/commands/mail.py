"""`graphnet mail ...`: taking in what mail servers send back."""

from typing import BinaryIO

import click

from graphnet import bounces, engine
from graphnet.settings import Settings


@click.group()
def mail() -> None:
    """What mail servers send back to the sender of letters."""


@mail.command()
@click.argument("message", type=click.File("rb"), default="-")
@click.pass_obj
def receive(settings: Settings, *, message: BinaryIO) -> None:
    """Take in one message, as a mail server hands it over: `graphnet mail receive < message`.

    A report that a letter of ours was not delivered marks its address; anything else changes
    nothing. It ends well in any case, so that the mail server sends nothing back in its turn.
    """
    raw = message.read()
    with engine.open(settings, follow=False) as opened:
        click.echo(bounces.receive(opened.store, opened.settings, raw))
