"""Which features there are: rooms of the engine by name, features of the site by their folder."""

import importlib
import pkgutil
from functools import cache

from graphnet.core import Core

# Rooms of the engine that bring something, in the order in which their jobs and duties stand. A
# person is erased in it: what hangs on something goes before that, what asks for traces goes last.
ROOMS: tuple[str, ...] = (
    "mail",
    "notices",
    "computed",
    "discovery",
    "recommendations",
    "ledger",
    "ambassadors",
    "onboarding",
    "contest",
    "events",
    "groups",
    "loyalty",
    "money",
    "projects",
    "news",
    "introductions",
    "messages",
    "connections",
    "recovery",
    "merging",
    "reunions",
    "weeks",
    "businesses",
    "requests",
    "journal",
    "surveys",
    "told",
    "records",
    "projection",
    "accounts",
    "people",
    "erasure",
)
SITE = "webapp.features"


@cache
def registered() -> Core:
    """Return what every feature brings; the same object for the whole process."""
    core = Core()
    for room in ROOMS:
        importlib.import_module(f"graphnet.{room}").register(core)
    folder = importlib.import_module(SITE)
    for found in sorted(pkgutil.iter_modules(folder.__path__), key=lambda module: module.name):
        package = importlib.import_module(f"{SITE}.{found.name}")
        if hasattr(package, "register"):
            package.register(core)
    return core
