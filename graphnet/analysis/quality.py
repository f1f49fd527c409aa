"""How good suggestions and recommendations are, by what was hidden from them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphnet.discovery.model import TieModel
from graphnet.discovery.stored import attributes_of, taking_part, ties_of
from graphnet.discovery.suggestions import resource_allocation
from graphnet.errors import BadValue
from graphnet.models.evaluate import Evaluation, evaluate_events, evaluate_joined, split_time
from graphnet.recommendations.fitted import MemberExamples
from graphnet.recommendations.interactions import read_habit
from graphnet.snapshot import Snapshot, Ties, build
from graphnet.store import Store

Int32 = npt.NDArray[np.int32]


def of_suggestions(
    snapshot: Snapshot, *, hidden: float, k: int, people: int, seed: int
) -> pl.DataFrame:
    """Return how many of the hidden ties each way to suggest finds again."""
    if not 0 < hidden < 1 or k < 1 or people < 2:
        raise BadValue("hide a share between 0 and 1, of two people or more, lists of one or more")
    part = taking_part(snapshot)
    ties = ties_of(snapshot, part)
    names, codes = attributes_of(snapshot)
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(ties.n), np.diff(ties.indptr))
    once = owner < ties.indices
    u, v, weight = owner[once], ties.indices[once], ties.weight[once]
    gone = rng.random(len(u)) < hidden
    known = Ties.of_pairs(ties.n, u[~gone], v[~gone], weight[~gone])
    lost = Ties.of_pairs(ties.n, u[gone], v[gone])
    able = np.flatnonzero((np.diff(lost.indptr) > 0) & (np.diff(known.indptr) > 0))
    if len(able) < 2:
        raise BadValue("too few ties are known here to hide some of them")
    asked = np.sort(rng.choice(able, min(people, len(able)), replace=False))
    model = TieModel().fit(known, codes, rng=rng, parts=("missing",))
    same = codes[:, names.index("study_group")] if "study_group" in names else None
    everybody = np.flatnonzero(part)
    found: dict[str, list[tuple[float, float]]] = {}

    def note(way: str, person: int, positions: Int32) -> None:
        wanted = lost.neighbours(person)
        hits = int(np.isin(positions[:k], wanted).sum())
        found.setdefault(way, []).append((hits / min(k, len(wanted)), hits / k))

    for person in asked.tolist():
        learned = model.suggest(known, codes, person, k, allowed=part, reasons=False).positions
        note("learned", person, learned)
        plain, _ = resource_allocation(known.indptr, known.indices, person, k, allowed=part)
        note("common acquaintances", person, plain)
        others = np.setdiff1d(everybody, np.append(known.neighbours(person), person))
        if same is not None:
            mates = others[(same[others] == same[person]) & (same[person] > 0)]
            note("groupmates in any order", person, rng.permutation(mates).astype(np.int32))
        note("chance", person, rng.permutation(others).astype(np.int32))
    rows = []
    for way, values in found.items():
        recall, precision = np.array(values).T
        error = float(recall.std(ddof=1) / np.sqrt(len(recall)))
        rows.append((way, float(recall.mean()), error, float(precision.mean()), len(recall)))
    columns = ["way", "recall", "error", "precision", "people"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@dataclass(frozen=True)
class Lists:
    """How good the lists of events and of communities are, and from when on they were judged."""

    split: int
    learned: bool
    events: list[Evaluation]
    groups: list[Evaluation]


def of_lists(store: Store, *, share: float, k_events: int, k_groups: int) -> Lists:
    """Judge the lists of events and communities by a split in time.

    People who do not let the site learn from what they do are in neither half.

    Raises
    ------
    BadValue
        If nothing was asked for after the split.
    """
    habit = read_habit(store, build(store))
    log = habit.log
    answered = log.reply_at[log.reply_yes]
    split = split_time(answered, share)
    events, ranker = evaluate_events(
        MemberExamples(habit), split=split, end=int(answered.max()), k=k_events
    )
    joined_at = log.joined_at[log.joined_at > 0]
    groups: list[Evaluation] = []
    if len(joined_at):
        # Column 0 is the place of events that no community holds.
        groups = evaluate_joined(
            log.member_person,
            log.member_group,
            log.joined_at,
            shape=(log.people, log.events.groups),
            split=split_time(joined_at, share),
            k=k_groups,
        )
    if not any(figure.questions for figure in (*events, *groups)):
        raise BadValue("too little has happened after the split: try a larger share")
    return Lists(split, bool(ranker.trees), events, groups)


def table_of_lists(found: Lists) -> pl.DataFrame:
    """Return the same as a table, a row for each way to make each list."""
    return pl.DataFrame(
        [
            (name, f.model, f.questions, f.recall, f.error, f.ndcg, f.coverage, f.gini)
            for name, figures in (("events", found.events), ("groups", found.groups))
            for f in figures
        ],
        schema=["list", "way", "questions", "recall", "error", "ndcg", "coverage", "gini"],
        orient="row",
    )
