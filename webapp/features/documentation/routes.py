"""/docs: what is written about the program, for whoever runs it or works with it; in English."""

import re
from functools import cache
from pathlib import Path

from flask import Blueprint, abort, redirect, send_from_directory, url_for
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp.frame.respond import answer

FOLDER = Path(__file__).resolve().parents[3] / "docs"
# A page's address is its file's, without ".md": words of letters, digits and hyphens.
NAME = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)?")
TABLE_OF_CONTENTS = re.compile(r"```\{toctree\}\n:caption: (.*)\n:maxdepth: 1\n\n((?:[^`]+\n)+)```")

blueprint = Blueprint("documentation", __name__, template_folder="templates")


@blueprint.get("/docs")
@blueprint.get("/docs/<path:name>")
def page(name: str = "index") -> Response:
    """One page, or a picture beside them."""
    if name.startswith("pictures/") and name.endswith((".png", ".svg", ".webp")):
        return send_from_directory(FOLDER, name)
    if name.endswith(".md"):  # as the pages link to each other
        return redirect(url_for("documentation.page", name=name.removesuffix(".md")), 301)
    if not NAME.fullmatch(name) or name not in pages():
        abort(404)
    title, body = rendered(name)
    return answer("documentation/page.html", heading=title, body=body, start=name == "index")


@cache
def pages() -> frozenset[str]:
    """The names of all pages."""
    files = (path.relative_to(FOLDER) for path in FOLDER.glob("**/*.md"))
    return frozenset(path.with_suffix("").as_posix() for path in files)


@cache
def rendered(name: str) -> tuple[str, Markup]:
    """Return a page's title and the rest of it; raw HTML in a page is shown as text."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    text = re.sub(r"\A<!--.*?-->\n", "", text)
    text = TABLE_OF_CONTENTS.sub(_contents, text)
    title, _, rest = text.lstrip().partition("\n")
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(rest)
    for token in tokens:
        for part in (token, *(token.children or ())):
            _relink(part, name)
    html = parser.renderer.render(tokens, parser.options, {})
    # A wide table scrolls in its own box, not the page.
    html = html.replace("<table>", '<div class="wide" tabindex="0"><table>')
    html = html.replace("</table>", "</table></div>")
    html = html.replace("<pre>", '<pre tabindex="0">')
    return title.removeprefix("# "), Markup(html)  # noqa: S704 - our own pages, HTML escaped


def _contents(found: re.Match[str]) -> str:
    lines = [f"## {found[1]}\n"]
    for name in found[2].split():
        title = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        title = re.sub(r"\A<!--.*?-->\n", "", title).partition("\n")[0].removeprefix("# ")
        lines.append(f"- [{title}]({name}.md)")
    return "\n".join(lines) + "\n"


def _relink(token: Token, name: str) -> None:
    """Turn a link relative to the page's file into one to the page on the site."""
    for key in ("href", "src"):
        where = token.attrGet(key)
        if not isinstance(where, str) or where.startswith(("#", "http:", "https:")):
            continue
        path, hash_, anchor = where.partition("#")
        target = (FOLDER / name).parent / path
        inside = Path(*target.parts).resolve()
        if inside.is_relative_to(FOLDER):
            found = inside.relative_to(FOLDER).as_posix().removesuffix(".md")
            token.attrSet(key, url_for("documentation.page", name=found) + hash_ + anchor)
