"""QR codes as SVG, black on white in every colour scheme, for cameras' sake."""

import segno
from markupsafe import Markup


def qr(text: str, label: str) -> Markup:
    """Return a QR code of a text; `label` says to who cannot see it what it is."""
    code = segno.make(text, error="m").svg_inline(
        border=3, dark="#000", light="#fff", svgclass="qr-code", lineclass=None, omitsize=True
    )
    return Markup(code.replace("<svg ", '<svg role="img" aria-label="{}" ', 1)).format(label)  # noqa: S704 - segno's own
