"""The member's card as a PDF of the size of a bank card, to be printed or kept on a phone."""

import io
from functools import cache
from typing import Any

import segno
from flask_babel import gettext
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from webapp.frame.assets import STATIC

FONTS = STATIC / "vendor" / "dejavu-2.35"  # the standard fonts of PDF have no Cyrillic letters
PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, QUIET = HexColor("#1a2330"), HexColor("#4f5b69")
WIDTH, HEIGHT = 85.6 * mm, 53.98 * mm  # ISO/IEC 7810, ID-1
EDGE, CODE = 5 * mm, 27 * mm


@cache
def _fonts() -> None:
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))


def card_file(
    me: Any, tier: str, valid: str, *, issuer: str, address: str, colour: str, language: str
) -> bytes:
    """Return the card.

    Parameters
    ----------
    me
        The member's own card: `graphnet.people.Card`.
    issuer
        The association's name.
    address
        Where it is verified, in the QR code.
    """
    _fonts()
    file = io.BytesIO()
    page = Canvas(file, pagesize=(WIDTH, HEIGHT), lang=language)
    title = gettext("Alumni card")
    page.setTitle(title)
    page.setFillColor(HexColor(colour))
    page.rect(0, HEIGHT - 13 * mm, WIDTH, 13 * mm, stroke=0, fill=1)
    page.setFillColor(HexColor("#ffffff"))
    _fitting(page, issuer, EDGE, HEIGHT - 8.5 * mm, BOLD, 10, WIDTH - 2 * EDGE)
    room = WIDTH - CODE - 2.5 * EDGE
    at = HEIGHT - 21 * mm
    page.setFillColor(INK)
    for line in _lines(_name(me), BOLD, 11, room):
        _fitting(page, line, EDGE, at, BOLD, 11, room)
        at -= 5 * mm
    page.setFillColor(QUIET)
    _fitting(page, tier, EDGE, at - 1 * mm, PLAIN, 9, room)
    page.setFillColor(INK)
    _fitting(page, valid, EDGE, 7 * mm, BOLD, 9, room)
    _code(page, address)
    page.showPage()
    page.save()
    return file.getvalue()


def _name(me: Any) -> str:
    """Return the name as its parts that are there: some people have one only."""
    return " ".join(part for part in (me.name.given, me.name.family) if part) or me.name.full


def _lines(text: str, font: str, size: float, room: float) -> list[str]:
    if pdfmetrics.stringWidth(text, font, size) <= room or " " not in text:
        return [text]
    first, _, rest = text.partition(" ")
    return [first, rest]


def _fitting(
    page: Canvas, text: str, x: float, y: float, font: str, size: float, room: float
) -> None:
    """Write a line, smaller where it is long."""
    wide = pdfmetrics.stringWidth(text, font, size)
    page.setFont(font, min(size, size * room / wide) if wide else size)
    page.drawString(x, y, text)


def _code(page: Canvas, address: str) -> None:
    """Draw the QR code, module by module: what is drawn so stays sharp on every printer."""
    rows = [list(row) for row in segno.make(address, error="m").matrix]
    side = CODE / len(rows)
    left, top = WIDTH - CODE - EDGE, 5 * mm + CODE
    page.setFillColor(HexColor("#000000"))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                page.rect(left + x * side, top - (y + 1) * side, side, side, stroke=0, fill=1)
