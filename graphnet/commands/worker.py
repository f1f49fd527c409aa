"""`graphnet worker`: do what is to be done later, until it is stopped."""

import logging
import signal
import threading

import click

from graphnet import engine
from graphnet.settings import Settings
from graphnet.worker import run
from webapp.features.digest import work as letters


@click.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Do what is to be done later: snapshots and other jobs, until it is stopped."""
    logging.getLogger().setLevel(logging.INFO)
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    with engine.open(settings, follow=False) as opened:
        run(opened.store, settings, stopped, letters=letters)
