"""Statements as banks of most countries give them: camt.053 of ISO 20022, in any of its versions.

Read with lxml, which knows in which line an element stands. No entity is resolved and nothing is
fetched; a file with a document type is refused.

References
----------
ISO 20022, "BankToCustomerStatement" (camt.053.001.02 to .13).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from graphnet.money.amounts import PARTS
from graphnet.money.bank_statements import BadStatement, BankEntry, BankStatement, numbered

KIND = "camt"
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
# What comes beside camt.053, by the element in which it stands.
OTHERS = {"BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}


def read(content: bytes) -> list[BankStatement]:
    """Return the statements of a file.

    Raises
    ------
    BadStatement
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise BadStatement("xml", problem.lineno or 0, why=problem.msg or "?") from problem
    if root.getroottree().docinfo.doctype:
        raise BadStatement("doctype", 1)
    for element in root.iter("{*}BkToCstmrStmt"):
        found = [_statement(one) for one in element.iterchildren("{*}Stmt")]
        if found:
            return found
    for name, kind in OTHERS.items():
        if next(root.iter(f"{{*}}{name}"), None) is not None:
            raise BadStatement("other", root.sourceline, kind=kind)
    raise BadStatement("none", root.sourceline)


def _find(element: Any, path: str) -> Any:
    """Return the first element below another by a path of names, whatever their namespace."""
    return element.find("/".join(f"{{*}}{name}" for name in path.split("/")))


def _text(element: Any, path: str) -> str:
    found = _find(element, path)
    return "" if found is None or found.text is None else " ".join(found.text.split())


def _need(element: Any, path: str) -> Any:
    found = _find(element, path)
    if found is None:
        raise BadStatement("missing", element.sourceline, name=path)
    return found


def _amount(element: Any) -> int:
    """Return what an <Amt> says, in the smallest unit."""
    text = (element.text or "").strip()
    try:
        exact = Decimal(text) * PARTS
        amount = int(exact)
    except (InvalidOperation, ValueError, OverflowError):
        raise BadStatement("amount", element.sourceline, text=text) from None
    if exact != amount or amount < 0:
        raise BadStatement("amount", element.sourceline, text=text)
    return amount


def _day(element: Any, *paths: str) -> date | None:
    for path in paths:
        found = _find(element, path)
        if found is not None and found.text:
            try:
                return date.fromisoformat(found.text.strip()[:10])
            except ValueError:
                raise BadStatement("day", found.sourceline, text=found.text.strip()) from None
    return None


def _balance(statement: Any, kinds: tuple[str, ...]) -> tuple[int, Any]:
    """Return the first balance of a kind, and its element."""
    for kind in kinds:
        for one in statement.iterchildren("{*}Bal"):
            if _text(one, "Tp/CdOrPrtry/Cd") == kind:
                amount = _amount(_need(one, "Amt"))
                return (-amount if _text(one, "CdtDbtInd") == "DBIT" else amount), one
    raise BadStatement("missing", statement.sourceline, name=f"Bal {kinds[0]}")


def _statement(element: Any) -> BankStatement:
    account = _text(element, "Acct/Id/IBAN") or _text(element, "Acct/Id/Othr/Id")
    if not account:
        raise BadStatement("missing", element.sourceline, name="Acct/Id")
    account = account.replace(" ", "")
    opening, first = _balance(element, OPENING)
    closing, last = _balance(element, CLOSING)
    currency = _need(last, "Amt").get("Ccy") or _text(element, "Acct/Ccy")
    entries = [
        one
        for entry in element.iterchildren("{*}Ntry")
        if (_text(entry, "Sts/Cd") or _text(entry, "Sts") or "BOOK") == "BOOK"
        for one in _entries(entry, currency)
    ]
    days = [one.happened_on for one in entries]
    last_on = _day(element, "FrToDt/ToDtTm") or _day(last, "Dt/Dt", "Dt/DtTm") or max(days)
    first_on = _day(element, "FrToDt/FrDtTm") or min([*days, last_on])
    made = BankStatement(
        KIND,
        account,
        currency,
        min(first_on, *days) if days else first_on,
        max(last_on, *days) if days else last_on,
        opening,
        closing,
        _need(last, "Amt").sourceline,
        numbered(account, entries),
    )
    if (_need(first, "Amt").get("Ccy") or currency) != currency:
        raise BadStatement("currency", first.sourceline, text=_need(first, "Amt").get("Ccy"))
    made.prove()
    return made


def _entries(entry: Any, currency: str) -> Iterator[BankEntry]:
    """Yield an entry; the payments of which it is made, where each has its sum."""
    whole = _need(entry, "Amt")
    if (whole.get("Ccy") or currency) != currency:
        raise BadStatement("currency", whole.sourceline, text=whole.get("Ccy"))
    into = _text(_need(entry, "CdtDbtInd").getparent(), "CdtDbtInd") == "CRDT"
    day = _day(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    if day is None:
        raise BadStatement("missing", entry.sourceline, name="BookgDt")
    reversal = _text(entry, "RvslInd").lower() in ("true", "1")
    own, amount = _text(entry, "AcctSvcrRef"), _amount(whole)
    payments = list(entry.iterfind("{*}NtryDtls/{*}TxDtls"))
    sums = [_payment_amount(one, currency) for one in payments]
    if len(payments) < 2 or None in sums or sum(one or 0 for one in sums) != amount:
        yield _entry(
            entry,
            payments[0] if payments else entry,
            whole.sourceline,
            amount,
            into,
            day,
            own,
            reversal=reversal,
        )
        return
    for payment, each in zip(payments, sums, strict=True):
        reference = _text(payment, "Refs/AcctSvcrRef") or own
        yield _entry(
            entry,
            payment,
            payment.sourceline,
            each or 0,
            into,
            day,
            reference,
            reversal=reversal,
            one_of_many=True,
        )


def _payment_amount(payment: Any, currency: str) -> int | None:
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = _find(payment, path)
        if found is not None and (found.get("Ccy") or currency) == currency:
            return _amount(found)
    return None


def _entry(
    entry: Any,
    payment: Any,
    line: int,
    amount: int,
    into: bool,
    day: date,
    reference: str,
    *,
    reversal: bool,
    one_of_many: bool = False,
) -> BankEntry:
    who = "Dbtr" if into != reversal else "Cdtr"
    party = _text(payment, f"RltdPties/{who}/Nm") or _text(payment, f"RltdPties/{who}/Pty/Nm")
    parts = [
        *(one.text or "" for one in payment.iterfind("{*}RmtInf/{*}Ustrd")),
        *(one.text or "" for one in payment.iterfind("{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref")),
        _text(payment, "AddtlTxInf") or _text(entry, "AddtlNtryInf"),
    ]
    text = " ".join(" ".join(parts).split())
    end_to_end = _text(payment, "Refs/EndToEndId")
    told_apart = one_of_many or not reference
    marks = (end_to_end, party, text) if told_apart else ()
    shown = reference or ("" if end_to_end == "NOTPROVIDED" else end_to_end)
    return BankEntry(
        line,
        amount,
        into,
        day,
        shown,
        party,
        text,
        reversal=reversal,
        marks=marks,
    )
