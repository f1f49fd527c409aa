"""What reading, recognising and cleaning say, in the reader's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import format_decimal, gettext, lazy_gettext

from graphnet.errors import BadValue, Conflict
from ingest.reading.encodings import readable_name
from ingest.reading.tables import Note
from ingest.uploads import delivery, kept
from webapp.frame.reasons import Reasons

# A field that a column may hold: what staff call it.
FIELDS: dict[str, Any] = {
    "full_name": lazy_gettext("full name"),
    "family_name": lazy_gettext("family name"),
    "given_name": lazy_gettext("given name"),
    "patronymic": lazy_gettext("patronymic"),
    "given_patronymic": lazy_gettext("given name and patronymic"),
    "former_family_name": lazy_gettext("former family name"),
    "nickname": lazy_gettext("nickname"),
    "birth_date": lazy_gettext("date of birth"),
    "sex": lazy_gettext("sex"),
    "faculty": lazy_gettext("faculty"),
    "group": lazy_gettext("study group"),
    "intake_year": lazy_gettext("year of intake"),
    "graduation_year": lazy_gettext("year of graduation"),
    "studies": lazy_gettext("studies in one cell"),
    "email": lazy_gettext("e-mail"),
    "phone": lazy_gettext("telephone"),
    "city": lazy_gettext("city"),
    "country": lazy_gettext("country"),
    "address": lazy_gettext("postal address"),
    "postcode": lazy_gettext("postcode"),
    "organisation": lazy_gettext("employer"),
    "position": lazy_gettext("position at work"),
    "note": lazy_gettext("note"),
    "url": lazy_gettext("web address"),
    "ordinal": lazy_gettext("number of the row"),
    "source_id": lazy_gettext("the sender’s own number"),
    "diploma": lazy_gettext("number of the diploma"),
    "time": lazy_gettext("time of the entry"),
    "event": lazy_gettext("gathering"),
    "passport": lazy_gettext("passport"),
    "insurance": lazy_gettext("insurance number"),
    "tax": lazy_gettext("tax number"),
    "keep": lazy_gettext("keep as it stands"),
    # Columns of what is written, as a delivery is compared by them.
    "given": lazy_gettext("given name"),
    "former_names": lazy_gettext("former family name"),
    "born_on": lazy_gettext("date of birth"),
    "group_name": lazy_gettext("study group"),
    "unit": lazy_gettext("faculty"),
    "emails": lazy_gettext("e-mail"),
    "phones": lazy_gettext("telephone"),
    "nobody": lazy_gettext("the whole row"),
    "name": lazy_gettext("name"),
    "comes twice": lazy_gettext("the whole row"),
    "": lazy_gettext("the whole row"),
}

# What a note says, with its figures.
NOTES: dict[str, Any] = {
    "encoding by mark": lazy_gettext("Encoding %(encoding)s: the file begins with its mark."),
    "encoding valid": lazy_gettext("Encoding %(encoding)s: all of the file is valid in it."),
    "encoding likely": lazy_gettext(
        "Encoding %(encoding)s: so its letters make words, as %(second)s they do not."
    ),
    "encoding chosen": lazy_gettext("Encoding %(encoding)s, as you have chosen."),
    "undecodable": lazy_gettext("%(count)s bytes are not %(encoding)s and are shown as �."),
    "delimiter said": lazy_gettext("The first line says that %(delimiter)s parts the cells."),
    "delimiter likely": lazy_gettext(
        "Cells are parted by %(delimiter)s: %(share)s of the rows have %(width)s cells so."
    ),
    "delimiter chosen": lazy_gettext("Cells are parted by %(delimiter)s, as you have chosen."),
    "delimiter none": lazy_gettext("One column: no sign parts the rows evenly."),
    "header at": lazy_gettext("Row %(row)s names the columns."),
    "header chosen": lazy_gettext("Row %(row)s names the columns, as you have chosen."),
    "header none chosen": lazy_gettext("No row names the columns, as you have chosen."),
    "header not there": lazy_gettext(
        "Row %(row)s, which was to name the columns, has nothing in it."
    ),
    "header moved": lazy_gettext(
        "In this sender’s last file row %(was)s named the columns; here row %(row)s does."
    ),
    "sheet left before": lazy_gettext("Left out, as beside this sender’s last file."),
    "reading remembered": lazy_gettext("Read like this sender’s last file."),
    "header none": lazy_gettext("No row names the columns: the first one has data already."),
    "blank rows": lazy_gettext("Blank rows passed over: %(count)s."),
    "hidden rows": lazy_gettext("Hidden rows, read like the others: %(count)s (%(rows)s)."),
    "hidden sheet": lazy_gettext("The sheet is hidden."),
    "empty sheet": lazy_gettext("The sheet %(name)s is empty."),
    "merged cells": lazy_gettext(
        "Merged cells: %(count)s, as in %(example)s; the value stands in the first of them."
    ),
    "control characters": lazy_gettext("Cells with invisible characters, taken out: %(count)s."),
    "version": lazy_gettext("Cards of version %(version)s: %(count)s."),
    "formulas": lazy_gettext("Formulas: the values that were last worked out are read."),
    "too many cells": lazy_gettext("the row has %(count)s cells, the header %(width)s"),
    "open quote": lazy_gettext("a quotation mark is never closed"),
    "unreadable row": lazy_gettext("the row cannot be read"),
    "unreadable card": lazy_gettext("the card cannot be read"),
    "nothing said": lazy_gettext("a sign for “nothing known”"),
    "phone rounded": lazy_gettext(
        "the spreadsheet has rounded the number: its last digits are lost"
    ),
    "phone form": lazy_gettext("international form of the number"),
    "phone none": lazy_gettext("no telephone number"),
    "phone too long": lazy_gettext("too many digits for one number"),
    "phone without area": lazy_gettext("a local number without its area code"),
    "phone unassigned": lazy_gettext("no operator has such numbers"),
    "address none": lazy_gettext("no e-mail address"),
    "address wrong": lazy_gettext("such an e-mail address cannot exist"),
    "address form": lazy_gettext("the address as mail servers read it"),
    "date unreadable": lazy_gettext("no date"),
    "date impossible": lazy_gettext("no such day in the calendar"),
    "date out of range": lazy_gettext("too long ago, or in the future"),
    "date order": lazy_gettext("day and month in another order than the rest of the column"),
    "date serial": lazy_gettext("a spreadsheet’s number in place of a date"),
    "date form": lazy_gettext("date as year-month-day"),
    "year unreadable": lazy_gettext("no year of study"),
    "year form": lazy_gettext("year in four digits"),
    "group unusual": lazy_gettext("no usual code of a group"),
    "group form": lazy_gettext("code of the group as the university writes it"),
    "city form": lazy_gettext("full name of the city"),
    "organisation form": lazy_gettext("employer without legal form and quotation marks"),
    "name case": lazy_gettext("capital letters only at the beginning of a name"),
    "name decoration": lazy_gettext("taken out of the name: what is no part of it"),
    "name former": lazy_gettext("former family name out of brackets"),
    "name order": lazy_gettext("order of the words of a name"),
    "name swapped": lazy_gettext("given and family name stood in each other’s column"),
    "name letters": lazy_gettext("look-alike letters of the other alphabet"),
    "name birth year": lazy_gettext("year of birth taken out of the name"),
    "name unclear": lazy_gettext("it is not clear which word is the family name"),
    "no name": lazy_gettext("nothing names the person"),
    "comes twice": lazy_gettext("the same row comes twice; the first one counts"),
    "not taken": lazy_gettext("the base does not take this"),
    "years crossed": lazy_gettext("intake after graduation"),
    "column remembered": lazy_gettext("as in this sender’s last file"),
    "column chosen": lazy_gettext("as you have chosen"),
    "column word": lazy_gettext("by its heading"),
    "column words": lazy_gettext("by words in its heading"),
    "column content": lazy_gettext("by what it holds: %(share)s of the cells look so"),
    "column unknown": lazy_gettext("neither its heading nor what it holds is known"),
    "column twice": lazy_gettext("another column is that already"),
    "columns unmapped": lazy_gettext("Left out: %(columns)s."),
}
SIGNS: dict[str, Any] = {
    "a semicolon": lazy_gettext("a semicolon"),
    "a comma": lazy_gettext("a comma"),
    "a tab": lazy_gettext("a tab"),
    "a bar": lazy_gettext("a vertical bar"),
}
STATES: dict[str, Any] = {
    "new": lazy_gettext("loaded up"),
    "reading": lazy_gettext("being read"),
    "ready": lazy_gettext("ready to be looked at"),
    "committing": lazy_gettext("being brought into the base"),
    "committed": lazy_gettext("in the base"),
    "failed": lazy_gettext("stopped"),
    "undone": lazy_gettext("taken out of the base again"),
}


def encoding_word(encoding: str) -> str:
    """Return the name of an encoding as people know it."""
    return readable_name(encoding)


def field_word(name: str) -> str:
    """Return what a field is called."""
    return str(FIELDS.get(name, name))


def note_word(note: Sequence[Any]) -> str:
    """Return what a note says: its code, and the figures in it."""
    code, values = note[0], dict(note[1] if len(note) > 1 else {})
    if "delimiter" in values:
        values["delimiter"] = str(SIGNS.get(values["delimiter"], values["delimiter"]))
    text = str(NOTES.get(code, code))
    return text % values if values and "%(" in text else text


def some_of(columns: Mapping[str, int], kind: str) -> dict[str, int]:
    """Return how many of those columns that are of a kind: contacts, studies, or all but cities."""
    if kind == "changed":
        return {name: n for name, n in columns.items() if name != "city"}
    mine = delivery.CONTACTS if kind == "contacts" else delivery.STUDIES
    return {name: n for name, n in columns.items() if name in mine}


def reason(name: str, note: Note) -> str:
    """Return why a row stays out: the field, what is wrong with it, and what stands there."""
    said = note_word([note.code, note.values])
    value = str(dict(note.values).get("value", ""))
    if value and value not in said:
        said = f"{said} ({value})"
    return f"{field_word(name)}: {said}"


REASONS: Reasons = {
    BadValue: {
        "needed": lazy_gettext("Choose at least one file."),
        "many": lazy_gettext(
            "No more than %(files)s files and %(mib)s MB at once: load them up in parts.",
            files=kept.MOST_FILES,
            mib=kept.LARGEST >> 20,
        ),
        "empty": lazy_gettext("One of the files is empty."),
    },
    Conflict: {
        "busy": lazy_gettext("These files are being brought in, or are in the base already."),
        "undoing": lazy_gettext("It is being undone already."),
    },
}


# Why an upload has stopped, by the code of the error: see `ingest.uploads.kept.stopped_by`.
STOPPED: dict[str, Any] = {
    "locked": lazy_gettext("%(name)s is locked: save it without a password."),
    "damaged": lazy_gettext("%(name)s is damaged, or is no spreadsheet."),
    "unreadable": lazy_gettext("%(name)s cannot be read."),
    "encoding": lazy_gettext("There is no encoding “%(name)s”."),
    "senders": lazy_gettext("Name the sender of each table; no two may be called alike."),
    "gone": lazy_gettext("The files were thrown away."),
    "busy": REASONS[Conflict]["busy"],
}
UNFORESEEN = lazy_gettext("Something unforeseen has happened: try again, or ask who runs the site.")


def problem_word(problem: str) -> str:
    """Return why an upload has stopped."""
    code, _, name = problem.partition(":")
    return str(STOPPED.get(code, UNFORESEEN)) % {"name": name}


def came_word(made: int = 0, changed: int = 0) -> str:
    """Return how many an import has made and changed; nothing for none."""
    if not (made or changed):
        return ""
    new = str(gettext("%(count)s new", count=format_decimal(made)))
    if not changed:
        return new
    return str(gettext("%(new)s, %(count)s changed", new=new, count=format_decimal(changed)))


def state_of_upload(state: str) -> str:
    """Return where an upload stands."""
    return str(STATES.get(state, state))


def progress_word(progress: str) -> str:
    """Return what a worker is doing with an upload."""
    what, _, name = progress.partition(" ")
    said: Mapping[str, str] = {
        "read": gettext("reading and cleaning the files"),
        "match": gettext("looking for who is in the base already"),
        "write": gettext("writing %(name)s", name=name),
    }
    return said.get(what, gettext("waiting for a free worker"))
