"""Three years of events and the next sixty days, and who answered to which.

An answer depends on affinity to the topics, membership in the community that holds the event, home,
habit, and on friends who have said yes before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from graphnet.synth import community
from graphnet.synth.chance import Floats, Ints, generator
from graphnet.synth.cohorts import ISLAND_GROUPS
from graphnet.synth.community import Crowd
from graphnet.synth.data import read
from graphnet.synth.life import Life, gumbel_top
from graphnet.synth.population import Population
from graphnet.synth.tables import UNKNOWN, Folder, moments
from graphnet.synth.ties import Known

PAST_DAYS, COMING_DAYS = 3 * 365, 60
WEEK_AHEAD = 21  # Alumni Week begins about three weeks from today, each year
HOUR = 3600
_ANY_THEMES = (0, 1, 2, 3, 7)


@dataclass(frozen=True)
class Event:
    """One event; `group` and `cohort_year` are UNKNOWN where there is none."""

    title: str
    title_ru: str
    description: str
    description_ru: str
    kind: str
    starts: int  # seconds since 1970
    minutes: int
    zone: str
    venue: str
    venue_ru: str
    capacity: int
    topics: tuple[int, ...]
    weight: float
    public: bool
    group: int = UNKNOWN
    place: int = 0
    online: bool = False
    festival: int = UNKNOWN  # its year
    graduation: int = UNKNOWN
    cancelled: bool = False


def _local(day: date, hour: int, zone: str) -> int:
    return int(datetime.combine(day, time(hour), ZoneInfo(zone)).timestamp())


def _both(text: str) -> tuple[str, str]:
    english, _, russian = text.partition("|")
    return english.strip(), russian.strip() or english.strip()


def calendar(n: int, seed: int, today: date) -> list[Event]:
    """Return all events in order of time; small associations hold fewer."""
    rng = generator(seed, "calendar")
    every = community.groups(n)
    city = read("places")["cities"][0]
    zone = city[6]
    stretch = 3 if n < 1000 else 2 if n < 20_000 else 1
    events = [
        event
        for series in read("events")["series"]
        for event in _series(series, every, zone, today, stretch, rng)
    ]
    for year in range(3, -1, -1):
        events += _alumni_week(today, year, zone, rng)
    for ago in range(3, -1, -1):
        events += _reunions(today, ago, zone)
    events += _regional(every, today, stretch, rng)
    first, last = today - timedelta(PAST_DAYS), today + timedelta(COMING_DAYS)
    low, high = _local(first, 0, zone), _local(last, 23, zone)
    kept = [event for event in events if low <= event.starts <= high]
    now = _local(today, 0, zone)
    kept = [
        replace(event, cancelled=True)
        if event.starts < now and rng.random() < 0.015 and event.festival == UNKNOWN
        else event
        for event in kept
    ]
    return sorted(kept, key=lambda event: (event.starts, event.title))


def _series(
    entry: dict[str, Any],
    every: list[community.Group],
    zone: str,
    today: date,
    stretch: int,
    rng: np.random.Generator,
) -> Iterator[Event]:
    topics = community.topics()
    position = {topic.name: i for i, topic in enumerate(topics)}
    names = {group.name: i for i, group in enumerate(every)}
    themes = [theme["name"] for theme in read("topics")["theme"]]
    if "topics" in entry:
        pool = [position[name] for name in entry["topics"]]
    elif entry["theme"] == "any":
        pool = [i for i, topic in enumerate(topics) if topic.theme in _ANY_THEMES]
    else:
        pool = [i for i, topic in enumerate(topics) if topic.theme == themes.index(entry["theme"])]
    subjects = [(i, pair) for i in pool for pair in topics[i].subjects]
    order = rng.permutation(len(subjects)).tolist()
    venue, venue_ru = _both(entry["venue"])
    step = 7 * entry["every"] * stretch
    day = today - timedelta(PAST_DAYS + 30)
    day += timedelta(
        (entry["weekday"] - day.isoweekday()) % 7 + 7 * int(rng.integers(entry["every"]))
    )
    # Lectures and careers belong to Alumni Week itself then.
    weeks = {week_of(today, ago) + timedelta(i) for ago in range(4) for i in range(7)}
    number = 0
    while day <= today + timedelta(COMING_DAYS):
        number += 1
        quiet = (day.month, day.day) > (12, 28) or (day.month, day.day) < (1, 9)
        quiet = quiet or day.month not in entry.get("months", range(1, 13))
        quiet = quiet or (entry["kind"] in ("lecture", "career") and day in weeks)
        if not quiet and not (
            day.month in (7, 8) and entry["kind"] in ("lecture", "seminar", "career")
        ):
            topic, (subject, subject_ru) = subjects[order[number % len(order)]]
            named = "{subject}" in entry["title"]
            about = (topic,) if "topics" not in entry else tuple(dict.fromkeys((topic, *pool)))
            yield Event(
                title=entry["title"].format(subject=subject, n=number),
                title_ru=entry["title_ru"].format(subject=subject_ru, n=number),
                description=entry["description"],
                description_ru=entry["description_ru"],
                kind=entry["kind"],
                starts=_local(day, entry["hour"], zone),
                minutes=entry["length"],
                zone=zone,
                venue=venue,
                venue_ru=venue_ru,
                capacity=entry["capacity"],
                topics=about[:3] if named else tuple(pool[:3]),
                weight=entry["weight"],
                public=entry.get("visibility") == "public",
                group=names.get(entry.get("group", ""), UNKNOWN),
                online=venue == "Online",
            )
        day += timedelta(step)


def week_of(today: date, years_ago: int) -> date:
    """Return the Monday on which Alumni Week began so many years ago; 0 is the coming one."""
    day = today + timedelta(WEEK_AHEAD - round(365.25 * years_ago))
    return day - timedelta(day.weekday())


def _alumni_week(today: date, ago: int, zone: str, rng: np.random.Generator) -> Iterator[Event]:
    words = read("events")["week"]
    topics = community.topics()
    themes = [theme["name"] for theme in read("topics")["theme"]]
    monday = week_of(today, ago)
    hall, hall_ru = _both(words["venue"])

    def event(day: date, hour: int, title: str, title_ru: str, *, kind: str, about: tuple[int, ...],
              capacity: int, weight: float) -> Event:  # fmt: skip
        return Event(
            title=title, title_ru=title_ru,
            description="Part of Alumni Week. Come for one evening or for all of them.",
            description_ru="Мероприятие Недели выпускников. Приходите на один вечер или на все.",
            kind=kind, starts=_local(day, hour, zone), minutes=120, zone=zone, venue=hall,
            venue_ru=hall_ru, capacity=capacity, topics=about, weight=weight, public=True,
            festival=monday.year,
        )  # fmt: skip

    first = next(i for i, topic in enumerate(topics) if topic.name == "History of the university")
    yield event(
        monday, 17, *words["opening"], kind="festival", about=(first,), capacity=300, weight=2.6
    )
    for i, (theme, title, title_ru) in enumerate(words["days"]):
        pool = [k for k, topic in enumerate(topics) if topic.theme == themes.index(theme)]
        chosen = pool[int(rng.integers(len(pool)))]
        subject, subject_ru = topics[chosen].subjects[0]
        others = tuple(int(k) for k in rng.choice(pool, 2, replace=False))
        yield event(
            monday + timedelta(i), 19 if i < 5 else 12, title.format(subject=subject),
            title_ru.format(subject=subject_ru), kind="festival",
            about=tuple(dict.fromkeys((chosen, *others))), capacity=150, weight=1.7,
        )  # fmt: skip
    music = next(i for i, topic in enumerate(topics) if topic.name == "Music")
    yield event(
        monday + timedelta(5),
        20,
        *words["ball"],
        kind="festival",
        about=(music,),
        capacity=200,
        weight=2.2,
    )


def _reunions(today: date, ago: int, zone: str) -> Iterator[Event]:
    """Reunions of the round years on the last Saturday of May, of two others in Alumni Week."""
    words = read("events")["reunion"]
    topics = community.topics()
    about = next(i for i, topic in enumerate(topics) if topic.name == "History of the university")
    venue, venue_ru = _both(words["venue"])
    for back in (5, 10, 15, 20, 23, 25, 30, 35, 40, 45, 50):
        year = today.year - ago
        day = date(year, 5, 31)
        day -= timedelta((day.weekday() - 5) % 7)
        if back in (15, 23):  # the odd ones meet in Alumni Week
            day = week_of(today, ago) + timedelta(5)
        yield Event(
            title=words["title"].format(year=day.year - back),
            title_ru=words["title_ru"].format(year=day.year - back),
            description=words["description"].format(n=back),
            description_ru=words["description_ru"].format(n=back),
            kind="reunion", starts=_local(day, 15, zone), minutes=240, zone=zone,
            venue=venue, venue_ru=venue_ru, capacity=120, topics=(about,), weight=1.2,
            public=False, graduation=day.year - back,
            festival=week_of(today, ago).year if back in (15, 23) else UNKNOWN,
        )  # fmt: skip


def _regional(
    every: list[community.Group], today: date, stretch: int, rng: np.random.Generator
) -> Iterator[Event]:
    words = read("events")["regional"]
    cities = read("places")["cities"]
    for g, group in enumerate(every):
        if group.kind != "regional":
            continue
        name, name_ru, *_, zone = cities[group.place]
        day = today - timedelta(PAST_DAYS - int(rng.integers(0, 60)))
        while day <= today + timedelta(COMING_DAYS):
            day += timedelta((4 - day.weekday()) % 7)  # a Friday
            yield Event(
                title=words["title"].format(city=name),
                title_ru=words["title_ru"].format(city=name_ru),
                description=words["description"], description_ru=words["description_ru"],
                kind="regional", starts=_local(day, 19, zone), minutes=150, zone=zone,
                venue=name, venue_ru=name_ru, capacity=40, topics=group.topics[:2], weight=0.8,
                public=True, group=g, place=group.place,
            )  # fmt: skip
            day += timedelta(int(rng.integers(8, 14)) * 7 * stretch)


@dataclass(frozen=True)
class _Answer:
    event: int
    row: int
    state: str
    at: int
    position: int
    attended: int


class Visitors:
    """The registered as they answer to one event after the other."""

    def __init__(
        self, people: Population, life: Life, taking_part: Crowd, known: Known, *, seed: int
    ) -> None:
        self.people, self.crowd = people, taking_part
        self.rng = generator(seed, "answers")
        rows = taking_part.rows
        left, right = community.friends(people, known, rows)
        order = np.argsort(left, kind="stable")
        self.friend_of = right[order]
        self.friends_begin = np.searchsorted(left[order], np.arange(len(rows) + 1))
        epoch = date(1970, 1, 1).toordinal()
        self.joined = (life.joined[rows] + 1 - epoch) * 24 * HOUR  # the day after
        self.finish = people.finish[rows]
        self.city = people.city[rows]
        self.alone = people.studies.group[rows] == ISLAND_GROUPS[1]
        self.reliability = self.rng.beta(6, 1.6, len(rows))
        self.habit = np.zeros((len(rows), len(community.groups(people.n)) + 1))

    def logits(self, event: Event) -> Floats:
        """Return how much each wants to come, before looking at friends."""
        crowd = self.crowd
        likes = crowd.affinity[:, list(event.topics)].mean(axis=1).astype(np.float64)
        result = crowd.activity + 1.5 * likes + 0.9 * self.habit[:, event.group]
        if event.group != UNKNOWN:
            result = result + 2.2 * crowd.member[:, event.group]
        if not event.online:
            result = result - 3.5 * (self.city != event.place)
        if event.graduation != UNKNOWN:
            result = result - 9.0 * (self.finish != event.graduation)
        return np.asarray(np.where(self.alone, -1e9, result))

    def friends_coming(self, rows: Ints) -> Floats:
        """Return how many friends of each are among these rows."""
        parts = [
            self.friend_of[self.friends_begin[r] : self.friends_begin[r + 1]] for r in rows.tolist()
        ]
        every = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        return np.bincount(every, minlength=len(self.joined)).astype(np.float64)


def answers(events: list[Event], visitors: Visitors, *, now: int) -> Iterator[_Answer]:
    """Return who answered what to each event, in order of time."""
    rng, size = visitors.rng, len(visitors.joined)
    average = np.clip(size / 75, 3.0, 26.0)
    for e, event in enumerate(events):
        coming = event.starts > now
        able = visitors.joined < min(event.starts - 2 * 24 * HOUR, now)
        logits = np.where(able, visitors.logits(event), -1e9)
        wanted = average * event.weight * float(rng.lognormal(0.0, 0.35))
        if coming:
            wanted *= max(0.12, 0.8 - (event.starts - now) / (COMING_DAYS * 24 * HOUR))
        number = min(int(wanted) + 1, int((logits > -4.0).sum()))
        first = gumbel_top(rng, logits, max(1, round(number * 0.6)) if number else 0)
        drawn = logits + 0.8 * np.log1p(visitors.friends_coming(first))
        drawn[first] = -1e9
        later = gumbel_top(rng, drawn, number - len(first))
        chosen = np.concatenate([first, later])
        chosen = chosen[able[chosen]]
        yield from _states(e, event, chosen, visitors, now=now)
        if not event.cancelled:
            visitors.habit *= 0.995
            visitors.habit[chosen, event.group] = np.minimum(
                visitors.habit[chosen, event.group] + 0.35, 1.5
            )


def _states(
    e: int, event: Event, chosen: Ints, visitors: Visitors, *, now: int
) -> Iterator[_Answer]:
    rng = visitors.rng
    latest = min(event.starts - HOUR, now - HOUR)
    earliest = np.maximum(event.starts - 24 * 24 * HOUR, visitors.joined[chosen] + HOUR)
    earliest = np.minimum(earliest, latest - 2 * HOUR)
    at = np.sort(latest - (rng.random(len(chosen)) ** 1.5 * (latest - earliest))).astype(np.int64)
    at = np.maximum(at, visitors.joined[chosen])
    yes = waiting = 0
    for row, when, luck, shows in zip(
        chosen.tolist(), at.tolist(), rng.random(len(chosen)).tolist(),
        rng.random(len(chosen)).tolist(), strict=True,
    ):  # fmt: skip
        state, position, attended = "yes", UNKNOWN, UNKNOWN
        if luck < 0.09:
            state = "no"
        elif luck < 0.12:
            state = "cancelled"
        elif yes >= event.capacity:
            waiting += 1
            state, position = "waiting", waiting
        else:
            yes += 1
            if event.starts + event.minutes * 60 < now and not event.cancelled:
                attended = event.starts + 300 if shows < visitors.reliability[row] else UNKNOWN
        yield _Answer(e, row, state, when, position, attended)


def write(
    folder: Folder,
    people: Population,
    life: Life,
    taking_part: Crowd,
    known: Known,
    *,
    ids: list[str],
    today: date,
) -> list[Event]:
    """Write events, their topics, Alumni Weeks and all answers; return the events."""
    events = calendar(people.n, people.seed, today)
    starts = moments(event.starts for event in events)
    ends = moments(event.starts + event.minutes * 60 for event in events)
    now = int(datetime.combine(today, time(9), UTC).timestamp())
    rows = []
    for i, event in enumerate(events):
        made = min(event.starts - 35 * 24 * HOUR, now - (i % 9 + 1) * 24 * HOUR)
        gone = moments([event.starts - 20 * HOUR])[0] if event.cancelled else ""
        rows.append(
            (f"e{i + 1}", event.title, event.title_ru, event.description, event.description_ru,
             event.kind, starts[i], ends[i], event.zone, event.venue, event.venue_ru,
             event.capacity, "public" if event.public else "members", gone, moments([made])[0],
             f"h{event.festival}" if event.festival != UNKNOWN else "",
             f"q{event.group + 1}" if event.group != UNKNOWN else "",
             "" if event.online else f"p{event.place + 1}")
        )  # fmt: skip
    folder.write_rows(
        "events",
        ("id", "title", "title_ru", "description", "description_ru", "kind", "starts_at", "ends_at",
         "time_zone", "venue", "venue_ru", "capacity", "visibility", "cancelled_at", "created_at",
         "festival_id", "group_id", "place_id"),
        rows,
    )  # fmt: skip
    folder.write_rows(
        "event_topics",
        ("event_id", "topic_id"),
        [(f"e{i + 1}", f"w{t + 1}") for i, event in enumerate(events) for t in event.topics],
    )
    words = read("events")["week"]
    years = sorted({event.festival for event in events if event.festival != UNKNOWN})
    folder.write_rows(
        "festivals",
        ("id", "name", "name_ru", "year"),
        [(f"h{y}", f"{words['name']} {y}", f"{words['name_ru']} {y}", y) for y in years],
    )
    visitors = Visitors(people, life, taking_part, known, seed=people.seed)
    found = list(answers(events, visitors, now=now))
    folder.write_rows(
        "registrations",
        ("event_id", "person_id", "state", "at", "position", "attended_at"),
        zip(
            [f"e{a.event + 1}" for a in found],
            [ids[taking_part.rows[a.row]] for a in found],
            [a.state for a in found],
            moments(a.at for a in found),
            ["" if a.position == UNKNOWN else a.position for a in found],
            moments(a.attended for a in found),
            strict=True,
        ),
    )
    return events
