"""Why somebody was found: which part of the name a word met, and how; pages put it in words.

Every claim is a score: a word is said to be a part of a name only where the same tables that found
the person make it likely enough for its length. A word that met nothing is said to have met
nothing, and whoever is left with too little is not found at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphnet.names import alphabet, lexicon
from graphnet.names.alphabet import FIRST_LATIN
from graphnet.names.columns import Columns
from graphnet.names.join import FORMER, MAIN, PART, UNKNOWN, score_words
from graphnet.names.learned import Knowledge
from graphnet.names.query import words as words_of
from graphnet.names.search import Hit, Question
from graphnet.names.spelling import Asked

# The words of a question are a name where their log probability is above CLAIM for each of them
# and CLAIM_A_LETTER for each letter: a typing error in a short word, two in a long one; several
# words bear each other out, so that CLAIM_BESIDE will do. Beside a
# given name that is surely meant, a family name may be as bad as WORST: whoever types it knows
# what the word is, though not how it is written. Such a one is only remotely alike, below REMOTE.
CLAIM, CLAIM_BESIDE, CLAIM_A_LETTER = -2.5, -4.0, -1.0
REMOTE, WORST = -6.0, -17.0
SURELY = -3.0
# A word of the language that is no given name is somebody's name only if it is that very name: in
# the other script, in the other gender, or as its beginning.
COMMON = -3.9
# A given name that is written otherwise: a known form with an error, or a stem with a usual ending.
# Beside a family name it may be worse.
MEANT, MEANT_BESIDE = -7.5, -14.0
# What carries a name of which another word met nothing: one typing error in a long name at most.
CARRIES, CARRIES_A_LETTER = -1.0, -0.5
PASSED_OVER = -18.0
KIND_COST = {MAIN: 0.0, FORMER: -0.4, PART: -1.2}
NOTHING = "nothing"


class Explained(NamedTuple):
    """One part of a name, how it was met, and by which word of the question as it was read.

    Where a word met nothing, `part` is empty and `how` is "nothing".
    """

    part: str
    how: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """One word of a person's name: where it stands, its letters, and what kind of word it is."""

    part: str
    word: bytes
    kind: int
    data: Columns
    number: int


