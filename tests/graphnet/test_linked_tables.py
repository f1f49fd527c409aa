"""Linked tables of counts: an attacker who adds everything up learns of nobody few.

The attacker is not the program's: whatever is shown becomes an equation over counts of disjoint
atoms of people (the cells that all rows and columns cut them into), and rational elimination says
which sums over atoms are known for certain.
"""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.statistics.linked import Family, Line, protect

ABOVE = {"whole": "", "any": "whole", "helping": "any", "giving": "any"}
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


def tables(cells):
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
    rows, families = tables(cells)
    protect([line for line, _ in rows.values()], families, ABOVE)
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
    rows, families = tables(cells)
    protect([line for line, _ in rows.values()], families, ABOVE)
    assert all(line.shows == set(ABOVE) for line, _ in rows.values())


@pytest.mark.parametrize("small", ["silent", "helping", "giving", "both"])
def test_one_small_cell_closes_its_row_and_one_other_of_each_whole(small):
    cells = {
        (decade, faculty, 0): {"silent": 40, "helping": 10, "giving": 12, "both": 8}
        for decade in range(3)
        for faculty in range(2)
    }
    cells[0, 0, 0] = {**cells[0, 0, 0], small: 2}
    rows, families = tables(cells)
    protect([line for line, _ in rows.values()], families, ABOVE)
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
    rows, families = tables(cells)
    protect([line for line, _ in rows.values()], families, ABOVE)
    assert "any" not in rows["decade", 0][0].shows
    sisters = [rows["cohort", (1, 0, n)][0] for n in (0, 1)]
    assert "any" in rows["decade", 1][0].shows or not all("any" in one.shows for one in sisters)
