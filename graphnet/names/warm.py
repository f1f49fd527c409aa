"""Compile every inner loop of the name search once, on tiny input; `graphnet warm` calls it."""

import tempfile
from pathlib import Path

import numpy as np

from graphnet.names import em
from graphnet.names.columns import PersonName
from graphnet.names.index import NameIndex


def warm() -> None:
    """Ask one small index every kind of question, so that the compiled loops are in the cache."""
    people = [
        PersonName("Анна", "Ивановна", "Ли", ("Иванова",)),
        PersonName("Ivan", "", "Petrov-Vodkin"),
        PersonName("Пётр", "", "Петров"),
    ]
    built = NameIndex.build(np.arange(3), people)
    with tempfile.TemporaryDirectory() as folder:
        built.save(Path(folder) / "names")
        opened = NameIndex.open(Path(folder) / "names")
        for index in (built, opened):
            for allowed in (None, np.array([True, False, True])):
                index.find("Аня Ли", allowed=allowed)
                index.find("Петров Иван П.", allowed=allowed)
                index.find("Анна", allowed=allowed)
                index.suggest("Petr", allowed=allowed)
        opened.add(9, people[0])
        opened.find("Аня Ли")
        del opened, index
    letters = np.frombuffer(bytes([33, 34, 33, 34]), np.uint8)
    at = np.array([0, 2, 4], np.int32)
    em.align(letters, at, np.frombuffer(bytes([1, 2, 1, 2]), np.uint8), at, np.ones(2))
