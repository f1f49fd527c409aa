"""The one way in: connect, open the store, follow the network, know the features.

Web processes, the worker, commands, notebooks and tests all open an installation by `open`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from graphnet import keys, migrations
from graphnet.core import Core
from graphnet.live import Live
from graphnet.privacy import Rules
from graphnet.server import connect
from graphnet.settings import Settings
from graphnet.store import Store


@dataclass
class Engine:
    """An open installation: its store, what this process knows of the network, its rules."""

    settings: Settings
    store: Store
    live: Live
    on_close: list[Callable[[], object]] = field(default_factory=list)

    @property
    def core(self) -> Core:
        """What the features bring; they are imported when this is first asked for."""
        from graphnet.features import registered  # the features know the engine, not the other way

        return registered()

    @property
    def rules(self) -> Rules:
        """What the installation decides about who sees whom."""
        return self.live.rules

    def close(self) -> None:
        """Stop following, close the store, let go of the managed server."""
        self.live.stop()
        for close in reversed(self.on_close):
            close()
        self.on_close.clear()

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def rules(settings: Settings, *, project: str = "") -> Rules:
    """Return what this installation decides about who sees whom.

    Parameters
    ----------
    project
        The name of a study whose pseudonyms are its own, and say nothing about those of the site or
        of another study; the same name gives the same ones again.
    """
    pseudonyms = keys.key(settings, "pseudonyms")
    if project:
        pseudonyms = keys.derived(pseudonyms.hex(), f"pseudonyms of {project}")
    return Rules(unclaimed_audience=settings.unclaimed_audience, pseudonym_key=pseudonyms)


def open(
    settings: Settings,
    *,
    follow: bool = True,
    migrate: bool = False,
    retry_seconds: float = 15.0,
    patient: bool = True,
) -> Engine:
    """Open an installation; close it, or use it in a `with` statement.

    Parameters
    ----------
    follow
        Whether to open the snapshot and follow the feed of changes.
    migrate
        Whether to do migrations that are missing.
    retry_seconds
        How long a transaction is tried again while the database is away.
    patient
        Whether it is tried again at all once the database is known not to answer (`Store`).
    """
    client = connect(settings)
    try:
        connection = client.connection
        store = Store(
            connection.uri,
            connection.user,
            connection.password,
            database=connection.database,
            query_seconds=settings.query_seconds,
            retry_seconds=retry_seconds,
            patient=patient,
            where=connection.where,
        )
        live = Live(store, settings.snapshots, rules=rules(settings))
        engine = Engine(settings, store, live, [client.close, store.close])
        if migrate:
            migrations.migrate(store)
            migrations.of_features(store, engine.core.labels)
        if follow:
            live.start()
    except BaseException:
        client.close()
        raise
    return engine
