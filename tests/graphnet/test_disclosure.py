"""Linked tables of counts: an attacker who adds everything up learns of nobody few.

The attacker is not the program's: whatever is shown becomes an equation over counts of disjoint
atoms of people (the cells that all rows and columns cut them into), and rational elimination says
which sums over atoms are known for certain.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.statistics import association, disclosure, tables
from graphnet.statistics.association import LOST, PEOPLE, REGISTERED, STATES_OF
from graphnet.statistics.disclosure import Columns, Family, Line, protect, small
from graphnet.statistics.engagement import ANY, WHOLE, recounted
from graphnet.statistics.tables import Row

ABOVE = {"whole": "", "any": "whole", "helping": "any", "giving": "any"}
COLUMNS = Columns(ABOVE, covering=frozenset({"helping", "giving"}))
KINDS = ("silent", "helping", "giving", "both")  # what somebody took part in
COUNTED = {
    "whole": KINDS,
    "any": KINDS[1:],
    "helping": ("helping", "both"),
    "giving": ("giving", "both"),
}


def reduced(row, basis):
    """What is left of a sum over atoms once every equation of the basis is taken from it."""
    row = {atom: Fraction(n) for atom, n in row.items()}
    while leads := [atom for atom in row if atom in basis]:
        lead = min(leads)
        by = row[lead]
        for atom, n in basis[lead].items():
            row[atom] = row.get(atom, Fraction(0)) - by * n
        row = {atom: n for atom, n in row.items() if n}
    return row


def basis_of(equations):
    """The equations in echelon form, each with a leading one, in fractions: nothing is rounded."""
    basis = {}
    for equation in equations:
        if row := reduced(equation, basis):
            lead = min(row)
            basis[lead] = {atom: n / row[lead] for atom, n in row.items()}
    return basis


@st.composite
def associations(draw):
    """Intakes that each lie in one decade and one faculty: how many of each kind are in each."""
    cells = draw(
        st.dictionaries(
            st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)),
            st.tuples(*[st.integers(0, 3) | st.integers(0, 25) for _ in KINDS]).filter(any),
            min_size=1,
            max_size=9,
        )
    )
    return {
        place: dict(zip(KINDS, numbers, strict=True)) for place, numbers in sorted(cells.items())
    }


def counted(cells, wanted):
    """Counts of a row that takes in these intakes, and the atoms that each count adds up."""
    counts, atoms = {}, {}
    for name, kinds in COUNTED.items():
        atoms[name] = {(place, kind): 1 for place in wanted for kind in kinds}
        counts[name] = sum(cells[place][kind] for place in wanted for kind in kinds)
    return Line(counts), atoms


def linked(cells):
    rows = {("all",): counted(cells, list(cells))}
    for axis, name in enumerate(("decade", "faculty")):
        for value in {place[axis] for place in cells}:
            inside = [place for place in cells if place[axis] == value]
            rows[name, value] = counted(cells, inside)
    for place in cells:
        rows["cohort", place] = counted(cells, [place])
    nothing = dict.fromkeys(ABOVE, 0)

    def family(whole, parts):
        return Family(rows[whole][0], [rows[one][0] for one in parts], nothing)

    cohorts = [key for key in rows if key[0] == "cohort"]
    families = [family(("all",), cohorts)]
    for axis, name in enumerate(("decade", "faculty")):
        mine = [key for key in rows if key[0] == name]
        families.append(family(("all",), mine))
        families += [
            family(key, [one for one in cohorts if one[1][axis] == key[1]]) for key in mine
        ]
    return rows, families


@given(associations())
@settings(max_examples=150, deadline=None)
def test_nothing_small_follows_from_all_that_is_shown(cells):
    rows, families = linked(cells)
    protect([line for line, _ in rows.values()], families, COLUMNS)
    known = basis_of(
        atoms[name] for line, atoms in rows.values() for name in ABOVE if name in line.shows
    )
    for key, (line, atoms) in rows.items():
        few = {name: atoms[name] for name, n in line.counts.items() if 0 < n < 5}
        for name, over in (("any", "whole"), ("helping", "any"), ("giving", "any")):
            if 0 < line.counts[over] - line.counts[name] < 5:
                few[f"not {name}"] = {atom: 1 for atom in atoms[over] if atom not in atoms[name]}
        both = line.counts["helping"] + line.counts["giving"] - line.counts["any"]
        if 0 < both < 5 and min(line.counts["helping"], line.counts["giving"]) > 0:
            few["both"] = {atom: 1 for atom in atoms["helping"] if atom in atoms["giving"]}
        for what, wanted in few.items():
            assert reduced(wanted, known), (key, what)


def test_what_is_large_everywhere_is_shown():
    cells = {
        (decade, faculty, 0): {"silent": 40, "helping": 10, "giving": 12, "both": 8}
        for decade in range(3)
        for faculty in range(2)
    }
    rows, families = linked(cells)
    protect([line for line, _ in rows.values()], families, COLUMNS)
    assert all(line.shows == set(ABOVE) for line, _ in rows.values())


@pytest.mark.parametrize("small", ["silent", "helping", "giving", "both"])
def test_one_small_cell_closes_its_row_and_one_other_of_each_whole(small):
    cells = {
        (decade, faculty, 0): {"silent": 40, "helping": 10, "giving": 12, "both": 8}
        for decade in range(3)
        for faculty in range(2)
    }
    cells[0, 0, 0] = {**cells[0, 0, 0], small: 2}
    rows, families = linked(cells)
    protect([line for line, _ in rows.values()], families, COLUMNS)
    assert rows["cohort", (0, 0, 0)][0].shows != set(ABOVE)
    closed = sum(len(ABOVE) - len(line.shows) for line, _ in rows.values())
    assert 0 < closed < len(rows) * 2, "most of it is still to be read"


def test_a_decade_that_is_closed_does_not_follow_from_its_intakes():
    """Each table alone would show both intakes of the decade that stands by the small one."""
    cells = {
        (0, 0, 0): {"silent": 30, "helping": 3, "giving": 0, "both": 0},
        (1, 0, 0): {"silent": 30, "helping": 10, "giving": 0, "both": 0},
        (1, 0, 1): {"silent": 30, "helping": 20, "giving": 0, "both": 0},
        (2, 0, 0): {"silent": 90, "helping": 60, "giving": 0, "both": 0},
    }
    rows, families = linked(cells)
    protect([line for line, _ in rows.values()], families, COLUMNS)
    assert "any" not in rows["decade", 0][0].shows
    sisters = [rows["cohort", (1, 0, n)][0] for n in (0, 1)]
    assert "any" in rows["decade", 1][0].shows or not all("any" in one.shows for one in sisters)


# -- the contact base: who is registered, can be reached, is lost ---------------------------------

# Each with who took part in something; of the lost that is not known.
STATES = ("registered", "registered+", "reachable", "reachable+", "lost")
HERE, REACHED, TOOK_PART = STATES[:2], STATES[2:4], (STATES[1], STATES[3])
ENGAGED = Columns({PEOPLE: "", WHOLE: PEOPLE, ANY: WHOLE})


def belongs(place, cohorts):
    """The rows that somebody is in: two intakes lie in one decade and faculty here, if in two."""
    first, second, groups = place
    decade, faculty = cohorts[first]
    intakes = {first} if second is None else {first, second}
    return {
        ("all", 0),
        ("decade", decade),
        ("faculty", faculty),
        *(("cohort", one) for one in intakes),
        *(("group", one) for one in groups),
    }


def published(crowds, cohorts):
    """Tables of an invented base, cut together; of who took part, cut with them; and the masks.

    A crowd is a place (intake, second intake, communities), a state, and how many people.
    """
    crowd = np.repeat(np.arange(len(crowds)), [n for _, n in crowds])
    state = np.array([of for (_, of), _ in crowds])[crowd]
    masks = {
        PEOPLE: np.ones(len(crowd), bool),
        REGISTERED: np.isin(state, HERE),
        LOST: state == "lost",
    }
    engaged = {PEOPLE: masks[PEOPLE], WHOLE: ~masks[LOST], ANY: np.isin(state, TOOK_PART)}
    people = {}
    for i, one in enumerate(crowd.tolist()):
        for name in belongs(crowds[one][0][0], cohorts):
            people.setdefault(name, []).append(i)

    def row(name):
        who = np.isin(np.arange(len(crowd)), people[name])
        return Row(str(name), "", "", np.flatnonzero(who), Line(tables.counted(masks, who)))

    kinds = ("all", "decade", "faculty", "cohort", "group")
    found = [[row(name) for name in sorted(people) if name[0] == kind] for kind in kinds]
    association.cut_together(found, masks)
    second = recounted(found[:4], engaged)
    lines = {id(row.line): row.line for table in second for row in table}
    protect(list(lines.values()), tables.families(second, engaged), ENGAGED)
    names = [name for kind in kinds for name in sorted(people) if name[0] == kind]
    rows = [one for table in found for one in table]
    took_part = [one for table in second for one in table]
    return (
        dict(zip(names, rows, strict=True)),
        dict(zip(names, took_part, strict=False)),
        masks | engaged,
    )


@st.composite
def bases(draw):
    cohorts = draw(
        st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=4)
    )
    alike = {
        i: [None, *(j for j, c in enumerate(cohorts) if c == cohorts[i] and j != i)]
        for i in range(len(cohorts))
    }
    twice = draw(st.booleans())
    place = st.integers(0, len(cohorts) - 1).flatmap(
        lambda first: st.tuples(
            st.just(first),
            st.sampled_from(alike[first] if twice else [None]),
            st.sampled_from([(), (0,), (1,), (0, 1)]),
        )
    )
    crowds = draw(
        st.dictionaries(
            st.tuples(place, st.sampled_from(STATES)),
            st.integers(1, 4) | st.integers(1, 25),
            min_size=1,
            max_size=14,
        )
    )
    return sorted(crowds.items(), key=str), cohorts


@given(bases())
@settings(max_examples=300, deadline=None)
def test_of_the_contact_base_nothing_small_follows_from_all_tables(base):
    crowds, cohorts = base
    rows, took_part, masks = published(crowds, cohorts)
    inside = {
        (part, whole)
        for part, one in rows.items()
        for whole, other in rows.items()
        if np.isin(one.people, other.people).all()
    }
    # The attacker knows which rows lie in which, and whether anybody is in two intakes; who is in
    # which rows besides, and in which state, they do not know.
    twice = any(place[1] is not None for (place, _), _ in crowds)
    patterns = set()
    for first, one in enumerate(cohorts):
        for second in [None, *(j for j, other in enumerate(cohorts) if twice and other == one)]:
            for groups in [(), (0,), (1,), (0, 1)]:
                pattern = belongs((first, second, groups), cohorts)
                if pattern <= rows.keys() and all(
                    whole in pattern for part, whole in inside if part in pattern
                ):
                    patterns.add(tuple(sorted(pattern)))
    in_state = {
        PEOPLE: STATES,
        REGISTERED: HERE,
        LOST: ("lost",),
        "reachable": REACHED,
        "not registered": (*REACHED, "lost"),
        WHOLE: (*HERE, *REACHED),
        ANY: TOOK_PART,
        "idle": (STATES[0], STATES[2]),
    }

    def atoms(name, what, *, without=None):
        return {
            (pattern, state): 1
            for pattern in patterns
            if name in pattern and without not in pattern
            for state in in_state[what]
        }

    def equations():
        for name, row in [*rows.items(), *took_part.items()]:
            for what in row.line.shows:
                yield atoms(name, what)
                if not row.line.counts[what]:  # of a nought each part is one
                    yield from (atoms(part, what) for part, whole in inside if whole == name)

    known = basis_of(equations())
    for part, whole in [(None, name) for name in rows] + sorted(inside, key=str):
        people = rows[whole].people
        if part is not None:
            people = np.setdiff1d(people, rows[part].people)
        registered, lost, some = (masks[name][people].sum() for name in (REGISTERED, LOST, ANY))
        numbers = {
            PEOPLE: len(people),
            REGISTERED: registered,
            LOST: lost,
            "reachable": len(people) - registered - lost,
            "not registered": len(people) - registered,
            WHOLE: len(people) - lost,
            ANY: some,
            "idle": len(people) - lost - some,
        }
        for what, n in numbers.items():
            if small(n):
                assert reduced(atoms(whole, what, without=part), known), (part, whole, what)


def counts(*numbers):
    return Line(dict(zip(STATES_OF.above, numbers, strict=True)))


def family(parts, rest=(0, 0, 0), whole=None):
    names = list(STATES_OF.above)
    left = dict(zip(names, rest, strict=True))
    sums = Line({name: sum(p.counts[name] for p in parts) + left[name] for name in names})
    return Family(whole or sums, parts, left)


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((75, 74, 0), {PEOPLE, LOST}),  # one has not registered
        ((71, 70, 1), {PEOPLE}),
        ((3, 0, 3), set()),
        ((40, 0, 40), {PEOPLE, REGISTERED, LOST}),
        ((40, 40, 0), {PEOPLE, REGISTERED, LOST}),
        ((40, 20, 10), {PEOPLE, REGISTERED, LOST}),
        ((40, 2, 20), {PEOPLE, LOST}),  # who is lost need not be closed with who is registered
        ((40, 20, 3), {PEOPLE, REGISTERED}),
        ((40, 20, 17), {PEOPLE, REGISTERED}),  # three can be reached: it would follow from both
    ],
)
def test_what_a_row_by_itself_may_show(numbers, shown):
    line = counts(*numbers)
    protect([line], [], STATES_OF)
    assert line.shows == shown


def test_a_row_without_anybody_takes_nothing_away():
    lines = [counts(0, 0, 0), counts(20, 10, 5), counts(30, 15, 5)]
    protect(lines, [family(lines)], STATES_OF)
    assert all(line.shows == set(STATES_OF.above) for line in lines)


@pytest.mark.parametrize("name", [PEOPLE, REGISTERED, LOST])
def test_no_decade_that_is_closed_follows_from_its_intakes(name):
    """Three people of one decade are small; the smallest other decade is closed for their sake."""
    first = {PEOPLE: (3, 1, 1), REGISTERED: (30, 2, 10), LOST: (30, 10, 1)}[name]
    decades = [counts(*first), counts(48, 24, 12), counts(90, 45, 20)]
    intakes = [counts(24, 12, 6), counts(24, 12, 6)]
    protect([*decades, *intakes], [family(decades), family(intakes, whole=decades[1])], STATES_OF)
    assert [name in one.shows for one in decades] == [False, False, True]
    assert [name in one.shows for one in intakes].count(False) >= 1


def test_intakes_follow_from_no_decade():
    intakes = [counts(n, n // 2, 0) for n in (3, 12, 15, 30)]
    decade = counts(30, 15, 0)  # the first three, as another table says
    protect([decade, *intakes], [family(intakes), family(intakes[:3], whole=decade)], STATES_OF)
    closed = [i for i, line in enumerate(intakes) if PEOPLE not in line.shows]
    assert 0 in closed and len([i for i in closed if i < 3]) >= 2


def test_what_another_page_publishes_is_not_closed_but_what_would_follow_from_it():
    everybody = counts(100, 50, 20).as_published()
    years = {"2025": 3, "2026": 47}
    lines = [Line({REGISTERED: n}) for n in years.values()]
    rest = {REGISTERED: 0}
    protect(lines, [Family(everybody, lines, rest)], Columns({REGISTERED: ""}))
    assert not any(line.shows for line in lines)
    assert everybody.shows == set(STATES_OF.above)


def test_what_is_known_already_is_not_closed_in_the_place_of_what_is_shown():
    """Else nothing would change, and it would be tried for ever."""
    part = counts(50, 6, 10)
    part.close(REGISTERED)  # and it follows from another table
    one = family([part], rest=(13, 5, 5))  # of whom three can be reached
    known = {(id(part), REGISTERED)}
    assert disclosure._in_family(one, [REGISTERED, LOST], STATES_OF, known)
    assert part.shows == {PEOPLE}
    assert not disclosure._in_family(one, [REGISTERED, LOST], STATES_OF, known)
