"""The contact base: records, and which of them are of one person.

`link` takes `Records` and says which are of one person and why; it needs no labels. `FIELDS` are
what records are compared by, `KINDS` how.
"""

from graphnet.contacts.fields import FIELDS, Field
from graphnet.contacts.kinds import KINDS
from graphnet.contacts.linking import Decision, Linked, link
from graphnet.contacts.records import Records

__all__ = ["FIELDS", "KINDS", "Decision", "Field", "Linked", "Records", "link"]
