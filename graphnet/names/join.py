"""From scored words to people: every word of a question takes a part of the name, best split wins.

A driver word finds people (by a family name, or by a given name if no family name is in the
question); the remaining words take the given name, the patronymic, another family name of the same
person, or are passed over at a price.
"""

import numpy as np
from numba import njit

from graphnet.names.alphabet import FIRST_LATIN
from graphnet.names.score import PREFIX, forward
from graphnet.names.tokens import Flags, Singles
from graphnet.names.transducer import Bytes, Floats, Ints, Longs

MAIN, FORMER, PART = 0, 1, 2  # kinds of a person's family words
KIND_COST = np.array([0.0, -0.4, -1.2])
BEHIND = 16.0  # whoever is so far behind the best was met by chance
SKIPPED = -18.0  # a word that fits nothing of the person
SKIPPED_FAMILY = -40.0  # ... where only the given name fits
UNKNOWN = -36.0
NO_FAMILY = -3.0  # a question that names no family
GIVEN_ABSENT = -9.0  # the question has a given name, the record has none
PATRONYMIC_ABSENT = -2.0  # the question has a patronymic, the record has none
PATRONYMIC_UNLIKELY = -12.0  # ... but it may as well be a family name
ROLE_PATRONYMIC = -0.5
OTHER_YO = 0.3  # Артем and Артём are one name, but who writes ё may mean it
ROLE_OTHER_FAMILY = -1.5
STEP, STEPS = 1 / 16, 1024  # nats; 64 nats below perfect are all alike


@njit(cache=True, nogil=True)
def word_logp(
    t: int, name: Bytes, sizes: Longs, first: Ints, size: Bytes, target: Ints, length: Bytes,
    chance: Floats, mode: int, F: Floats,
) -> float:  # fmt: skip
    """Return log P(name | word t), with the table of the name's script."""
    row = 2 * t + (1 if name[0] >= FIRST_LATIN else 0)
    p = forward(
        sizes[row], name, first[row], size[row], target[row], length[row], chance[row], mode, F
    )
    return np.log(p) if p > 1e-15 else UNKNOWN


@njit(cache=True, nogil=True)
def score_words(
    t: int, found: Ints, n: int, letters: Bytes, starts: Ints, sizes: Longs, first: Ints,
    size: Bytes, target: Ints, length: Bytes, chance: Floats, mode: int, F: Floats, out: Singles,
) -> None:  # fmt: skip
    """Score candidate words against word t of the question."""
    for x in range(n):
        w = found[x]
        out[x] = word_logp(
            t, letters[starts[w] : starts[w + 1]], sizes, first, size, target, length, chance,
            mode, F,
        )  # fmt: skip


@njit(cache=True, nogil=True)
def score_stems(
    t: int, found: Ints, n: int, letters: Bytes, starts: Ints, sizes: Longs, first: Ints,
    size: Bytes, target: Ints, length: Bytes, chance: Floats, endings: Floats, F: Floats,
    out: Singles,
) -> None:  # fmt: skip
    """Score stems: the stem is the beginning of word t and the rest of it an ending."""
    for x in range(n):
        w = found[x]
        word = letters[starts[w] : starts[w + 1]]
        word_logp(t, word, sizes, first, size, target, length, chance, 0, F)
        m = sizes[2 * t]
        best = UNKNOWN
        for i in range(1, m + 1):
            if F[i, len(word)] > 1e-9:
                best = max(best, np.log(F[i, len(word)]) + endings[i])
        out[x] = best


@njit(cache=True, nogil=True)
def spread(
    found: Ints, scores: Singles, n: int, least: float, starts: Ints, group: Ints, logp: Floats,
    bonus: float, out: Singles,
) -> None:  # fmt: skip
    """Give each group the best of the words that may mean it."""
    for x in range(n):
        if scores[x] > least:
            for y in range(starts[found[x]], starts[found[x] + 1]):
                value = scores[x] + logp[y] + bonus
                if value > out[group[y]]:
                    out[group[y]] = value


