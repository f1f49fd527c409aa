"""Why somebody was found: which part of the name a word met, and how; pages put it in words."""

from itertools import pairwise
from typing import NamedTuple

from graphnet.names import alphabet
from graphnet.names.alphabet import FIRST_LATIN
from graphnet.names.columns import Columns
from graphnet.names.join import FORMER, PART
from graphnet.names.learned import Knowledge
from graphnet.names.query import words as words_of
from graphnet.names.spelling import Asked


class Explained(NamedTuple):
    """One part of a name, how it was met, and by which word of the question as it was read."""

    part: str
    how: str
    word: str = ""


class Explainer:
    """Explains the answers to one question; what two people share is looked at once."""

    def __init__(self, asked: Asked, known: Knowledge, query: str = "") -> None:
        typed = words_of(query)
        as_typed = not asked.layout and len(typed) == len(asked.words)
        self._said = typed if as_typed else tuple(alphabet.text(w) for w in asked.words)
        self._words = [alphabet.plain(word) for word in asked.words]
        self._layout = asked.layout
        self._known = known
        self._seen: dict[tuple[int, str, bytes, int], tuple[int, str]] = {}

    def explain(self, data: Columns, position: int) -> tuple[Explained, ...]:
        """Return how each word of the question met a part of one person's name."""
        parts: list[tuple[str, bytes, int]] = []
        for x in range(int(data.family_starts[position]), int(data.family_starts[position + 1])):
            word = data.family.word(int(data.family_of[x]))
            parts.append(("family", word, int(data.family_kind[x])))
        for number in data.given_of[position].tolist():
            if number >= 0:
                parts.append(("given", data.given.word(number), 0))
        patronymic = int(data.patronymic_of[position])
        if patronymic >= 0:
            parts.append(("patronymic", data.patronymic.word(patronymic), 0))
        out: list[Explained] = []
        taken: set[str] = set()
        for t in range(len(self._words)):
            met = [
                (*self._how(t, part, name, kind), part)
                for part, name, kind in parts
                if part == "family" or part not in taken
            ]
            if met:
                _, how, part = min(met)
                taken.add(part)
                how = "keyboard" if self._layout and how == "same" else how
                out.append(Explained(part, how, self._said[t]))
        return tuple(out)

    def _how(self, t: int, part: str, name: bytes, kind: int) -> tuple[int, str]:
        key = (t, part, name, kind)
        if key not in self._seen:
            self._seen[key] = _how(self._words[t], part, name, kind, self._known)
        return self._seen[key]


def _how(word: bytes, part: str, name: bytes, kind: int, known: Knowledge) -> tuple[int, str]:
    """Return how a word met a part, after a rank: the smaller, the surer."""
    if word == name:
        how = "former name" if kind == FORMER else "part of the name" if kind == PART else "same"
        return kind, how
    other = (word[0] >= FIRST_LATIN) != (name[0] >= FIRST_LATIN)
    if len(word) == 1:
        fits = word[0] == name[0] or other
        return (3 if part == "given" else 4) if fits and part != "family" else 90, "initial"
    near = _shared(word, name) if not other else 0.5
    mine = {g for g, _ in known.given.groups_of(word)}
    if part == "given":
        theirs = {g for g, _ in known.given.groups_of(name)}
        if mine & theirs:
            return 5, "diminutive" if not other else "other form"
        if mine and theirs and near <= 0.5:
            return 55, "another name"  # found by the rest: Sasha is no form of Viktor
    if not other and name.startswith(word):
        return 6, "beginning"
    if kind == FORMER and near > 0.3:
        return 10 + int(40 * (1 - near)), "former name"
    if other:
        # A given name that is well known is hardly somebody's family name in the other alphabet.
        return {"given": 30, "family": 65 if mine else 30, "patronymic": 35}[part], "other script"
    if near > 0.4:
        return 10 + int(40 * (1 - near)), "typing error"
    return 60, "diminutive" if part == "given" else "typing error"


def _shared(word: bytes, name: bytes) -> float:
    pairs = set(pairwise(word))
    others = set(pairwise(name))
    return 2 * len(pairs & others) / max(1, len(pairs) + len(others))
