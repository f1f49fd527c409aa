"""Files that staff load up, read and bring in."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from ingest.uploads import commit, kept

STAFF = Viewer("staff", 8, "desk", frozenset({"staff"}), purpose="imports")
HEADER = "Фамилия;Имя;Отчество;Дата рождения;Год выпуска;Группа;Факультет;E-mail;Телефон;Город\n"
ROWS = (
    "ИВАНОВ;Пётр;Ильич;02.03.1980;2003;P3301;ФПМ;petr@example.org;+7 921 123-45-67;г. Москва\n"
    "Орлова;Анна;Сергеевна;05.07.1981;2004;P3302;ФПМ;anna@example.org;;спб\n"
    "Зубова;Ирина;Павловна;11.12.1979;2002;P3303;ФТФ;irina@example.org;;Пермь\n"
    "Никто;Олег;Львович;31.02.1980;2003;P3301;ФПМ;oleg@example;;Омск\n"
)


Load = Callable[..., str]


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, home=tmp_path)


@pytest.fixture
def load(store: Store, home: Settings) -> Load:
    """Load files up: names and texts."""

    def act(**files: str | bytes) -> str:
        named = [
            (name.replace("_", "."), io.BytesIO(text if isinstance(text, bytes) else text.encode()))
            for name, text in files.items()
        ]
        return kept.receive(home, store, STAFF, named)

    return act


def choose(store: Store, upload: str, key: str, **said: Any) -> None:
    choices = kept.one(store, upload).choices
    kept.choose(store, upload, choices | {key: choices.get(key, {}) | said})


def bring(store: Store, home: Settings, upload: str) -> list[dict[str, Any]]:
    kept.ask(store, STAFF, upload, kept.COMMIT)
    return commit.commit(home, store, STAFF, upload)


def people(store: Store) -> list[str]:
    rows = store.read("MATCH (p:Person) RETURN p.family_name AS name ORDER BY name")
    return [row["name"] for row in rows]
