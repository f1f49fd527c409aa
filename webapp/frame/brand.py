"""The names, the colour and the mark of the institution whose site this is, out of the settings."""

from flask import Flask, Response, abort, redirect, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from graphnet.settings import Settings, contrast
from webapp.frame.assets import address
from webapp.frame.i18n import in_language

# Searchers read what stands open to everybody and names nobody; links of letters are no pages.
ROBOTS = """User-agent: *
Allow: /$
Allow: /docs
Allow: /events
Allow: /news
Allow: /static
Disallow: /
"""
WHITE, DARK_PAPER = "#ffffff", "#10151c"


def lighter(colour: str, *, ground: str, least: float = 4.5) -> str:
    """Return the colour, mixed with white until it can be read on a dark ground.

    Parameters
    ----------
    least
        The contrast ratio that is wanted (WCAG 2.2: 4.5 for text).
    """
    parts = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    for step in range(21):
        mixed = "#" + "".join(f"{round(p + (255 - p) * step / 20):02x}" for p in parts)
        if contrast(mixed, ground) >= least:
            return mixed
    return WHITE


def stylesheet(colour: str) -> str:
    """Return the tokens that depend on the institution's colour, for both schemes."""
    light = lighter(colour, ground=DARK_PAPER, least=7)
    return (
        f":root{{--brand:{colour};--brand-text:{colour}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--brand:{colour};--brand-text:{light}}}}}\n"
    )


def install(app: Flask, settings: Settings) -> None:
    """Give templates the names, and serve the colour and the mark."""
    text = stylesheet(settings.brand_colour)
    mark = settings.brand_mark

    def brand_stylesheet() -> Response:
        response = Response(text, mimetype="text/css")
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    def brand_mark() -> Response:
        if mark is None:
            abort(404)
        response = send_file(mark, max_age=300)
        # An SVG opened by itself may hold scripts: they are not run.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'"
        )
        return response

    def favicon() -> AnyResponse:
        return redirect(address("mark.svg"), 302)

    def robots() -> Response:
        response = Response(ROBOTS, mimetype="text/plain")
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    app.add_url_rule("/favicon.ico", "favicon", favicon)
    app.add_url_rule("/robots.txt", "robots", robots)
    app.add_url_rule("/brand.css", "brand_stylesheet", brand_stylesheet)
    app.add_url_rule("/brand-mark", "brand_mark", brand_mark)
    app.jinja_env.globals.update(
        association=lambda: in_language(*settings.association),
        university=lambda: in_language(*settings.university),
        association_contact=settings.association_contact,
        brand_mark=lambda: url_for("brand_mark") if mark is not None else "",
    )
