"""A made-up association whose members have tastes, for the tests of events."""

import numpy as np
import scipy.sparse as sp

from graphnet.models.eventlog import DAY, EventLog, Events, title_words

EPOCH = 1_700_000_000_000


def association(
    *, people: int = 50, groups: int = 5, weeks: int = 16, seed: int = 0, until: int | None = None
) -> EventLog:
    """Groups meet weekly, members of a group usually come; `until` leaves later acts out."""
    rng = np.random.default_rng(seed)
    events = weeks * groups
    group = np.tile(np.arange(groups), weeks)
    start = EPOCH + np.repeat(np.arange(weeks), groups) * 7 * DAY + group * DAY // 2 + DAY
    titles = [f"meeting of subject{'abcdefgh'[g]} number {i}" for i, g in enumerate(group)]
    member = rng.random((people, groups)) < 0.35
    eager = rng.uniform(0.6, 0.98, people)
    replies, joined = [], []
    for person in range(people):
        for g in np.flatnonzero(member[person]):
            joined.append((person, EPOCH - int(rng.integers(0, 30)) * DAY, int(g)))
        for event in range(events):
            chance = eager[person] if member[person, group[event]] else 0.02
            if rng.random() < chance:
                at = int(start[event] - rng.integers(1, 10 * 24) * DAY // 24)
                replies.append((person, at, event, int(rng.random() < 0.95)))
    if until is not None:
        replies = [row for row in replies if row[1] < until]
        joined = [row for row in joined if row[1] < until]
    reply = np.array(sorted(replies), dtype=np.int64).reshape(-1, 4)
    membership = np.array(sorted(joined), dtype=np.int64).reshape(-1, 3)
    return EventLog(
        events=Events(
            group=group.astype(np.int64),
            venue=(group % 3).astype(np.int64),
            series=group.astype(np.int64),
            start=start.astype(np.int64),
            words=title_words(titles),
            topics=sp.csr_matrix(np.eye(groups, dtype=np.float32)),
        ),
        people=people,
        key=np.arange(people, dtype=np.int64) * 7 + 3,
        reply_person=reply[:, 0],
        reply_event=reply[:, 2],
        reply_yes=reply[:, 3].astype(bool),
        reply_at=reply[:, 1],
        member_person=membership[:, 0],
        member_group=membership[:, 2],
        joined_at=membership[:, 1],
        member_topics=sp.csr_matrix((len(membership), groups), dtype=np.float32),  # type: ignore[arg-type]
    )
