"""A winner's certificate as a PDF, in the reader's language, with the code that verifies it."""

import io
from functools import cache

from flask_babel import gettext
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from graphnet.contest.publication import Certified
from graphnet.contest.seasons import Season
from webapp.features.contest.words import category_word
from webapp.frame.assets import STATIC
from webapp.frame.i18n import in_language, language

FONTS = STATIC / "vendor" / "dejavu-2.35"  # the standard fonts of PDF have no Cyrillic letters
PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
BAND, INK, QUIET, ACCENT = (
    HexColor("#17365f"), HexColor("#1a2330"), HexColor("#4f5b69"), HexColor("#b2481a"),
)  # fmt: skip
WIDTH, HEIGHT = landscape(A4)
MARGIN = 90.0


@cache
def _fonts() -> None:
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))


def certificate(certified: Certified, season: Season, *, address: str) -> bytes:
    """Return the certificate.

    Parameters
    ----------
    address
        Where its code can be verified, as readers of the paper would type it.
    """
    _fonts()
    terms = season.terms
    file = io.BytesIO()
    page = Canvas(file, pagesize=(WIDTH, HEIGHT), lang=language())
    page.setTitle(in_language(terms.title, terms.title_ru))
    page.setAuthor(in_language(terms.organiser, terms.organiser_ru))
    page.setStrokeColor(BAND)
    page.setLineWidth(3)
    page.rect(28, 28, WIDTH - 56, HEIGHT - 56)
    page.setStrokeColor(ACCENT)
    page.setLineWidth(1)
    page.rect(36, 36, WIDTH - 72, HEIGHT - 72)
    at = HEIGHT - 110
    at = _line(page, in_language(terms.organiser, terms.organiser_ru), at, PLAIN, 14, QUIET)
    at = _line(page, gettext("Certificate"), at - 26, BOLD, 34, BAND)
    at = _line(page, gettext("This is to certify that"), at - 24, PLAIN, 14, QUIET)
    at = _line(page, certified.name.full, at - 22, BOLD, 28, INK)
    at = _line(page, gettext("has won the award"), at - 20, PLAIN, 14, QUIET)
    award = category_word(terms, certified.category)
    at = _line(page, gettext("“%(award)s”", award=award), at - 20, BOLD, 22, ACCENT)
    _line(page, in_language(terms.title, terms.title_ru), at - 18, PLAIN, 14, INK)
    day = f"{certified.at:%d.%m.%Y}"
    _line(page, gettext("Published on %(day)s", day=day), 92, PLAIN, 11, QUIET)
    code = gettext("Code %(code)s, to be verified at %(address)s", code=certified.code,
                   address=address)  # fmt: skip
    _line(page, code, 70, PLAIN, 9, QUIET)
    page.showPage()
    page.save()
    return file.getvalue()


def _line(page: Canvas, text: str, at: float, font: str, size: float, colour: HexColor) -> float:
    """Write a line in the middle, smaller where it is long, in two where it is very long."""
    room = WIDTH - 2 * MARGIN
    lines = [text]
    if pdfmetrics.stringWidth(text, font, size) > 1.4 * room and " " in text:
        words = text.split()
        middle = len(words) // 2
        lines = [" ".join(words[:middle]), " ".join(words[middle:])]
    for line in lines:
        wide = pdfmetrics.stringWidth(line, font, size)
        fits = min(size, size * room / wide) if wide else size
        page.setFont(font, fits)
        page.setFillColor(colour)
        page.drawCentredString(WIDTH / 2, at, line)
        at -= fits * 1.3
    return at
