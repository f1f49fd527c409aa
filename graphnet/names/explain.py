"""Why somebody was found: which part of the name a word met, and how, for a page to put in words."""

from typing import NamedTuple

from graphnet.names import alphabet
from graphnet.names.columns import Columns
from graphnet.names.join import FORMER, PART
from graphnet.names.learned import Knowledge
from graphnet.names.spelling import Asked


class Explained(NamedTuple):
    """One part of a name and how it was met."""

    part: str
    how: str


def explain(
    asked: Asked, data: Columns, position: int, known: Knowledge
) -> tuple[Explained, ...]:
    """Return how each word of the question met a part of one person's name."""
    parts: list[tuple[str, bytes, int]] = []
    for x in range(data.family_starts[position], data.family_starts[position + 1]):
        word = data.family.word(int(data.family_of[x]))
        parts.append(("family", word, int(data.family_kind[x])))
    for number in data.given_of[position]:
        if number >= 0:
            parts.append(("given", data.given.word(int(number)), 0))
    if data.patronymic_of[position] >= 0:
        parts.append(("patronymic", data.patronymic.word(int(data.patronymic_of[position])), 0))
    out: list[Explained] = []
    taken: set[str] = set()
    for word in asked.words:
        plain = alphabet.plain(word)
        best: tuple[int, Explained] | None = None
        for part, name, kind in parts:
            if part != "family" and part in taken:
                continue
            how, rank = _how(plain, name, kind, part, known)
            if best is None or rank < best[0]:
                best = (rank, Explained(part, how))
        if best is not None:
            taken.add(best[1].part)
            how = best[1].how
            if asked.layout and how == "same":
                how = "keyboard"
            out.append(Explained(best[1].part, how))
    return tuple(out)


def _how(
    word: bytes, name: bytes, kind: int, part: str, known: Knowledge
) -> tuple[str, int]:
    """Return how a word met a part, and a rank: the smaller, the surer."""
    if word == name:
        how = "former name" if kind == FORMER else "part of the name" if kind == PART else "same"
        return how, kind
    if len(word) == 1:
        fits = word[0] == name[0] or alphabet.is_latin(word) != alphabet.is_latin(name)
        return "initial", (3 if part == "given" else 4) if fits and part != "family" else 90
    other = alphabet.is_latin(word) != alphabet.is_latin(name)
    if part == "given":
        mine = {g for g, _ in known.given.groups_of(word)}
        if mine & {g for g, _ in known.given.groups_of(name)}:
            return ("diminutive" if not other else "other form"), 5
    near = _shared(word, name) if not other else 0.5
    if name.startswith(word) and not other:
        return "beginning", 6
    if kind == FORMER and near > 0.3:
        return "former name", 10 + int(40 * (1 - near))
    if other:
        return "other script", 30 if part != "patronymic" else 35
    if near > 0.4:
        return "typing error", 10 + int(40 * (1 - near))
    return ("diminutive" if part == "given" else "typing error"), 60


def _shared(word: bytes, name: bytes) -> float:
    pairs = set(zip(word, word[1:], strict=False))
    others = set(zip(name, name[1:], strict=False))
    return 2 * len(pairs & others) / max(1, len(pairs) + len(others))
