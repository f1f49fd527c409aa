"""The loyalty programme as it has been lived by now: members of every tier, partners, perks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graphnet.engine import Engine
from graphnet.errors import Conflict
from graphnet.keys import trusted
from graphnet.ledger import pseudonyms
from graphnet.loyalty import badges, cards, joining, memberships, partners, perk_editing, taking
from graphnet.loyalty.perks import Content
from graphnet.people import cards as person_cards
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.recommendations import preferences

OF_A_TIER = 8
PARTNERS = (
    partners.Content(
        "Neva Coworking", "Коворкинг «Нева»",
        "Desks and meeting rooms on Vasilievsky Island.",
        "Рабочие места и переговорные на Васильевском острове.",
        "https://coworking.example.org",
    ),
    partners.Content(
        "Laser Centre", "Лазерный центр",
        "A shared laboratory of the university: microscopes, lasers, machines.",
        "Центр коллективного пользования университета: микроскопы, лазеры, станки.",
        "https://lasers.example.org",
    ),
    partners.Content(
        "School of Data", "Школа данных",
        "Evening courses by graduates for graduates.",
        "Вечерние курсы выпускников для выпускников.",
        "https://data.example.org",
    ),
)  # fmt: skip
# Of which partner, and what: one of each kind.
PERKS: tuple[tuple[int, dict[str, Any]], ...] = (
    (0, {
        "kind": "discount", "title": "A fifth off every month", "title_ru": "Скидка 20% на месяц",
        "terms": "Once a member, for a first month. Show the code at the desk.",
        "terms_ru": "Один раз на человека, за первый месяц. Назовите код администратору.",
        "hold_days": 60,
    }),
    (0, {
        "kind": "event", "title": "Seats at the founders’ breakfast",
        "title_ru": "Места на завтраке основателей",
        "terms": "Every first Thursday, at nine.", "terms_ru": "Каждый первый четверг, в девять.",
        "tier": "active", "quantity": 12,
    }),
    (1, {
        "kind": "laboratory", "title": "Four hours at the microscope",
        "title_ru": "Четыре часа на микроскопе",
        "terms": "With an engineer who helps. Book a week ahead by telephone.",
        "terms_ru": "С инженером, который поможет. Запись за неделю по телефону.",
        "tier": "active", "quantity": 20,
    }),
    (1, {
        "kind": "contacts", "title": "Meet the heads of the laboratories",
        "title_ru": "Встреча с руководителями лабораторий",
        "terms": "Half an hour each, on a matter of yours.",
        "terms_ru": "По полчаса с каждым, по вашему вопросу.",
        "tier": "mainstay", "quantity": 5,
    }),
    (2, {
        "kind": "course", "title": "An evening course in data analysis",
        "title_ru": "Вечерний курс по анализу данных",
        "terms": "Eight evenings. The place is yours when you have come to the first one.",
        "terms_ru": "Восемь вечеров. Место ваше, если вы пришли на первый.",
        "quantity": 30,
    }),
)  # fmt: skip


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Let members join, renew and take, by the same calls that the pages make."""
    store, home = engine.store, engine.settings.home
    origins = {role: f"synth:person:{people[role]['id']}" for role in ("alumnus", "staff")}
    found = of_origins(store, list(origins.values()))
    her = Viewer("alumnus", found[origins["alumnus"]][0], "demo")
    staff = Viewer("staff", found[origins["staff"]][0], "demo", frozenset({"staff"}), "membership")
    members = _members(engine, staff, her)
    links = trusted(engine.settings, "links")
    cards.make(store, her, keys=links, home=home)
    made = [partners.create(store, staff, content) for content in PARTNERS]
    for partner in made:
        partners.link(store, staff, partner, keys=links)
    closes = date(datetime.now(UTC).year + 1, 6, 30)
    offers = []
    for number, values in PERKS:
        content = Content(**values, closes_on=closes)
        offers.append(perk_editing.create(store, staff, made[number], content, home=home))
        perk_editing.publish(store, staff, offers[-1])
    tickets = trusted(engine.settings, "tickets")
    token = partners.link(store, staff, made[0], keys=links)
    for number, one in enumerate(members):
        preferences.consent(store, one, "partners", "given")
        for offer in offers[number % 2 :: 2]:
            try:
                code = taking.take(store, one, offer, keys=tickets, home=home)
            except Conflict:  # not of that tier, or all given out: as in life
                continue
            if number % 3 == 0:
                desk = partners.by_token(store, token)
                taking.redeem(store, desk, code.text, keys=tickets, home=home)
    mine = memberships.of_person(store, her, her.me(), home=home)
    for earned in badges.earned(store, her, mine)[:1]:
        badges.take(store, her, earned.kind, earned.about, home=home)


def _members(engine: Engine, staff: Viewer, her: Viewer) -> list[Viewer]:
    """Let some of every tier be members: since now, since long, for life, not any more."""
    store, home, now = engine.store, engine.settings.home, datetime.now(UTC)
    behind = sorted(set(pseudonyms.people_behind(store).values()))
    there = [c.key for c in person_cards(store, staff, behind) if c.state == "registered"]
    of_tier: dict[str, list[int]] = {}
    for key, tier in memberships.tiers_of(store, staff, there, home=home).items():
        of_tier.setdefault(tier, []).append(key)
    joining.join(store, her, home=home, now=now - timedelta(days=310))
    members = [her]
    for keys in of_tier.values():
        for number, key in enumerate(key for key in keys[:OF_A_TIER] if key != her.me()):
            one = Viewer("alumnus", key, "demo")
            ago = (30, 200, 320, 800)[number % 4]
            joining.join(store, one, home=home, now=now - timedelta(days=ago))
            if number % 4 == 3 and number > 4:
                joining.join(store, one, home=home)  # after a gap
            if number == 2:
                joining.grant(
                    store, staff, key, home=home,
                    note="За двадцать лет дружбы. / For twenty years of friendship.",
                )  # fmt: skip
            members.append(one)
    return members
