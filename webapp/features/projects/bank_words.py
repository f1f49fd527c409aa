"""Words of what a bank tells: what is wrong with a file, what an entry is."""

from flask_babel import gettext

from graphnet.money.bank_statements import BadStatement


def statement_problem(wrong: BadStatement) -> str:
    """Return what is wrong with a bank's file, where, and what to do about it."""
    values = wrong.values
    if wrong.problem == "balance":
        said = gettext(
            "the statement does not add up: %(opening)s at the beginning, %(came)s in and %(went)s "
            "out make %(computed)s, and it says %(closing)s. Nothing of it is taken: ask the bank "
            "for the whole statement.",
            **values,
        )
    else:
        words = {
            "kind": gettext(
                "this is no statement that can be read. Take one as camt.053 (XML) or for 1C "
                "(1CClientBankExchange)."
            ),
            "other": gettext(
                "this file is %(kind)s. Take the statement of what was booked, camt.053.",
                kind=values.get("kind", ""),
            ),
            "large": gettext("the file is too large. Take a statement of a shorter time."),
            "xml": gettext("the file is damaged: %(why)s", why=values.get("why", "")),
            "doctype": gettext("the file has a part that no statement has, and is refused."),
            "encoding": gettext("its letters cannot be read. Take it in Windows encoding."),
            "none": gettext("there is no statement in the file."),
            "cut": gettext(
                "the file ends too early, before «%(name)s». Load it from the bank once more.",
                name=values.get("name", ""),
            ),
            "missing": gettext("«%(name)s» is missing.", name=values.get("name", "")),
            "amount": gettext("«%(text)s» is no sum of money.", text=values.get("text", "")),
            "day": gettext("«%(text)s» is no day.", text=values.get("text", "")),
            "currency": gettext(
                "the books are not kept in this currency: %(text)s.", text=values.get("text", "")
            ),
            "foreign": gettext("this payment is neither to nor from the account of the statement."),
            "gap": gettext(
                "this part does not begin with what the one before it left. Take the statement of "
                "the whole time at once."
            ),
            "totals": gettext(
                "the bank says %(said)s, the payments add up to %(computed)s.",
                said=values.get("said", ""),
                computed=values.get("computed", ""),
            ),
            "format": gettext(
                "days of this account were taken before from a file of the other kind. Take them "
                "always from the same kind, or payments would stand there twice."
            ),
        }
        said = words[wrong.problem]
    if not wrong.line:
        return str(said[:1].upper() + said[1:])
    return str(gettext("Line %(line)s: %(what)s", line=wrong.line, what=said))


def kind_of_file(kind: str) -> str:
    """Return from what kind of file a statement is."""
    return {"camt": "camt.053", "client-bank": "1C"}.get(kind, kind)
