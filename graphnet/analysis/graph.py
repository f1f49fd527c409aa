"""One layer of ties among the people whom a viewer sees, and the questions one asks of it."""

import importlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp

from graphnet.analysis.description import described, random_modularity
from graphnet.errors import BadValue, ThingNotFound
from graphnet.influence.betweenness import betweenness, pivots_for
from graphnet.influence.cascade import simulate, weighted_cascade
from graphnet.influence.centrality import core_numbers, pagerank
from graphnet.influence.reach import stability as stability_of
from graphnet.influence.structure import Mixing, cut_off, mixing, stability
from graphnet.influence.structure import density as density_of
from graphnet.influence.wishes import Labels
from graphnet.maps.communities import find_communities, islands
from graphnet.maps.extract import cut
from graphnet.maps.layout import layout
from graphnet.privacy import SMALLEST_CELL
from graphnet.snapshot.arrays import BoolArray, Ties

if TYPE_CHECKING:
    import networkx as nx

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Communities:
    """A division of a graph's people into communities, with what shows how firm it is.

    Attributes
    ----------
    people : polars.DataFrame
        `person`, `community`, `island`: numbered from the largest, from 0.
    table : polars.DataFrame
        One row a community of five people or more: `community`, `people`, `name` in words (null
        where no faculty has half of them), `faculty_share` (null where it would point at somebody).
    modularity : float
        Share of tie weight inside communities, less what chance would put there.
    random_modularity, random_error : float
        Mean and standard deviation of the same in random networks in which everybody has as many
        ties: only what lies well above says anything.
    stability : float
        Mean adjusted Rand index of the divisions by several seeds: 1 if all are the same.
    """

    people: pl.DataFrame
    table: pl.DataFrame
    modularity: float
    random_modularity: float
    random_error: float
    stability: float


@dataclass(frozen=True)
class Spread:
    """How many people hear of something that some of them pass on.

    Attributes
    ----------
    mean, error : float
        Over simulated cascades, and the standard error of that mean.
    heard : polars.DataFrame
        `person`, `chance`: in which share of the cascades each heard.
    """

    mean: float
    error: float
    heard: pl.DataFrame


