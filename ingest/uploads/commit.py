"""An upload into the base: who is who once, then each table as an import of its own.

What was found out about who is who is written down before anything is written into the graph: a
worker that takes the job up again after another one died goes on with the same answer.
"""

import csv
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphnet.contacts import Pair
from graphnet.discovery.contacts import contact_key
from graphnet.errors import BadFile
from graphnet.merging import doubles
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import mapping
from ingest.contacts import Contact
from ingest.load import import_folder
from ingest.reading.tables import note
from ingest.runs import run_of
from ingest.uploads import cities, delivery, gone, judging, recipes, rows, withdrawn
from ingest.uploads.kept import Upload, done, folder_of, one, tell, write_json
from ingest.uploads.matching import ROW, Matched, Who, match
from ingest.uploads.people import BASE, people, values_of
from ingest.uploads.sheets import Sheet, sheets

FOUND = "who-is-who.json"
Place = tuple[int, int]  # a table's number and a row's place in it


@dataclass
class _Whole:
    """All rows of all tables of an upload that can be brought in, in order."""

    found: list[Sheet]
    kept: list[dict[int, rows.Line]]
    bad: list[dict[int, list[judging.Reason]]]
    left: list[int]
    moved: list[list[dict[str, str]]]
    gone: list[list[str]]
    missed: list[list[str]]
    back: list[int]
    dropped: list[dict[str, Any]]
    places: list[Place]
    contacts: list[Contact]
    origins: list[str]


def commit(
    settings: Settings, store: Store, viewer: Viewer, upload_id: str
) -> list[dict[str, Any]]:
    """Bring an upload into the base; can be repeated. Returns what became of each table."""
    upload = one(store, upload_id)
    if upload.state == "committed":
        return list(upload.done)
    tell(store, upload_id, "read")
    whole = _whole(settings, store, upload)
    tell(store, upload_id, "match")
    joined, unsure = _who_is_who(settings, store, upload, whole)
    results = []
    for number, sheet in enumerate(whole.found):
        if sheet.used:
            tell(store, upload_id, f"write {sheet.file}")
            results.append(_table(settings, store, viewer, upload, whole, number, joined))
    keys = _keys(store, whole)
    asked = doubles.propose(
        store,
        [
            (one_key, other_key, pair)
            for one_who, other_who, pair in unsure
            if (one_key := _key(one_who, whole, keys))
            and (other_key := _key(other_who, whole, keys))
        ],
        source=upload_id,
    )
    for result in results:
        result["asked"] = asked
    done(store, upload_id, results)
    _keep_rejects_only(folder_of(settings, upload_id))
    return results