@njit(cache=True, nogil=True)
def _part(
    t: int, number: int, cache: Singles, modes: Ints, letters: Bytes, starts: Ints, sizes: Longs,
    first: Ints, size: Bytes, target: Ints, length: Bytes, chance: Floats, F: Floats,
) -> float:  # fmt: skip
    """Return the score of word t against one word of a table, computed once for each question."""
    score = cache[t, number]
    if score == 0.0:
        word = letters[starts[number] : starts[number + 1]]
        score = word_logp(t, word, sizes, first, size, target, length, chance, modes[t], F)
        score = min(float(score), -1e-6)
        cache[t, number] = score
    return float(score)


@njit(cache=True, nogil=True)
def _given(
    t: int, number: int, cache: Singles, groups: Ints, group_logp: Singles, meant: Singles,
    modes: Ints, letters: Bytes, starts: Ints, sizes: Longs, first: Ints, size: Bytes,
    target: Ints, length: Bytes, chance: Floats, F: Floats, name_yo: Bytes, yo: Bytes,
) -> float:  # fmt: skip
    """Return the score of word t against a given name: as written, or as another form of it."""
    score = cache[t, number]
    if score == 0.0:
        word = letters[starts[number] : starts[number + 1]]
        score = word_logp(t, word, sizes, first, size, target, length, chance, modes[t], F)
        if yo[t] != name_yo[number] and word[0] < FIRST_LATIN:
            score -= OTHER_YO
        for x in range(groups.shape[1]):
            g = groups[number, x]
            if g < 0:
                break
            score = max(score, meant[t, g] + group_logp[number, x])
        score = min(float(score), -1e-6)
        cache[t, number] = score
    return float(score)


@njit(cache=True, nogil=True)
def _step(kept: float, n: int) -> int:
    """Return the place of a score, as `best` keeps it, among the n of `steps`: 0 for the best."""
    return min(n - 1, max(0, int(-(kept + 1000.0) / STEP)))


@njit(cache=True, nogil=True)
def _edge(steps: Ints, edge: int, above: int, k: int) -> tuple[int, int]:
    """Return the least place up to which k people stand, and how many those are."""
    while edge > 0 and above - steps[edge] >= k:
        above -= steps[edge]
        edge -= 1
    return edge, above


@njit(cache=True, nogil=True)
def _cut(edge: int, above: int, running: float, n: int, k: int) -> float:
    """Return the score below which nobody is among the best k, or near enough to the best."""
    cut = running - BEHIND
    if above >= k and edge < n - 1:
        cut = max(cut, -STEP * (edge + 1))
    return cut - 1e-3  # scores are kept in single precision


