"""A list that somebody has loaded up and not yet looked at; the base came with the import."""

import io
from collections.abc import Mapping
from typing import Any

from graphnet.engine import Engine
from graphnet.privacy import Viewer
from ingest.uploads import kept

LIST = (
    "Встреча выпускников 2019, кто записался\n"
    "ФИО;Группа, год;E-mail;Телефон;Откуда приехал(а)\n"
    "ЛАПТЕВА (Орешкина) НИНА ИЛЬИНИЧНА;P3301, 2003;nina@example.org;8 921 123-45-67;г. Пермь\n"
    "Чижов Пётр;гр. 5110, 1998;chizhov@example.org;;спб\n"
    "Ольхин Глеб Львович;P3402, 2004;gleb@example;+7 911 765 43 21;Мск\n"
)


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Do it by the same call that the page makes."""
    staff = Viewer("staff", account_id="demo", roles=frozenset({"staff"}), purpose="imports")
    content = io.BytesIO(LIST.encode("cp1251"))
    kept.receive(engine.settings, engine.store, staff, [("встреча 2019.csv", content)])
