"""Learning on a few made-up pairs: what is learned is right, and the same bytes come each time."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from graphnet.errors import BadFile
from graphnet.names import alphabet, em, learn

LETTERS = dict(zip("абвгдиклмнопрсту", "abvgdiklmnoprstu", strict=True)) | {"ш": "sh", "ю": "yu"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(5)
    lines = []
    for _ in range(400):
        word = "".join(rng.choice(list(LETTERS), rng.integers(4, 9)))
        latin = "".join(LETTERS[c] for c in word)
        lines.append(f"{latin}\t{' '.join(word)}\t{rng.integers(1, 5)}\n")
    (tmp_path / learn.PAIRS).write_text("".join(lines), encoding="utf-8")
    (tmp_path / learn.GIVEN).write_text("count,text\n5000,Иван\n", encoding="utf-8")
    (tmp_path / learn.PATRONYMICS).write_text("count,text\n5000,Иванович\n", encoding="utf-8")
    (tmp_path / learn.RUSSIAN_FORMS).write_text(
        '{"Иван": {"gender": "male", "count": {"vk": 90}, "variants": ["Ваня", "Ivan"]}}',
        encoding="utf-8",
    )
    (tmp_path / learn.ENGLISH_FORMS).write_text(
        "name1,relationship,name2\nrobert,has_nickname,bob\n", encoding="utf-8"
    )
    return tmp_path


def test_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    sums = []
    for name in ("one.npz", "two.npz"):
        learn.write(learn.learn(folder), folder / name)
        sums.append(hashlib.sha256((folder / name).read_bytes()).hexdigest())
    assert sums[0] == sums[1]


def test_chunks_are_found_where_they_are(folder: Path) -> None:
    pairs = [p for p in learn.material(folder)["latin_cyrillic"] if p[2] >= 1]
    source = np.frombuffer(b"".join(s for s, _, _ in pairs), np.uint8)
    target = np.frombuffer(b"".join(t for _, t, _ in pairs), np.uint8)
    s_at = np.cumsum([0, *(len(s) for s, _, _ in pairs)]).astype(np.int32)
    t_at = np.cumsum([0, *(len(t) for _, t, _ in pairs)]).astype(np.int32)
    _, chunk, mass = em.align(source, s_at, target, t_at, np.ones(len(pairs)))
    total: dict[tuple[str, str], float] = {}
    for key, value in zip(chunk.tolist(), mass.tolist(), strict=True):
        s, t = (alphabet.text(part) for part in em.unpack(key))
        total[s, t] = total.get((s, t), 0.0) + value
    # Each letter's own chunk carries nearly all of it: the rest are alternatives of small mass.
    assert total["sh", "ш"] > 10 * total.get(("s", "ш"), 0.0)
    assert total["k", "к"] > 0.8 * sum(v for (s, _), v in total.items() if s == "k")


def test_short_forms_come_from_both_lists(folder: Path) -> None:
    assert learn.given_forms(folder) == ["Иван 6: Ваня =Ivan", "robert 2: bob"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="wd_russian_64"):
        learn.learn(tmp_path)


def test_a_damaged_line_is_named(folder: Path) -> None:
    (folder / learn.PAIRS).write_text("one column\n", encoding="utf-8")
    with pytest.raises(BadFile, match="line 1"):
        learn.learn(folder)
