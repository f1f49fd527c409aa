"""The words that the engines know as values, and what a node of each label must have."""

from typing import LiteralString

CONSENT_PURPOSES = ("hold", "show_to_members", "publish", "profile", "digest", "partners", "asked")
CONSENT_STATES = ("given", "refused", "unknown")
ROLES = ("alumnus", "staff", "analyst", "admin", "treasurer", "auditor")
UNIT_KINDS = ("university", "institute", "faculty", "department", "school")
STUDY_LEVELS = ("specialist", "bachelor", "master", "postgraduate")
STUDY_FORMS = ("full-time", "evening", "correspondence")
STUDY_ROLES = ("student", "monitor")
STUDY_WAYS = ("admitted", "transferred", "returned", "exchange")
REGISTRATION_STATES = ("yes", "no", "waiting", "cancelled")
PLEDGE_STATES = ("open", "received", "withdrawn")
REQUEST_STATES = ("new", "open", "in_work", "waiting", "joined", "done")
CONTACT_KINDS = ("email", "phone")
PLACE_KINDS = ("city", "region", "country", "continent")
GROUP_KINDS = ("club", "regional", "interest", "professional", "community", "residence")
GROUP_ROLES = ("member", "organiser")
VISIBILITIES = ("public", "members")

# (label or tie type, property): the words that the engines know. Another word means nothing to
# them, so no file brings one in. Kinds of events, projects and companies are anybody's own.
VOCABULARY: dict[tuple[LiteralString, LiteralString], tuple[str, ...]] = {
    ("Person", "gender"): ("m", "f"),
    ("Person", "language"): ("ru", "en"),
    ("Person", "visibility"): ("shown", "hidden"),
    ("ContactPoint", "kind"): CONTACT_KINDS,
    ("Place", "kind"): PLACE_KINDS,
    ("Consent", "purpose"): CONSENT_PURPOSES,
    ("Consent", "state"): CONSENT_STATES,
    ("Unit", "kind"): UNIT_KINDS,
    ("Cohort", "level"): STUDY_LEVELS,
    ("Cohort", "form"): STUDY_FORMS,
    ("Group", "kind"): GROUP_KINDS,
    ("Group", "visibility"): VISIBILITIES,
    ("Event", "visibility"): VISIBILITIES,
    ("Project", "visibility"): VISIBILITIES,
    ("Registration", "state"): REGISTRATION_STATES,
    ("Pledge", "state"): PLEDGE_STATES,
    ("Request", "status"): REQUEST_STATES,
    ("Account", "language"): ("ru", "en"),
    ("STUDIED_IN", "role"): STUDY_ROLES,
    ("STUDIED_IN", "how"): STUDY_WAYS,
    ("COMPLETED", "level"): STUDY_LEVELS,
    ("MEMBER_OF", "role"): GROUP_ROLES,
}

# label: what one of it must have, or it is of no use.
REQUIRED: dict[LiteralString, tuple[LiteralString, ...]] = {
    "Consent": ("purpose", "state"),
    "Event": ("starts_at", "time_zone"),
    "Registration": ("state",),
}

# label or tie type: the property with which a time of it begins, and the one with which it ends.
PERIODS: dict[LiteralString, tuple[LiteralString, LiteralString]] = {
    "Event": ("starts_at", "ends_at"),
    "Unit": ("from_year", "to_year"),
    "STUDIED_IN": ("from_term", "to_term"),
    "WORKED_AT": ("from_year", "to_year"),
    "LIVES_IN": ("from_year", "to_year"),
    "PART_OF": ("from_year", "to_year"),
}
