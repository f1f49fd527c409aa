"""Files of banks: read whole, proved to add up, refused with the line where they do not."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from graphnet.money.bank_files import read_file
from graphnet.money.bank_statements import LARGEST, PROBLEMS, BadStatement
from graphnet.money.references import checks, matched, quoted, reference_of
from tests.support.bank import ACCOUNT, OTHER, Paid, camt, client_bank

DAY = date(2026, 11, 5)
PAYMENTS = (
    Paid(150_050, DAY, "Пожертвование, RF18 1234", number="12"),
    Paid(-40_000, date(2026, 11, 6), "Стекло по счёту 88", "ООО «Стекло»", "13"),
    Paid(150_050, DAY, "Пожертвование, RF18 1234", number="12"),  # the same again: another payment
)
payments = some.lists(
    some.builds(
        Paid,
        some.integers(-(10**9), 10**9).filter(bool),
        some.dates(date(2020, 1, 1), date(2026, 11, 1)),
        some.sampled_from(["", "дар", "Gift for a lens"]),
        number=some.sampled_from(["1", "2", "77"]),
    ),
    max_size=12,
)


def problem(content: bytes) -> BadStatement:
    with pytest.raises(BadStatement) as refused:
        read_file(content)
    return refused.value


@pytest.mark.parametrize("version", ["02", "08", "13"])
def test_camt_of_each_version(version: str) -> None:
    (found,) = read_file(camt(PAYMENTS, opening=100_000, version=version))
    assert (found.account, found.currency) == ("DE89370400440532013000", "EUR")
    assert (found.opening, found.came, found.went, found.closing) == (
        100_000,
        300_100,
        40_000,
        360_100,
    )
    assert (found.first_on, found.last_on) == (DAY, date(2026, 11, 6))
    first, out, again = found.entries
    assert (first.party, first.text) == ("Иванов Иван Иванович", "Пожертвование, RF18 1234")
    assert (out.into, out.party, out.reference) == (False, "ООО «Стекло»", "13")
    assert len({first.id, out.id, again.id}) == 3, "two that are alike are two"


def test_the_file_for_1c() -> None:
    (found,) = read_file(client_bank(PAYMENTS, opening=-5))
    assert (found.account, found.currency, found.kind) == (ACCOUNT, "RUB", "client-bank")
    assert found.closing == -5 + 300_100 - 40_000
    assert [one.into for one in found.entries] == [True, False, True]
    assert found.entries[1].party == "ООО «Стекло»" and found.entries[1].reference == "13"
    assert len({one.id for one in found.entries}) == 3
    text = client_bank(PAYMENTS, opening=-5).decode("cp1251")
    dos = text.replace("Кодировка=Windows", "Кодировка=DOS").encode("cp866", errors="replace")
    assert read_file(dos)[0].entries[0].text == "Пожертвование, RF18 1234"
    utf8 = b"\xef\xbb\xbf" + text.encode()
    assert read_file(utf8)[0].id == found.id, "the same statement, however it is written"


def test_one_section_a_day_must_follow_each_other() -> None:
    text = client_bank(PAYMENTS[:1], opening=100).decode("cp1251")
    head, _, rest = text.partition("СекцияРасчСчет")
    section, _, documents = rest.partition("КонецРасчСчет")
    second = (
        section.replace("05.11.2026", "06.11.2026")
        .replace("НачальныйОстаток=1.00", "НачальныйОстаток=1501.50")
        .replace("ВсегоПоступило=1500.50", "ВсегоПоступило=0")
    )
    ends = "КонецРасчСчет\r\nСекцияРасчСчет"
    both = f"{head}СекцияРасчСчет{section}{ends}{second}КонецРасчСчет{documents}"
    (found,) = read_file(both.encode("cp1251"))
    assert (found.first_on, found.last_on) == (DAY, date(2026, 11, 6))
    gap = both.replace("НачальныйОстаток=1501.50", "НачальныйОстаток=1501.51")
    wrong = problem(gap.encode("cp1251"))
    assert wrong.problem == "gap" and "1501.51" in gap.splitlines()[wrong.line - 1]


def test_payments_booked_as_one_are_taken_apart() -> None:
    text = camt([Paid(30_000, DAY, number="9")]).decode()
    one = text[text.index("<NtryDtls>") : text.index("</NtryDtls>") + 11]
    each = [
        f"<TxDtls><Refs><AcctSvcrRef>9</AcctSvcrRef></Refs><Amt Ccy='EUR'>{amount}</Amt>"
        f"<RltdPties><Dbtr><Nm>{who}</Nm></Dbtr></RltdPties></TxDtls>"
        for amount, who in (("100.00", "A"), ("200.00", "B"))
    ]
    (found,) = read_file(text.replace(one, f"<NtryDtls>{''.join(each)}</NtryDtls>").encode())
    assert [(x.amount, x.party) for x in found.entries] == [(10_000, "A"), (20_000, "B")]
    part = text.replace(one, f"<NtryDtls>{each[0]}{each[0]}</NtryDtls>").encode()
    assert [x.amount for x in read_file(part)[0].entries] == [30_000], "they do not add up: whole"


def test_what_waits_at_the_bank_is_left_out_and_what_it_takes_back_is_said() -> None:
    text = camt([Paid(30_000, DAY)]).decode()
    pending = text.replace("<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>")
    assert problem(pending.encode()).problem == "balance", "its own sums count what is booked"
    back = text.replace("<Sts>BOOK</Sts>", "<RvslInd>true</RvslInd><Sts>BOOK</Sts>")
    assert read_file(back.encode())[0].entries[0].reversal


def test_each_fault_is_named_with_its_line() -> None:
    good = camt(PAYMENTS).decode()
    lines = good.splitlines()
    bad = camt(PAYMENTS, closing=1)
    wrong = problem(bad)
    assert wrong.problem == "balance" and ">0.01<" in bad.decode().splitlines()[wrong.line - 1]
    assert "0.00 + 3001.00 - 400.00 = 2601.00, and not 0.01" in str(wrong)
    for find, instead, name in (
        (">1500.50<", ">15OO.50<", "amount"),
        (">1500.50<", ">1500.505<", "amount"),
        (">1500.50<", ">NaN<", "amount"),
        (">2026-11-06</Dt></BookgDt>", ">06.11.2026</Dt></BookgDt>", "day"),
        ("<Sts>BOOK</Sts><BookgDt><Dt>2026-11-06</Dt></BookgDt>", "<Sts>BOOK</Sts>", "missing"),
        ("<Cd>CLBD</Cd>", "<Cd>ITBD</Cd>", "missing"),
        ("<IBAN>DE89370400440532013000</IBAN>", "", "missing"),
        ("</Stmt>", "", "xml"),
        ('Ccy="EUR"', 'Ccy="JPY"', "currency"),
    ):
        assert find in good
        found = problem(good.replace(find, instead).encode())
        assert found.problem == name and found.line > 0, (find, found)
        if name in ("amount", "day"):
            assert find[:8] in lines[found.line - 1]
    for other, kind in (("BkToCstmrAcctRpt", "camt.052"), ("BkToCstmrDbtCdtNtfctn", "camt.054")):
        assert problem(good.replace("BkToCstmrStmt", other).encode()).values["kind"] == kind
    assert problem(b"<a/>").problem == "none"
    assert problem(b"\x00" * (LARGEST + 1)).problem == "large"
    assert problem("Дата;Сумма".encode()).problem == "kind"
    assert set(PROBLEMS) >= {"format", "foreign"}


def test_no_entity_is_resolved_and_nothing_is_fetched() -> None:
    good = camt(PAYMENTS).decode().replace("Пожертвование", "&x;")
    for doctype in (
        '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Document [<!ENTITY y "yyyyyyyyyy"><!ENTITY x "&y;&y;&y;&y;&y;&y;&y;&y;">]>',
        '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/none.dtd">',
    ):
        text = good.replace("<Document ", f"{doctype}<Document ", 1)
        assert problem(text.encode()).problem in ("doctype", "xml")


def test_faults_of_the_file_for_1c() -> None:
    good = client_bank(PAYMENTS).decode("cp1251")
    wrong = problem(client_bank(PAYMENTS, closing=1))
    assert wrong.problem == "balance"
    assert good.splitlines()[wrong.line - 1].startswith("КонечныйОстаток")
    for find, instead, name in (
        ("Сумма=400.00", "Сумма=четыреста", "amount"),
        ("Дата=06.11.2026", "Дата=2026-11-06", ""),  # the day of booking counts
        ("ДатаСписано=06.11.2026", "ДатаСписано=2026-11-06", "day"),
        ("КонецФайла", "", "cut"),
        ("КонецДокумента\r\nКонецФайла", "КонецФайла", "cut"),
        ("ВсегоПоступило=3001.00", "ВсегоПоступило=3000.00", "totals"),
        ("НачальныйОстаток=0.00", "НачальныйОстаток=", "missing"),
        (f"ПолучательСчет={ACCOUNT}", f"ПолучательСчет={OTHER}", "foreign"),
        ("СекцияРасчСчет", "СекцияИное", "none"),
        (ACCOUNT, "40703392500000000017", "currency"),
    ):
        assert find in good
        text = good.replace(find, instead)
        if not name:
            read_file(text.encode("cp1251"))
            continue
        found = problem(text.encode("cp1251"))
        assert found.problem == name, (find, found)
        if name not in ("none",):
            assert 0 < found.line <= len(text.splitlines())
    assert problem(good.replace("Кодировка", "").encode("cp1251")).problem == "encoding"


@given(payments, some.integers(-(10**9), 10**9), some.integers(-5, 5))
@settings(max_examples=40, deadline=None)
def test_whatever_the_payments_both_kinds_say_the_same_or_refuse(
    paid: list[Paid], opening: int, off: int
) -> None:
    closing = opening + sum(one.amount for one in paid) + off
    for content in (
        client_bank(paid, opening=opening, closing=closing),
        camt(paid, opening=opening, closing=closing, references=False),
    ):
        if off:
            assert problem(content).problem == "balance"
            continue
        (found,) = read_file(content)
        assert found.opening + found.came - found.went == found.closing
        assert sorted(one.amount if one.into else -one.amount for one in found.entries) == sorted(
            one.amount for one in paid
        )
        assert len({one.id for one in found.entries}) == len(paid)
        assert read_file(content)[0].id == found.id


@given(some.text("abcdef0123456789", min_size=1), some.sampled_from(["{}", "дар {} ок", "({})"]))
def test_a_reference_is_known_again_however_it_is_written(pledge: str, around: str) -> None:
    reference = reference_of(pledge)
    digits = reference.replace(" ", "")[2:]
    assert checks(digits)
    for said in (reference, reference.replace(" ", ""), f"РФ{digits}", digits, f"№ 5, {reference}"):
        assert pledge in matched(around.format(said), [pledge, pledge + "x"])
    wrong = str((int(digits[5]) + 1) % 10)
    assert reference not in quoted(digits[:5] + wrong + digits[6:]), "one wrong digit is seen"
