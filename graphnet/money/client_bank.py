"""Statements as banks in Russia give them to 1C: files that begin with 1CClientBankExchange.

Lines of NAME=VALUE in sections, in windows-1251 as a rule. A file may have a section for each day
of an account: each must begin with what the one before it left.

References
----------
1C, "Стандарт обмена с системами клиент банка", version 1.03.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from graphnet.money.amounts import PARTS, written
from graphnet.money.bank_statements import BadStatement, BankEntry, BankStatement, numbered

KIND = "client-bank"
MARK = b"1CClientBankExchange"
# The currency in the 6th to 8th digit of an account: the digital codes of the classifier.
CODES = {"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "398": "KZT"}
_SUM = re.compile(r"(-?)(\d{1,13})(?:[.,](\d{1,2}))?")
_SECTIONS = {"СекцияРасчСчет": "КонецРасчСчет", "СекцияДокумент": "КонецДокумента"}


@dataclass
class _Section:
    """A section of the file: in which line each value stands."""

    name: str
    line: int
    values: dict[str, tuple[str, int]] = field(default_factory=dict)

    def text(self, *names: str) -> str:
        for name in names:
            if value := self.values.get(name, ("", 0))[0]:
                return value
        return ""

    def at(self, name: str) -> int:
        return self.values.get(name, ("", self.line))[1]

    def need(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise BadStatement("missing", self.at(name), name=name)
        return value

    def amount(self, name: str) -> int:
        text = self.need(name).replace(" ", "").replace("\u00a0", "")
        found = _SUM.fullmatch(text)
        if found is None:
            raise BadStatement("amount", self.at(name), text=text)
        amount = int(found[2]) * PARTS + int((found[3] or "0").ljust(2, "0"))
        return -amount if found[1] else amount

    def day(self, *names: str) -> date:
        name = next((one for one in names if self.text(one)), names[-1])
        text = self.need(name)
        try:
            return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            raise BadStatement("day", self.at(name), text=text) from None


def read(content: bytes) -> list[BankStatement]:
    """Return the statements of a file, one for each account.

    Raises
    ------
    BadStatement
    """
    accounts: dict[str, list[_Section]] = defaultdict(list)
    documents = []
    for section in _sections(_decoded(content)):
        if section.name == "СекцияРасчСчет":
            accounts[section.need("РасчСчет")].append(section)
        else:
            documents.append(section)
    if not accounts:
        raise BadStatement("none")
    entries: dict[str, list[BankEntry]] = {account: [] for account in accounts}
    for document in documents:
        ours = [
            (document.text(name, alternative), into)
            for name, alternative, into in (
                ("ПлательщикСчет", "ПлательщикРасчСчет", False),
                ("ПолучательСчет", "ПолучательРасчСчет", True),
            )
        ]
        found = [(account, into) for account, into in ours if account in accounts]
        if not found:
            raise BadStatement("foreign", document.line)
        for account, into in found:
            entries[account].append(_entry(document, into=into))
    return [_statement(account, parts, entries[account]) for account, parts in accounts.items()]


def _decoded(content: bytes) -> str:
    """Return the text: in UTF-8 if it is that, otherwise as the file says."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    dos = "Кодировка=DOS".encode("cp866") in content
    try:
        text = content.decode("cp866" if dos else "cp1251")
    except UnicodeDecodeError:
        raise BadStatement("encoding") from None
    if "Кодировка" not in text:
        raise BadStatement("encoding")
    return text


def _sections(text: str) -> Iterator[_Section]:
    """Yield the sections of an account or a document.

    Raises
    ------
    BadStatement
        ``cut``: one of them does not end, or the file does not.
    """
    open_section: _Section | None = None
    number = 0
    for number, line in enumerate(text.splitlines(), start=1):
        name, _, value = (part.strip() for part in line.partition("="))
        if name == "КонецФайла" and open_section is None:
            return
        if name in (*_SECTIONS, "КонецФайла"):
            if open_section is not None:
                raise BadStatement("cut", number, name=_SECTIONS[open_section.name])
            open_section = _Section(name, number)
        elif open_section is not None and name == _SECTIONS[open_section.name]:
            yield open_section
            open_section = None
        elif open_section is not None and name and value:
            open_section.values.setdefault(name, (value, number))
    ends = _SECTIONS[open_section.name] if open_section else "КонецФайла"
    raise BadStatement("cut", number, name=ends)


def _entry(document: _Section, *, into: bool) -> BankEntry:
    day = document.day("ДатаПоступило" if into else "ДатаСписано", "Дата")
    side = "Плательщик" if into else "Получатель"
    party = document.text(f"{side}1", side)
    text = document.text("НазначениеПлатежа") or " ".join(
        document.text(f"НазначениеПлатежа{place}") for place in range(1, 7)
    )
    number = document.text("Номер")
    other = document.text(f"{side}Счет", f"{side}РасчСчет")
    return BankEntry(
        document.line,
        document.amount("Сумма"),
        into,
        day,
        number,
        party,
        text,
        marks=(document.text("Дата"), other, text),
    )


def _statement(account: str, parts: list[_Section], entries: list[BankEntry]) -> BankStatement:
    parts = sorted(parts, key=lambda one: one.day("ДатаНачала"))
    opening = parts[0].amount("НачальныйОстаток")
    left = opening
    for part in parts:
        if part.amount("НачальныйОстаток") != left:
            raise BadStatement("gap", part.at("НачальныйОстаток"), text="НачальныйОстаток")
        left = part.amount("КонечныйОстаток")
    last = parts[-1]
    made = BankStatement(
        KIND,
        account,
        CODES.get(account[5:8], account[5:8]),
        parts[0].day("ДатаНачала"),
        last.day("ДатаКонца", "ДатаНачала"),
        opening,
        left,
        last.at("КонечныйОстаток"),
        numbered(account, entries),
    )
    made.prove()
    for name, computed in (("ВсегоПоступило", made.came), ("ВсегоСписано", made.went)):
        if all(part.text(name) for part in parts):
            said = sum(part.amount(name) for part in parts)
            if said != computed:
                raise BadStatement(
                    "totals", last.at(name), said=written(said), computed=written(computed)
                )
    return made
