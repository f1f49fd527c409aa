"""`recognise`: a table's columns as fields, each with the reason and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.reading.tables import Cell, Note, Table, note
from ingest.reading.words import FIELD_OF, FILLERS, heading
from ingest.recognising.contents import shares

SAMPLE = 400  # cells of a column that are looked at
SHORTEST = 5  # digits of a telephone number that is written without its area
SEVERAL = frozenset(
    {"email", "phone", "note", "url", "organisation", "position", "studies", "group", "faculty",
     "graduation_year", "intake_year", "address", "event", "time"}
)  # fmt: skip
# Kept only on a stated ground, whatever the heading says.
SENSITIVE = frozenset({"passport", "insurance", "tax"})


@dataclass(frozen=True)
class Column:
    """One column: where it stands, its heading, the field it is taken for ("" for none), why."""

    index: int
    heading: str
    field: str
    reason: Note
    sure: bool = True


@dataclass(frozen=True)
class Recognised:
    """All columns of a table, and those that nobody mapped."""

    columns: tuple[Column, ...]
    notes: tuple[Note, ...] = field(default_factory=tuple)

    def of(self, name: str) -> list[int]:
        """Return the columns of a field, from left to right."""
        return [column.index for column in self.columns if column.field == name]

    @property
    def unmapped(self) -> list[Column]:
        """Return the columns that are left out."""
        return [column for column in self.columns if not column.field]


def recognise(table: Table, remembered: Mapping[str, str] | None = None) -> Recognised:
    """Return what each column holds.

    `remembered` is what this sender's last file was mapped to, heading by heading; it comes first.
    """
    columns: list[Column] = []
    taken: set[str] = set()
    for i, text in enumerate(table.header):
        cells = [cell for cell in table.column(i)[: SAMPLE * 4] if cell != ""][:SAMPLE]
        columns.append(_one(i, text, cells, remembered or {}))
    # A field that may stand once goes to the surest column, from left to right.
    for sure in (True, False):
        for i, column in enumerate(columns):
            if column.field and column.sure == sure and column.field not in SEVERAL:
                if column.field in taken:
                    columns[i] = Column(
                        column.index, column.heading, "", note("column twice", field=column.field)
                    )
                taken.add(column.field)
    left = [column for column in columns if not column.field]
    notes = []
    if left:
        named = ", ".join(c.heading or f"#{c.index + 1}" for c in left)
        notes.append(note("columns unmapped", columns=named))
    return Recognised(tuple(columns), tuple(notes))


def _one(index: int, text: str, cells: list[Cell], remembered: Mapping[str, str]) -> Column:
    name = heading(text)
    if name in remembered:
        return Column(index, text, remembered[name], note("column remembered"))
    found = shares(cells)
    if name in FIELD_OF:
        wanted = FIELD_OF[name]
        if wanted == "phone" and (number := _numbering(cells)):
            return Column(index, text, number, note("column content", share="100%", field=number))
        return Column(index, text, *_checked(wanted, found, note("column word", heading=text)))
    if by_words := _by_words(name):
        why = note("column words", heading=text)
        return Column(index, text, *_checked(by_words, found, why), sure=False)
    found.pop("word", None)
    if found and (best := max(found, key=lambda f: found[f])) and found[best] >= 0.6:
        why = note("column content", share=f"{found[best]:.0%}", field=best)
        return Column(index, text, best, why, sure=False)
    return Column(index, text, "", note("column unknown"))


def _numbering(cells: list[Cell]) -> str:
    """Return what a column called "number" is that holds no telephones, but short numbers."""
    texts = [str(cell).strip() for cell in cells]
    if not texts or not all(text.isdecimal() and len(text) < SHORTEST for text in texts):
        return ""
    counted = [int(text) for text in texts]
    return (
        "ordinal" if counted == list(range(counted[0], counted[0] + len(counted))) else "source_id"
    )


def _checked(wanted: str, found: Mapping[str, float], why: Note) -> tuple[str, Note]:
    """Let the content refine what the heading says: a "Name" may hold given names only."""
    if wanted == "full_name" and found.get("given_name", 0) > 0.8:
        return "given_name", why
    if wanted in ("given_name", "given_patronymic") and found.get("given_patronymic", 0) > 0.5:
        return "given_patronymic", why
    if wanted == "given_name" and found.get("full_name", 0) > 0.6:
        return "full_name", why
    if wanted == "graduation_year" and found.get("studies", 0) > 0.25:
        return "studies", why
    if wanted == "note" and found.get("studies", 0) > 0.6:
        return "studies", why
    return wanted, why


def _by_words(name: str) -> str:
    """Return the field whose words are in a heading; several at once may be one of its own."""
    words = name.split()
    bare = " ".join(word for word in words if word not in FILLERS)
    if bare in FIELD_OF:
        return FIELD_OF[bare]
    inside: dict[str, int] = {}
    for size in range(min(4, len(words)), 0, -1):
        for i in range(len(words) - size + 1):
            phrase = " ".join(words[i : i + size])
            if phrase in FIELD_OF and len(phrase) > 2:
                inside.setdefault(FIELD_OF[phrase], size)
        if inside:
            break
    every = {FIELD_OF[word] for word in words if word in FIELD_OF and len(word) > 2}
    if {"given_name", "family_name"} <= every:
        return "full_name"
    if {"given_name", "patronymic"} <= every:
        return "given_patronymic"
    if "group" in every and every & {"graduation_year", "intake_year", "faculty"}:
        return "studies"
    if every >= {"intake_year", "graduation_year"}:
        return "studies"
    return max(inside, key=lambda field: inside[field]) if inside else ""
