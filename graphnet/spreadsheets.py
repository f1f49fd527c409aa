"""Text that a spreadsheet shows and does not compute: one guard for every CSV file of ours."""

FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")
# What spreadsheets skip before they look for a formula.
_SKIPPED = " \u00a0\ufeff\u200b\x00"


def guarded(text: str) -> str:
    """Return text that a spreadsheet shows and does not compute (OWASP, "CSV injection")."""
    return "'" + text if text.lstrip(_SKIPPED).startswith(FORMULA) else text