class Explainer:
    """Explains the answers to one reading of a question, whose tables `question` still holds."""

    def __init__(self, asked: Asked, question: Question, known: Knowledge, query: str = "") -> None:
        typed = words_of(query)
        as_typed = not asked.layout and len(typed) == len(asked.words)
        self._said = typed if as_typed else tuple(alphabet.text(w) for w in asked.words)
        self._words = [alphabet.plain(word) for word in asked.words]
        self._layout = asked.layout
        self._common = [
            lexicon.is_common(alphabet.text(word))
            and not known.given.groups_of(alphabet.plain(word))
            for word in asked.words
        ]
        self._cut = asked.cut
        self._known = known
        self._question = question

    def explain(self, hits: Sequence[Hit]) -> list[tuple[Explained, ...]]:
        """Return how each word of the question met each person's name; nothing if too little did.

        Everybody at once: what two people share is scored once.
        """
        people = [_parts(hit.data, hit.position) for hit in hits]
        place: dict[bytes, int] = {}
        for parts in people:
            for part in parts:
                place.setdefault(part.word, len(place))
        scores = self._scores(list(place))
        return [self._explained(parts, place, scores) for parts in people]

    def _scores(self, names: list[bytes]) -> NDArray[np.float32]:
        """Return log P(name | word) of every word of the question and every word of a name."""
        question, tables = self._question, self._question.meaning.tables
        letters = np.frombuffer(b"".join(names), np.uint8).copy()
        starts = np.zeros(len(names) + 1, np.int32)
        np.cumsum([len(name) for name in names], out=starts[1:])
        out = np.zeros((len(self._words), len(names)), np.float32)
        every = np.arange(len(names), dtype=np.int32)
        for t in range(len(self._words)):
            score_words(
                t, every, len(names), letters, starts, tables.sizes, tables.first, tables.size,
                tables.target, tables.length, tables.chance, int(question.modes[t]),
                question.lattice, out[t],
            )  # fmt: skip
        return out

    def _explained(
        self, parts: list[_Part], place: dict[bytes, int], scores: NDArray[np.float32]
    ) -> tuple[Explained, ...]:
        """Give each word the part that it fits best, the surest first."""
        several = len(self._words) > 1
        options: list[list[tuple[float, int, str]]] = []
        for t, word in enumerate(self._words):
            claim = CLAIM + CLAIM_A_LETTER * len(word)
            least = min(claim, WORST) if several and not self._cut else claim
            fits = []
            for x, part in enumerate(parts):
                written = float(scores[t, place[part.word]])
                meant = self._meant(t, part) if part.part == "given" else UNKNOWN
                # An initial is no family name's.
                if len(word) == 1 and several and part.part == "family":
                    continue
                if meant <= (MEANT_BESIDE if several and not self._cut else MEANT):
                    meant = UNKNOWN
                score = max(written, meant) + KIND_COST[part.kind]
                if score >= least:
                    how = self._how(t, part, meant > written)
                    far = score < (MEANT if meant > written else claim + REMOTE)
                    fits.append((score, x, "remote" if far and part.kind != FORMER else how))
            options.append(sorted(fits, key=lambda fit: (-fit[0], fit[1])))
        met = _assigned(options, parts)
        if not any(
            not self._common[t] and score >= CLAIM + CLAIM_A_LETTER * len(self._words[t])
            for t, (score, *_) in met.items()
        ):
            met = {t: fit for t, fit in met.items() if not self._common[t] or fit[0] >= COMMON}
        if not self._enough(met, parts):
            return ()
        return tuple(
            Explained(parts[met[t][1]].part, met[t][2], self._said[t])
            if t in met
            else Explained("", NOTHING, self._said[t])
            for t in range(len(self._words))
        )

    def _enough(self, met: dict[int, tuple[float, int, str]], parts: list[_Part]) -> bool:
        """Say whether the words that met something make up for those that met nothing."""
        sizes = [len(word) for word in self._words]
        if len(met) == len(sizes):
            if any(parts[x].part == "given" and score > SURELY for score, x, _ in met.values()):
                return True
            claim = CLAIM if len(sizes) == 1 else CLAIM_BESIDE
            least = claim * len(sizes) + CLAIM_A_LETTER * sum(sizes)
            return sum(score for score, *_ in met.values()) >= least
        # Half a name, or an initial, carries nothing else.
        long = {
            t: fit
            for t, fit in met.items()
            if sizes[t] > 1 and fit[0] > CARRIES + CARRIES_A_LETTER * sizes[t]
            and not self._begun(t, parts[fit[1]])
        }  # fmt: skip
        if not long or 2 * len(met) < len(sizes):
            return False
        # There are a thousand of any given name.
        return len(long) > 1 or any(parts[x].part == "family" for _, x, _ in long.values())

    def _begun(self, t: int, part: _Part) -> bool:
        return part.word != self._words[t] and part.word.startswith(self._words[t])

    def _meant(self, t: int, part: _Part) -> float:
        """Return how surely a word means a given name that is written otherwise."""
        groups = part.data.given_group[part.number]
        logp = part.data.given_logp[part.number]
        means = self._question.meant[t]
        return max(
            (float(means[g] + p) for g, p in zip(groups, logp, strict=True) if g >= 0),
            default=UNKNOWN,
        )

    def _how(self, t: int, part: _Part, by_meaning: bool) -> str:
        """Return how a word met the part that it was given."""
        word, name = self._words[t], part.word
        if part.kind != MAIN:
            return "former name" if part.kind == FORMER else "part of the name"
        if word == name:
            return "keyboard" if self._layout else "same"
        other = (word[0] >= FIRST_LATIN) != (name[0] >= FIRST_LATIN)
        if len(word) == 1:
            return "initial"
        if by_meaning:
            return "diminutive" if not other and self._short(word) else "other form"
        if other:
            return "other script"
        return "beginning" if self._begun(t, part) else "typing error"

    def _short(self, word: bytes) -> bool:
        """Say whether a given name is no full one: a known short form, or one that was guessed."""
        return not self._known.given.is_full(word)


def _assigned(
    options: list[list[tuple[float, int, str]]], parts: list[_Part]
) -> dict[int, tuple[float, int, str]]:
    """Return which option each word takes: one given name, one patronymic, each family name once.

    The surest first; where that leaves a word without, the best of all ways.
    """

    def role(x: int) -> object:
        return parts[x].word if parts[x].part == "family" else parts[x].part

    met: dict[int, tuple[float, int, str]] = {}
    taken: set[object] = set()
    for _, t in sorted((-fits[0][0], t) for t, fits in enumerate(options) if fits):
        fit = next((fit for fit in options[t] if role(fit[1]) not in taken), None)
        if fit:
            met[t] = fit
            taken.add(role(fit[1]))
    if all(t in met or not fits for t, fits in enumerate(options)):
        return met

    best: tuple[float, dict[int, tuple[float, int, str]]] = (-1e9, {})

    def go(t: int, total: float, taken: frozenset[object], chosen: dict[int, Any]) -> None:
        nonlocal best
        if t == len(options):
            best = max(best, (total, chosen), key=lambda way: way[0])
            return
        for fit in options[t]:
            if role(fit[1]) not in taken:
                go(t + 1, total + fit[0], taken | {role(fit[1])}, chosen | {t: fit})
        go(t + 1, total + PASSED_OVER, taken, chosen)

    go(0, 0.0, frozenset(), {})
    return best[1]


def _parts(data: Columns, position: int) -> list[_Part]:
    """Return the words of a person's name."""
    parts: list[_Part] = []
    for x in range(int(data.family_starts[position]), int(data.family_starts[position + 1])):
        number = int(data.family_of[x])
        kind = int(data.family_kind[x])
        parts.append(_Part("family", data.family.word(number), kind, data, number))
    for number in data.given_of[position].tolist():
        if number >= 0:
            parts.append(_Part("given", data.given.word(number), MAIN, data, number))
    number = int(data.patronymic_of[position])
    if number >= 0:
        parts.append(_Part("patronymic", data.patronymic.word(number), MAIN, data, number))
    return parts