def _keep_rejects_only(folder: Path) -> None:
    """Forget the files that are in the base: what staff still need is what stayed out."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif not path.name.startswith("rejects "):
            path.unlink(missing_ok=True)


def _whole(settings: Settings, store: Store, upload: Upload) -> _Whole:
    whole = _Whole([], [], [], [], [], [], [], [], [], [], [], [])
    known = rows.units(store)
    sources: set[str] = set()
    for sheet in sheets(settings, store, upload):
        number = len(whole.found)
        whole.found.append(sheet)
        if not sheet.used:
            whole.kept.append({})
            whole.bad.append({})
            whole.left.append(0)
            whole.moved.append([])
            whole.gone.append([])
            whole.missed.append([])
            whole.back.append(0)
            whole.dropped.append({})
            continue
        if not sheet.source or sheet.source in sources:
            raise BadFile(
                f"{sheet.file}: name the sender, and two tables by two names",
                code="senders",
                field=sheet.file,
            )
        sources.add(sheet.source)
        good, bad = judging.split(sheet)
        lines = rows.lines(sheet, good, known)
        earlier = delivery.before(store, sheet.source)
        take = delivery.TAKEN | sheet.choice.get("take", {})
        kept, compared = delivery.compare(lines, earlier, take, university=known.university)
        whole.gone.append(compared.gone_origins if take["gone"] else [])
        whole.missed.append(compared.gone_origins if compared.whole else [])
        whole.back.append(compared.back)
        whole.dropped.append(withdrawn.dropped(kept.values(), earlier))
        whole.moved.append(cities.moved(kept.values(), earlier))
        whole.kept.append(kept)
        whole.left.append(len(lines) - len(kept))
        whole.bad.append(bad)
        for place in kept:
            whole.places.append((number, place))
            whole.contacts.append(sheet.contacts[place])
            whole.origins.append(f"{sheet.source}:{delivery.KIND}:{kept[place]['origin']}")
    return whole


def _who_is_who(
    settings: Settings, store: Store, upload: Upload, whole: _Whole
) -> tuple[dict[str, int | str], list[tuple[Who, Who, Pair]]]:
    path = folder_of(settings, upload.id) / FOUND
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if told and told["choices"] == upload.choices:
        # What was written before is what they say by now.
        whole.moved, whole.dropped, whole.back = (
            told[name] for name in ("moved", "dropped", "back")
        )
        return told["joined"], [
            (tuple(one), tuple(other), doubles.pair_of(pair)) for one, other, pair in told["unsure"]
        ]
    there = doubles.keys_of(store, whole.origins)
    known = {i: there[origin] for i, origin in enumerate(whole.origins) if origin in there}
    base = people(store)
    keys = {contact.row for contact in base}
    known = {i: key for i, key in known.items() if key in keys}
    found: Matched = match(whole.contacts, base, decided=doubles.decided(store), known=known)
    joined: dict[str, int | str] = {}
    for i, (kind, value) in found.of.items():
        if i not in known:
            joined[whole.origins[i]] = value if kind == BASE else whole.origins[value]
    write_json(
        path,
        {
            "choices": upload.choices,
            "joined": joined,
            "moved": whole.moved,
            "dropped": whole.dropped,
            "back": whole.back,
            "unsure": [
                (one, other, doubles.packed_pair(pair)) for one, other, pair in found.unsure
            ],
        },
    )
    return joined, found.unsure


def _table(
    settings: Settings,
    store: Store,
    viewer: Viewer,
    upload: Upload,
    whole: _Whole,
    number: int,
    joined: Mapping[str, int | str],
) -> dict[str, Any]:
    sheet, kept = whole.found[number], whole.kept[number]
    prefix = f"{sheet.source}:{delivery.KIND}:"
    owners = {key for key in joined.values() if isinstance(key, int)}
    there = values_of(store, owners)
    lines = [_with_owner(kept[place], prefix, joined, there) for place in sorted(kept)]
    base = folder_of(settings, upload.id)
    folder = rows.write(base / f"table {number}", lines)
    variables = {"sender": sheet.source}
    said = mapping.read(mapping.find("contacts"), folder, variables=variables)
    report = import_folder(
        store,
        said,
        folder,
        by=viewer.account_id,
        rejects=folder / "rejects",
        joined={origin: owner for origin, owner in joined.items() if origin.startswith(prefix)},
    )
    withdrew = 0
    if report.latest:
        number_of_run = run_of(store, report.latest)["number"]
        cities.end(store, sheet.source, number_of_run, prefix, whole.moved[number])
        withdrew = withdrawn.take_away(store, sheet.source, whole.dropped[number])
        gone.miss(store, number_of_run, [prefix + one for one in whole.missed[number]])
        gone.note_gone(store, number_of_run, [prefix + one for one in whole.gone[number]])
        gone.named(store, [prefix + line["origin"] for line in lines])
    bad = {place: list(why) for place, why in whole.bad[number].items()}
    places = {kept[place]["origin"]: place for place in kept}
    for origin, reason in _refused(report.rejects):
        bad.setdefault(places[origin], []).append(reason)
    recipes.keep(
        store,
        sheet.sender,
        {column.heading: column.field for column in sheet.columns.columns},
        by=viewer.account_id,
        reading=_said_by_hand(whole.found, sheet),
    )
    people_step = next(step.counts for step in report.steps if step.name.startswith("Person"))
    # Of a run that was taken up again the rows before are there, and not unchanged.
    whose = [joined.get(prefix + line["origin"]) for line in lines]
    there_now = sum(isinstance(owner, int) for owner in whose)
    within = sum(isinstance(owner, str) for owner in whose)
    return {
        "key": sheet.key,
        "sender": sheet.sender,
        "run": report.latest,
        "rows": len(sheet.table.rows),
        "read": len(lines),
        "made": max(0, people_step.made - there_now - within),
        "joined": there_now,
        "within": within,
        "changed": people_step.changed,
        "unchanged": people_step.unchanged,
        "kept": people_step.kept,
        "emptied": people_step.emptied,
        "left": whole.left[number],
        "gone": len(whole.gone[number]),
        "back": whole.back[number],
        "withdrew": withdrew,
        "rejected": len(bad),
        "reasons": judging.reasons(bad),
        "rejects": judging.keep_rejects(sheet, number, bad, base),
        "quarantined": report.quarantined,
        "unmapped": [column.heading for column in sheet.columns.unmapped],
    }


def _said_by_hand(found: list[Sheet], sheet: Sheet) -> dict[str, Any]:
    """Return how a table was read where staff had to say so, and which sheets they left out."""
    reading: dict[str, Any] = dict(sheet.lasting)
    left = [one.table.name for one in found if one.file == sheet.file and not one.used]
    return reading | ({"left": left} if left else {})


def _with_owner(
    line: rows.Line,
    prefix: str,
    joined: Mapping[str, int | str],
    there: set[tuple[int, str]],
) -> rows.Line:
    """Let all records of one person share their addresses; what they have is not made again."""
    owner = joined.get(prefix + line["origin"])
    if owner is None or line["who"] != line["origin"]:
        return line
    if isinstance(owner, str):
        return line | {"who": owner.rpartition(":")[2]}
    fresh = {
        name: rows.SEPARATOR.join(
            value
            for value in line[name].split(rows.SEPARATOR)
            if value and (owner, contact_key(value)) not in there
        )
        for name in ("email_nodes", "phone_nodes")
    }
    return line | {"who": f"key-{owner}"} | fresh


def _refused(paths: Iterable[str]) -> Iterable[tuple[str, judging.Reason]]:
    """Yield what the import itself could not take: what the row's record is called, and why."""
    for path in paths:
        with Path(path).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["reason"].startswith("comes twice"):
                    yield row["origin"], ("comes twice", note("comes twice"))
                else:
                    yield row["origin"], (row["field"], note("not taken", value=row["value"]))


def _keys(store: Store, whole: _Whole) -> dict[str, int]:
    return doubles.keys_of(store, whole.origins)


def _key(who: Who, whole: _Whole, keys: Mapping[str, int]) -> int | None:
    kind, value = who
    return keys.get(whole.origins[value]) if kind == ROW else value
