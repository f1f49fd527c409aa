"""`graphnet web`: gunicorn with the application, each worker process with a store of its own."""

import sys

import click
from flask import Flask

from graphnet.live import Live
from graphnet.privacy import Rules
from graphnet.server import connect
from graphnet.settings import Settings, load
from graphnet.store import Store
from graphnet.worker import snapshot_folder
from webapp.app import create_app, secret_key
from webapp.features.recommendations.shared import keep_warm


def rules(settings: Settings) -> Rules:
    """Return what this installation decides about who sees whom."""
    key = f"pseudonyms:{secret_key(settings)}".encode()
    return Rules(unclaimed_audience=settings.unclaimed_audience, pseudonym_key=key[:64])


def application() -> Flask:
    """Make the application of one worker process: called by gunicorn after the fork.

    The connection's lock on the managed server is held until the process ends.
    """
    settings = load()
    client = connect(settings)
    connection = client.connection
    store = Store(
        connection.uri,
        connection.user,
        connection.password,
        database=connection.database,
        query_seconds=settings.query_seconds,
        retry_seconds=3,  # a visitor is told sooner that the database is away
    )
    live = Live(store, snapshot_folder(settings), rules=rules(settings))
    live.start()
    app = create_app(settings, store=store, live=live)
    app.extensions["graphnet.client"] = client
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
    sys.argv = [
        "gunicorn", "--config", "python:webapp.gunicorn", "--bind", f"{host}:{port}",
        "--workers", str(workers), "--threads", str(threads), "webapp.serve:application()",
    ]  # fmt: skip
    WSGIApplication("%(prog)s [OPTIONS]").run()
