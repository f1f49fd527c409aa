"""Reunions of the demo: one being prepared by its alumna, one that was held and thanked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from graphnet.accounts import account_by_email
from graphnet.discovery.classmates import classes
from graphnet.engine import Engine
from graphnet.errors import Conflict
from graphnet.events import attendance, editing
from graphnet.features import registered
from graphnet.people import Card, own_studies
from graphnet.privacy import Viewer
from graphnet.requests.closing import close
from graphnet.reunions import (
    afterwards,
    applying,
    becoming,
    invitations,
    organisers,
    planning,
    polls,
    reading,
    telling,
)
from graphnet.reunions.taking import KIND
from graphnet.store import Store

ZONE = ZoneInfo("Europe/Moscow")
ROUBLES = 100


def furnish(engine: Engine, cast: Mapping[str, Any]) -> None:
    """Let the demo's alumna prepare one, and another group have held theirs."""
    store = engine.store
    her, staff = (account_by_email(store, cast[role]["email"]) for role in ("alumnus", "staff"))
    if her is None or staff is None or her.person_key is None:
        return
    me = Viewer("alumnus", her.person_key, her.id)
    clerk = Viewer("staff", staff.person_key, staff.id, purpose="reunions")
    found = classes(store, me, rules=engine.rules)
    if not found.groups:
        return
    mates = [mate.card for mate in found.groups[0].mates]
    mine = found.groups[0].id
    _gathering(engine, me, clerk, mine, mates)
    other = next(
        (card for card in found.classmates if card.state == "registered" and card.studies), None
    )
    if other is not None:
        _held(engine, Viewer("alumnus", other.key, "demo"), clerk)


def _taken(store: Store, who: Viewer, clerk: Viewer, wish: applying.Wish, subject: str) -> str:
    reunion = applying.apply(store, who, KIND, wish, subject=subject)
    request = reading.one(store, clerk, reunion)["request"]
    close(
        store,
        clerk,
        registered().request_kinds,
        request["id"],
        "Поможем с радостью: аудитория есть, приглашения разошлём. Всё остальное — на странице.",
    )
    return reunion


def _today() -> date:
    return datetime.now(ZONE).date()


def _evening(days: int) -> datetime:
    then = datetime.now(ZONE) + timedelta(days=days)
    then += timedelta(days=(5 - then.weekday()) % 7)  # a Saturday
    return then.replace(tzinfo=None, hour=16, minute=0, second=0, microsecond=0)


def _gathering(engine: Engine, me: Viewer, clerk: Viewer, group: str, mates: list[Card]) -> None:
    store, rules = engine.store, engine.rules
    wish = applying.Wish(
        (group,),
        "",
        "Суббота в мае",
        "Хотим собраться. Нужны аудитория и помощь с приглашениями тех, кого мы потеряли.",
    )
    reunion = _taken(store, me, clerk, wish, "Встреча группы")
    for days in (150, 157, 164):
        polls.add(store, me, reunion, _evening(days))
    polls.closes(store, me, reunion, _today() + timedelta(days=20))
    row = reading.one(store, me, reunion)
    options = [one.id for one in polls.poll(store, me, row, rules=rules).options]
    polls.say(store, me, reunion, dict(zip(options, ("yes", "yes", "if_need_be"), strict=True)))
    open_to = invitations.candidates(store, me, row, rules=rules)
    chosen = [one.card for one in open_to][:8]
    if chosen:
        invitations.invite(store, me, reunion, [card.id for card in chosen], rules=rules)
    said = (("yes", ("yes", "if_need_be", "no")), ("yes", ("no", "yes", "yes")),
            ("maybe", ("if_need_be", "yes", "no")), ("no", ()))  # fmt: skip
    for card, (state, days_said) in zip(chosen, said, strict=False):
        they = Viewer("alumnus", card.key, "demo")
        invitations.answer(store, they, reunion, state)
        if days_said:
            polls.say(store, they, reunion, dict(zip(options, days_said, strict=True)))
    helper = next((card for card in mates if card.state == "registered"), None)
    if helper is not None:
        organisers.help_with(store, Viewer("alumnus", helper.key, "demo"), reunion)
    planning.settle(store, me, reunion, "Кронверкский проспект, 49, аудитория 285", 20)
    planning.add_cost(store, me, reunion, "Ужин", 2500 * ROUBLES, "RUB", "person")
    planning.add_cost(store, me, reunion, "Фотограф", 12000 * ROUBLES, "RUB", "all")
    soon = _today() + timedelta(days=14)
    owners = {row["key"]: row["id"] for row in planning.owners(store, row)}
    planning.add_task(store, clerk, reunion, "Заказать пропуска", due_on=soon,
                      owner=owners.get(clerk.person_key, ""))  # fmt: skip
    planning.add_task(store, me, reunion, "Найти фотографии с первого курса",
                      due_on=_today() - timedelta(days=2),
                      owner=owners.get(me.person_key, ""))  # fmt: skip


def _held(engine: Engine, who: Viewer, clerk: Viewer) -> None:
    """Let another group have met, by the same calls; then time passes."""
    store, rules = engine.store, engine.rules
    group = next(
        (row["id"] for row in own_studies.choices(store, who) if row["kind"] == "mine"), ""
    )
    try:
        reunion = _taken(
            store,
            who,
            clerk,
            applying.Wish((group,), "Двадцать лет спустя", "Осенью", ""),
            "Двадцать лет спустя",
        )
    except Conflict:  # the demo's alumna was in that group too
        return
    polls.add(store, who, reunion, _evening(7))
    row = reading.one(store, who, reunion)
    day = polls.poll(store, who, row, rules=rules).options[0].id
    guests = [one.card for one in invitations.candidates(store, who, row, rules=rules)][:9]
    if guests:
        invitations.invite(store, who, reunion, [card.id for card in guests], rules=rules)
    for card in guests[:6]:
        they = Viewer("alumnus", card.key, "demo")
        invitations.answer(store, they, reunion, "yes")
        polls.say(store, they, reunion, {day: "yes"})
    if guests:
        organisers.help_with(store, Viewer("alumnus", guests[0].key, "demo"), reunion)
    polls.pick(store, who, reunion, day)
    event = becoming.make_event(
        store, clerk, reunion, becoming.Wanted("Twenty years later", "Двадцать лет спустя")
    )
    telling.spread(store, reunion, "event", once=event)
    held = editing.one(store, clerk, event)
    past = held.content.starts
    assert past is not None
    then = past - timedelta(days=21)
    over = replace(held.content, starts=then, ends=then + timedelta(hours=4))
    editing.change(store, clerk, event, over, version=held.version)
    _, there = attendance.guests(store, clerk, event)
    seen = [guest.registration for guest in there]
    attendance.mark(store, clerk, event, shown=seen, came=seen[:5])
    team = organisers.team(store, clerk, row, rules=rules)
    afterwards.thank(
        store,
        clerk,
        reunion,
        [one.card.id for one in team],
        "Спасибо! Без вас этого вечера не было бы.",
    )
