"""`graphnet bench events`: which coming events a member will say yes to, asked again and again in
time."""

import csv
import zlib
from datetime import datetime
from pathlib import Path

import click
import numpy as np
import scipy.sparse as sp

from graphnet.bench.measure import Measure
from graphnet.models.eventlog import EventLog, Events, series_key, title_words
from graphnet.models.training import Question, answer_in_time


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _milliseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _positions(ids: set[str]) -> dict[str, int]:
    return {one: i for i, one in enumerate(sorted(ids))}


def read_log(work: Path) -> tuple[EventLog, list[str], dict[str, int]]:
    """Read the folder's tables; return the log, the event ids, and each member's position."""
    event_rows = sorted(_rows(work / "events.csv"), key=lambda row: row["id"])
    member_rows = _rows(work / "members.csv")
    reply_rows = _rows(work / "replies.csv")
    topic_rows = _rows(work / "group_topics.csv")
    groups = _positions(
        {row["id"] for row in _rows(work / "groups.csv")}
        | {row["group_id"] for row in event_rows + topic_rows + member_rows}
    )
    topics_of = [[topic for topic in row["topics"].split(";") if topic] for row in member_rows]
    # Only topics that a group has: those of members alone could not match anything, and would make
    # the columns depend on who has joined so far.
    topics = _positions({row["topic"] for row in topic_rows})
    event_ids = [row["id"] for row in event_rows]
    event_of = {one: i for i, one in enumerate(event_ids)}
    venues = _positions({row["venue_id"] for row in event_rows} - {""})
    series = _positions({f"{row['group_id']} {series_key(row['title'])}" for row in event_rows})
    people = _positions({row["member_id"] for row in member_rows + reply_rows})

    pairs = {(groups[row["group_id"]], topics[row["topic"]]) for row in topic_rows}
    group_topics = sp.csr_matrix(
        (
            np.ones(len(pairs), dtype=np.float32),
            tuple(np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T),
        ),
        shape=(len(groups), max(len(topics), 1)),
    )
    events = Events(
        group=np.array([groups[row["group_id"]] for row in event_rows], dtype=np.int64),
        venue=np.array([venues.get(row["venue_id"], -1) + 1 for row in event_rows], dtype=np.int64),
        series=np.array(
            [series[f"{row['group_id']} {series_key(row['title'])}"] for row in event_rows],
            dtype=np.int64,
        ),
        start=np.array([_milliseconds(row["starts_at"]) for row in event_rows], dtype=np.int64),
        words=title_words([row["title"] for row in event_rows]),
        topics=group_topics,
    )
    reply = np.array(
        [
            (
                people[row["member_id"]],
                _milliseconds(row["answered_at"]),
                event_of[row["event_id"]],
                row["answer"] == "yes",
            )
            for row in reply_rows
            if row["event_id"] in event_of
        ],
        dtype=np.int64,
    ).reshape(-1, 4)
    reply = reply[np.lexsort((reply[:, 2], reply[:, 1], reply[:, 0]))]
    member = sorted(
        (people[row["member_id"]], _milliseconds(row["joined_at"]), groups[row["group_id"]], i)
        for i, row in enumerate(member_rows)
    )
    stated = [[topics[topic] for topic in topics_of[i] if topic in topics] for *_, i in member]
    log = EventLog(
        events=events,
        people=len(people),
        key=np.array([zlib.crc32(one.encode()) for one in sorted(people)], dtype=np.int64),
        reply_person=reply[:, 0],
        reply_event=reply[:, 2],
        reply_yes=reply[:, 3].astype(bool),
        reply_at=reply[:, 1],
        member_person=np.array([row[0] for row in member], dtype=np.int64),
        member_group=np.array([row[2] for row in member], dtype=np.int64),
        joined_at=np.array([row[1] for row in member], dtype=np.int64),
        member_topics=sp.csr_matrix(
            (
                np.ones(sum(map(len, stated)), dtype=np.float32),
                np.array([topic for row in stated for topic in row], dtype=np.int64),
                np.concatenate([[0], np.cumsum([len(row) for row in stated])]),
            ),
            shape=(len(member), max(len(topics), 1)),
        ),
    )
    return log, event_ids, people


@click.command("events")
@click.option("--work", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--k", type=click.IntRange(1), default=3, show_default=True)
def command(work: Path, k: int) -> None:
    """Read the tables of the folder WORK and write the best k coming events for every question."""
    measure = Measure("events")
    with measure.phase("read"):
        log, event_ids, people = read_log(work)
        rows = _rows(work / "questions.csv")
        questions = [
            Question(people.get(row["member_id"], -1), _milliseconds(row["asked_at"]))
            for row in rows
        ]
    with (
        measure.phase("answer"),
        (work / "answers.csv").open("w", newline="", encoding="utf-8") as file,
    ):
        out = csv.writer(file)
        out.writerow(["question_id", "rank", "event_id"])
        for i, events in answer_in_time(log, questions, k, timer=measure.question):
            out.writerows(
                (rows[i]["question_id"], rank, event_ids[e]) for rank, e in enumerate(events, 1)
            )
    measure.print()
