"""`graphnet worker`: do what is to be done later, until it is stopped."""

import logging
import signal
import threading

import click

from graphnet import engine
from graphnet.jobs import LANES
from graphnet.settings import Settings
from graphnet.worker import run


@click.command()
@click.option(
    "--lane",
    "lanes",
    type=click.Choice(LANES),
    multiple=True,
    default=LANES,
    help="Only jobs of this lane; may be given again. The lane work also sees what is due.",
)
@click.pass_obj
def worker(settings: Settings, *, lanes: tuple[str, ...]) -> None:
    """Do what is to be done later, until it is stopped: letters, snapshots, models, all at once.

    A job waits for those of its own lane only. Whoever wants a model that takes all the memory to
    end no other work runs a process for each lane.
    """
    logging.getLogger().setLevel(logging.INFO)
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    with engine.open(settings, follow=False) as opened:
        run(opened, stopped, lanes=lanes)
