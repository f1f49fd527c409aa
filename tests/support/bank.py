"""Statements of a bank as their programs write them, made of payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from graphnet.money.amounts import written

ACCOUNT = "40703810500000000017"
OTHER = "40817810900000000042"


@dataclass(frozen=True)
class Paid:
    """A payment: positive came in, negative went out, in the smallest unit."""

    amount: int
    day: date
    text: str = ""
    party: str = "Иванов Иван Иванович"
    number: str = "7"


def client_bank(
    payments: Sequence[Paid],
    *,
    opening: int = 0,
    closing: int | None = None,
    account: str = ACCOUNT,
    first: date | None = None,
    last: date | None = None,
) -> bytes:
    """The file for 1C, in windows-1251; with another closing it does not add up."""
    days = [one.day for one in payments] or [date(2026, 11, 1)]
    began, ended = (day.strftime("%d.%m.%Y") for day in (first or min(days), last or max(days)))
    came = sum(one.amount for one in payments if one.amount > 0)
    went = -sum(one.amount for one in payments if one.amount < 0)
    lines = [
        "1CClientBankExchange",
        "ВерсияФормата=1.03",
        "Кодировка=Windows",
        "Отправитель=Банк",
        f"ДатаНачала={began}",
        f"ДатаКонца={ended}",
        f"РасчСчет={account}",
        "СекцияРасчСчет",
        f"ДатаНачала={began}",
        f"ДатаКонца={ended}",
        f"РасчСчет={account}",
        f"НачальныйОстаток={written(opening)}",
        f"ВсегоПоступило={written(came)}",
        f"ВсегоСписано={written(went)}",
        f"КонечныйОстаток={written(opening + came - went if closing is None else closing)}",
        "КонецРасчСчет",
    ]
    for one in payments:
        day = one.day.strftime("%d.%m.%Y")
        into = one.amount > 0
        payer, payee = (OTHER, account) if into else (account, OTHER)
        lines += [
            "СекцияДокумент=Платежное поручение",
            f"Номер={one.number}",
            f"Дата={day}",
            f"Сумма={written(abs(one.amount))}",
            f"ПлательщикСчет={payer}",
            f"ДатаСписано={'' if into else day}",
            f"Плательщик1={one.party if into else 'Ассоциация'}",
            f"ПолучательСчет={payee}",
            f"ДатаПоступило={day if into else ''}",
            f"Получатель1={'Ассоциация' if into else one.party}",
            f"НазначениеПлатежа={one.text}",
            "КонецДокумента",
        ]
    return "\r\n".join([*lines, "КонецФайла", ""]).encode("cp1251")


def camt(
    payments: Sequence[Paid],
    *,
    opening: int = 0,
    closing: int | None = None,
    account: str = "DE89370400440532013000",
    currency: str = "EUR",
    version: str = "02",
    references: bool = True,
) -> bytes:
    """The same as camt.053."""
    left = opening + sum(one.amount for one in payments) if closing is None else closing
    days = [one.day for one in payments] or [date(2026, 11, 1)]

    def balance(kind: str, amount: int, day: date) -> str:
        sign = "DBIT" if amount < 0 else "CRDT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>\n"
            f'<Amt Ccy="{currency}">{written(abs(amount))}</Amt>\n'
            f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
        )

    status = "BOOK" if version < "08" else "<Cd>BOOK</Cd>"
    entries = []
    for one in payments:
        sign, who = ("CRDT", "Dbtr") if one.amount > 0 else ("DBIT", "Cdtr")
        name = f"<Nm>{one.party}</Nm>" if version < "08" else f"<Pty><Nm>{one.party}</Nm></Pty>"
        own = f"<AcctSvcrRef>{one.number}</AcctSvcrRef>" if references else ""
        entries.append(
            f'<Ntry><Amt Ccy="{currency}">{written(abs(one.amount))}</Amt>\n'
            f"<CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>{one.day}</Dt></BookgDt>"
            f"{own}<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
            f"<RltdPties><{who}>{name}</{who}></RltdPties>"
            f"<RmtInf><Ustrd>{one.text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        "<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id>\n"
        f"<Acct><Id><IBAN>{account}</IBAN></Id></Acct>\n"
        f"{balance('OPBD', opening, min(days))}{balance('CLBD', left, max(days))}"
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()
