"""Identifiers, names of people, entries of the feed of changes."""

import secrets
from dataclasses import dataclass
from datetime import datetime

BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter looks like another


def new_id() -> str:
    """Return a random identifier of 16 letters (80 bits), safe to show to strangers."""
    return "".join(secrets.choice(BASE32) for _ in range(16))


@dataclass(frozen=True)
class Name:
    """A person's name in the script in which it was given."""

    given: str
    family: str
    patronymic: str = ""
    former: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """Given name, patronymic, family name: the order of speech in both languages."""
        return " ".join(part for part in (self.given, self.patronymic, self.family) if part)


@dataclass(frozen=True)
class Change:
    """One numbered entry of the feed that every process reads."""

    number: int
    kind: str
    people: tuple[int, ...]
    thing: str
    at: datetime
