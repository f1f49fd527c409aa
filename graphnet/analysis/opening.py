"""The way in for Python: open an installation or a snapshot, as somebody and for a purpose."""

from dataclasses import replace
from pathlib import Path

from graphnet import engine as engine_of
from graphnet import privacy
from graphnet.analysis.association import Association
from graphnet.audit import acted
from graphnet.computed import refresh
from graphnet.errors import BadValue, NotAllowed, ThingNotFound
from graphnet.people import key_of
from graphnet.privacy import Rules, Viewer
from graphnet.settings import load
from graphnet.snapshot import Snapshot, current
from graphnet.snapshot import open_snapshot as snapshot_in

# For these staff see the hidden and the dead: they are looked up one by one, on the site.
ON_THE_SITE = (*privacy.FOR_THEIR_SAKE, privacy.FINDING)


def open_installation(
    home: str | Path | None = None, *, purpose: str, who: str = "analyst", project: str = ""
) -> Association:
    """Open an installation, with the database that its settings name.

    The settings are those of all programs: ``GRAPHNET_HOME`` names the installation,
    ``GRAPHNET_NEO4J_URI`` a Neo4j on a server. Where there is no snapshot yet, one is built.

    Parameters
    ----------
    home
        Folder of the installation, instead of ``GRAPHNET_HOME``.
    purpose
        What the answers are for. It stands in the audit trail, beside everything that is taken.
    who
        ``analyst`` works with pseudonyms; ``staff`` with names, each read on the trail;
        ``alumnus:ID`` sees what that alumnus sees.
    project
        A study whose pseudonyms are its own, and the same each time; the site's by default.

    Raises
    ------
    BadValue
        If there is no such viewer, or no purpose.
    NotAllowed
        For purposes for which staff look one person up, on the site.
    PersonNotFound

    Examples
    --------
    >>> import graphnet
    >>> with graphnet.open_installation(purpose="thesis") as association:  # doctest: +SKIP
    ...     print(association.coverage())
    """
    if not purpose.strip():
        raise BadValue("say what the answers are for: purpose='...'")
    if purpose.strip() in ON_THE_SITE:
        raise NotAllowed(f"for {purpose!r} staff look people up one by one, on the site")
    kind, _, person = who.partition(":")
    if kind not in ("analyst", "staff", "alumnus") or bool(person) != (kind == "alumnus"):
        raise BadValue(f"{who!r} is nobody who can ask: 'analyst', 'staff' or 'alumnus:ID'")
    settings = load()
    if home is not None:
        settings = replace(settings, home=Path(home).expanduser().absolute())
    rules = engine_of.rules(settings, project=project)
    opened = engine_of.open(settings, follow=False)
    try:
        if current(settings.snapshots) is None:
            refresh(opened.store, settings.snapshots)
        opened.live.start()
        key = key_of(opened.store, person) if person else None
        viewer = Viewer(kind, key, account_id="python", purpose=purpose.strip())
        opened.store.in_write(lambda t: acted(t, viewer, "open", "python", detail=project))
    except BaseException:
        opened.close()
        raise
    return Association(viewer, rules, opened=opened, who=kind, project=project)


def open_snapshot(folder: str | Path, *, purpose: str, project: str = "") -> Association:
    """Open the snapshots of an installation without its database, as an analyst.

    What is taken from a snapshot stands on no audit trail, since there is none to write to: whoever
    may read the folder can read all of it. Who has hidden since it was made is still in it, so use
    `open_installation` where there is one.

    Parameters
    ----------
    folder
        The installation's folder, or one snapshot below its ``snapshots``.
    purpose
        What the answers are for.
    project
        As for `open_installation`.

    Raises
    ------
    ThingNotFound
        If there is no snapshot.

    Examples
    --------
    >>> import graphnet
    >>> seen = graphnet.open_snapshot("instance/demo-3000", purpose="thesis")  # doctest: +SKIP
    """
    if not purpose.strip():
        raise BadValue("say what the answers are for: purpose='...'")
    path = Path(folder).expanduser().absolute()
    home = path if (path / "snapshots").is_dir() else path.parent.parent
    found = current(path / "snapshots") if home == path else path
    if found is None or not (found / "manifest.json").exists():
        raise ThingNotFound(f"there is no snapshot in {path}: `graphnet snapshot build`")
    rules = engine_of.rules(replace(load(), home=home), project=project)
    viewer = Viewer("analyst", account_id="python", purpose=purpose.strip())
    return Association(viewer, rules, snapshot=snapshot_in(found), project=project)


def of_snapshot(snapshot: Snapshot, *, purpose: str, key: bytes) -> Association:
    """Return an association of a snapshot in memory, for an analyst."""
    viewer = Viewer("analyst", account_id="python", purpose=purpose)
    return Association(viewer, Rules(pseudonym_key=key), snapshot=snapshot)
