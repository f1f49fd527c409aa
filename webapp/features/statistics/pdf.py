"""The report for the rector as a PDF of one sheet, tagged: see `tagged`."""

import io
from collections.abc import Iterable, Sequence
from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFArray, PDFName
from reportlab.pdfbase.ttfonts import TTFont

from webapp.features.statistics.page import Chart, Page, Section, Table
from webapp.features.statistics.tagged import TaggedCanvas
from webapp.frame.assets import STATIC
from webapp.frame.i18n import language, number

FONTS = STATIC / "vendor" / "dejavu-2.35"  # the standard fonts of PDF have no Cyrillic letters
PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, QUIET, RULE = HexColor("#1a2330"), HexColor("#4f5b69"), HexColor("#c9c4b8")
PARTS = (HexColor("#1b4f93"), HexColor("#7fa6d6"), HexColor("#c9602f"))
WIDTH, HEIGHT = A4
EDGE, GAP = 40.0, 18.0
TEXT, SMALL = 7.5, 6.2
# A page that would be longer is drawn smaller, down to this.
SMALLEST = 0.6


@cache
def _fonts() -> None:
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))


def report_file(page: Page, *, colour: str) -> bytes:
    """Return the report; the colour is the institution's."""
    _fonts()
    scale = 1.0
    while True:
        file = io.BytesIO()
        sheet = _Sheet(file, page, colour, scale)
        if sheet.draw() >= EDGE or scale <= SMALLEST:
            sheet.canvas.finish()
            return file.getvalue()
        scale -= 0.05


