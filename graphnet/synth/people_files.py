"""Files about people: themselves, staff, contact points, consents, homes, jobs, ties."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import numpy as np

from graphnet.model import CONSENT_PURPOSES
from graphnet.synth import life as lives
from graphnet.synth.cast import choose
from graphnet.synth.chance import generator, take
from graphnet.synth.data import read
from graphnet.synth.life import Life
from graphnet.synth.names import FEMALE, Names
from graphnet.synth.names import make as make_names
from graphnet.synth.population import Population
from graphnet.synth.romanise import romanise
from graphnet.synth.tables import UNKNOWN, Folder, days, moments, numbered
from graphnet.synth.ties import CIRCLES, Known

PERSON = (
    "id", "given_name", "patronymic", "family_name", "former_names", "latin_name", "gender",
    "language", "about", "visibility", "audiences", "born_on", "died_on", "memorial",
    "last_answer_at",
)  # fmt: skip
OFFICE = (
    ("staff", "Ольга", "Николаевна", "Лебедева", FEMALE),
    ("analyst", "Дмитрий", "Юрьевич", "Орлов", 1),
    ("admin", "Ирина", "Павловна", "Волкова", FEMALE),
)
_ABOUT = (
    ("Glad to help younger groupmates with advice.", "Охотно помогу советом младшим."),
    ("Optics by diploma, software by life.", "По диплому оптик, по жизни программист."),
    ("Looking for those who went to Karelia with us.", "Ищу тех, с кем ходили в Карелию."),
    ("I collect old measuring instruments.", "Собираю старые измерительные приборы."),
    ("Write if you are in town.", "Пишите, если будете в городе."),
    ("Two children, one telescope.", "Двое детей и один телескоп."),
    ("Teaching physics at school, and enjoying it.", "Преподаю физику в школе, и мне нравится."),
)  # fmt: skip
_ROLES = (
    "инженер", "программист", "ведущий инженер", "аналитик", "руководитель отдела",
    "научный сотрудник", "разработчик", "технолог", "преподаватель", "директор",
    "тестировщик", "конструктор",
)  # fmt: skip
_LATIN_ROLES = ("engineer", "software engineer", "researcher", "team lead", "analyst", "founder")
_INDUSTRIES = (
    "software",
    "optics",
    "instruments",
    "telecommunications",
    "finance",
    "energy",
    "education",
    "medicine",
)


def moment(day: int, second: int) -> int:
    """Return seconds since 1970 of a second of a day, in UTC."""
    start = datetime.combine(date.fromordinal(day), time(), UTC)
    return int(start.timestamp()) + second


def email_of(given: str, family: str, number: int) -> str:
    """Return an address that nobody has: example.org belongs to nobody."""
    letters = f"{romanise(given, 'plain')}.{romanise(family, 'plain')}".lower()
    plain = "".join(c for c in letters if c.isascii() and (c.isalnum() or c in ".-"))
    return f"{plain}{number or ''}@example.org"


def write_people(
    folder: Folder, people: Population, names: Names, life: Life, ids: list[str]
) -> None:
    """Write the alumni."""
    rng = generator(people.seed, "people")
    n = people.n
    day = rng.integers(0, 365, n)
    # Of the old card index many birthdays are missing.
    known = rng.random(n) < 0.6
    first = {y: date(y, 1, 1).toordinal() for y in np.unique(people.born).tolist()}
    born = np.array([first[y] for y in people.born.tolist()]) + day
    about = [""] * n
    for i in life.registered[rng.random(len(life.registered)) < 0.3].tolist():
        pair = _ABOUT[(i * 7) % len(_ABOUT)]
        about[i] = pair[0] if not names.cyrillic[i] or not _cyrillic(names.given[i]) else pair[1]
    answered = [
        UNKNOWN if d == UNKNOWN else moment(d, 32_400 + s)
        for d, s in zip(life.answered.tolist(), rng.integers(0, 40_000, n).tolist(), strict=True)
    ]
    folder.write(
        "people",
        {
            "id": ids,
            "given_name": names.given,
            "patronymic": names.patronymic,
            "family_name": names.family,
            "former_names": names.former,
            "latin_name": names.latin,
            "gender": take(("", "m", "f"), people.gender),
            "language": ["ru" if whole else "en" for whole in names.cyrillic],
            "about": about,
            "visibility": np.where(life.hidden, "hidden", "shown"),
            "audiences": lives.audiences(people, life),
            "born_on": days(np.where(known, born, UNKNOWN)),
            "died_on": days(life.died),
            "memorial": life.memorial,
            "last_answer_at": moments(answered),
        },
    )


def _cyrillic(word: str) -> bool:
    return any("а" <= letter <= "я" for letter in word.lower())


def write_staff(folder: Folder, people: Population) -> list[str]:
    """Write people of the office and teachers, who are no alumni; return the teachers' ids."""
    rng = generator(people.seed, "staff")
    number = int(np.clip(people.n // 60, 8, 480))
    gender = np.where(rng.random(number) < 0.35, FEMALE, 1)
    names = make_names(people.seed, gender, rng.integers(1935, 1985, number), who="teachers")
    ids = numbered("t", number)
    rows = [
        (f"s{i}", given, patronymic, family, "", "", "f" if sex == FEMALE else "m", "ru", "",
         "shown", "", "", "", "", "")
        for i, (_, given, patronymic, family, sex) in enumerate(OFFICE, start=1)
    ]  # fmt: skip
    rows += [
        (ids[i], names.given[i], names.patronymic[i], names.family[i], "", names.latin[i],
         "f" if gender[i] == FEMALE else "m", "ru" if names.cyrillic[i] else "en", "", "shown",
         "", "", "", "", "")
        for i in range(number)
    ]  # fmt: skip
    folder.write_rows("staff", PERSON, rows)
    return ids


def accounts(people: Population, names: Names, life: Life) -> list[str]:
    """Return the address with which each registered person signs in; empty for the rest."""
    result = [""] * people.n
    role = choose(people.n)
    plain = {role.ekaterina, role.anna}
    for i in life.registered.tolist():
        result[i] = email_of(names.given[i], names.family[i], 0 if i in plain else i + 1)
    return result


def write_registered(folder: Folder, ids: list[str], life: Life, emails: list[str]) -> None:
    """Write who has an account, with which roles."""
    members = life.registered
    at = moments(moment(int(life.joined[i]), 30_000 + (i * 97) % 40_000) for i in members.tolist())
    rows: list[tuple[str, str, str, str]] = [
        (ids[i], emails[i], when, "alumnus") for i, when in zip(members.tolist(), at, strict=True)
    ]
    first = min(life.joined[members].tolist(), default=730_000)
    for i, (role, given, _, family, _) in enumerate(OFFICE, start=1):
        when = moments([moment(first - 30, 36_000)])[0]
        rows.append((f"s{i}", email_of(given, family, 0), when, role))
    folder.write_rows("registered", ("person_id", "email", "registered_at", "roles"), rows)


def write_contacts(
    folder: Folder,
    people: Population,
    names: Names,
    life: Life,
    *,
    ids: list[str],
    emails: list[str],
) -> None:
    """Write addresses and telephone numbers, of lost people those that do not work."""
    rng = generator(people.seed, "contacts")
    has = (life.state != lives.LOST) & (life.state != lives.DECEASED)
    rows: list[tuple[object, ...]] = []
    verified = moments(UNKNOWN if d == UNKNOWN else moment(d, 50_000) for d in life.joined.tolist())
    lapsed = rng.integers(400, 3000, people.n)
    base = max(int(life.answered.max(initial=0)), 700_000)
    phone = rng.random(people.n) < 0.45
    number = 0
    for i in np.flatnonzero(has | life.bounced).tolist():
        number += 1
        email = emails[i] or email_of(names.given[i], names.family[i], i + 1)
        bounced = moments([moment(base - int(lapsed[i]), 36_000)])[0] if life.bounced[i] else ""
        rows.append((f"k{number}", ids[i], "email", email, verified[i], bounced))
        if phone[i] and has[i]:
            number += 1
            code = f"{i + 1:07d}"
            text = f"+7 000 {code[-7:-4]}-{code[-4:-2]}-{code[-2:]}"
            rows.append((f"k{number}", ids[i], "phone", text, "", ""))
    header = ("id", "person_id", "kind", "value", "verified_at", "bounced_at")
    folder.write_rows("contacts", header, rows)


def write_consents(
    folder: Folder, people: Population, life: Life, *, ids: list[str], today: date
) -> None:
    """Write who allowed what: all purposes of the registered, a few of the others."""
    rng = generator(people.seed, "consents")
    asked_at_the_door = CONSENT_PURPOSES[:6]  # the later ones are said on one's own page
    given = dict(zip(asked_at_the_door, (0.99, 0.95, 0.35, 0.72, 0.5, 0.22), strict=True))
    refused = dict(
        zip(
            asked_at_the_door,
            (0.005, lives.REFUSED_MEMBERS, 0.4, lives.REFUSED_PROFILE, 0.3, 0.5),
            strict=True,
        )
    )
    cast_members = set(choose(people.n).registered)
    rows: list[tuple[object, ...]] = []

    def note(i: int, purpose: str, state: str, day: int, channel: str) -> None:
        at = moments([moment(day, 43_200)])[0]
        rows.append((f"n{len(rows) + 1}", ids[i], purpose, state, "2024-1", at, channel))

    members = life.registered
    draws = rng.random((len(members), len(asked_at_the_door)))
    for i, row in zip(members.tolist(), draws.tolist(), strict=True):
        for purpose, luck in zip(asked_at_the_door, row, strict=True):
            state = "unknown"
            if luck < given[purpose] or (i in cast_members and purpose != "partners"):
                state = "given"
            elif luck < given[purpose] + refused[purpose]:
                state = "refused"
            note(i, purpose, state, int(life.joined[i]), "web")
    others = np.flatnonzero((life.state == lives.REACHABLE) | (life.state == lives.SILENT))
    asked = others[rng.random(len(others)) < 0.2]
    for i, luck in zip(asked.tolist(), rng.random(len(asked)).tolist(), strict=True):
        state = "given" if luck < 0.6 else "refused" if luck < 0.75 else "unknown"
        note(i, "hold", state, today.toordinal() - 200 - int(luck * 900), "letter")
    # However small the association, every state of every purpose is there.
    seen = {(row[2], row[3]) for row in rows}
    spare = [i for i in members.tolist() if i not in cast_members] or asked.tolist() or [0]
    for k, (purpose, state) in enumerate(
        (p, s)
        for p in CONSENT_PURPOSES
        for s in ("given", "refused", "unknown")
        if (p, s) not in seen
    ):
        if purpose != "hold" or state != "refused":
            note(spare[k % len(spare)], purpose, state, today.toordinal() - 10, "web")
    header = ("id", "person_id", "purpose", "state", "text_version", "at", "channel")
    folder.write_rows("consents", header, rows)


def write_places(folder: Folder, people: Population, ids: list[str], today: date) -> None:
    """Write countries, cities and who lives where."""
    words = read("places")
    country = {name: f"y{i}" for i, (name, _) in enumerate(words["countries"], start=1)}
    folder.write_rows(
        "places",
        ("id", "name", "name_ru", "kind", "latitude", "longitude", "part_of_id"),
        [(country[name], name, name_ru, "country", "", "", "")
         for name, name_ru in words["countries"]]
        + [
            (f"p{i}", name, name_ru, "city", latitude, longitude, country[land])
            for i, (name, name_ru, land, latitude, longitude, *_) in enumerate(words["cities"], 1)
        ],
    )  # fmt: skip
    homes = lives.homes(people, today)
    folder.write(
        "lives_in",
        {
            "person_id": take(ids, homes["person"]),
            "place_id": [f"p{place + 1}" for place in homes["place"].tolist()],
            "from_year": homes["from_year"],
            "to_year": homes["to_year"],
        },
    )


def organisation_names(number: int) -> list[str]:
    """Return invented names, the largest employers first; every fourth in Latin letters."""
    words = read("places")["organisations"]
    russian = [f"{a}{b}" for b in words["second"].split() for a in words["first"].split()]
    latin = [
        f"{a} {b}" for b in words["latin_second"].split() for a in words["latin_first"].split()
    ]
    result: list[str] = []
    for i in range(number):
        source = latin if i % 4 == 3 else russian
        nth = i // 4 if i % 4 == 3 else i - i // 4
        round_, place = divmod(nth, len(source))
        # A stride that has no factor in common with the length visits every name once a round.
        stride = 7 if len(source) % 7 else 11
        name = source[place * stride % len(source)]
        result.append(name if not round_ else f"{name}-{round_ + 1}")
    return result


def write_organisations(folder: Folder, people: Population, ids: list[str], today: date) -> None:
    """Write employers and who worked there."""
    number = int(max(people.organisation.max() + 1, 1))
    rng = generator(people.seed, "organisations")
    names = organisation_names(number)
    kinds = take(
        ("company", "company", "company", "startup", "institute", "bank", "public service"),
        rng.integers(0, 7, number),
    )
    places = np.where(rng.random(number) < 0.75, 0, rng.integers(0, 54, number))
    jobs = lives.jobs(people, number, today)
    latin = np.arange(number) % 4 == 3
    founders = rng.random(number) < 0.06
    folder.write(
        "organisations",
        {
            "id": numbered("o", number),
            "name": names,
            "kind": [
                "own business" if own else kind for own, kind in zip(founders, kinds, strict=True)
            ],
            "industry": take(_INDUSTRIES, rng.integers(0, len(_INDUSTRIES), number)),
            "place_id": [f"p{place + 1}" for place in places.tolist()],
        },
    )
    roles = [
        _LATIN_ROLES[r % len(_LATIN_ROLES)] if latin[o] else _ROLES[r % len(_ROLES)]
        for o, r in zip(jobs["organisation"].tolist(), jobs["role"].tolist(), strict=True)
    ]
    folder.write(
        "worked_at",
        {
            "person_id": take(ids, jobs["person"]),
            "organisation_id": [f"o{o + 1}" for o in jobs["organisation"].tolist()],
            "role": roles,
            "from_year": jobs["from_year"],
            "to_year": jobs["to_year"],
        },
    )


def write_ties(
    folder: Folder, people: Population, known: Known, *, ids: list[str], today: date
) -> None:
    """Write who knows whom, since when, how well, and in which circle they met."""
    now = today.toordinal()
    start = np.array([date(y, 9, 1).toordinal() for y in people.intake.tolist()])
    strengths = [f"{s / 100:g}" for s in range(101)]

    size = 500_000
    header = ("person_id", "other_id", "since", "strength", "observed_at", "circle")
    rng = generator(people.seed, "tie dates")

    def rows() -> Iterator[tuple[str, ...]]:
        for low in range(0, len(known), size):
            u = known.u[low : low + size]
            v = known.v[low : low + size]
            circle = known.circle[low : low + size]
            met = np.maximum(start[u], start[v])
            luck = rng.random(len(u))
            later = (luck * np.maximum(now - 60 - met, 1)).astype(np.int64)
            early = (luck * np.where(circle == 0, 120, 900)).astype(np.int64)
            since = np.minimum(met + np.where(circle <= 2, early, later), now - 40)
            seen = now - 30 - (rng.random(len(u)) * np.minimum(now - 30 - since, 1400)).astype(int)
            yield from zip(
                take(ids, u),
                take(ids, v),
                days(since),
                take(strengths, known.strength[low : low + size]),
                days(seen),
                take(CIRCLES, circle),
                strict=True,
            )

    folder.write_rows("knows", header, rows())


def ids_of(n: int) -> list[str]:
    """Return the alumni's identifiers in their source."""
    return numbered("a", n, 7)
