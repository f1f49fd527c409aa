"""Who asks, in what role, and what for."""

import secrets
from dataclasses import dataclass, field

from graphnet.errors import NotAllowed


@dataclass(frozen=True)
class Viewer:
    """Who is asking. Engines and reads take one; there is no read without one."""

    kind: str  # anyone | alumnus | staff | analyst
    person_key: int | None = None
    account_id: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    purpose: str = ""

    def for_purpose(self, purpose: str) -> "Viewer":
        """Return the same viewer with a stated purpose, which the audit trail keeps."""
        return Viewer(self.kind, self.person_key, self.account_id, self.roles, purpose)

    @property
    def is_staff(self) -> bool:
        """Whether staff are asking."""
        return self.kind == "staff"

    @property
    def is_alumnus(self) -> bool:
        """Whether an alumnus is asking, as one of them."""
        return self.kind == "alumnus"

    @property
    def is_analyst(self) -> bool:
        """Whether an analyst is asking."""
        return self.kind == "analyst"

    @property
    def is_anyone(self) -> bool:
        """Whether nobody is signed in."""
        return self.kind == "anyone"

    @property
    def within(self) -> bool:
        """Whether a member or staff ask: those among whom people are named."""
        return self.kind in ("alumnus", "staff")

    @property
    def has_task(self) -> bool:
        """Whether staff are asking, and have said what for."""
        return self.is_staff and bool(self.purpose)

    @property
    def is_engine(self) -> bool:
        """Whether a process asks that works for no one person, or a link that speaks for one."""
        return self.kind == "engine"

    def require_staff(self) -> None:
        """Let only staff go on, who name what they do it for.

        Raises
        ------
        NotAllowed
            For everyone else, and for staff without a purpose.
        """
        if self.kind != "staff":
            raise NotAllowed("this is for staff")
        if not self.purpose:
            raise NotAllowed("staff read a person for a stated purpose: name the task")

    def keeps_books(self, *, or_audits: bool = False) -> bool:
        """Whether staff ask who keep the books; or who read them whole, where that is enough."""
        enough = {"treasurer", "admin", "auditor"} if or_audits else {"treasurer", "admin"}
        return self.is_staff and bool(self.purpose) and bool(self.roles & enough)

    def require_analyst(self) -> None:
        """Let only analysts go on, who name what they ask for; the others are `NotAllowed`."""
        if self.kind != "analyst" or not self.purpose:
            raise NotAllowed("this is for analysts, who name what they ask for")

    def own_key(self) -> int:
        """Return the key of whoever is signed in, in whatever role: what is theirs is theirs.

        Raises
        ------
        NotAllowed
            If nobody is signed in.
        """
        if self.person_key is None:
            raise NotAllowed("sign in first")
        return self.person_key

    def me(self) -> int:
        """Return the key of the alumnus who is asking.

        Raises
        ------
        NotAllowed
            If whoever asks is not signed in as an alumnus.
        """
        if self.kind != "alumnus" or self.person_key is None:
            raise NotAllowed("this is for alumni who are signed in")
        return self.person_key


ANYONE = Viewer("anyone")

FINDING = "search"  # staff look somebody up: a widow calls
FOR_THEIR_SAKE = ("correct", "erase")  # what staff may see the hidden for


@dataclass(frozen=True)
class Rules:
    """What an installation decides: who sees the unclaimed, and the key behind pseudonyms.

    Without a key of its own a process draws one, so that its pseudonyms match no other process's.
    """

    unclaimed_audience: str = "cohort"
    pseudonym_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)


STANDARD = Rules()


def engine(purpose: str) -> Viewer:
    """Return the viewer of a process that works for no one person; `purpose` says what for."""
    return Viewer("engine", purpose=purpose)
