"""Choosing the set of a plan: a job that says how far it is, and keeps what it has found."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from graphnet import changes
from graphnet.ambassadors.asks import told
from graphnet.ambassadors.plans import CHANGED_MIND, row_of, wish_of
from graphnet.errors import BadValue
from graphnet.influence.ambassadors import Chosen, choose_ambassadors
from graphnet.influence.measures import Measures
from graphnet.influence.quotas import QuotasNotMet
from graphnet.influence.wishes import labels, network
from graphnet.snapshot import Snapshot
from graphnet.store import Store, Transaction

# One row: how far the choosing has come.
STEP = """MATCH (p:AmbassadorPlan {id: $id}) SET p.state = 'running', p.step = $step,
  p.share = $share RETURN p.id AS id"""


# One row: the plan that failed.
FAIL = """MATCH (p:AmbassadorPlan {id: $id})
SET p.state = 'failed', p.problem = $problem, p.step = '', p.share = 0.0 RETURN p.id AS id"""


# One row: the plan whose earlier set is taken out.
EMPTY = """MATCH (p:AmbassadorPlan {id: $id}) SET p.state = 'running'
WITH p OPTIONAL MATCH (p)-[c:CHOSE]->(:Person) DELETE c RETURN DISTINCT p.id AS id"""


# One row: the plan that is done.
DONE = """MATCH (p:AmbassadorPlan {id: $id}) SET p.state = 'done', p.result = $result,
  p.problem = null, p.step = '', p.share = 1.0 RETURN p.id AS id"""


# One row: a person put into the set.
CHOOSE = """MATCH (p:AmbassadorPlan {id: $id})
CALL (p) {
  UNWIND $rows AS row MATCH (q:Person {key: row.key})
  CREATE (p)-[:CHOSE {place: row.place, alone: row.alone, alone_error: row.alone_error,
    cells: row.cells, fixed: row.fixed}]->(q)
  RETURN q.key AS key
}
RETURN key"""


def run_plan(
    store: Store,
    snapshot: Snapshot,
    measures: Measures,
    plan_id: str,
    *,
    denied: Sequence[int] = (),
) -> None:
    """Choose the set of a plan; doing it again chooses it anew, and is harmless.

    Quotas that cannot be met, or another wrong wish, end the plan with what is wrong.
    """
    row = row_of(store, plan_id)

    def progress(step: str, share: float) -> None:
        store.write(STEP, id=plan_id, step=step, share=share)

    try:
        changed = [row["key"] for row in store.read(CHANGED_MIND, since=snapshot.built_at)]
        net = network(snapshot, measures, denied=[*denied, *changed], answers=told(store))
        chosen = choose_ambassadors(snapshot, net, wish_of(row), progress=progress)
    except QuotasNotMet as problem:
        lacks = [asdict(lack) for lack in problem.lacks]
        store.write(FAIL, id=plan_id, problem=json.dumps({"lacks": lacks}, ensure_ascii=False))
        return
    except BadValue as problem:
        text = json.dumps({"text": str(problem)}, ensure_ascii=False)
        store.write(FAIL, id=plan_id, problem=text)
        return

    def work(transaction: Transaction) -> None:
        transaction.run(EMPTY, id=plan_id)
        transaction.run(
            CHOOSE,
            id=plan_id,
            rows=[
                {
                    "key": member.key,
                    "place": place,
                    "alone": member.alone,
                    "alone_error": member.alone_error,
                    "cells": json.dumps(member.cells),
                    "fixed": member.fixed,
                }
                for place, member in enumerate(chosen.members, 1)
            ],
        )
        result = json.dumps(result_of(snapshot, chosen), ensure_ascii=False)
        transaction.run(DONE, id=plan_id, result=result)
        changes.record(transaction, "changed", thing=plan_id)

    store.in_write(work)


def result_of(snapshot: Snapshot, chosen: Chosen) -> dict[str, Any]:
    """Return what a plan keeps of its choice: numbers and words, nobody's name or id."""
    faculty, decade = labels(snapshot, "faculty"), labels(snapshot, "decade")
    words = {by: labels(snapshot, by) for by in ("faculty", "decade", "city")}
    choice = chosen.choice
    rows = [i for i in range(chosen.people.shape[0]) if chosen.people[i].sum()]
    columns = [j for j in range(chosen.people.shape[1]) if chosen.people[:, j].sum()]
    own = np.zeros(chosen.people.shape, np.int64)
    for position in snapshot.positions([member.key for member in chosen.members]):
        own[faculty.label[position], decade.label[position]] += 1  # -1 is the last
    return {
        "size": len(chosen.members),
        "reach": choice.reach,
        "standard_error": choice.standard_error,
        "at_least": choice.at_least,
        "certificate": None if np.isnan(choice.certificate) else choice.certificate,
        "samples": choice.samples,
        "candidates": chosen.candidates,
        "audience": chosen.audience,
        "learned": chosen.learned,
        "better_than_degree": chosen.better_than_degree,
        "snapshot": snapshot.version,
        "snapshot_at": snapshot.built_at.isoformat(),
        "alternatives": [
            {
                "name": one.name,
                "people": len(one.people),
                "reach": one.reach,
                "standard_error": one.standard_error,
                "ahead": one.ahead,
                "ahead_error": one.ahead_error,
                "beaten": one.beaten,
            }
            for one in chosen.alternatives
        ],
        "quotas": [
            {
                "by": one.by,
                "word": words[one.by].words[one.label],
                "word_ru": words[one.by].words_ru[one.label],
                "asked": one.asked,
                "got": one.got,
            }
            for one in chosen.quotas
        ],
        "left_out": [asdict(lack) for lack in chosen.left_out],
        "faculties": {
            str(i if i < len(faculty.ids) else -1): (
                [faculty.words[i], faculty.words_ru[i]] if i < len(faculty.ids) else ["", ""]
            )
            for i in rows
        },
        "decades": {
            str(j if j < len(decade.ids) else -1): decade.words[j] if j < len(decade.ids) else ""
            for j in columns
        },
        "chosen": [[int(own[i, j]) for j in columns] for i in rows],
        "people": [[chosen.people[i, j] for j in columns] for i in rows],
        "reached": [[chosen.reached[i, j] for j in columns] for i in rows],
    }


def give_up(store: Store, plan_id: str, problem: str) -> None:
    """End a plan whose choosing failed for a reason that nobody's wish has."""
    text = json.dumps({"text": problem.strip().splitlines()[-1]}, ensure_ascii=False)
    store.write(FAIL, id=plan_id, problem=text)
