"""Communities, topics, and what people truly like: the affinity on which all behaviour depends.

Everybody has a bent for themes, drawn by faculty and chance; the affinity to each topic follows
from it. Stated interests are a noisy view of the affinity, memberships and attendance depend on it,
on friends and on habit: there is something to learn.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from graphnet.synth.cast import choose
from graphnet.synth.chance import Floats, Ints, by_rank, generator, take, weighted
from graphnet.synth.cohorts import ISLAND_GROUPS
from graphnet.synth.data import read
from graphnet.synth.life import Life, gumbel_top
from graphnet.synth.people_files import moment
from graphnet.synth.population import Population
from graphnet.synth.tables import Folder, days, moments
from graphnet.synth.ties import Known

MEMBERS_OUTSIDE = 0.25  # of former student clubs' people who never registered


@dataclass(frozen=True)
class Topic:
    """A topic with what lectures about it are called, in both languages."""

    name: str
    name_ru: str
    theme: int
    subjects: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Group:
    """A community."""

    name: str
    name_ru: str
    kind: str
    description: str
    description_ru: str
    topics: tuple[int, ...]
    place: int  # position of the city


@dataclass(frozen=True)
class Crowd:
    """The people who take part: those registered, by row.

    Attributes
    ----------
    rows : positions of the people
    affinity : (rows, topics), mean about 0
    activity : how readily each comes to anything, in logits
    member : (rows, groups), True for members
    """

    rows: Ints
    affinity: npt.NDArray[np.float32]
    activity: Floats
    member: npt.NDArray[np.bool_]


def topics() -> list[Topic]:
    """Return the topics."""
    result = []
    for i, theme in enumerate(read("topics")["theme"]):
        for name, name_ru, *subjects in theme["topics"]:
            pairs = tuple(tuple(part.strip() for part in s.split("|")) for s in subjects)
            result.append(Topic(name, name_ru, i, tuple((p[0], p[1]) for p in pairs)))
    return result


def groups(n: int) -> list[Group]:
    """Return the communities of an association of n alumni; small ones have fewer."""
    position = {topic.name: i for i, topic in enumerate(topics())}
    cities = read("places")["cities"]
    places = {city[0]: i for i, city in enumerate(cities)}
    result = [
        Group(
            entry["name"],
            entry["name_ru"],
            entry["kind"],
            entry["description"],
            entry["description_ru"],
            tuple(position[topic] for topic in entry["topics"]),
            places[entry.get("place", cities[0][0])],
        )
        for entry in read("groups")["group"]
    ]
    if n < 10_000:
        return result
    have = {group.place for group in result}
    for i, (city, city_ru, *_) in enumerate(cities):
        if i not in have:
            result.append(
                Group(
                    f"Alumni in {city}",
                    f"Выпускники: {city_ru}",
                    "regional",
                    f"Alumni who live in {city} or pass through. Write before you come.",
                    f"Живёте в городе {city_ru} или бываете проездом? Напишите перед приездом.",
                    (position["City walks"], position["Career"]),
                    i,
                )
            )
    return result


def crowd(people: Population, life: Life) -> Crowd:
    """Return what the registered like, and which communities they are in."""
    rng = generator(people.seed, "crowd")
    rows = life.registered
    every = topics()
    themes = read("topics")["theme"]
    bent = rng.dirichlet(np.full(len(themes), 0.35), len(rows))
    for i, theme in enumerate(themes):
        bent[:, i] += 0.22 * np.isin(people.faculty[rows], theme["faculties"])
    bent /= bent.sum(axis=1, keepdims=True)
    own = rng.gamma(0.6, 1.0, (len(rows), len(every)))
    affinity = np.sqrt(bent[:, [topic.theme for topic in every]] * own)
    affinity = (affinity - affinity.mean()) / max(affinity.std(), 1e-9)
    activity = rng.normal(0.0, 0.8, len(rows)) + 0.25 * np.log(people.warmth[rows])
    member = np.zeros((len(rows), len(groups(people.n))), bool)
    for g, group in enumerate(groups(people.n)):
        liking = affinity[:, list(group.topics)].mean(axis=1)
        home = people.city[rows] == group.place
        if group.kind == "regional":
            member[:, g] = home & (rng.random(len(rows)) < 0.6)
            continue
        chance = 1 / (1 + np.exp(-(-4.6 + 1.5 * liking + 0.7 * activity + 0.6 * home)))
        student = (people.club[rows] == g) & (rng.random(len(rows)) < 0.7)
        member[:, g] = (rng.random(len(rows)) < chance) | student
    member[np.isin(people.studies.group[rows], ISLAND_GROUPS[1])] = False
    mine = np.searchsorted(rows, choose(people.n).ekaterina)
    member[mine] = False
    member[mine, [0, 2, 7]] = True  # robotics, optics, photography
    activity[mine] = max(activity[mine], 1.2)
    return Crowd(rows, affinity.astype(np.float32), activity, member)


def write_topics(folder: Folder) -> None:
    """Write the topics."""
    rows = [(f"w{i}", t.name, t.name_ru) for i, t in enumerate(topics(), start=1)]
    folder.write_rows("topics", ("id", "name", "name_ru"), rows)


def write_groups(
    folder: Folder,
    people: Population,
    life: Life,
    taking_part: Crowd,
    *,
    ids: list[str],
    today: date,
) -> None:
    """Write communities with their topics and members."""
    rng = generator(people.seed, "groups")
    every = groups(people.n)
    now = today.toordinal()
    founded = now - 1500 - rng.integers(0, 2500, len(every))
    folder.write_rows(
        "groups",
        ("id", "name", "name_ru", "kind", "description", "description_ru", "visibility",
         "created_at", "place_id"),
        [
            (f"q{i + 1}", g.name, g.name_ru, g.kind, g.description, g.description_ru,
             "public" if g.kind != "professional" else "members",
             moments([moment(int(founded[i]), 36_000)])[0], f"p{g.place + 1}")
            for i, g in enumerate(every)
        ],
    )  # fmt: skip
    folder.write_rows(
        "group_topics",
        ("group_id", "topic_id"),
        [(f"q{i + 1}", f"w{t + 1}") for i, g in enumerate(every) for t in g.topics],
    )
    row, group = np.nonzero(taking_part.member)
    person = taking_part.rows[row]
    since = life.joined[person] + (rng.random(len(person)) * (now - life.joined[person])).astype(
        int
    )
    outside = np.flatnonzero(
        (people.club >= 0) & ~np.isin(np.arange(people.n), taking_part.rows)
        & (rng.random(people.n) < MEMBERS_OUTSIDE)
    )  # fmt: skip
    began = np.array([date(y + 1, 10, 1).toordinal() for y in people.intake[outside].tolist()], int)
    began = np.maximum(began, founded[people.club[outside]]) if len(outside) else began
    roles = np.where(rng.random(len(person)) < 0.02, "organiser", "member")
    # Every community has its most active member for organiser, and a few have a second.
    eager = np.lexsort((-taking_part.activity[row], group))
    roles[eager[np.unique(group[eager], return_index=True)[1]]] = "organiser"
    folder.write(
        "member_of",
        {
            "person_id": take(ids, np.concatenate([person, outside])),
            "group_id": [
                f"q{g + 1}" for g in np.concatenate([group, people.club[outside]]).tolist()
            ],
            "role": [*roles.tolist(), *["member"] * len(outside)],
            "since": days(np.concatenate([since, began]).astype(np.int64)),
        },
    )


def write_interests(
    folder: Folder, people: Population, life: Life, taking_part: Crowd, *, ids: list[str]
) -> None:
    """Write what people say of themselves: interests, what they offer and what they look for."""
    rng = generator(people.seed, "interests")
    interested: list[tuple[str, str, str, str]] = []
    offers: list[tuple[str, str, str, str]] = []
    needs: list[tuple[str, str, str, str]] = []
    useful = [i for i, topic in enumerate(topics()) if topic.theme <= 4]
    mine = choose(people.n).ekaterina
    states = rng.random((len(taking_part.rows), 3))
    sizes = rng.integers(2, 8, len(taking_part.rows))
    for r, i in enumerate(taking_part.rows.tolist()):
        at = moments([moment(int(life.joined[i]), 45_000 + r % 3000)])[0]
        liking = taking_part.affinity[r].astype(np.float64)
        if states[r, 0] < 0.85 or i == mine:
            for t in gumbel_top(rng, 1.6 * liking, int(sizes[r])).tolist():
                weight = float(np.clip(0.6 + 0.15 * liking[t], 0.2, 1.0))
                interested.append((ids[i], f"w{t + 1}", f"{weight:.2f}", at))
        for table, chance, sign in ((offers, states[r, 1], 1.5), (needs, states[r, 2], 0.6)):
            if chance < 0.3 or i == mine:
                for t in gumbel_top(rng, sign * liking[useful], int(rng.integers(1, 4))).tolist():
                    table.append((ids[i], f"w{useful[t] + 1}", "1", at))
    header = ("person_id", "topic_id", "weight", "at")
    folder.write_rows("interested_in", header, interested)
    folder.write_rows("offers", header, offers)
    folder.write_rows("needs", header, needs)


def friends(people: Population, known: Known, rows: Ints) -> tuple[Ints, Ints]:
    """Return ties among these people as pairs of rows, both ways."""
    row_of = np.full(people.n, -1)
    row_of[rows] = np.arange(len(rows))
    u, v = row_of[known.u], row_of[known.v]
    both = (u >= 0) & (v >= 0)
    return np.concatenate([u[both], v[both]]), np.concatenate([v[both], u[both]])


def write_projects(
    folder: Folder, people: Population, taking_part: Crowd, *, ids: list[str], today: date
) -> None:
    """Write projects, who works on them, what was pledged, received, given back and spent."""
    rng = generator(people.seed, "projects")
    words = read("projects")["project"]
    position = {topic.name: i for i, topic in enumerate(topics())}
    names = {group.name: i for i, group in enumerate(groups(people.n))}
    now = today.toordinal()
    rows, about, works = [], [], []
    money: dict[str, list[tuple[object, ...]]] = {
        "pledges": [],
        "receipts": [],
        "refunds": [],
        "expenses": [],
    }
    givers = max(4, min(len(taking_part.rows) // 14, 160))
    for i, entry in enumerate(words, start=1):
        age = int(rng.integers(150, 900))
        made = moments([moment(now - age, 40_000)])[0]
        holder = names[entry["group"]] if "group" in entry else None
        rows.append(
            (f"j{i}", entry["name"], entry["name_ru"], entry["description"],
             entry["description_ru"], entry["kind"], entry["goal"], "RUB", "public", made,
             f"q{holder + 1}" if holder is not None else "")
        )  # fmt: skip
        chosen = [position[topic] for topic in entry["topics"]]
        about += [(f"j{i}", f"w{t + 1}") for t in chosen]
        liking = taking_part.affinity[:, chosen].mean(axis=1) + 0.4 * taking_part.activity
        if holder is not None:
            liking = liking + 1.5 * taking_part.member[:, holder]
        team = gumbel_top(rng, 2.0 * liking.astype(np.float64), int(rng.integers(3, 9)))
        for k, r in enumerate(team.tolist()):
            since = days(np.array([now - age + k * 9]))[0]
            works.append((ids[taking_part.rows[r]], f"j{i}", "lead" if not k else "helper", since))
        donors = gumbel_top(
            rng, 1.2 * liking.astype(np.float64), int(rng.integers(givers // 2, givers + 1))
        )
        share = rng.uniform(0.25, 0.95) * entry["goal"]
        amounts = rng.lognormal(0, 0.9, len(donors))
        amounts = np.maximum((amounts / amounts.sum() * share / 100).round() * 100, 100).astype(int)
        received = 0
        for r, amount in zip(donors.tolist(), amounts.tolist(), strict=True):
            day = now - 2 - int(rng.random() * (age - 5))
            at = moments([moment(day, 50_000 + r % 9000)])[0]
            person = ids[taking_part.rows[r]]
            paid = rng.random() < 0.8
            state = "received" if paid else "open" if rng.random() < 0.8 else "withdrawn"
            # By the row and not by chance: a new column must not move what chance draws after it.
            named = "yes" if r % 7 == 0 else ""
            money["pledges"].append((f"j{i}-v{r}", f"j{i}", person, amount, at, state, named))
            if paid:
                received += amount
                arrived = moments([moment(min(day + 3, now - 1), 39_000)])[0]
                money["receipts"].append((f"j{i}-r{r}", f"j{i}", person, amount, arrived, ""))
                if rng.random() < 0.01:
                    received -= amount
                    back = moments([moment(now - 1, 40_000)])[0]
                    money["refunds"].append(
                        (f"j{i}-b{r}", f"j{i}", person, amount, back, "sent twice")
                    )
        for k, cost in enumerate(entry["costs"]):
            amount = int(received * rng.uniform(0.12, 0.3) / 10) * 10
            at = moments([moment(now - 1 - int(rng.random() * min(age, 120)), 46_000)])[0]
            text = " / ".join(part.strip() for part in cost.split("|"))
            money["expenses"].append((f"j{i}-x{k}", f"j{i}", "", amount, at, text))
    folder.write_rows(
        "projects",
        ("id", "name", "name_ru", "description", "description_ru", "kind", "goal", "currency",
         "visibility", "created_at", "group_id"),
        rows,
    )  # fmt: skip
    folder.write_rows("project_topics", ("project_id", "topic_id"), about)
    folder.write_rows("works_on", ("person_id", "project_id", "role", "since"), works)
    for name, entries in money.items():
        last = ("state", "named") if name == "pledges" else ("note",)
        folder.write_rows(name, ("id", "project_id", "person_id", "amount", "at", *last), entries)


def write_talk(
    folder: Folder, people: Population, taking_part: Crowd, *, ids: list[str], today: date
) -> None:
    """Write news, services, and a few requests to the university's units."""
    rng = generator(people.seed, "talk")
    words = read("projects")
    position = {topic.name: i for i, topic in enumerate(topics())}
    now = today.toordinal()
    news = [
        (f"x{i}", e["title"], e["title_ru"], e["text"], e["text_ru"],
         moments([moment(now - 3 - 19 * i, 32_000)])[0])
        for i, e in enumerate(words["news"])
    ]  # fmt: skip
    folder.write_rows("news", ("id", "title", "title_ru", "text", "text_ru", "at"), news)
    folder.write_rows(
        "news_topics",
        ("news_id", "topic_id"),
        [
            (f"x{i}", f"w{position[t] + 1}")
            for i, e in enumerate(words["news"])
            for t in e["topics"]
        ],
    )
    folder.write_rows(
        "services",
        ("id", "name", "name_ru", "description", "description_ru"),
        [
            (f"v{i}", e["name"], e["name_ru"], e["description"], e["description_ru"])
            for i, e in enumerate(words["service"])
        ],
    )
    folder.write_rows(
        "service_topics",
        ("service_id", "topic_id"),
        [
            (f"v{i}", f"w{position[t] + 1}")
            for i, e in enumerate(words["service"])
            for t in e["topics"]
        ],
    )
    rows = []
    kinds, answers = words["requests"]["kinds"], words["requests"]["answers"]
    number = max(8, min(len(taking_part.rows) // 40, 120))
    askers = taking_part.rows[by_rank(rng, len(taking_part.rows), number, exponent=0.1)]
    which = weighted(rng, np.ones(len(kinds)), number)
    for i, (asker, k) in enumerate(zip(askers.tolist(), which.tolist(), strict=True)):
        kind, subject, subject_ru, text, text_ru = kinds[k]
        russian = rng.random() < 0.8
        age = int(rng.integers(0, 90))
        done = age > 25 or rng.random() < 0.3
        status = "done" if done else "open" if age < 5 else "in_work"
        answer = answers[i % 2].split("|")[int(russian)] if done else ""
        rows.append(
            (f"z{i + 1}", ids[asker], "u4", kind, status,
             moments([moment(now - age + 14, 61_200)])[0],
             moments([moment(now - age, 40_000 + i)])[0], subject_ru if russian else subject,
             text_ru if russian else text, answer)
        )  # fmt: skip
    folder.write_rows(
        "requests",
        (
            "id",
            "person_id",
            "unit_id",
            "kind",
            "status",
            "due_at",
            "at",
            "subject",
            "text",
            "answer",
        ),
        rows,
    )
