"""A made-up snapshot, without a store: cohorts, faculties, cities, acquaintances, consents."""

import numpy as np

from graphnet import privacy
from graphnet.snapshot.arrays import Memberships, Snapshot, Things, Ties
from graphnet.snapshot.build import assemble
from graphnet.snapshot.layers import combined

FACULTIES, YEARS, CITIES = 4, (1975, 1988, 1994, 2003, 2011), 3


def made(n: int, *, seed: int, verified: float = 0.4, agreed: float = 0.5) -> Snapshot:
    """Return a network of n alumni who mostly know people of their own faculty and intake."""
    rng = np.random.default_rng(seed)
    faculty, year = rng.integers(FACULTIES, size=n), rng.integers(len(YEARS), size=n)
    cohort = faculty * len(YEARS) + year
    active = rng.lognormal(0, 0.6, n)
    left, right = [], []
    for label, count in ((cohort, 6 * n), (faculty, 2 * n), (np.zeros(n, int), n)):
        u = rng.choice(n, count, p=active / active.sum())
        order = np.argsort(label, kind="stable")
        first = np.searchsorted(label[order], label[u])
        last = np.searchsorted(label[order], label[u], "right")
        left.append(u)
        right.append(order[first + (rng.random(count) * (last - first)).astype(int)])
    knows = Ties.of_pairs(
        n, np.concatenate(left), np.concatenate(right), rng.uniform(0.1, 1, 9 * n)
    )
    flags = np.full(n, privacy.ALUMNUS, np.uint16)
    flags[rng.random(n) < verified] |= privacy.CLAIMED
    said = rng.random(n)
    flags[said < agreed] |= privacy.REACH
    flags[said > 0.93] |= privacy.NO_PROFILE

    def things(names: list[str], kinds: list[str], **numbers: list[int]) -> Things:
        words = np.asarray(names, np.str_)
        return Things(words, words, words, np.asarray(kinds, np.str_),
                      {k: np.asarray(v, np.int64) for k, v in numbers.items()})  # fmt: skip

    who = np.arange(n)
    kinds = {
        "cohorts": (things([f"c{i:02d}" for i in range(FACULTIES * len(YEARS))],
                           [""] * FACULTIES * len(YEARS), year=list(YEARS) * FACULTIES), cohort),
        "units": (things([f"f{i}" for i in range(FACULTIES)], ["faculty"] * FACULTIES), faculty),
        "places": (things([f"p{i}" for i in range(CITIES)], ["city"] * CITIES),
                   rng.integers(CITIES, size=n)),
    }  # fmt: skip
    layers = {"knows": knows}
    layers["reach"] = combined(n, layers)
    return assemble(
        version=1,
        keys=who + 1,
        ids=np.asarray([f"a{i:05d}" for i in who], np.str_),
        flags=flags,
        audiences=np.full(n, privacy.packed(None), np.int64),
        name_order=who.astype(np.int32),
        layers=layers,
        memberships={
            kind: Memberships.of_rows(n, len(of), who, what) for kind, (of, what) in kinds.items()
        },
        things={kind: of for kind, (of, _) in kinds.items()},
    )
