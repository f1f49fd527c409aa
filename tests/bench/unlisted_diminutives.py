"""Measure the search by diminutives that are in no list: short forms are held out.

    python tests/bench/unlisted_diminutives.py --maker BENCH/names.py --data PERSON-NAMES

The people and the questions are those of the scored task (`make` of that file), but the questions
use only short forms that the index has not been given. First one half of all short forms is held
out, then the other half; last, all but the first two of each name (`--keep`), which is as if the
list were a tenth of what it is. Printed for each kind of question: hit@1 and hit@10.
"""

import argparse
import csv
import hashlib
import importlib.util
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from graphnet.bench.names import read_people
from graphnet.names import NameIndex, given, learned

HALVES = 2
ALL_BUT_FEW = 2  # the third way of holding out


def half_of(form: str) -> int:
    """Return which half a short form belongs to: always the same one."""
    return hashlib.blake2b(form.casefold().encode(), digest_size=1).digest()[0] % HALVES


def held_out(data: Path, way: int, keep: int) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the names with only the short forms that are held out, and those forms."""
    names = json.loads((data / "alenka-names.json").read_text(encoding="utf-8"))
    full = {name.casefold() for name in names}
    short = {
        name: [
            form
            for form in about["variants"]
            if not form.isascii() and form.isalpha() and form.casefold() not in full
        ]
        for name, about in names.items()
    }
    kept = {form.casefold() for forms in short.values() for form in forms[:keep]}
    hidden: set[str] = set()
    for name, about in names.items():
        asked = [
            form
            for form in short[name]
            if (form.casefold() not in kept if way == ALL_BUT_FEW else half_of(form) == way)
        ]
        hidden |= {form.casefold() for form in asked}
        about["variants"] = [form for form in about["variants"] if form.isascii()] + asked
    if way == ALL_BUT_FEW:  # our own list knows more of them than are asked for
        for _, _, forms in given.read_groups(
            learned.GIVEN_FILE.read_text(encoding="utf-8").splitlines()
        ).values():
            hidden |= {f.casefold() for f in forms if not f.isascii()} - kept
    return names, frozenset(hidden)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maker", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--each", type=int, default=300)
    parser.add_argument("--keep", type=int, default=2, help="Forms of a name that stay known.")
    parser.add_argument("--show", action="store_true", help="Print what was not found.")
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location("maker", options.maker)
    assert spec is not None and spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for way in range(HALVES + 1):
        label = "all but few" if way == ALL_BUT_FEW else "half"
        names, hidden = held_out(options.data, way, options.keep)
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / "given.json").write_text(json.dumps(names, ensure_ascii=False))
            pairs = options.data / "wd_russian_16.tsv"
            maker.make(options.data, pairs, work / "given.json", work, each=options.each)
            ids, people = read_people(work / "people.csv")
            truth = json.loads((work / "truth" / "queries.json").read_text())
            with (work / "queries.csv").open(newline="", encoding="utf-8") as file:
                queries = list(csv.DictReader(file))
        known = learned.load(learned.FILE, without=hidden)
        index = NameIndex.build(np.arange(len(ids)), people, known=known)
        for row in queries:
            asked = truth[row["query_id"]]
            if not asked["kind"].startswith("diminutive"):
                continue
            found = [int(ids[f.key]) for f in index.find(row["query"], k=10)]
            place = next((x for x, one in enumerate(found) if one in asked["ids"]), None)
            count = counts[f"{label}: {asked['kind']}"]
            count[0] += place == 0
            count[1] += place is not None
            count[2] += 1
            if options.show and place != 0:
                got = people[found[0]] if found else None
                want = people[asked["ids"][0]]
                print(f"  {row['query']}: {got.given if got else '-'} {got.family if got else ''}"
                      f" for {want.given} {want.family}")  # fmt: skip
    for kind, (first, ten, n) in counts.items():
        print(f"{kind:30s} hit@1 {first / n:.3f}  hit@10 {ten / n:.3f}  of {n}")


if __name__ == "__main__":
    main()
