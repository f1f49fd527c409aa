"""The demo's ledger: what the import brought, and two seasons of entries by staff.

Entries are made by the calls that the pages make. Who did what is drawn from the seed, from people
who have registered; the cast's Ekaterina has a season worth looking at.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import numpy as np

from graphnet import privacy
from graphnet.contest.seasons import rules as announced_rules
from graphnet.engine import Engine
from graphnet.ledger import backfill, manual
from graphnet.ledger.csv_import import noon
from graphnet.ledger.rules import SeasonRules
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store

KEEPER = Viewer("staff", account_id="demo", purpose="contributions")
# Kind, and what shows it.
DONE = (
    ("talk", "Программа встречи, выступление в списке докладчиков"),
    ("mentoring", "Отзыв студента, с которым шли занятия весь семестр"),
    ("helped", "Ответ на заявку о стажировке, студент подтвердил"),
    ("event_organised", "Отчёт о встрече выпускников факультета"),
    ("news", "Публикация со ссылкой на сайт сообщества"),
    ("helped", "Консультация по переезду, заявитель поблагодарил"),
    ("talk", "Лекция для первокурсников, запись есть у кафедры"),
    ("recovery_answer", "Передал(а) письмо одногруппнику, тот ответил"),
)
BROUGHT = "В анкете при регистрации новый участник назвал этого человека"
ACTIVE = 24  # how many people have entries by staff


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Fill the ledger."""
    store, settings = engine.store, engine.settings
    backfill.backfill(store)
    today = datetime.now(UTC).date()
    begun = [rules for rules in announced_rules(store) if rules.starts <= today][:2]
    members = _members(store, settings)
    if not begun or len(members) < 2 * ACTIVE:
        return
    star = of_origins(store, [f"synth:person:{people['alumnus']['id']}"])
    first = [key for key, _ in star.values()]
    rng = Random(2003)
    active = first + [key for key in members if key not in first][: ACTIVE - len(first)]
    others = [key for key in members if key not in active]
    entered: list[str] = []
    for rules in reversed(begun):
        for key, kind, note, participant in acts(active, others, rng):
            entered.append(
                manual.enter(
                    store, KEEPER, rules, person_key=key, kind=kind, note=note,
                    day=noon(_day(rules, today, rng), rules), participant_key=participant,
                )
            )  # fmt: skip
    manual.take_back(store, KEEPER, entered[-1], "Внесено дважды: см. соседнюю запись")


def acts(
    active: list[int], others: list[int], rng: Random
) -> Iterator[tuple[int, str, str, int | None]]:
    """Yield who did what, what shows it, and for newcomers who came; the first did most."""
    newcomers = iter(rng.sample(others, min(len(others), 12)))
    for place, key in enumerate(active):
        for kind, note in rng.sample(DONE, max(1, 6 - place // 4)):
            yield key, kind, note, None
        if place % 3 == 0 and (newcomer := next(newcomers, None)) is not None:
            yield key, "referral", BROUGHT, newcomer
            if place % 6 == 0 and place + 1 < len(active):  # two brought the same person
                yield active[place + 1], "invitation_accepted", BROUGHT, newcomer


def _day(rules: SeasonRules, today: date, rng: Random) -> date:
    last = min(rules.ends, today - timedelta(days=1))
    return rules.starts + timedelta(days=rng.randrange((last - rules.starts).days + 1))


def _members(store: Store, settings: Settings) -> list[int]:
    """Return registered alumni who agreed to profiling, in an order drawn from the seed."""
    path = current(settings.snapshots)
    if path is None:
        return []
    snapshot = open_snapshot(path)
    wanted = privacy.CLAIMED | privacy.ALUMNUS | privacy.REACH
    barred = privacy.HIDDEN | privacy.DECEASED | privacy.QUARANTINED
    fits = ((snapshot.flags & wanted) == wanted) & ((snapshot.flags & barred) == 0)
    drawn = np.random.default_rng(2003).permutation(snapshot.keys[fits])
    return [int(key) for key in drawn]