@dataclass(frozen=True)
class Graph:
    """One layer of ties among the people whom the viewer sees; rows of all tables are its nodes.

    Made by `Association.graph`.

    Attributes
    ----------
    layer : str
        What a tie means: one of `graphnet.LAYERS`.
    people : polars.DataFrame
        The nodes, a row each, as `Association.people` has them.
    ties : Ties
        Compressed sparse rows (`indptr`, `indices`, `weight`), both directions, over those rows.
    agreed : bool[n]
        Who agreed to have their position computed; `centrality` has rows of them alone.
    objected : bool[n]
        Who objected to it, and takes no part in it.

    Examples
    --------
    >>> import graphnet
    >>> knows = graphnet.synthetic(alumni=400).graph("knows")
    >>> knows.matrix().shape == (len(knows.people), len(knows.people))
    True
    >>> knows.networkx().number_of_edges() == len(knows.edges())
    True
    """

    layer: str
    people: pl.DataFrame
    ties: Ties = field(repr=False)
    agreed: BoolArray = field(repr=False)
    objected: BoolArray = field(repr=False)

    def __len__(self) -> int:
        return self.ties.n

    def __repr__(self) -> str:
        ties = len(self.ties.indices) // 2
        return f"<Graph of {len(self):,} people and {ties:,} ties, layer {self.layer!r}>"

    @cached_property
    def ids(self) -> list[str]:
        """The nodes' ids: the column `person`."""
        return self.people["person"].to_list()

    def _rows(self, people: Iterable[str]) -> Int64:
        place = {one: i for i, one in enumerate(self.ids)}
        wanted = list(people)
        unknown = [one for one in wanted if one not in place]
        if unknown:
            raise ThingNotFound(f"{unknown[0]!r} is nobody of this graph")
        return np.array([place[one] for one in wanted], np.int64)

    def edges(self) -> pl.DataFrame:
        """Return every tie once: `id` (unique), `source`, `target`, `weight` (0 to 1), `layer`."""
        owner = np.repeat(np.arange(self.ties.n), np.diff(self.ties.indptr))
        once = owner < self.ties.indices
        source, target = owner[once], self.ties.indices[once]
        ids = np.array(self.ids, dtype=object)
        return pl.DataFrame(
            {
                "id": [f"{self.layer}-{i}" for i in range(len(source))],
                "source": ids[source].tolist(),
                "target": ids[target].tolist(),
                "weight": self.ties.weight[once].astype(np.float64),
                "layer": [self.layer] * len(source),
            },
            schema={
                "id": pl.String, "source": pl.String, "target": pl.String, "weight": pl.Float64,
                "layer": pl.String,
            },
        )  # fmt: skip

    def matrix(self) -> "sp.csr_array":
        """Return the weights as a symmetric scipy matrix, rows and columns as in `people`."""
        return self.ties.matrix()

    def networkx(self) -> "nx.Graph[str]":
        """Return a networkx graph; nodes carry the columns of `people`, ties their weight."""
        import networkx as nx

        graph: nx.Graph[str] = nx.Graph(layer=self.layer)
        for row in self.people.iter_rows(named=True):
            graph.add_node(row["person"], **{k: v for k, v in row.items() if k != "person"})
        for row in self.edges().iter_rows(named=True):
            graph.add_edge(row["source"], row["target"], id=row["id"], weight=row["weight"])
        return graph

    def igraph(self) -> Any:
        """Return an igraph graph with the same attributes; python-igraph has to be installed.

        Raises
        ------
        BadValue
            If it is not: it is under the GPL and therefore no dependency of this package.
        """
        try:
            igraph = importlib.import_module("igraph")
        except ImportError as problem:
            raise BadValue("python-igraph is not installed here: pip install igraph") from problem
        edges = self.edges()
        place = {one: i for i, one in enumerate(self.ids)}
        graph = igraph.Graph(n=len(self))
        for name in self.people.columns:
            graph.vs["name" if name == "person" else f"person_{name}" if name == "name" else name] \
                = self.people[name].to_list()  # fmt: skip
        graph.add_edges(
            [
                (place[source], place[target])
                for source, target in zip(edges["source"], edges["target"], strict=True)
            ]
        )
        graph.es["id"], graph.es["weight"] = edges["id"].to_list(), edges["weight"].to_list()
        return graph

    def part(self, people: Iterable[str]) -> "Graph":
        """Return the graph among some of the people.

        Examples
        --------
        >>> import graphnet, polars
        >>> knows = graphnet.synthetic(alumni=400).graph()
        >>> nineties = knows.people.filter(polars.col("decade") == "1990")["person"]
        >>> len(knows.part(nineties)) == len(nineties)
        True
        """
        rows = np.sort(self._rows(people))
        return Graph(
            self.layer,
            self.people[rows.tolist()],
            Ties(*cut(self.ties.indptr, self.ties.indices, self.ties.weight, rows)),
            self.agreed[rows],
            self.objected[rows],
        )

    @property
    def density(self) -> float:
        """The share of all pairs that are tied; NaN for fewer than two people."""
        return density_of(self.ties.indptr)

    def islands(self) -> pl.DataFrame:
        """Return `person` and `island`: the connected component, numbered from the largest."""
        label, _ = islands(self.ties.indptr, self.ties.indices)
        return pl.DataFrame({"person": self.ids, "island": label.astype(np.int64)})

    def layout(self, *, seed: int = 0) -> Float64:
        """Return a place for each node, float64[n, 2] within the unit circle; same seed, same."""
        return layout(self.ties.indptr, self.ties.indices, self.ties.weight, seed=seed)

    def _labels(self, by: str) -> Labels:
        if by not in self.people.columns or by in ("person", "name"):
            raise BadValue(f"{by!r} is nothing that people are grouped by here")
        words = sorted({str(one) for one in self.people[by].drop_nulls()})
        place = {word: i for i, word in enumerate(words)}
        code = [-1 if one is None else place[str(one)] for one in self.people[by]]
        names = tuple(words)
        return Labels(np.array(code, np.int32), names, names, names)

    def mixing(self, by: str) -> Mixing:
        """Return how much ties keep within the groups of a column, with its error.

        Parameters
        ----------
        by
            A column of `people`: faculty, decade, state ...

        Returns
        -------
        Mixing
            `coefficient`, 1 if every tie is within a group and 0 as chance would have it; its
            standard `error`; the `ties` both of whose ends have a known group.

        References
        ----------
        Newman, "Mixing patterns in networks", Physical Review E 67 (2003).
        """
        return mixing(self.ties.indptr, self.ties.indices, self._labels(by).label)

    def cut_off_without(self, people: Iterable[str]) -> int:
        """Return how many of the largest island are no longer in it once these have left."""
        return cut_off(self.ties.indptr, self.ties.indices, self._rows(people))

    def communities(self, *, seeds: int = 5) -> Communities:
        """Divide the people into communities by modularity, the best of several seeds.

        Parameters
        ----------
        seeds
            How many divisions are compared, and how many random networks.

        References
        ----------
        Newman and Girvan 2004; Blondel and others 2008; Traag, Waltman and van Eck 2019.
        """
        if seeds < 2:
            raise BadValue("to say how firm communities are takes two seeds or more")
        ties = self.ties
        divisions = [
            find_communities(ties.indptr, ties.indices, ties.weight, seed=seed)
            for seed in range(seeds)
        ]
        best = max(divisions, key=lambda found: found.modularity)
        chance = [random_modularity(ties, seed) for seed in range(seeds)]
        faculty, decade = self._labels("faculty"), self._labels("decade")
        rows = [
            [
                described(
                    number, np.flatnonzero(best.label == number), faculty=faculty, decade=decade
                )[column]
                for column in ("community", "people", "name", "faculty_share")
            ]
            for number, size in enumerate(best.sizes.tolist())
            if size >= SMALLEST_CELL
        ]
        island, _ = islands(ties.indptr, ties.indices)
        table = pl.DataFrame(
            rows,
            schema={
                "community": pl.Int64, "people": pl.Int64, "name": pl.String,
                "faculty_share": pl.Float64,
            },
            orient="row",
        )  # fmt: skip
        return Communities(
            people=pl.DataFrame(
                {
                    "person": self.ids,
                    "community": best.label.astype(np.int64),
                    "island": island.astype(np.int64),
                }
            ),
            table=table.with_columns(pl.col("faculty_share").fill_nan(None)),
            modularity=float(best.modularity),
            random_modularity=float(np.mean(chance)),
            random_error=float(np.std(chance, ddof=1)),
            stability=stability([found.label for found in divisions]),
        )

    def centrality(self, *, samples: int = 30, seed: int = 0) -> pl.DataFrame:
        """Return everybody's position with its errors, of those who agreed to have one computed.

        Who objected takes no part; who said neither takes part and has no row.

        Parameters
        ----------
        samples
            Bootstrap samples of the ties, for the range of PageRank.
        seed
            Of the samples, and of the sources of betweenness where it is estimated.

        Returns
        -------
        polars.DataFrame
            `person`, `ties`, `pagerank` with `pagerank_low` and `pagerank_high` (5th and 95th
            percentile over samples of the ties), `rank_low` and `rank_high` (the same of the place
            in the order of all), `betweenness` with `betweenness_error` (the exact value of at
            least 95 of 100 people lies within it; 0 where it is exact), `core`.

        Examples
        --------
        >>> import graphnet
        >>> found = graphnet.synthetic(alumni=300).graph().centrality(samples=5)
        >>> bool((found["pagerank_low"] <= found["pagerank_high"]).all())
        True
        """
        part = np.flatnonzero(~self.objected)
        ties = Ties(*cut(self.ties.indptr, self.ties.indices, self.ties.weight, part))

        def rank(indptr: Any, indices: Any, weight: Any) -> Float64:
            return pagerank(indptr, indices, weight).scores

        scores = rank(ties.indptr, ties.indices, ties.weight)
        moved = stability_of(
            ties.indptr, ties.indices, rank, weight=ties.weight, samples=samples, seed=seed
        )
        between = betweenness(ties.indptr, ties.indices, k=pivots_for(ties.indptr), seed=seed)
        kept = np.flatnonzero(self.agreed[part])
        table = pl.DataFrame(
            {
                "person": [self.ids[i] for i in part[kept].tolist()],
                "ties": np.diff(ties.indptr)[kept],
                "pagerank": scores[kept],
                "pagerank_low": moved.low[kept],
                "pagerank_high": moved.high[kept],
                "rank_low": moved.rank_low[kept],
                "rank_high": moved.rank_high[kept],
                "betweenness": between.scores[kept],
                "betweenness_error": 2 * between.standard_error[kept],
                "core": core_numbers(ties.indptr, ties.indices)[kept].astype(np.int64),
            }
        )
        return table.sort(["pagerank", "person"], descending=[True, False])

    def reach(self, people: Iterable[str], *, runs: int = 2000, seed: int = 0) -> Spread:
        """Simulate how many hear of what these people pass on (independent cascades).

        Each tie passes word on with a chance by its weight and by how many ties the listener has
        (the weighted cascade). The same seed runs two sets of people in the same worlds.

        References
        ----------
        Kempe, Kleinberg and Tardos, "Maximizing the spread of influence through a social network",
        2003.
        """
        cascade = weighted_cascade(self.ties.indptr, self.ties.indices, self.ties.weight)
        found = simulate(cascade, self._rows(people), runs=runs, seed=seed)
        heard = pl.DataFrame({"person": self.ids, "chance": found.heard})
        return Spread(found.mean, found.standard_error, heard)
