"""QR codes as SVG, black on white in every colour scheme, for cameras' sake."""

import segno
from markupsafe import Markup


def qr(text: str, label: str, *, look: str = "qr-code") -> Markup:
    """Return a QR code of a text; `label` says to who cannot see it what it is.

    `look` is the class of the drawing: 'qr-code' on a screen, 'qr' small in a letter.
    """
    code = segno.make(text, error="m").svg_inline(
        border=3, dark="#000", light="#fff", svgclass=look, lineclass=None, omitsize=True
    )
    return Markup(code.replace("<svg ", '<svg role="img" aria-label="{}" ', 1)).format(label)  # noqa: S704 - segno's own
