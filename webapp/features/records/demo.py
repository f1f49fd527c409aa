"""What has been corrected in the demo: some their own page, staff a surname; one death waits."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.discovery.classmates import classes
from graphnet.engine import Engine
from graphnet.people import Card, of_origins
from graphnet.privacy import Viewer
from graphnet.records import choices, corrections, deaths, edits, studies
from graphnet.records.corrections import Told


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Let three have changed theirs, staff have corrected one, and a death wait."""
    store = engine.store
    origin = f"synth:person:{people['alumnus']['id']}"
    me = Viewer("alumnus", of_origins(store, [origin])[origin][0], "demo")
    staff = Viewer("staff", None, "demo", purpose=corrections.PURPOSE)
    mates = [mate.card for group in classes(store, me).groups for mate in group.mates]
    here = [card for card in mates if card.state == "registered"]
    cities = choices.cities(store)
    for number, card in enumerate(here[:3]):
        they = Viewer("alumnus", card.key, "demo")
        edits.say_about(store, they, card.key, ABOUT[number])
        if cities:
            edits.live_in(store, they, card.key, cities[number % len(cities)]["name"])
        edits.show_to(store, they, {"city": "members", "about": "members"})
    if me.person_key is not None:
        edits.speak(store, me, me.person_key, ["ru", "en"], ("ru", "en"))
    married = next((card for card in here[3:] if card.gender == "f" and card.name.family), None)
    if married is not None:
        edits.rename(
            store,
            staff,
            married.key,
            _names(married) | {"family_name": "Воскресенская"},
            told=Told("telephone", "она сама, по телефону деканата"),
        )
    units = choices.units(store)
    if here[4:] and units:
        they = Viewer("alumnus", here[4].key, "demo")
        studies.say(store, they, unit_id=units[0]["id"], to_year=2005, level="master")
    lost = [card for card in mates if card.state in ("no_contact", "not_registered")]
    if lost:
        day = datetime.now(UTC).date() - timedelta(days=40)
        told = Told("telephone", "вдова, просила больше не звонить")
        deaths.note(store, staff, lost[-1].key, died_on=day, told=told)


ABOUT = (
    "Проектирую оптику для телескопов, по выходным хожу в горы. Спрашивайте о работе в ГОИ.",
    "Двадцать лет в банках, теперь учу студентов анализу данных. Ищу тех, кто хочет учиться.",
    "Преподаю физику в школе. Собираю истории нашего курса: пришлите, что помните.",
)


def _names(card: Card) -> dict[str, Any]:
    return {
        "given_name": card.name.given,
        "patronymic": card.name.patronymic,
        "family_name": card.name.family,
        "former_names": list(card.name.former),
        "latin_name": card.latin_name,
        "gender": card.gender,
    }
