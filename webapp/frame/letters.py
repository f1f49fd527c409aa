"""Letters as templates: ``webapp/features/NAME/letters/*.txt``, two blocks: `subject` and `text`.

They are rendered by an environment of their own, with the catalogues of the site and without an
application or a request: the worker writes them, in their reader's language, when they leave.
"""

from functools import cache
from typing import Any

from babel.support import NullTranslations
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from graphnet.mail import Delivery, Letter
from webapp.frame.i18n import LANGUAGES, ROOT, merged

LETTERS = "letters"


def letter(name: str, delivery: Delivery, *, unsubscribe: str = "", **values: Any) -> Letter:
    """Write a letter that is about to leave; its template also knows `site` and `delivery.values`.

    Parameters
    ----------
    name
        ``feature/name`` of the template, without ``.txt``.
    """
    subject, text = said(
        name,
        delivery.language,
        site=delivery.settings.site_url,
        **{**delivery.values, **values},
    )
    return Letter(subject, text + _foot(delivery), unsubscribe)


def _foot(delivery: Delivery) -> str:
    """Return who stands behind a letter, if set: the university, how to reach the association."""
    settings = delivery.settings
    said = (settings.university[delivery.language == "ru"], settings.association_contact)
    return "".join(f"{line}\n" for line in said if line)


def said(name: str, language: str, **values: Any) -> tuple[str, str]:
    """Return the subject, in one line, and the text of a letter."""
    if "called" in values:
        values["called"] = called(values["called"] or "", language)
    template = environment(language if language in LANGUAGES else "en").get_template(f"{name}.txt")
    blocks = {
        block: "".join(template.blocks[block](template.new_context(values)))
        for block in ("subject", "text")
    }
    return " ".join(blocks["subject"].split()), blocks["text"].strip("\n") + "\n"


def called(name: str, language: str) -> str:
    """Return how a letter calls its reader: by nothing, where their name is of another script.

    «Здравствуйте, Sergei!» reads like a letter of somebody who does not know them.

    Examples
    --------
    >>> called("Sergei", "ru"), called("Сергей", "ru"), called("Sergei", "en")
    ('', 'Сергей', 'Sergei')
    """
    written = any("а" <= letter <= "я" or letter == "ё" for letter in name.casefold())
    return name if language != "ru" or written else ""


@cache
def environment(language: str) -> Environment:
    """Return where letters of one language are rendered; a missing value is an error."""
    folders = sorted((ROOT / "features").glob(f"*/{LETTERS}"))
    made = Environment(
        loader=PrefixLoader({path.parent.name: FileSystemLoader(path) for path in folders}),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - plain text: nothing reads it as HTML
    )
    translations = merged() if language == "ru" else NullTranslations()
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    return made