@njit(cache=True, nogil=True)
def join(
    drivers: Ints, driver_logp: Singles, n_drivers: int, driver: int, by_family: bool,
    driver_starts: Ints, driver_persons: Ints, driver_kinds: Bytes, driver_given: Ints,
    driver_patronymic: Ints,
    n_words: int, like_patronymic: Bytes, modes: Ints, given_modes: Ints, floor: float,
    family_starts: Ints, family_of: Ints, family_cache: Singles,
    given_of: Ints, given_cache: Singles, groups: Ints, group_logp: Singles, meant: Singles,
    given_letters: Bytes, given_starts: Ints, given_yo: Bytes, yo: Bytes,
    patronymic_of: Ints, patronymic_cache: Singles, patronymic_letters: Bytes,
    patronymic_starts: Ints,
    family_letters: Bytes, family_word_starts: Ints,
    sizes: Longs, first: Ints, size: Bytes, target: Ints, length: Bytes, chance: Floats, F: Floats,
    allowed: Flags, everyone: bool, base: float, running: float,
    best: Singles, touched: Ints, n_touched: int, steps: Ints, k: int,
) -> int:  # fmt: skip
    """Score everybody whom the driver words find, best first; `best` keeps each one's best split.

    `best` is 0 for who was not met, else the score minus 1000 (never 0). Whoever cannot be among
    the best k, nor within BEHIND of the best, is passed over: `steps` counts the people met by
    score, STEP nats a place, so that the k-th best is known at any time. Returns how many were met.
    """
    state = np.empty(4)
    fresh = np.empty(4)
    edge, above = _edge(steps, len(steps) - 1, steps.sum(), k)
    cut = _cut(edge, above, running, len(steps), k)
    for d in range(n_drivers):
        found_by = base + driver_logp[d]
        # The cut only grows, so nobody is left out who would be shown in the end.
        if found_by < max(floor, cut):
            break
        last_given, last_patronymic, last_kind = -9, -9, -1
        total = 0.0
        for x in range(driver_starts[drivers[d]], driver_starts[drivers[d] + 1]):
            person = driver_persons[x]
            if not everyone and not allowed[person]:
                continue
            kind = driver_kinds[x] if by_family else 0
            score = found_by + KIND_COST[kind]
            if score < cut:
                continue
            given, second, patronymic = -1, -1, -1
            family_from = family_to = 0
            plain = by_family and driver_given[x] >= -1
            if plain:
                given, patronymic = driver_given[x], driver_patronymic[x]
            elif n_words > 1:
                given, second = given_of[person, 0], given_of[person, 1]
                patronymic = patronymic_of[person]
                family_from, family_to = family_starts[person], family_starts[person + 1]
            # Namesakes stand beside each other: they are scored once.
            if not (
                plain
                and given == last_given
                and patronymic == last_patronymic
                and kind == last_kind
            ):
                # state[r]: best of the words so far, r the parts taken (1 given, 2 patronymic).
                state[:] = -1e9
                state[0 if by_family else 1] = score
                for t in range(n_words):
                    if t == driver:
                        continue
                    g = UNKNOWN
                    if by_family:
                        for number in (given, second):
                            if number >= 0:
                                g = max(g, _given(
                                    t, number, given_cache, groups, group_logp, meant, given_modes,
                                    given_letters, given_starts, sizes, first, size, target,
                                    length, chance, F, given_yo, yo,
                                ))  # fmt: skip
                        if given < 0:
                            g = GIVEN_ABSENT
                    p = UNKNOWN
                    if patronymic >= 0:
                        p = ROLE_PATRONYMIC + _part(
                            t, patronymic, patronymic_cache, modes, patronymic_letters,
                            patronymic_starts, sizes, first, size, target, length, chance, F,
                        )  # fmt: skip
                    elif like_patronymic[t]:
                        p = PATRONYMIC_UNLIKELY
                        if by_family and n_words > 2:
                            p = PATRONYMIC_ABSENT
                    f = SKIPPED if by_family else SKIPPED_FAMILY
                    if modes[t] != PREFIX:
                        for y in range(family_from, family_to):
                            number = family_of[y]
                            if not by_family or number != drivers[d]:
                                f = max(f, ROLE_OTHER_FAMILY + _part(
                                    t, number, family_cache, modes, family_letters,
                                    family_word_starts, sizes, first, size, target, length,
                                    chance, F,
                                ))  # fmt: skip
                    for r in range(4):
                        fresh[r] = state[r] + f
                    for r in range(4):
                        if r & 1 == 0:
                            fresh[r | 1] = max(fresh[r | 1], state[r] + g)
                        if r & 2 == 0:
                            fresh[r | 2] = max(fresh[r | 2], state[r] + p)
                    state[:] = fresh
                total = state.max()
            last_given, last_patronymic, last_kind = -9, -9, -1
            if plain:
                last_given, last_patronymic, last_kind = given, patronymic, kind
            if total < cut:
                continue
            running = max(running, total)
            old = best[person]
            top = np.float32(total - 1000.0)
            if old != 0 and old >= top:
                continue
            best[person] = top
            at = _step(float(top), len(steps))
            steps[at] += 1
            above += at <= edge
            if old == 0:
                touched[n_touched] = person
                n_touched += 1
            else:
                at = _step(float(old), len(steps))
                steps[at] -= 1
                above -= at <= edge
            edge, above = _edge(steps, edge, above, k)
            cut = _cut(edge, above, running, len(steps), k)
    return n_touched
