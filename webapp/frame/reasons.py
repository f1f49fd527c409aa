"""Why something was not done, in the reader's language: a feature words each error's code once.

A feature gives its table to `Core.pages`: by class of `graphnet.errors`, then by code. A key
``"field: code"`` is about that field alone, and ``""`` is what is said of whatever else of the
class. What a route does not catch is worded by the same table: see `webapp.frame.errors`.
"""

from collections.abc import Mapping
from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm

from graphnet.errors import BadInput, Conflict, GraphnetError, NotAllowed, NotFound, TooMany

Reasons = Mapping[type[GraphnetError], Mapping[str, Any]]

GENERAL: Reasons = {
    BadInput: {"": lazy_gettext("This cannot be so: look at it again, please.")},
    Conflict: {
        "meanwhile": lazy_gettext("Somebody else has changed this meanwhile: look at it again."),
        "": lazy_gettext("This has changed meanwhile, or is done already: look at it again."),
    },
    NotFound: {"": lazy_gettext("This has changed meanwhile: look at it once more.")},
    NotAllowed: {"": lazy_gettext("Your account may not do this.")},
    TooMany: {"": lazy_gettext("This was done too often: wait a while.")},
}


def reason(problem: GraphnetError, *, of: str = "") -> str:
    """Return what a feature, by default that of this page, says of an error; empty if nothing.

    What is hidden and what is not there are worded alike everywhere, so a `NotFound` has no words
    of its own.
    """
    if isinstance(problem, NotFound):
        return ""
    tables: dict[str, Reasons] = current_app.extensions["reasons"]
    return _worded(problem, tables.get(of or request.blueprint or "", {}))


def why(problem: GraphnetError, otherwise: Any = "", *, of: str = "") -> str:
    """Return why something was not done: the feature's words, else those given, else general ones.

    Parameters
    ----------
    otherwise
        What this page says where the feature has no words for the error.
    of
        The blueprint whose words are meant, where it is not this page's.
    """
    return reason(problem, of=of) or str(otherwise) or _worded(problem, GENERAL)


def mark_wrong(form: FlaskForm, problem: GraphnetError, *, otherwise: str) -> None:
    """Say beside its field why a value was refused; `otherwise` is the field if it names none."""
    field = form[problem.field if problem.field in form else otherwise]
    field.errors = [*field.errors, why(problem)]


def _worded(problem: GraphnetError, table: Reasons) -> str:
    kinds = [table[kind] for kind in type(problem).__mro__ if kind in table]
    keys = [f"{problem.field}: {problem.code}", problem.code] if problem.code else []
    for key in (*keys, ""):
        for words in kinds:
            if key in words:
                return str(words[key])
    return ""
