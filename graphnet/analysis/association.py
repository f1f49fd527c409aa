"""The association as one viewer may see it: what analysts and notebooks ask of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl

from graphnet import privacy
from graphnet.analysis import choice, coverage, dataset, quality, tables
from graphnet.analysis.choice import AmbassadorChoice
from graphnet.analysis.graph import Graph
from graphnet.analysis.seen import FIELD, Seen, look
from graphnet.audit import acted
from graphnet.engine import Engine
from graphnet.errors import BadValue, NotAllowed, ThingNotFound
from graphnet.maps.extract import cut
from graphnet.maps.network import LAYERS as MAPPED
from graphnet.people import cards
from graphnet.privacy import SMALLEST_CELL, Rules, Viewer
from graphnet.recommendations import people_you_may_know
from graphnet.snapshot import Snapshot, Ties

LAYERS: tuple[str, ...] = MAPPED
"""What a tie may mean: acquaintance, studies, work, a community or an event in common."""
KINDS: tuple[str, ...] = tuple(FIELD)
"""The kinds of thing that people belong to."""

AT_ONCE = 5000  # cards of people in one read


def layer_of(seen: Seen, layer: str, names: dict[int, str] | None = None) -> Graph:
    """Return one layer of ties among those whom a viewer sees."""
    whole = seen.snapshot.layers[layer]
    flags = seen.snapshot.flags[seen.where]
    return Graph(
        layer,
        tables.people(seen, names),
        Ties(*cut(whole.indptr, whole.indices, whole.weight, seen.where)),
        agreed=(flags & privacy.REACH) != 0,
        objected=(flags & privacy.NO_PROFILE) != 0,
    )


class Association:
    """The association as one viewer may see it, for one purpose.

    Made by `open_installation`, `open_snapshot` or `synthetic`; close it, or use it in a ``with``
    statement. Who hides, or withdraws a consent, while it is open is gone from the next answer.

    Attributes
    ----------
    who : str
        As whom it is asked: ``analyst``, ``staff`` or ``alumnus``.
    purpose : str
        What for; stands in the audit trail beside everything that was taken.
    project : str
        The study to which the pseudonyms belong; empty for those of the site.
    """

    def __init__(
        self,
        viewer: Viewer,
        rules: Rules,
        *,
        snapshot: Snapshot | None = None,
        opened: Engine | None = None,
        who: str = "analyst",
        project: str = "",
    ) -> None:
        self._viewer = viewer
        self._rules = rules
        self._snapshot = snapshot
        self._opened = opened
        self.who, self.purpose, self.project = who, viewer.purpose, project

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        found = self._seen().snapshot
        made = found.built_at.isoformat(timespec="minutes")
        return f"<Association of {made}, as {self.who}, for {self.purpose!r}>"

    def close(self) -> None:
        """Let go of the database; the association answers nothing any more."""
        if self._opened is not None:
            self._opened.close()

    def _engine(self, what: str) -> Engine:
        if self._opened is None:
            raise BadValue(f"{what} takes an installation: graphnet.open_installation")
        return self._opened

    def _staff(self, what: str) -> Engine:
        if not self._viewer.is_staff:
            raise NotAllowed(f"{what} is for staff: open with who='staff' and say what for")
        return self._engine(what)

    def _seen(self) -> Seen:
        if self._opened is not None:
            view = self._opened.live.view()
            return look(view.snapshot, self._viewer, self._rules, view.denied)
        assert self._snapshot is not None
        return look(self._snapshot, self._viewer, self._rules)

    def _taken(self, seen: Seen, what: str, rows: int) -> None:
        """Write into the audit trail what was taken, as the site does for a file."""
        if self._opened is None:
            return
        keys = seen.snapshot.keys[seen.where].tolist()
        detail = f"python, {self.project or 'the site'}: {rows} rows"
        self._opened.store.in_write(
            lambda t: acted(t, self._viewer, "export", what, detail=detail, keys=keys)
        )

    def _names(self, seen: Seen) -> tuple[Seen, dict[int, str] | None]:
        """Return names where the viewer works with them, and whom the live cards still show."""
        if self._opened is None or self._viewer.is_analyst:
            return seen, None
        names: dict[int, str] = {}
        for first in range(0, len(seen.where), AT_ONCE):
            places = seen.where[first : first + AT_ONCE]
            by_key = {int(seen.snapshot.keys[i]): int(i) for i in places}
            for card in cards(
                self._opened.store, self._viewer, by_key, rules=self._rules, brief=True
            ):
                names[by_key[card.key]] = card.name.full
        kept = [row for row, i in enumerate(seen.where.tolist()) if i in names]
        mask = np.zeros(seen.snapshot.n, bool)
        mask[seen.where[kept]] = True
        ids = [seen.ids[row] for row in kept]
        return replace(seen, mask=mask, where=seen.where[kept], ids=ids), names

    def describe(self) -> dict[str, Any]:
        """Return what is open: when the snapshot was made, its fingerprint, as whom, what for.

        With the version of the program this is what a figure needs to be made again.
        """
        found = self._seen().snapshot
        return {
            "made": found.built_at.isoformat(timespec="seconds"),
            "snapshot": found.fingerprint,
            "who": self.who,
            "purpose": self.purpose,
            "project": self.project or None,
        }

    def people(self) -> pl.DataFrame:
        """Return the people whom the viewer sees, a row each.

        Returns
        -------
        polars.DataFrame
            `person`, for staff and alumni `name`, `state`, `intake`, `graduation`, `decade`,
            `faculty`, `cohort`, `study_group`; null where something is not known, or under
            pseudonyms where fewer than five people have it.

        Examples
        --------
        >>> import graphnet
        >>> people = graphnet.synthetic(alumni=300).people()
        >>> people.columns[:3]
        ['person', 'state', 'intake']
        """
        seen, names = self._names(self._seen())
        table = tables.people(seen, names)
        self._taken(seen, "people", len(table))
        return table

    def things(self, kind: str) -> pl.DataFrame:
        """Return the things of a kind: `id`, `name`, `name_ru`, `kind`, `year`, `people`.

        Analysts get those of which they see five people or more.

        Parameters
        ----------
        kind
            One of `graphnet.KINDS`.

        Raises
        ------
        BadValue, NotAllowed
        """
        return tables.things(self._seen(), kind)

    def memberships(self, kind: str) -> pl.DataFrame:
        """Return who belongs to which thing of a kind: `person`, `thing`, `start`, `end`.

        Times are half years since the year 0 for study groups (``2 * year`` is its autumn), years
        for employers, seconds since 1970 for answers to events; null where they are not known.

        Raises
        ------
        BadValue, NotAllowed
        """
        seen, _ = self._names(self._seen())
        table = tables.memberships(seen, kind)
        self._taken(seen, f"memberships {kind}", len(table))
        return table

    def graph(self, layer: str = "knows", *, kind: str = "", thing: str = "") -> Graph:
        """Return one layer of ties among the people whom the viewer sees.

        Parameters
        ----------
        layer
            One of `graphnet.LAYERS`.
        kind, thing
            Only the people of one cohort, community ...: a kind and an id as `things` has them.

        Raises
        ------
        BadValue
            If there is no such layer or kind.
        NotAllowed
            For an alumnus, whose page says whom they know.
        ThingNotFound
            If there is no such thing, or an analyst sees fewer than five people of it.

        Examples
        --------
        >>> import graphnet
        >>> association = graphnet.synthetic(alumni=300)
        >>> largest = association.things("cohorts").sort("people")[-1]
        >>> cohort = association.graph(kind="cohorts", thing=largest["id"].item())
        >>> len(cohort) == largest["people"].item()
        True
        """
        if self._viewer.is_alumnus:
            raise NotAllowed("who knows whom is nobody's to read but of staff and analysts")
        if layer not in LAYERS:
            raise BadValue(f"{layer!r} is no layer of ties: {', '.join(LAYERS)}")
        seen, names = self._names(self._inside(kind, thing))
        graph = layer_of(seen, layer, names)
        what = f"graph {layer} {kind} {thing}".strip()
        self._taken(seen, what, len(graph.ties.indices) // 2)
        return graph

    def _inside(self, kind: str, thing: str) -> Seen:
        """Return whom the viewer sees of one thing, or of all."""
        seen = self._seen()
        if kind or thing:
            found, memberships = seen.things(kind)
            place = found.position.get(thing, -1)
            members = memberships.members(place) if place >= 0 else np.zeros(0, np.int32)
            inside = np.zeros(seen.snapshot.n, bool)
            inside[members] = True
            seen = seen.among(inside)
            if place < 0 or (self._viewer.is_analyst and len(seen.where) < SMALLEST_CELL):
                raise ThingNotFound(f"none of the {kind} has the id {thing!r}")
        return seen

    def export(
        self,
        folder: str | Path,
        *,
        kind: str = "",
        thing: str = "",
        layers: Sequence[str] = LAYERS,
        kinds: Sequence[str] = ("cohorts", "study_groups", "groups"),
        form: str = "parquet",
    ) -> list[Path]:
        """Write what the viewer sees as a data set: people, typed ties, memberships, a codebook.

        Parameters
        ----------
        folder
            A new folder, or an empty one.
        kind, thing
            Only the people of one cohort, community ..., as for `graph`.
        layers
            Which ties; each is a tie of its own, with its layer.
        kinds
            What people belong to: one of `graphnet.KINDS` each.
        form
            ``parquet``: `people`, `ties`, `memberships`, `things` as tables. ``graphml`` or
            ``gexf``: `ties` with all layers, and a bipartite graph of people and things for each
            kind.

        Returns
        -------
        list of Path
            The files; among them ``codebook.csv`` (each column: what it says, its type, how much of
            it is missing) and ``about.json`` (what `describe` returns).

        Raises
        ------
        BadValue, NotAllowed, ThingNotFound

        Examples
        --------
        >>> import graphnet, polars, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> files = graphnet.synthetic(alumni=200).export(folder, layers=["knows", "studied"])
        >>> [file.name for file in files][:2]
        ['people.parquet', 'ties.parquet']
        >>> polars.read_parquet(files[1])["layer"].unique().sort().to_list()
        ['knows', 'studied']
        """
        if self._viewer.is_alumnus:
            raise NotAllowed("data sets are for staff and analysts; one's own data are under /me")
        chosen, kinds = list(dict.fromkeys(layers)), list(dict.fromkeys(kinds))  # each once
        if not chosen or set(chosen) - set(LAYERS):
            raise BadValue(f"layers of ties are {', '.join(LAYERS)}")
        if form not in dataset.FORMS:
            raise BadValue(f"a data set can be had as {', '.join(dataset.FORMS)}, not {form!r}")
        seen, names = self._names(self._inside(kind, thing))
        graphs = [layer_of(seen, layer, names) for layer in chosen]
        dated = None
        if self._opened is not None and "knows" in chosen:
            place = dataset.rows_of(seen.where, seen.snapshot.keys)
            dated = dataset.since(self._opened.store, place)
        files = dataset.tables_of(seen, graphs, kinds, dated)
        self._taken(seen, f"data set {kind} {thing}".strip(), len(files["ties"]))
        about = self.describe() | {
            "kind": kind or None,
            "thing": thing or None,
            "layers": chosen,
            "kinds": list(kinds),
            "people": len(files["people"]),
            "ties": len(files["ties"]),
        }
        return dataset.write(Path(folder).expanduser(), files, form=form, kinds=kinds, about=about)

    def coverage(self, by: str = "decade") -> pl.DataFrame:
        """Return how many people are on file, how many are registered, can be reached, are lost.

        Parameters
        ----------
        by
            ``decade``, or one of `graphnet.KINDS`.

        Returns
        -------
        polars.DataFrame
            `id`, `name`, `people`, `registered`, `reachable` (not registered, with a contact that
            works) and `lost`. To analysts a count that could point at somebody, also by subtraction
            from what the statistics of the site show, is null.
        """
        if self._viewer.is_alumnus:
            raise NotAllowed("figures of the association stand on its statistics page")
        return coverage.by(self._seen(), by)

    def suggestion_quality(
        self, *, hidden: float = 0.1, k: int = 10, people: int = 200, seed: int = 0
    ) -> pl.DataFrame:
        """Hide some of the known ties, and count how many the suggestions find again.

        Parameters
        ----------
        hidden
            Share of the ties that are hidden from the suggestions.
        k
            Length of a list.
        people
            How many people who lost a tie are asked about.
        seed
            Of what is hidden and who is asked about.

        Returns
        -------
        polars.DataFrame
            One row a way to suggest, the learned one first: `way`, `recall` (share of the hidden
            ties in the list, of those that find room), `precision`, `error` (standard error of
            `recall`), `people` (how many were asked about).
        """
        if self._viewer.is_alumnus:
            raise NotAllowed("how good suggestions are is for staff and analysts to ask")
        return quality.of_suggestions(
            self._seen().snapshot, hidden=hidden, k=k, people=people, seed=seed
        )

    def recommendation_quality(
        self, *, share: float = 0.2, events: int = 3, groups: int = 5
    ) -> pl.DataFrame:
        """Judge the lists of events and communities by what people did later.

        Parameters
        ----------
        share
            The latest share of what people did, which is asked for.
        events, groups
            Lengths of the lists.

        Returns
        -------
        polars.DataFrame
            `list`, `way`, `questions`, `recall`, `error`, `ndcg`, `coverage`, `gini`.

        Raises
        ------
        BadValue
            If too little has happened after the split.
        """
        if self._viewer.is_alumnus:
            raise NotAllowed("how good recommendations are is for staff and analysts to ask")
        opened = self._engine("judging the lists")
        found = quality.of_lists(opened.store, share=share, k_events=events, k_groups=groups)
        return quality.table_of_lists(found)

    def suggestions(self, *, k: int = 10) -> pl.DataFrame:
        """Return people whom the alumnus who is asking may know: `person`, `name`, `score`, `why`.

        Raises
        ------
        NotAllowed
            For anyone but an alumnus.
        """
        if not self._viewer.is_alumnus:
            raise NotAllowed("suggestions are an alumnus's own: open with who='alumnus:ID'")
        found = people_you_may_know.people_i_may_know(
            self._engine("suggesting people").live, self._viewer, k=k
        )
        return pl.DataFrame(
            {
                "person": [one.card.id for one in found],
                "name": [one.card.name.full for one in found],
                "score": [float(one.score) for one in found],
                "why": ["; ".join(reason.kind for reason in one.reasons) for one in found],
            },
            schema={"person": pl.String, "name": pl.String, "score": pl.Float64, "why": pl.String},
        )

    def ambassadors(
        self,
        k: int,
        *,
        per: Mapping[str, int] | None = None,
        fairness: float = 0.0,
        seed: int = 0,
    ) -> AmbassadorChoice:
        """Choose people who together reach the most alumni, beside other ways to choose.

        Parameters
        ----------
        k
            How many.
        per
            At least so many of each ``faculty``, ``decade`` or ``city``, where that can be met.
        fairness
            0: reach alone; nearer to 1, groups that few reach count more.
        seed
            Of all random choices.

        Raises
        ------
        NotAllowed
            For anyone but staff.
        BadValue, ModelMissing
        """
        opened = self._staff("choosing ambassadors")
        return choice.choose(
            opened.live, self._viewer, k, per=per or {}, fairness=fairness, seed=seed
        )

    def recovery(self, thing: str, *, ask: int = 10) -> pl.DataFrame:
        """Return whom to ask to win the lost of a class back, without keeping a plan.

        Parameters
        ----------
        thing
            Id or name of a cohort, a graduation or a study group.
        ask
            How many people to ask.

        Returns
        -------
        polars.DataFrame
            `person`, `name`, `gain` (expected number won back beyond those before), `without` (how
            many would be missing if only this one were not asked), `known` (ties to the lost on
            file), `expected` (how many of the lost they know).

        Raises
        ------
        NotAllowed
            For anyone but staff.
        ThingNotFound
        """
        opened = self._staff("planning a recovery")
        return choice.recovery(opened.live, self._viewer, thing, ask)
