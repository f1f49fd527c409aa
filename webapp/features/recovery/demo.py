"""What staff of the demo have done about a lost class: one plan, a first wave, several answers."""

from collections.abc import Mapping
from typing import Any

from graphnet.engine import Engine
from graphnet.keys import trusted
from graphnet.live import Live
from graphnet.people import key_of, of_origins
from graphnet.privacy import STANDARD, Viewer
from graphnet.recovery import answers, outreach, plans
from graphnet.recovery.classes import coverage
from graphnet.settings import Settings

TO_ASK, FIRST_WAVE = 12, 6
SAID = ("", "Кажется, Игорь Белов теперь в Новосибирске", "I have met two of them at a reunion")


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Plan for the intake with most lost, send the first letters, enter what came back."""
    store, settings = engine.store, engine.settings
    live = Live(store, settings.snapshots)
    live.start()
    try:
        _first_wave(live, settings, people)
    finally:
        live.stop()


def _first_wave(live: Live, settings: Settings, people: Mapping[str, Any]) -> None:
    origin = f"synth:person:{people['staff']['id']}"
    _, person_id = of_origins(live.store, [origin])[origin]
    staff = Viewer("staff", key_of(live.store, person_id), account_id="demo", purpose="recovery")
    worst = coverage(live, staff)
    if not worst or not worst[0].lost:
        return
    plan_id = plans.create(live, staff, worst[0].kind, worst[0].id, TO_ASK)
    links = trusted(settings, "links")
    outreach.arm(live.store, staff, plan_id, keys=links)
    letters = outreach.letters(live, staff, plan_id, keys=links)[:FIRST_WAVE]
    for i, letter in enumerate(letters):
        ask_id = str(letter.ask["id"])
        if i == len(letters) - 1:
            outreach.call(live, staff, plan_id, ask_id, "no_answer", note="утром не берёт трубку")
            continue
        outreach.send(live, staff, plan_id, ask_id, "copied" if i % 2 else "post")
        if i < len(SAID):
            named = {
                card.id: how
                for card, how in zip(letter.lost, ("in_touch", "link", "pass_on"), strict=False)
            }
            answers.answer_by_link(live.store, letter.token, named, SAID[i], rules=STANDARD)
        elif i == len(SAID):
            answers.refuse_by_link(live.store, letter.token)
    plans.change(live, staff, plan_id, act="again")
    outreach.arm(live.store, staff, plan_id, keys=links)
