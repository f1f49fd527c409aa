"""Tables for analysts: people, things, who belongs to what, as the viewer may see them."""

import numpy as np
import numpy.typing as npt
import polars as pl

from graphnet import privacy
from graphnet.analysis.seen import Seen
from graphnet.influence.wishes import labels
from graphnet.privacy import SMALLEST_CELL

# Column of `people`: what it says; the codebook of an export is made of it.
MEANING = {
    "person": "pseudonym, stable within a project; to staff and alumni the id of the page",
    "name": "full name, where the viewer works with names",
    "state": "registered: has an account; reachable: a contact works; lost: neither",
    "intake": "year in which the studies began, of the first intake on file",
    "graduation": "year of the first diploma on file",
    "decade": "decade of the intake, or of the graduation where no intake is known",
    "faculty": "faculty or institute of the studies, the first by its id",
    "cohort": "id of the intake: programme and year",
    "study_group": "id of the study group, the first where there were several",
    "ties": "known acquaintances whom the viewer sees too",
}


def people(seen: Seen, names: dict[int, str] | None = None) -> pl.DataFrame:
    """Return one row a person; null where something is not known or not shown.

    Parameters
    ----------
    names : position in the snapshot -> name, optional
        For a viewer who works with names.
    """
    snapshot, where = seen.snapshot, seen.where
    flags = snapshot.flags[where]
    claimed = (flags & privacy.CLAIMED) != 0
    reachable = (flags & privacy.REACHABLE) != 0
    if seen.viewer.is_alumnus:
        state = np.where(claimed, "registered", "not_registered")
    else:
        state = np.where(claimed, "registered", np.where(reachable, "reachable", "lost"))
    columns: dict[str, pl.Series] = {"person": pl.Series(seen.ids, dtype=pl.String)}
    if names is not None:
        said = [names.get(int(i)) for i in where]
        columns["name"] = pl.Series(said, dtype=pl.String)
    columns["state"] = pl.Series(state.tolist(), dtype=pl.String)
    shown = seen.belonging("cohorts")[where]
    columns["intake"] = _years(seen, "cohorts", "cohort", shown)
    columns["graduation"] = _years(seen, "graduations", "graduation", shown)
    for by in ("decade", "faculty"):
        known = labels(snapshot, by)
        code = np.where(shown, known.label[where], -1)
        columns[by] = _words(code, known.words, seen.viewer.is_analyst)
    for name, kind in (("cohort", "cohorts"), ("study_group", "study_groups")):
        code = _codes(seen, kind, name, shown)
        ids = tuple(map(str, snapshot.things[kind].ids)) if kind in snapshot.things else ()
        columns[name] = _words(code, ids, seen.viewer.is_analyst)
    return pl.DataFrame(columns)


def _codes(seen: Seen, kind: str, name: str, shown: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the thing of each person of the table, by position; -1 for none, or none shown."""
    codes = seen.snapshot.attributes.get(name)
    if codes is None:
        return np.full(len(seen.where), -1, np.int64)
    code = codes[seen.where].astype(np.int64) - 1
    large = seen.large_enough(kind)
    return np.where(shown & (code >= 0) & large[np.maximum(code, 0)], code, -1)


def _years(seen: Seen, kind: str, name: str, shown: npt.NDArray[np.bool_]) -> pl.Series:
    numbers = seen.snapshot.things[kind].numbers if kind in seen.snapshot.things else {}
    code = _codes(seen, kind, name, shown)
    if "year" not in numbers:
        return pl.Series([None] * len(code), dtype=pl.Int32)
    year = numbers["year"]
    found = [int(year[c]) if c >= 0 and year[c] > 0 else None for c in code]
    return pl.Series(found, dtype=pl.Int32)


def _words(code: npt.NDArray[np.int64], words: tuple[str, ...], thresholded: bool) -> pl.Series:
    """Return labels in words; under pseudonyms none that fewer than five people have."""
    count = np.bincount(code[code >= 0], minlength=len(words))
    few = thresholded * SMALLEST_CELL
    found = [words[c] if c >= 0 and count[c] >= few else None for c in code.tolist()]
    return pl.Series(found, dtype=pl.String)


def things(seen: Seen, kind: str) -> pl.DataFrame:
    """Return the things of a kind with how many people of each the viewer sees."""
    found, memberships = seen.things(kind)
    counts = memberships.counts(seen.belonging(kind))
    large = seen.large_enough(kind)
    years = found.numbers.get("year")
    kept = [i for i in np.lexsort((found.ids, found.labels)).tolist() if large[i]]
    return pl.DataFrame(
        {
            "id": [str(found.ids[i]) for i in kept],
            "name": [str(found.labels[i]) for i in kept],
            "name_ru": [str(found.labels_ru[i]) for i in kept],
            "kind": [str(found.kinds[i]) or None for i in kept],
            "year": [
                int(years[i]) if years is not None and years[i] > 0 else None for i in kept
            ],
            "people": [int(counts[i]) for i in kept],
        },
        schema={
            "id": pl.String, "name": pl.String, "name_ru": pl.String, "kind": pl.String,
            "year": pl.Int32, "people": pl.Int64,
        },
    )  # fmt: skip


def memberships(seen: Seen, kind: str) -> pl.DataFrame:
    """Return who belongs to which thing of a kind, a row each, with when, where that is known."""
    found, belonging = seen.things(kind)
    owner = np.repeat(np.arange(seen.snapshot.n), np.diff(belonging.indptr))
    kept = seen.belonging(kind)[owner] & seen.large_enough(kind)[belonging.things]
    row, thing = seen.place[owner[kept]], belonging.things[kept]
    start, end = belonging.start[kept], belonging.end[kept]
    order = np.lexsort((start, thing, row))
    return pl.DataFrame(
        {
            "person": [seen.ids[i] for i in row[order].tolist()],
            "thing": [str(found.ids[i]) for i in thing[order].tolist()],
            "start": [None if t < 0 else t for t in start[order].tolist()],
            "end": [None if t < 0 else t for t in end[order].tolist()],
        },
        schema={"person": pl.String, "thing": pl.String, "start": pl.Int64, "end": pl.Int64},
    )
