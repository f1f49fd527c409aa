"""The fields that records are compared by, and what kind of thing each of them holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Within:
    """What makes a field less telling, or telling in another way, where two records share it.

    Compared are the first `letters` of the values of `field` (all, if 0), or whether both are
    `value`; names are compared by what they are a form of.
    """

    field: str
    letters: int = 0
    value: str = ""


@dataclass(frozen=True)
class Field:
    """One field: its name, the kind of its values, and what it goes together with.

    kind is a key of `kinds.KINDS`. `within`: who graduated in one year was mostly born in one year,
    so that the second agreement says less than the first. `strong` fields may find candidates by
    themselves; others only beside a strong one. Values of a `hard` field are never wholly different
    in records of one person, unless the data themselves show that they are. What agrees in a field
    `against` says nothing that another field has not said: only differences count.
    """

    name: str
    kind: str
    within: tuple[Within, ...] = ()
    strong: bool = True
    hard: bool = False
    against: bool = False


GIVEN = Field("given_name", "given", hard=True)
PATRONYMIC = Field("patronymic", "patronymic")
# A woman's family name may change as a whole, a man's hardly does.
FAMILY = Field("family_name", "family", (Within("sex", value="f"),))
SEX = Field("sex", "exact", strong=False, hard=True, against=True)
BIRTH = Field("birth_date", "date")
GRADUATION = Field("graduation_year", "year", (Within("birth_date", 4),), strong=False)
FACULTY = Field("faculty", "exact", strong=False)
GROUP = Field("group", "exact", (Within("graduation_year"), Within("faculty")), strong=False)
ORGANISATION = Field("organisation", "text", strong=False)
STREET = Field("street", "text")
CITY = Field("city", "text", (Within("postcode"),), strong=False)
POSTCODE = Field("postcode", "code", strong=False)
REGION = Field("region", "exact", (Within("postcode"),), strong=False)
NATIONAL_ID = Field("national_id", "code")
# People make their addresses of their names: namesakes have addresses that are alike.
EMAIL = Field("email", "email", (Within("given_name"), Within("family_name")))
PHONE = Field("phone", "code")

FIELDS = {
    field.name: field
    for field in (
        GIVEN, PATRONYMIC, FAMILY, SEX, BIRTH, GRADUATION, FACULTY, GROUP, ORGANISATION, STREET,
        CITY, POSTCODE, REGION, NATIONAL_ID, EMAIL, PHONE,
    )
}  # fmt: skip
