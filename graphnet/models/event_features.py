"""What is known about a person and each coming event, as numbers; one row an event.

Every number is evidence that can be said in words: how often, how lately, who else, how near. The
person's history is first added up by group, series, venue, word and hour of the week, so that one
row costs the same for somebody with three answers as for somebody with three hundred.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.models.eventlog import DAY, Floats, Ints, Moment, Person

HOURS = 168
HOUR = DAY // 24
NEVER = 2000.0
LATELY = 90.0

# The families of reasons, each with its features; `explain` adds their contributions up by family.
FAMILIES: dict[str, tuple[str, ...]] = {
    "member": ("member", "days_member", "groups_joined", "share_of_memberships"),
    "group_habit": (
        "group_yes", "group_no", "group_lately", "group_share", "group_rate", "group_last_yes",
        "group_attended", "group_lately_rank",
    ),
    "series_habit": (
        "series_yes", "series_no", "series_lately", "series_last_yes", "series_attended",
        "series_last_answer", "series_lately_rank",
    ),
    "place": ("venue_yes", "venue_share", "venue_known"),
    "words": ("title_yes", "title_no", "title_rank"),
    "topics": ("topics_shared", "topics_cosine"),
    "time_of_week": ("hour_fit", "weekday_fit", "weekday", "hour"),
    "company": ("friends_going", "friends_sum", "friends_rank", "alike_group", "alike_series"),
    "interest_of_others": (
        "known_yes", "known_no", "known_rank", "usual_group", "usual_series", "usual_venue",
        "group_size", "events_of_group", "events_of_series", "turnout",
    ),
    "time_ahead": ("days_ahead", "order_in_group", "order_in_series", "order", "of_group"),
    "activity": ("yes", "no", "days_quiet", "yes_lately", "usual_lead", "candidates"),
    "clash": ("clash", "same_day"),
    "choice": (
        "inclination", "inclination_share", "inclination_of_week", "inclination_rank",
        "mine_in_week", "liked_in_week", "order_of_mine", "in_week", "attended_rank",
        "rank_in_week",
    ),
}  # fmt: skip
NAMES: tuple[str, ...] = tuple(name for names in FAMILIES.values() for name in names)
FAMILY_OF: dict[str, str] = {name: family for family, names in FAMILIES.items() for name in names}
_COLUMN = {name: i for i, name in enumerate(NAMES)}


@njit(cache=True, nogil=True)
def came_together(
    events: Ints, weights: Floats, goers_start: Ints, goers: Ints, me: int, shared: Floats
) -> None:
    """Add to ``shared[v]`` the weights of the events to which v said yes as well."""
    for i in range(len(events)):
        for p in range(goers_start[events[i]], goers_start[events[i] + 1]):
            if goers[p] != me:
                shared[goers[p]] += weights[i]


@njit(cache=True, nogil=True)
def company_at(
    candidates: Ints, goers_start: Ints, goers: Ints, shared: Floats, out: NDArray[np.float64]
) -> None:
    """Per candidate: how many who said yes came with me before, and the sum of what we share."""
    for i in range(len(candidates)):
        for p in range(goers_start[candidates[i]], goers_start[candidates[i] + 1]):
            s = shared[goers[p]]
            if s > 0:
                out[i, 0] += 1
                out[i, 1] += s


def describe(moment: Moment, person: Person, candidates: Ints) -> Floats:
    """Describe candidate events for a person at a moment.

    Parameters
    ----------
    moment : Moment
    person : Person
        Only what was known before the moment.
    candidates : array (n,) of event positions

    Returns
    -------
    array (n, features), float32
        Columns as in `NAMES`; finite everywhere.
    """
    out = np.zeros((len(candidates), len(NAMES)), dtype=np.float32)
    if not len(candidates):
        return out
    put = _Columns(out)
    _own_habit(put, moment, person, candidates)
    _content(put, moment, person, candidates)
    _others(put, moment, person, candidates)
    _order(put, moment, candidates)
    _choice(put)
    return out


class _Columns:
    """Lets columns be set by name."""

    def __init__(self, out: Floats) -> None:
        self.out = out

    def __setitem__(self, name: str, values: Any) -> None:
        self.out[:, _COLUMN[name]] = values

    def __getitem__(self, name: str) -> Floats:
        return self.out[:, _COLUMN[name]]


def _ranks(values: Floats) -> Floats:
    """Rank among the candidates, 0 = largest, equal values share a rank."""
    return np.searchsorted(np.sort(-values), -values).astype(np.float32)


def _own_habit(put: _Columns, moment: Moment, person: Person, candidates: Ints) -> None:
    events = moment.log.events
    group, series, venue = (
        events.group[candidates],
        events.series[candidates],
        events.venue[candidates],
    )
    yes, said = person.yes, person.events
    age = np.maximum(moment.time - person.answered, 0) / DAY
    fresh = np.exp(-age / LATELY)
    total = float(yes.sum())

    for name, key_of, key, size in (
        ("group", events.group, group, events.groups),
        ("series", events.series, series, moment.person_series.shape[1]),
    ):
        past = key_of[said]
        liked = np.bincount(past[yes], minlength=size)
        put[f"{name}_yes"] = liked[key]
        refused = np.bincount(past[~yes], minlength=size)
        put[f"{name}_no"] = refused[key]
        put[f"{name}_lately"] = np.bincount(past[yes], fresh[yes], minlength=size)[key]
        last = np.full(size, NEVER)
        np.minimum.at(last, past[yes], age[yes])
        put[f"{name}_last_yes"] = last[key]
        put[f"{name}_attended"] = _attended(
            moment, person, key, moment.past_in_group if name == "group" else moment.past_in_series
        )
        put[f"{name}_lately_rank"] = _ranks(put[f"{name}_lately"])
        if name == "group":
            put["group_share"] = liked[key] / max(total, 1)
            put["group_rate"] = (liked[key] + 1) / (liked[key] + refused[key] + 2)
        else:
            answer = np.full(size, 0.5)
            answer[past] = yes  # in order of time: the last one stays
            put["series_last_answer"] = answer[key]

    at_venue = np.bincount(events.venue[said][yes], minlength=int(events.venue.max(initial=0)) + 1)
    put["venue_yes"] = np.where(venue > 0, at_venue[venue], 0)
    put["venue_share"] = np.where(venue > 0, at_venue[venue], 0) / max(total, 1)
    put["venue_known"] = venue > 0

    since = np.full(events.groups, -1.0)
    since[person.groups] = np.maximum(moment.time - person.joined, 0) / DAY
    put["member"] = since[group] >= 0
    put["days_member"] = since[group]
    put["groups_joined"] = len(np.unique(person.groups))
    put["share_of_memberships"] = put["member"] / max(len(np.unique(person.groups)), 1)

    put["yes"] = total
    put["no"] = float((~yes).sum())
    put["days_quiet"] = age.min(initial=NEVER)
    put["yes_lately"] = fresh[yes].sum()
    lead = (events.start[said] - person.answered)[yes] / DAY
    put["usual_lead"] = float(np.median(lead)) if len(lead) else -1.0
    put["candidates"] = len(candidates)

    coming = np.sort(events.start[said[yes]])
    start = events.start[candidates]
    put["clash"] = _within(coming, start, 3 * HOUR)
    put["same_day"] = _within(coming, start, 14 * HOUR)


def _within(sorted_times: Ints, times: Ints, reach: int) -> Ints:
    first = np.searchsorted(sorted_times, times - reach)
    return np.searchsorted(sorted_times, times + reach, side="right") - first


def _attended(moment: Moment, person: Person, key: Ints, past: list[Ints]) -> NDArray[np.float64]:
    # Of the last few events of the group or series: the share to which the person said yes.
    order, first, last = past
    mine = np.zeros(len(moment.log.events), dtype=bool)
    mine[person.events[person.yes]] = True
    total = np.concatenate([[0], np.cumsum(mine[moment.past[order]])])
    share = (total[last[key]] - total[first[key]]) / np.maximum(last[key] - first[key], 1)
    return np.asarray(share)


def _content(put: _Columns, moment: Moment, person: Person, candidates: Ints) -> None:
    events = moment.log.events
    words = events.words[candidates]
    age = np.maximum(moment.time - person.answered, 0) / DAY
    for name, answered in (("title_yes", person.yes), ("title_no", ~person.yes)):
        weight = np.exp(-age[answered] / (2 * LATELY)).astype(np.float32)
        if len(weight):
            profile = events.words[person.events[answered]].T @ (weight / weight.sum())
            put[name] = words @ profile
    put["title_rank"] = _ranks(put["title_yes"])

    if len(person.topics):
        mine = np.zeros(events.topics.shape[1], dtype=np.float32)
        mine[person.topics] = 1
        shared = events.topics @ mine
        size = np.diff(events.topics.indptr)
        group = events.group[candidates]
        put["topics_shared"] = shared[group]
        put["topics_cosine"] = (shared / np.sqrt(np.maximum(size, 1) * len(person.topics)))[group]

    start = events.start[candidates]
    hour = (start // HOUR) % HOURS
    put["weekday"] = (start // DAY) % 7
    put["hour"] = (start // HOUR) % 24
    liked = events.start[person.events[person.yes]]
    if len(liked):
        apart = np.abs(hour[:, None] - ((liked // HOUR) % HOURS)[None, :])
        apart = np.minimum(apart, HOURS - apart)
        put["hour_fit"] = np.exp(-apart / 3.0).mean(axis=1)
        put["weekday_fit"] = (apart <= 12).mean(axis=1)


def _others(put: _Columns, moment: Moment, person: Person, candidates: Ints) -> None:
    log, events = moment.log, moment.log.events
    group, series = events.group[candidates], events.series[candidates]
    yes_events = person.events[person.yes]
    if len(yes_events):
        # A meeting of five says more about who goes with whom than one of fifty.
        weight = (1 / np.sqrt(np.maximum(moment.known_yes[yes_events], 1))).astype(np.float32)
        shared = np.zeros(log.people, dtype=np.float32)
        came_together(yes_events, weight, moment.goers_start, moment.goers, person.position, shared)
        company = np.zeros((len(candidates), 2))
        company_at(candidates, moment.goers_start, moment.goers, shared, company)
        put["friends_going"] = company[:, 0]
        put["friends_sum"] = company[:, 1]
        put["friends_rank"] = _ranks(put["friends_sum"])
        close = np.flatnonzero(shared)
        if len(close):
            vote = shared[close] / np.maximum(moment.yes_of_person[close], 1)
            vote /= max(float(vote.sum()), 1e-9)
            put["alike_group"] = np.asarray(moment.person_group[close].T @ vote)[group]
            put["alike_series"] = np.asarray(moment.person_series[close].T @ vote)[series]
    put["known_yes"] = moment.known_yes[candidates]
    put["known_no"] = moment.known_no[candidates]
    put["known_rank"] = _ranks(put["known_yes"])
    put["usual_group"] = moment.usual_of_group[group]
    put["usual_series"] = moment.usual_of_series[series]
    put["usual_venue"] = moment.usual_of_venue[events.venue[candidates]]
    put["group_size"] = moment.group_size[group]
    put["turnout"] = moment.usual_of_group[group] / np.maximum(moment.group_size[group], 1)
    _, first, last = moment.past_in_group
    put["events_of_group"] = (last - first)[group]
    _, first, last = moment.past_in_series
    put["events_of_series"] = (last - first)[series]


def _order(put: _Columns, moment: Moment, candidates: Ints) -> None:
    events = moment.log.events
    start = events.start[candidates]
    put["days_ahead"] = (start - moment.time) / DAY
    put["order"] = np.searchsorted(np.sort(start), start)
    for name, key in (("group", events.group[candidates]), ("series", events.series[candidates])):
        order = np.lexsort((start, key))
        sorted_key = key[order]
        begin = np.searchsorted(sorted_key, sorted_key)
        place = np.empty(len(key))
        place[order] = np.arange(len(key)) - begin
        put[f"order_in_{name}"] = place
        if name == "group":
            put["of_group"] = np.bincount(key, minlength=events.groups)[key]


def _choice(put: _Columns) -> None:
    # What else there is to choose from: an event is likelier when nothing else that week appeals.
    # The inclination is a rough guess, for comparing the candidates; what it is worth is learned.
    inclination = (
        0.02
        + 0.1 * put["member"]
        + put["group_attended"]
        + put["series_attended"]
        + 0.5 * put["hour_fit"]
        + 0.5 * put["title_yes"]
    ) * np.exp(-put["clash"])
    week = put["days_ahead"] < 7
    put["inclination"] = inclination
    put["inclination_share"] = inclination / inclination.sum()
    put["inclination_of_week"] = inclination / max(float(inclination[week].sum()), 0.02)
    put["inclination_rank"] = _ranks(inclination)
    put["attended_rank"] = _ranks(put["group_attended"] + put["series_attended"])
    put["rank_in_week"] = np.where(week, _ranks(np.where(week, inclination, -1)), -1)
    put["in_week"] = week
    mine = put["member"] > 0
    put["mine_in_week"] = (mine & week).sum()
    put["liked_in_week"] = ((put["group_yes"] > 0) & week).sum()
    ahead = np.sort(put["days_ahead"][mine])
    put["order_of_mine"] = np.searchsorted(ahead, put["days_ahead"])
