"""Papers as tagged PDF: receipts and yearly reports, on as many pages as they need."""

import io
from collections.abc import Sequence
from functools import cache

from markupsafe import Markup
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFArray, PDFName
from reportlab.pdfbase.ttfonts import TTFont

from webapp.features.projects import picture as drawing
from webapp.features.projects.picture import Picture
from webapp.features.statistics.tagged import TaggedCanvas
from webapp.frame.assets import STATIC
from webapp.frame.i18n import language

FONTS = STATIC / "vendor" / "dejavu-2.35"  # the standard fonts of PDF have no Cyrillic letters
PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, QUIET, RULE = HexColor("#1a2330"), HexColor("#4f5b69"), HexColor("#c9c4b8")
PARTS = {0: HexColor("#1b4f93"), 2: HexColor("#c9602f")}  # what came, what went
WIDTH, HEIGHT = A4
EDGE = 56.0
ROOM = WIDTH - 2 * EDGE


@cache
def _fonts() -> None:
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))


def plain(words: str) -> str:
    """Return words for a paper: what a page would mark up, without the marks."""
    return words.striptags() if isinstance(words, Markup) else words


class Paper:
    """A paper that is written from the top down; what does not fit stands on the next page."""

    def __init__(self, title: str, *, colour: str, association: str) -> None:
        _fonts()
        self._file = io.BytesIO()
        self._canvas = TaggedCanvas(self._file, size=A4, title=title, language=language())
        self._colour, self._y = HexColor(colour), HEIGHT - EDGE
        self.paragraph(association, quiet=True)
        self._text("H1", title, BOLD, 17, self._colour)

    def finished(self) -> bytes:
        """Return the file."""
        self._canvas.finish()
        return self._file.getvalue()

    def heading(self, text: str) -> None:
        """Write a heading, with room for something below it."""
        self._y -= 10
        self._need(60)
        self._text("H2", text, BOLD, 11.5, self._colour)

    def paragraph(self, text: str, *, quiet: bool = False) -> None:
        """Write a paragraph."""
        self._text("P", text, PLAIN, 8.5 if quiet else 10, QUIET if quiet else INK)

    def space(self, points: float) -> None:
        """Leave room free."""
        self._y -= points

    def definitions(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write terms and what they are; those without a value are left out."""
        self.table([], [(term, value) for term, value in rows if value], (0.36, 0.64))

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        *,
        foot: Sequence[str] = (),
        numbers: int = 0,
    ) -> None:
        """Write a table, its head again on every page.

        Parameters
        ----------
        shares
            Of the width, of each column.
        numbers
            How many columns at the end are numbers, to be read from the right.
        """
        with self._canvas.element("Table"):
            if head:
                self._row(head, shares, numbers, head=True)
            for row in (*rows, *([foot] if foot else [])):
                if self._tall(row, shares, 8.5) > self._y - EDGE:
                    self._turn()
                    if head:
                        self._row(head, shares, numbers, head=True, again=True)
                self._row(row, shares, numbers, bold=bool(foot) and row is foot)
        self._y -= 6

    def picture(self, shown: Picture) -> None:
        """Draw what came, went and was left."""
        tall = ROOM * drawing.HEIGHT / drawing.WIDTH + 12
        self._need(tall + 20)
        box = [EDGE, self._y - tall, EDGE + ROOM, self._y]
        said = {"O": PDFName("Layout"), "BBox": PDFArray(box), "Placement": PDFName("Block")}
        with (
            self._canvas.element("Figure", told=shown.told, **said),
            self._canvas.drawn(),
        ):
            self._draw(shown, self._y)
        self._y -= tall + 10

    def _draw(self, shown: Picture, top: float) -> None:
        page, scale = self._canvas, ROOM / drawing.WIDTH
        page.setStrokeColor(RULE)
        page.setLineWidth(0.5)
        ground = top - drawing.GROUND * scale
        page.line(EDGE, ground, EDGE + ROOM, ground)
        for bar in shown.bars:
            page.setFillColor(PARTS[bar.part])
            page.rect(
                EDGE + bar.x * scale,
                top - (bar.y + bar.height) * scale,
                bar.width * scale,
                bar.height * scale,
                stroke=0,
                fill=1,
            )
        page.setStrokeColor(INK)
        page.setLineWidth(1.1)
        for (x, y), (next_x, next_y) in zip(shown.line, shown.line[1:], strict=False):
            page.line(
                EDGE + x * scale, top - y * scale, EDGE + next_x * scale, top - next_y * scale
            )
        page.setFillColor(INK)
        for x, y in shown.line:
            page.circle(EDGE + x * scale, top - y * scale, 1.8, stroke=0, fill=1)
        page.setFont(PLAIN, 6.5)
        page.setFillColor(QUIET)
        for x, word in shown.labels:
            page.drawCentredString(EDGE + x * scale, ground - 9, word)
        at, below = EDGE, top - drawing.HEIGHT * scale - 8
        for part, word in shown.legend:
            page.setFillColor(INK if part == 1 else PARTS[part])
            page.rect(at, below, 6, 6, stroke=0, fill=1)
            page.setFillColor(INK)
            page.drawString(at + 9, below + 0.5, word)
            at += 27 + pdfmetrics.stringWidth(word, PLAIN, 6.5)

    def _text(self, kind: str, text: str, font: str, size: float, colour: HexColor) -> None:
        with self._canvas.element(kind):
            for line in simpleSplit(text, font, size, ROOM):
                self._need(size * 1.4)
                self._y -= size
                self._piece(line, EDGE, self._y, font, size, colour)
                self._y -= size * 0.4
        self._y -= size * 0.4

    def _piece(
        self,
        text: str,
        x: float,
        y: float,
        font: str,
        size: float,
        colour: HexColor,
        *,
        right: bool = False,
    ) -> None:
        with self._canvas.drawn():
            self._canvas.setFillColor(colour)
            self._canvas.setFont(font, size)
            if right:
                self._canvas.drawRightString(x, y, text)
            else:
                self._canvas.drawString(x, y, text)

    def _lines(self, row: Sequence[str], shares: Sequence[float], size: float) -> list[list[str]]:
        return [
            simpleSplit(cell, PLAIN, size, ROOM * share - 8) or [""]
            for cell, share in zip(row, shares, strict=True)
        ]

    def _tall(self, row: Sequence[str], shares: Sequence[float], size: float) -> float:
        return max(map(len, self._lines(row, shares, size))) * size * 1.35 + 6

    def _row(
        self,
        row: Sequence[str],
        shares: Sequence[float],
        numbers: int,
        *,
        head: bool = False,
        bold: bool = False,
        again: bool = False,
    ) -> None:
        size = 8.0 if head else 8.5
        self._need(self._tall(row, shares, size))
        font = BOLD if bold else PLAIN
        if again:  # a head that is drawn once more adorns
            with self._canvas.artifact():
                self._cells(row, shares, numbers, size, font, marked=False, head=head)
        else:
            with self._canvas.element("TR"):
                self._cells(row, shares, numbers, size, font, marked=True, head=head)
        self._y -= self._tall(row, shares, size)
        with self._canvas.artifact():
            self._canvas.setStrokeColor(RULE)
            self._canvas.setLineWidth(0.4)
            self._canvas.line(EDGE, self._y + 1, EDGE + ROOM, self._y + 1)

    def _cells(
        self,
        row: Sequence[str],
        shares: Sequence[float],
        numbers: int,
        size: float,
        font: str,
        *,
        marked: bool,
        head: bool,
    ) -> None:
        x = EDGE
        for place, (lines, share) in enumerate(
            zip(self._lines(row, shares, size), shares, strict=True)
        ):
            right = place >= len(row) - numbers
            at = x + ROOM * share - 4 if right else x
            colour = QUIET if head else INK
            if not marked:
                self._plain(lines, at, size, font, colour, right=right)
            else:
                kind = "TH" if head or not place else "TD"
                said = {"O": PDFName("Table"), "Scope": PDFName("Column" if head else "Row")}
                with self._canvas.element(kind, **(said if kind == "TH" else {})):
                    for number, line in enumerate(lines):
                        y = self._y - size * 1.1 - number * size * 1.35
                        self._piece(line, at, y, font, size, colour, right=right)
            x += ROOM * share

    def _plain(
        self,
        lines: Sequence[str],
        x: float,
        size: float,
        font: str,
        colour: HexColor,
        *,
        right: bool,
    ) -> None:
        self._canvas.setFillColor(colour)
        self._canvas.setFont(font, size)
        for number, line in enumerate(lines):
            y = self._y - size * 1.1 - number * size * 1.35
            (self._canvas.drawRightString if right else self._canvas.drawString)(x, y, line)

    def _need(self, tall: float) -> None:
        if self._y - tall < EDGE:
            self._turn()

    def _turn(self) -> None:
        self._canvas.turn()
        self._y = HEIGHT - EDGE
