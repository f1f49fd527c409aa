"""Supporters of the demo's projects who let themselves be named, and an offer of help."""

from typing import Any

from graphnet.community import projects, requests
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from webapp.projects.routes import KIND

NAMED = 4  # supporters of each project who say so


def furnish(store: Store, settings: Settings, people: dict[str, Any]) -> None:
    """Do it by the same calls that the pages make."""
    staff = Viewer("staff", purpose="demo")
    for project, key in projects.supporters(store, staff, each=NAMED):
        projects.name_me(store, Viewer("alumnus", key, "demo"), project, named=True)
    origin = f"synth:person:{people['alumnus']['id']}"
    her = Viewer("alumnus", of_origins(store, [origin])[origin][0], "demo")
    offered, _ = projects.projects(store, her, limit=1)
    for row in offered:
        requests.ask(store, her, KIND, row["name"], "I could give two evenings a month.")
