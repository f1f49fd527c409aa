"""`graphnet web`: gunicorn with the application, each worker process with a store of its own."""

import logging
import sys

import click
from flask import Flask

from graphnet import engine
from graphnet.keys import secret_key
from graphnet.settings import Settings, load
from webapp.app import create_app
from webapp.features.recommendations.shared import keep_warm

# A page waits for Neo4j a dozen times. Whenever an answer has come its thread must have the
# interpreter back, which a thread that is busy with another page gives up only after this time:
# at Python's own 5 ms all these waits are longer than Neo4j's answers.
SWITCH_SECONDS = 0.0005


def application() -> Flask:
    """Make the application of one worker process: called by gunicorn after the fork.

    The connection's lock on the managed server is held until the process ends.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    # A visitor is told at once that the database is away.
    opened = engine.open(load(), retry_seconds=3, patient=False)
    app = create_app(opened.settings, store=opened.store, live=opened.live)
    app.extensions["graphnet.engine"] = opened
    keep_warm(app)
    return app


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes that answer.")
@click.option("--threads", default=4, show_default=True, help="Threads in each of them.")
@click.pass_obj
def web(settings: Settings, *, host: str, port: int, workers: int, threads: int) -> None:
    """Serve the site; refuses to start without a secret key, except in the demo."""
    from gunicorn.app.wsgiapp import WSGIApplication  # it reads sys.argv

    secret_key(settings)
    logging.getLogger("webapp.requests").setLevel(logging.INFO)  # one line a request
    sys.argv = [
        "gunicorn", "--config", "python:webapp.gunicorn", "--bind", f"{host}:{port}",
        "--workers", str(workers), "--threads", str(threads), "webapp.serve:application()",
    ]  # fmt: skip
    WSGIApplication("%(prog)s [OPTIONS]").run()