class _Sheet:
    """One try to bring the report onto one sheet; `scale` makes letters and gaps smaller."""

    def __init__(self, file: io.BytesIO, page: Page, colour: str, scale: float) -> None:
        self.canvas = TaggedCanvas(file, size=A4, title=page.title, language=language())
        self.page, self.colour, self.scale = page, HexColor(colour), scale

    def draw(self) -> float:
        """Draw all of it; return where it ends, which may be below the sheet."""
        at, room = HEIGHT - EDGE, WIDTH - 2 * EDGE
        at = self._text("H1", self.page.title, EDGE, at, room, BOLD, 16, self.colour)
        at = self._text("P", self.page.lead, EDGE, at - 2, room, PLAIN, 9, QUIET)
        at = self._figures(at - 8 * self.scale)
        beside: list[Section] = []
        for section in self.page.sections:
            if section.wide:
                at = self._section(section, EDGE, at - 10 * self.scale, room)
                continue
            beside.append(section)
            if len(beside) == 2:
                half = (room - GAP) / 2
                top = at - 10 * self.scale
                at = min(
                    self._section(one, EDGE + place * (half + GAP), top, half)
                    for place, one in enumerate(beside)
                )
                beside.clear()
        at = self._text(
            "H2", self.page.next_heading, EDGE, at - 10 * self.scale, room, BOLD, 9.5, self.colour
        )
        at = self._list(self.page.next, at - 2, room)
        return self._text("P", self.page.foot, EDGE, at - 8 * self.scale, room, PLAIN, SMALL, QUIET)

    def _text(
        self, kind: str, text: str, x: float, y: float, room: float, font: str, size: float,
        colour: HexColor,
    ) -> float:  # fmt: skip
        with self.canvas.element(kind):
            return self._lines(text, x, y, room, font, size, colour)

    def _lines(
        self, text: str, x: float, y: float, room: float, font: str, size: float, colour: HexColor
    ) -> float:
        """Write into the open element; return where the next line would begin."""
        size *= self.scale
        self.canvas.setFillColor(colour)
        for line in simpleSplit(text, font, size, room):
            y -= size
            with self.canvas.drawn():
                self.canvas.setFont(font, size)
                self.canvas.drawString(x, y, line)
            y -= size * 0.28
        return y

    def _line(self, text: str, x: float, y: float, room: float, *, right: bool, size: float,
              font: str = PLAIN, colour: HexColor = INK) -> None:  # fmt: skip
        """Write one line of the open element, smaller where it is too long for its room."""
        size *= self.scale
        wide = pdfmetrics.stringWidth(text, font, size)
        size = min(size, size * room / wide) if wide else size
        self.canvas.setFillColor(colour)
        with self.canvas.drawn():
            self.canvas.setFont(font, size)
            if right:
                self.canvas.drawRightString(x + room, y, text)
            else:
                self.canvas.drawString(x, y, text)

    def _rule(self, x: float, y: float, room: float) -> None:
        with self.canvas.artifact():
            self.canvas.setStrokeColor(RULE)
            self.canvas.setLineWidth(0.4)
            self.canvas.line(x, y, x + room, y)

    def _figures(self, y: float) -> float:
        wide = (WIDTH - 2 * EDGE) / max(len(self.page.figures), 1)
        big, small = 17 * self.scale, 7.5 * self.scale
        with self.canvas.element("L"):
            for place, (figure, label, share) in enumerate(self.page.figures):
                x = EDGE + place * wide
                with self.canvas.artifact():
                    self.canvas.setFillColor(PARTS[-1])
                    self.canvas.rect(x, y - big - small - 4, 2, big + small + 4, stroke=0, fill=1)
                with self.canvas.element("LI"), self.canvas.element("LBody"):
                    said = f"{figure}  {share}" if share else figure
                    self._line(said, x + 7, y - big * 0.85, wide - 12, right=False, size=15,
                               font=BOLD)  # fmt: skip
                    self._line(label, x + 7, y - big - small - 1, wide - 12, right=False, size=7.5,
                               colour=QUIET)  # fmt: skip
        return y - big - small - 4

    def _section(self, section: Section, x: float, y: float, room: float) -> float:
        with self.canvas.element("Sect"):
            y = self._text("H2", section.heading, x, y, room, BOLD, 9.5, self.colour)
            if section.chart is not None and section.chart.highest:
                tall = (76 if section.wide else 46) * self.scale
                y = self._chart(section.chart, x, y - 2, room, tall)
            if section.table.rows:
                y = self._table(section.table, x, y - 2, room)
            if section.note:
                y = self._text("P", section.note, x, y - 2, room, PLAIN, SMALL, QUIET)
        return y

    def _chart(self, chart: Chart, x: float, y: float, room: float, tall: float) -> float:
        box = [x, y - tall, x + room, y]
        said = {"O": PDFName("Layout"), "BBox": PDFArray(box), "Placement": PDFName("Block")}
        with self.canvas.element("Figure", told=_spoken(chart), **said), self.canvas.drawn():
            self._bars(chart, x, y, room, tall)
        return y - tall

    def _bars(self, chart: Chart, x: float, y: float, room: float, tall: float) -> None:
        page, size = self.canvas, SMALL * self.scale
        legend = size * 1.6 if chart.legend else 0.0
        ground = y - tall + legend + size * 1.5
        high = y - ground - size * 1.5
        step = room / max(len(chart.bars), 1)
        wide = min(step * 0.6, 42.0)
        page.setStrokeColor(RULE)
        page.setLineWidth(0.4)
        page.line(x, ground, x + room, ground)
        page.setFont(PLAIN, size)
        for place, bar in enumerate(chart.bars):
            middle, at = x + step * (place + 0.5), ground
            for colour, part in zip(PARTS, bar.parts, strict=False):
                if part:
                    page.setFillColor(colour)
                    page.rect(middle - wide / 2, at, wide, high * part / chart.highest, stroke=0,
                              fill=1)  # fmt: skip
                    at += high * part / chart.highest
            page.setFillColor(INK)
            if None not in bar.parts:
                total = sum(part or 0 for part in bar.parts)
                page.drawCentredString(middle, at + 2, number(total))
            page.setFillColor(QUIET)
            page.drawCentredString(middle, ground - size * 1.2, bar.label)
        at = x
        for colour, word in zip(PARTS, chart.legend, strict=False):
            page.setFillColor(colour)
            page.rect(at, y - tall + 1, size, size, stroke=0, fill=1)
            page.setFillColor(INK)
            page.drawString(at + size * 1.4, y - tall + 1.5, word)
            at += size * 3.5 + pdfmetrics.stringWidth(word, PLAIN, size)

    def _table(self, table: Table, x: float, y: float, room: float) -> float:
        """Draw a table, its first column as wide as it needs, the others alike."""
        size = TEXT * self.scale
        widths = [
            max(pdfmetrics.stringWidth(cell, PLAIN, size) for cell in column)
            for column in zip(table.head, *table.rows, strict=True)
        ]
        others = len(table.head) - 1
        first = min(max(widths[0] + 8, room - others * (max(widths[1:]) + 10)), room * 0.5)
        step = (room - first) / others
        with self.canvas.element("Table"):
            for place, row in enumerate((table.head, *table.rows)):
                y -= size * 1.05
                with self.canvas.element("TR"):
                    self._row(row, x, y, first, step, head=not place)
                y -= size * 0.38
                self._rule(x, y, room)
        return y

    def _row(
        self, row: Sequence[str], x: float, y: float, first: float, step: float, *, head: bool
    ) -> None:
        for place, cell in enumerate(row):
            kind = "TH" if head or not place else "TD"
            said = {"O": PDFName("Table"), "Scope": PDFName("Column" if head else "Row")}
            with self.canvas.element(kind, **(said if kind == "TH" else {})):
                left = x if not place else x + first + (place - 1) * step + 3
                self._line(
                    cell, left, y, first - 4 if not place else step - 3, right=bool(place),
                    size=TEXT, colour=QUIET if head else INK,
                )  # fmt: skip

    def _list(self, sentences: Iterable[str], y: float, room: float) -> float:
        with self.canvas.element("L"):
            for place, sentence in enumerate(sentences, start=1):
                with self.canvas.element("LI"):
                    size = 8 * self.scale
                    with self.canvas.element("Lbl"), self.canvas.drawn():
                        self.canvas.setFillColor(INK)
                        self.canvas.setFont(PLAIN, size)
                        self.canvas.drawString(EDGE, y - size, f"{place}.")
                    with self.canvas.element("LBody"):
                        y = self._lines(sentence, EDGE + 14, y, room - 14, PLAIN, 8, INK)
        return y


def _spoken(chart: Chart) -> str:
    """Return a picture in words, with its numbers."""
    bars = []
    for bar in chart.bars:
        numbers = ", ".join("—" if part is None else number(part) for part in bar.parts)
        bars.append(f"{bar.label}: {numbers}")
    return f"{chart.told} {'; '.join(bars)}."
