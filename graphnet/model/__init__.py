"""The words of the graph: labels, tie types, property names; and frozen dataclasses made of them.

Everything that a query may name stands in `NODES` and `TIES`; `schema.py` makes each name known to
Neo4j, so that a misspelt one is a warning there, and a failing test here. Times are aware UTC.

A *term* is half an academic year as one integer: ``2 * year`` for the autumn of the academic year
that starts in ``year``, ``2 * year + 1`` for its spring. Autumn 1998 is 3996, spring 1999 is 3997.
"""

from graphnet.model.nodes import NODES
from graphnet.model.study import academic_year, lineage, studied_together, term
from graphnet.model.ties import TIE_ENDS, TIES
from graphnet.model.values import BASE32, Change, Name, new_id
from graphnet.model.vocabulary import (
    CONSENT_PURPOSES,
    CONSENT_STATES,
    CONTACT_KINDS,
    GROUP_KINDS,
    GROUP_ROLES,
    PERIODS,
    PLACE_KINDS,
    PLEDGE_STATES,
    REGISTRATION_STATES,
    REQUEST_STATES,
    REQUIRED,
    ROLES,
    STUDY_FORMS,
    STUDY_LEVELS,
    STUDY_ROLES,
    STUDY_WAYS,
    UNIT_KINDS,
    VISIBILITIES,
    VOCABULARY,
)

__all__ = [
    "BASE32",
    "CONSENT_PURPOSES",
    "CONSENT_STATES",
    "CONTACT_KINDS",
    "GROUP_KINDS",
    "GROUP_ROLES",
    "NODES",
    "PERIODS",
    "PLACE_KINDS",
    "PLEDGE_STATES",
    "REGISTRATION_STATES",
    "REQUEST_STATES",
    "REQUIRED",
    "ROLES",
    "STUDY_FORMS",
    "STUDY_LEVELS",
    "STUDY_ROLES",
    "STUDY_WAYS",
    "TIES",
    "TIE_ENDS",
    "UNIT_KINDS",
    "VISIBILITIES",
    "VOCABULARY",
    "Change",
    "Name",
    "academic_year",
    "lineage",
    "new_id",
    "studied_together",
    "term",
]
