"""Topics that tell of a person what they may not want told: job search, health, faith, politics …

A topic of this closed list is marked as such (`Topic.delicate` is its kind) when it comes into the
graph. That a list says somebody likes it, offers it or looks for it is shown to nobody but them
until they have said so themselves; and no suggestion, filter, figure or letter ever goes by it.
"""

import re
from collections.abc import Iterator
from functools import cache

from graphnet.store import Row, Store

# Kind: beginnings of the words, in their order, by which a name is of it; `$` ends a word. Special
# categories of 152-FZ, article 10, and of GDPR, article 9; convictions; and what one's employer or
# a bank should not read here.
KINDS: dict[str, tuple[str, ...]] = {
    "work": (
        "job search", "job seek", "job hunt", "job change", "job loss", "looking for a job",
        "looking for job", "looking for work", "open to work", "unemploy", "dismissal$", "layoff",
        "поиск работ", "поиски работ", "поиск нов работ", "ищу работ", "ищем работ", "ищет работ",
        "смена работ", "смена мест работ", "потеря работ", "трудоустройств", "безработ", "увольнен",
    ),
    "health": (
        "health", "illness", "disease", "disab", "cancer", "oncolog", "diabet", "hiv$",
        "aids$", "depressi", "mental ill", "psychotherap", "psychiatr", "addict", "alcohol", "drug",
        "rehabilitation", "pregnan", "infertil", "autis", "adhd$", "здоровь", "болезн", "заболеван",
        "инвалид", "диагноз", "онколог", "рак$", "диабет", "вич$", "спид$", "депресси", "психическ",
        "психотерап", "психиатр", "зависимость$", "алкогол", "наркоти", "наркоман", "реабилитац",
        "беременн", "бесплоди", "аутизм", "сдвг$", "выгоран", "burnout$",
    ),
    "religion": (
        "religio", "faith$", "church", "prayer", "bible", "christian", "orthodox", "catholic",
        "islam", "muslim", "judais", "jewish", "buddhis", "hindu", "atheis", "theolog", "религи",
        "вера$", "церк", "молитв", "библия$", "библии$", "христиан", "православ", "католи",
        "ислам", "мусульман", "иудаизм", "иудей", "буддизм", "буддист", "индуизм", "атеизм",
        "атеист", "богослов", "теолог", "паломнич",
    ),
    "politics": (
        "politics$", "political", "party membership", "election", "opposition", "protest$",
        "protests$", "activis", "trade union", "labour union", "labor union", "политика$",
        "политики$", "политическ", "выборы$", "оппозици", "протест",
        "активизм", "профсоюз",
    ),
    "origin": (
        "ethnic", "nationality", "racial", "diaspora", "refugee", "этнич", "национальност",
        "расов", "диаспор", "беженц",
    ),
    "intimate": (
        "lgbt", "gay$", "lesbian", "queer", "transgender", "sexual", "sex$", "dating", "divorce",
        "лгбт", "сексуал", "секс$", "гей$", "лесбиян", "трансгендер", "знакомства$", "развод$",
    ),
    "law": (
        "conviction", "criminal record", "prison", "bankrupt", "debts$", "судимост", "тюрьм",
        "банкрот", "долги$",
    ),
}  # fmt: skip

_WORD = re.compile(r"\w+")


@cache
def _phrases() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((kind, tuple(p.split())) for kind, phrases in KINDS.items() for p in phrases)


def kind_of(*names: str | None) -> str:
    """Return of which delicate kind a topic of those names is; "" if of none.

    Examples
    --------
    >>> kind_of("Job search", "Поиск работы"), kind_of("Career"), kind_of(None, "Здоровье и спорт")
    ('work', '', 'health')
    """
    for name in names:
        words = _WORD.findall((name or "").casefold().replace("ё", "е"))
        for kind, phrase in _phrases():
            if any(_begins(words[at:], phrase) for at in range(len(words) - len(phrase) + 1)):
                return kind
    return ""


def _begins(words: list[str], phrase: tuple[str, ...]) -> bool:
    return all(
        word == part[:-1] if part.endswith("$") else word.startswith(part)
        for word, part in zip(words, phrase, strict=False)
    )


# One row: a topic, its names and how it is marked.
NAMES = """MATCH (t:Topic) WHERE t.id > $after
RETURN t.id AS id, t.name AS name, t.name_ru AS name_ru, t.delicate AS delicate
ORDER BY id LIMIT 5000"""

# One row: how many topics were marked.
MARK = """UNWIND $rows AS row MATCH (t:Topic {id: row[0]}) SET t.delicate = row[1]
RETURN count(t) AS n"""


def mark_topics(store: Store) -> int:
    """Mark every topic that is delicate and is not marked yet; return how many; repeatable."""
    marked = 0
    for rows in _pages(store):
        found = [
            [row["id"], kind]
            for row in rows
            if not row["delicate"] and (kind := kind_of(row["name"], row["name_ru"]))
        ]
        if found:
            marked += int(store.write(MARK, rows=found)[0]["n"])
    return marked


def _pages(store: Store) -> Iterator[list[Row]]:
    after = ""
    while rows := store.read(NAMES, after=after):
        yield rows
        after = rows[-1]["id"]


# One row: a topic that is marked.
MARKED = """MATCH (t:Topic) WHERE t.delicate <> ''
RETURN t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru, t.delicate AS kind
ORDER BY kind, name, id LIMIT 1000"""


def marked(store: Store) -> list[Row]:
    """Return the topics that are marked, by kind: what everybody may know of the vocabulary."""
    return store.read(MARKED)
