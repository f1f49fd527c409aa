"""The contact base: records, and which of them are of one person.

`link` takes `Records` and says which are of one person; it needs no labels. `unsure` says which
others may be, and why. `FIELDS` are
what records are compared by, `KINDS` how.
"""

from graphnet.contacts.evidence import Pair, Said, between, unsure
from graphnet.contacts.fields import FIELDS, Field
from graphnet.contacts.kinds import KINDS
from graphnet.contacts.linking import Decision, Linked, link
from graphnet.contacts.records import Records

__all__ = [
    "FIELDS", "KINDS", "Decision", "Field", "Linked", "Pair", "Records", "Said", "between",
    "link", "unsure",
]  # fmt: skip
