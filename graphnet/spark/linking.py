"""The contact base's linkage with its heavy steps on Spark: the same functions, asked there."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from graphnet.contacts import Decision, Linked, Records, link
from graphnet.contacts.work import Pieces, Shared
from graphnet.spark.sessions import session

T = TypeVar("T")
U = TypeVar("U")

SIZE = 1 << 17  # pairs of a piece: about 30 MB while it is worked on


class _Spread(Pieces[T]):
    """Pieces in Spark's keeping, each a partition of its own."""

    def __init__(self, rdd: Any) -> None:
        self._rdd = rdd

    def map(self, function: Callable[[T], U]) -> "_Spread[U]":
        """Return what the function makes of each piece; what memory does not hold is on disk."""
        from pyspark import StorageLevel

        return _Spread(self._rdd.map(function).persist(StorageLevel.MEMORY_AND_DISK))

    def gather(self, function: Callable[[T], U]) -> list[U]:
        """Return here what the function makes of each piece."""
        found: list[U] = self._rdd.map(function).collect()
        return found


class OnSpark:
    """Work as jobs of a Spark context: blocking, comparing, counting, scoring, joining groups.

    Here stay the sorting of the records, the numbering of their values, and the sums.
    """

    def __init__(self, context: Any, *, size: int = SIZE) -> None:
        self._context = context
        self.size = size
        self.parts: int = context.defaultParallelism

    def share(self, value: T) -> Shared[T]:
        """Send a value to whoever works on a piece."""
        shared: Shared[T] = self._context.broadcast(value)
        return shared

    def pieces(self, items: Sequence[T]) -> Pieces[T]:
        """Spread the items, each to be worked on by itself."""
        return _Spread(self._context.parallelize(list(items), max(1, len(items))))


@contextmanager
def on_spark(master: str, memory: str, *, size: int = SIZE) -> Iterator[OnSpark]:
    """Start Spark for the time of a block."""
    spark = session(master, memory)
    try:
        yield OnSpark(spark.sparkContext, size=size)
    finally:
        spark.stop()


def link_on_spark(
    records: Records,
    decisions: Iterable[Decision] = (),
    *,
    master: str = "local[*]",
    memory: str = "4g",
) -> Linked:
    """Return which records are of one person: what `graphnet.contacts.link` says, to the digit.

    Parameters
    ----------
    records, decisions
        As for `graphnet.contacts.link`.
    master
        Where Spark runs.
    memory
        Of the driver, as the JVM writes it.

    Raises
    ------
    BadValue
        If pyspark is not installed.
    """
    with on_spark(master, memory) as work:
        return link(records, decisions, work=work)
