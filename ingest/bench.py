"""`graphnet bench contacts`: files of people as they come, read, cleaned, and joined to people.

The only scored task whose engine reads files: so it lives here and not in `graphnet.bench`.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.bench.measure import Measure
from graphnet.contacts import link
from ingest.contacts import Contact, contacts_of, records_of, sources_of

CLEAN = (
    "given_name", "patronymic", "family_name", "former_family_name", "birth_date",
    "graduation_year", "group", "email", "phone",
)  # fmt: skip


def cleaned_row(contact: Contact) -> list[str]:
    """Return what a contact says, as one row of clean.csv."""
    name = contact.name
    return [
        name.given, name.patronymic, name.family, name.former, contact.birth_date,
        str(contact.graduation_year or ""), contact.group, next(iter(contact.emails), ""),
        contact.phones[0].number if contact.phones else "",
    ]  # fmt: skip


def write_clusters(path: Path, contacts: Sequence[Contact], clusters: Sequence[str]) -> None:
    """Write which cluster each row of each file is in."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["file", "row", "cluster_id"])
        for contact, cluster in zip(contacts, clusters, strict=True):
            out.writerow([contact.file, contact.row, cluster])


@click.command("contacts")
@click.option("--work", type=click.Path(path_type=Path, exists=True), required=True)
def command(work: Path) -> None:
    """Read WORK/files, whatever they are; write clusters.csv and clean.csv in WORK."""
    measure = Measure("contacts")
    with measure.phase("read"):
        sources = sources_of(work / "files")
    with measure.phase("clean"):
        contacts = contacts_of(sources)
    with measure.phase("link"):
        linked = link(records_of(contacts))
    with measure.phase("write"):
        write_clusters(work / "clusters.csv", contacts, linked.clusters)
        with (work / "clean.csv").open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(["file", "row", *CLEAN])
            out.writerows([c.file, c.row, *cleaned_row(c)] for c in contacts)
    measure.print()
