"""What a survey asks, in both languages: choices, a scale, words; and what counts as an answer."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from graphnet.errors import BadValue

KINDS = ("one", "many", "scale", "words")
# What an answer may become on the page of who gave it, where they tick so.
FEEDS = ("", "likes", "offers", "needs")
SCALE = (1, 2, 3, 4, 5)
MOST_QUESTIONS, MOST_CHOICES = 10, 8
LONGEST_TEXT, LONGEST_CHOICE, LONGEST_WORDS = 300, 120, 1000


@dataclass(frozen=True)
class Choice:
    """One choice, and the topic that it stands for, if any."""

    text: str
    text_ru: str
    topic: str = ""


@dataclass(frozen=True)
class Question:
    """One question; `feeds` says what its choices may become on somebody's page."""

    id: str
    kind: str
    text: str
    text_ru: str
    choices: tuple[Choice, ...] = ()
    feeds: str = ""

    @property
    def cells(self) -> int:
        """How many answers there are to choose from; none for words."""
        return {"scale": len(SCALE), "words": 0}.get(self.kind, len(self.choices))

    @property
    def whole(self) -> bool:
        """Whether it can be asked in both languages."""
        texts = [self.text, self.text_ru, *(t for c in self.choices for t in (c.text, c.text_ru))]
        enough = self.kind not in ("one", "many") or len(self.choices) >= 2
        return enough and all(texts)

    def checked(self) -> "Question":
        """Return it without stray spaces and empty choices.

        Raises
        ------
        BadValue
            'kind', 'text', 'choices' or 'long': what is wrong.
        """
        if self.kind not in KINDS or self.feeds not in FEEDS:
            raise BadValue(
                f"a question is one of {', '.join(KINDS)}, and feeds one of {', '.join(FEEDS)} "
                "or nothing",
                code="kind",
                field="kind",
            )
        text, text_ru = (" ".join(one.split()) for one in (self.text, self.text_ru))
        has_choices = self.kind in ("one", "many")
        choices = [
            Choice(" ".join(c.text.split()), " ".join(c.text_ru.split()), c.topic)
            for c in self.choices
            if has_choices and (c.text.strip() or c.text_ru.strip())
        ]
        if not (text or text_ru):
            raise BadValue(
                "a question needs its text, in English or in Russian", code="text", field="text"
            )
        longest = max([0, *(len(t) for c in choices for t in (c.text, c.text_ru))])
        if max(len(text), len(text_ru)) > LONGEST_TEXT or longest > LONGEST_CHOICE:
            raise BadValue(
                f"a question has at most {LONGEST_TEXT} characters, a choice {LONGEST_CHOICE}",
                code="long",
                field="text",
            )
        if has_choices and not 2 <= len(choices) <= MOST_CHOICES:
            raise BadValue(
                f"a question of choices has 2 to {MOST_CHOICES} of them",
                code="choices",
                field="kind",
            )
        feeds = self.feeds if has_choices else ""
        return Question(self.id, self.kind, text, text_ru, tuple(choices), feeds)


def packed(questions: Iterable[Question]) -> str:
    """Return questions as the graph keeps them."""
    return json.dumps([asdict(one) for one in questions], ensure_ascii=False)


def unpacked(text: str | None) -> tuple[Question, ...]:
    """Return questions out of `packed`."""
    return tuple(
        Question(**(one | {"choices": tuple(Choice(**c) for c in one["choices"])}))
        for one in json.loads(text or "[]")
    )


def checked(questions: Iterable[Question], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody answered, by question; questions may be left out.

    A choice is its place, a scale its number, words are words.

    Raises
    ------
    BadValue
        'empty' if nothing was answered, 'choose' for a choice that there is not, 'long'.
    """
    found: dict[str, Any] = {}
    for one in questions:
        value = given.get(one.id)
        if one.kind == "words":
            words = str(value or "").replace("\r\n", "\n").strip()
            if len(words) > LONGEST_WORDS:
                raise BadValue(
                    f"an answer in words has at most {LONGEST_WORDS:,} characters", code="long"
                )
            if words:
                found[one.id] = words
            continue
        if value is None or value == []:
            continue
        places = sorted(set(value if isinstance(value, list) else [value]))
        allowed = SCALE if one.kind == "scale" else range(len(one.choices))
        if any(place not in allowed for place in places):
            raise BadValue("choose from what is offered", code="choose")
        if one.kind == "many":
            found[one.id] = places
        elif len(places) == 1:
            found[one.id] = places[0]
        else:
            raise BadValue("choose from what is offered, and one answer only", code="choose")
    if not found:
        raise BadValue("answer at least one question", code="empty")
    return found


def chosen(question: Question, value: Any) -> list[int]:
    """Return which cells of a question an answer is in."""
    if question.kind == "scale":
        return [SCALE.index(value)]
    return list(value) if isinstance(value, list) else [value]


def told(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[str]:
    """Return an answer as its person is given it among their data: questions and words, whole."""
    found = []
    for one in questions:
        value = answers.get(one.id)
        if value is None:
            continue
        said = str(value)
        if one.kind in ("one", "many"):
            picked = [one.choices[place] for place in chosen(one, value)]
            said = "; ".join(f"{c.text} / {c.text_ru}" for c in picked)
        found.append(f"{one.text} / {one.text_ru}: {said}")
    return found
