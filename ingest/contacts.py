"""From tables to contacts: each row cleaned as a whole, with all that the base knows around it.

Between `recognising`, which says what the columns hold, and `graphnet.contacts`, which says who is
who. Two passes: the first learns from whole columns (which words are family names, how dates are
written), the second cleans cell by cell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from graphnet.contacts import FIELDS, KINDS, Records
from graphnet.contacts.fields import Field
from ingest.cleaning.addresses import clean_addresses
from ingest.cleaning.cleaned import says_nothing, text_of
from ingest.cleaning.dates import DateContext, clean_date, clean_year, date_context
from ingest.cleaning.group_codes import clean_group, lineage, read_studies
from ingest.cleaning.names import (
    Lexicon,
    Name,
    NameContext,
    clean_full_name,
    clean_part,
    column_order,
    in_wrong_columns,
    is_patronymic,
    name_key,
    sex_of,
    words_of,
)
from ingest.cleaning.phones import Phone, clean_phones
from ingest.cleaning.places import clean_city, clean_organisation
from ingest.reading import read
from ingest.reading.tables import Cell, Note, Row, Table, note
from ingest.recognising import recognise
from ingest.recognising.columns import Recognised

AGE_AT_GRADUATION = 22


@dataclass
class Contact:
    """One row, cleaned: what it says of a person, and what was changed and what is wrong."""

    file: str
    row: int
    name: Name = field(default_factory=Name)
    sex: str = ""
    birth_date: str = ""
    intake_year: int | None = None
    graduation_year: int | None = None
    group: str = ""
    faculty: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    city: str = ""
    organisation: str = ""
    nickname: str = ""
    changes: list[tuple[str, Note]] = field(default_factory=list)
    problems: list[tuple[str, Note]] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """One table of one file, with what its columns are taken for."""

    file: str
    table: Table
    columns: Recognised


def sources_of(folder: Path) -> list[Source]:
    """Read every file of a folder, in the order of their names, whatever they are."""
    return [
        Source(path.name, table, recognise(table))
        for path in sorted(folder.iterdir())
        if path.is_file()
        for table in read(path).tables
    ]


def contacts_of(sources: Sequence[Source], *, today: date | None = None) -> list[Contact]:
    """Clean all rows of all tables; words of one table help to read the others."""
    newest = (today or datetime.now(UTC).date()).year
    lexicon = Lexicon()
    for source in sources:
        _learn(lexicon, source)
    for source in sources:
        _learn_from_order(lexicon, source)
    contacts = [
        contact for source in sources for contact in _Cleaner(source, lexicon, newest).contacts()
    ]
    for contact in contacts:
        if sex := contact.sex or sex_of(contact.name):
            lexicon.sexes[name_key(contact.name.given), sex] += 1
    for contact in contacts:
        contact.sex = contact.sex or sex_of(contact.name, lexicon)
    return contacts


def _texts(source: Source, name: str) -> list[str]:
    return [
        text_of(row.cells[i]) for i in source.columns.of(name) for row in source.table.rows
        if row.cells[i] != ""
    ]  # fmt: skip


def _learn(lexicon: Lexicon, source: Source) -> None:
    """Count the words of columns that say what they hold, and of names in a sure order."""
    given = [clean_part(text).value[0] for text in _texts(source, "given_name")]
    family = [clean_part(text).value[0] for text in _texts(source, "family_name")]
    both = _texts(source, "given_patronymic")
    given += [text.split()[0] for text in both if text.split()]
    if family:  # else the "given names" are whole ones
        lexicon.learn(given=[text for text in given if " " not in text], family=family)
    for text in _texts(source, "full_name"):
        words = words_of(clean_part(text).value[0])
        if len(words) == 3 and is_patronymic(words[2]):
            lexicon.learn(given=[words[1]], family=[words[0]])
        elif len(words) == 3 and is_patronymic(words[1]):
            lexicon.learn(given=[words[0]], family=[words[2]])


SURE_ORDER = 2.0


def _learn_from_order(lexicon: Lexicon, source: Source) -> None:
    """Count the words of two-word names in a column that is known to have one order."""
    texts = _texts(source, "full_name")
    order = column_order(texts, lexicon)
    if abs(order) < SURE_ORDER:
        return
    for text in texts:
        words = words_of(clean_part(text).value[0])
        if len(words) == 2:
            given, family = (words[1], words[0]) if order > 0 else (words[0], words[1])
            lexicon.learn(given=[given], family=[family])


class _Cleaner:
    """Cleans the rows of one table."""

    def __init__(self, source: Source, lexicon: Lexicon, newest: int) -> None:
        self.source, self.lexicon, self.newest = source, lexicon, newest
        self.columns = {
            column.field: source.columns.of(column.field) for column in source.columns.columns
        }
        self.dates = {
            i: date_context(source.table.column(i), newest=newest)
            for i in self.columns.get("birth_date", [])
        }
        self.names = NameContext(lexicon, column_order(_texts(source, "full_name"), lexicon))

    def contacts(self) -> Iterable[Contact]:
        """Yield a contact for each row that can be read."""
        for row in self.source.table.rows:
            yield self._contact(row)

    def _cells(self, row: Row, name: str) -> list[Cell]:
        return [row.cells[i] for i in self.columns.get(name, ()) if row.cells[i] != ""]

    def _text(self, row: Row, name: str) -> str:
        return next((text for cell in self._cells(row, name) if (text := text_of(cell))), "")

    def _contact(self, row: Row) -> Contact:
        found = Contact(self.source.file, row.number)
        if row.problem is not None:
            found.problems.append(("", row.problem))
        self._studies(row, found)
        self._birth(row, found)
        self._name(row, found)
        for cell in self._cells(row, "email"):
            emails = clean_addresses(cell)
            found.emails += tuple(e for e in emails.value if e not in found.emails)
            self._note(found, "email", emails.changes, emails.problems)
        for cell in self._cells(row, "phone"):
            phones = clean_phones(cell)
            found.phones += tuple(p for p in phones.value if p not in found.phones)
            self._note(found, "phone", phones.changes, phones.problems)
        for cell in self._cells(row, "city")[:1]:
            city = clean_city(cell)
            found.city = city.value
            self._note(found, "city", city.changes, city.problems)
        for cell in self._cells(row, "organisation")[:1]:
            firm = clean_organisation(cell)
            found.organisation = firm.value
            self._note(found, "organisation", firm.changes, firm.problems)
        sex = self._text(row, "sex").casefold()[:1]
        found.sex = {"м": "m", "m": "m", "ж": "f", "f": "f", "w": "f"}.get(sex, "")
        return found

    @staticmethod
    def _note(found: Contact, name: str, changes: Iterable[Note], problems: Iterable[Note]) -> None:
        found.changes += [(name, change) for change in changes]
        found.problems += [(name, problem) for problem in problems]

    def _studies(self, row: Row, found: Contact) -> None:
        for name, attribute in (
            ("graduation_year", "graduation_year"),
            ("intake_year", "intake_year"),
        ):
            for cell in self._cells(row, name):
                year = clean_year(cell, newest=self.newest + 8)
                if year.value is not None:
                    setattr(found, attribute, year.value)
                self._note(found, name, year.changes, year.problems)
        for cell in self._cells(row, "group"):
            group = clean_group(cell)
            found.group = group.value
            self._note(found, "group", group.changes, group.problems)
        faculty = self._text(row, "faculty")
        found.faculty = "" if says_nothing(faculty) else faculty
        for cell in self._cells(row, "studies"):
            said = read_studies(cell, newest=self.newest)
            found.intake_year = found.intake_year or said.intake
            found.graduation_year = found.graduation_year or said.graduation
            found.group = found.group or said.group
            found.faculty = found.faculty or said.faculty

    def _birth(self, row: Row, found: Contact) -> None:
        near = (found.graduation_year or 0) - AGE_AT_GRADUATION
        for i in self.columns.get("birth_date", []):
            cell = row.cells[i]
            if cell == "":
                continue
            context: DateContext = self.dates[i]
            born = clean_date(cell, context, near=near if near > 0 else None)
            found.birth_date = found.birth_date or born.value
            self._note(found, "birth_date", born.changes, born.problems)

    def _name(self, row: Row, found: Contact) -> None:
        given, given_former = self._part(row, "given_name", found)
        family, former = self._part(row, "family_name", found)
        patronymic, _ = self._part(row, "patronymic", found)
        both, _ = self._part(row, "given_patronymic", found)
        said_former, _ = self._part(row, "former_family_name", found)
        found.nickname = clean_part(self._text(row, "nickname")).value[0]
        former = said_former or former or given_former
        if both and not given:
            words = both.split()
            if len(words) > 1 and is_patronymic(words[-1]):
                given, patronymic = " ".join(words[:-1]), patronymic or words[-1]
            else:
                given = both
        whole = self._text(row, "full_name")
        if not given and not family and whole:
            name = clean_full_name(whole, self.names)
            found.name = name.value
            self._note(found, "name", name.changes, name.problems)
        elif given and not family and len(given.split()) > 1:
            # A telephone that keeps the whole name in one field.
            said = self._text(row, "given_name") or given
            order = NameContext(self.lexicon, -1.0)
            name = clean_full_name(said, order)
            found.name = name.value
            self._note(found, "name", name.changes, name.problems)
        else:
            if given and family and in_wrong_columns(given, family, self.lexicon):
                given, family = family, given
                self._note(found, "name", [note("name swapped")], [])
            found.name = Name(given, patronymic, family, former)

    def _part(self, row: Row, name: str, found: Contact) -> tuple[str, str]:
        text = self._text(row, name)
        if not text:
            return "", ""
        cleaned = clean_part(text)
        self._note(found, name, cleaned.changes, cleaned.problems)
        return cleaned.value


_COMPARED = (
    "given_name", "patronymic", "family_name", "sex", "birth_date", "graduation_year", "faculty",
    "group", "organisation", "city", "email", "phone",
)  # fmt: skip


def records_of(contacts: Sequence[Contact]) -> Records:
    """Return contacts as records to be compared; the id is file and row."""
    values: dict[Field, list[tuple[str, ...]]] = {FIELDS[name]: [] for name in _COMPARED}
    for contact in contacts:
        for name, some in _said(contact).items():
            kind = KINDS[FIELDS[name].kind]
            keys = dict.fromkeys(key for text in some if (key := kind.key(text)))
            values[FIELDS[name]].append(tuple(keys))
    return Records(
        [f"{contact.file}:{contact.row}" for contact in contacts],
        [contact.file for contact in contacts],
        values,
    )


def _said(contact: Contact) -> dict[str, list[str]]:
    name = contact.name
    families = [name.family, name.former]
    parts = [part for text in families if "-" in text for part in text.split("-")]
    line = lineage(contact.group)
    return {
        "given_name": [name.given],
        "patronymic": [name.patronymic],
        "family_name": [*families, *(part for part in parts if len(part) > 2)],
        "sex": [contact.sex],
        "birth_date": [contact.birth_date],
        "graduation_year": [str(contact.graduation_year or "")],
        "faculty": [contact.faculty],
        "group": [line.key if line else contact.group],
        "organisation": [contact.organisation],
        "city": [contact.city],
        "email": list(contact.emails),
        "phone": [phone.number for phone in contact.phones],
    }
