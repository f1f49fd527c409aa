"""The first steps in words: what one does, why, and what its button says."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext


@dataclass(frozen=True)
class StepWords:
    """What a page says of a step, and the endpoint where it is done."""

    title: Any
    about: Any
    act: Any
    endpoint: str


WORDS = {
    "classmates": StepWords(
        lazy_gettext("See who of your group is here"),
        lazy_gettext("and who is still looked for: perhaps you know where they are."),
        lazy_gettext("To my group"),
        "classmates.classmates",
    ),
    "page": StepWords(
        lazy_gettext("Look through your page"),
        lazy_gettext("What is known of you comes from old lists. Put right what is wrong."),
        lazy_gettext("To my page"),
        "people.me",
    ),
    "seen": StepWords(
        lazy_gettext("See your page as others do"),
        lazy_gettext(
            "City, work, photo and contacts are shown to nobody until you say so; all else you can"
            " hide."
        ),
        lazy_gettext("How others see me"),
        "people.seen",
    ),
    "interests": StepWords(
        lazy_gettext("Choose what interests you"),
        lazy_gettext("By it you are shown events, communities and people."),
        lazy_gettext("To my interests"),
        "interests.mine",
    ),
    "letters": StepWords(
        lazy_gettext("Say which letters you want"),
        lazy_gettext("No news is sent to you unless you ask for it."),
        lazy_gettext("To the letters"),
        "digest.mine",
    ),
}
# A look is all there is to do; the others are done when something was chosen.
LOOKED_AT = ("classmates", "page", "seen")
