"""The data directory carries the version of the Neo4j that wrote it last."""

from graphnet.errors import DataTooNew
from graphnet.server.layout import Layout
from graphnet.server.state import read_json, write_json


def numbers(version: str) -> tuple[int, ...]:
    """2026.08.1 as numbers that compare."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def data_version(where: Layout) -> str | None:
    """The Neo4j that wrote the data; None for a new directory."""
    noted = read_json(where.version)
    return str(noted["neo4j"]) if noted and "neo4j" in noted else None


def note_version(where: Layout, version: str) -> None:
    write_json(where.version, {"neo4j": version})


def refuse_newer_data(where: Layout, version: str) -> None:
    """Refuse data that a newer Neo4j than `version` has written.

    Raises
    ------
    DataTooNew
    """
    written = data_version(where)
    if written is not None and numbers(written) > numbers(version):
        raise DataTooNew(
            f"the data in {where.root} was written by Neo4j {written}, this program starts "
            f"{version}. Use a newer version of this program, or set GRAPHNET_HOME to another "
            "folder."
        )


def dump_first(where: Layout, version: str) -> bool:
    """Whether `version` is more than a patch away from what wrote the data.

    Neo4j counts year, month, patch. A new month may change the store so that the old program
    cannot read it any more; a patch may not.
    """
    written = data_version(where)
    return written is not None and numbers(written)[:2] != numbers(version)[:2]
