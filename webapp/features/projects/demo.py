"""An offer of help with one of the demo's projects; who supports them came with the import."""

from collections.abc import Mapping
from typing import Any

from graphnet.engine import Engine
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.projects import books
from graphnet.requests import opening
from webapp.features.projects.routes import KIND


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Do it by the same call that the page makes."""
    store = engine.store
    origin = f"synth:person:{people['alumnus']['id']}"
    her = Viewer("alumnus", of_origins(store, [origin])[origin][0], "demo")
    for row in books.projects(store, her, limit=1):
        opening.ask(store, her, KIND, row["name"], "I could give two evenings a month.")
