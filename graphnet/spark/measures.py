"""PageRank, ties and islands of a data set, by GraphX."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from graphnet.errors import BadValue
from graphnet.spark.sessions import session

DAMPING = 0.85
TOLERANCE = 1e-7  # of a rank whose mean is 1


def measures(
    folder: Path, out: Path, *, layer: str = "knows", master: str = "local[*]", memory: str = "4g"
) -> dict[str, int]:
    """Compute ties, PageRank and island of everybody, and write them as a folder of Parquet.

    The same definitions as of the engine of one machine: ties count alike, walks that reach
    somebody without ties start over, islands are numbered from the largest.

    Parameters
    ----------
    folder
        As `graphnet export` writes it: people.parquet and ties.parquet.
    out
        A folder that is not there.
    layer
        Which ties.
    master
        Where Spark runs.
    memory
        Of the driver, as the JVM writes it.

    Returns
    -------
    dict
        How many people, ties and islands.

    References
    ----------
    Xin and others, "GraphX: unifying data-parallel and graph-parallel analytics", 2014.
    """
    for name in ("people.parquet", "ties.parquet"):
        if not (folder / name).exists():
            raise BadValue(f"{folder} has no {name}: write it with `graphnet export`")
    if out.exists():
        raise BadValue(f"{out} is there already")
    spark = session(master, memory)
    scratch = Path(tempfile.mkdtemp(prefix="graphnet-spark-"))
    try:
        return _measured(spark, folder, out, layer, scratch)
    finally:
        spark.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def _measured(spark: Any, folder: Path, out: Path, layer: str, scratch: Path) -> dict[str, int]:
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    people = spark.read.parquet(str(folder / "people.parquet")).select("person")
    # GraphX knows people by whole numbers; of a million the chance that two share one is 3e-8.
    people = people.withColumn("number", f.xxhash64("person")).cache()
    n = people.count()
    if people.select("number").distinct().count() != n:
        raise BadValue("two people of the data set have the same number: tell the developers")
    ties = (
        spark.read.parquet(str(folder / "ties.parquet"))
        .where(f.col("layer") == layer)
        .select(f.xxhash64("source").alias("one"), f.xxhash64("target").alias("other"))
        .cache()
    )
    both = ties.union(ties.select("other", "one")).toDF("one", "other")
    both.write.csv(str(scratch / "ties"), sep=" ")
    graph = _graph(spark, scratch / "ties")
    ranks = graph.ops().pageRank(TOLERANCE, 1 - DAMPING)
    ranks.vertices().saveAsTextFile(str(scratch / "ranks"))
    graph.ops().connectedComponents().vertices().saveAsTextFile(str(scratch / "islands"))
    rank = _pairs(spark, scratch / "ranks", "rank", "double")
    island = _pairs(spark, scratch / "islands", "part", "long")
    degree = both.groupBy(f.col("one").alias("number")).agg(f.count("*").alias("ties"))
    table = (
        people.join(degree, "number", "left").join(rank, "number", "left")
        .join(island, "number", "left").fillna(0, ["ties"])
        .withColumn("part", f.coalesce("part", "number"))
    )  # fmt: skip
    # GraphX ranks sum to how many have ties; a walk that reaches who has none starts over.
    tied = rank.count()
    base = 1 / (n - tied + tied / (1 - DAMPING)) if n else 0.0
    found = rank.agg(f.sum("rank")).first()[0] or 1.0
    table = table.withColumn(
        "pagerank",
        f.coalesce(f.col("rank") * (tied / found) * (base / (1 - DAMPING)), f.lit(base)),
    )
    sizes = table.groupBy("part").agg(f.count("*").alias("size"), f.min("person").alias("first"))
    order = Window.orderBy(f.desc("size"), "first")
    numbers = sizes.withColumn("island", f.row_number().over(order) - 1).select("part", "island")
    done = table.join(numbers, "part").select("person", "ties", "pagerank", "island")
    done.coalesce(1).write.parquet(str(out))
    return {"people": n, "ties": ties.count(), "islands": sizes.where("size > 1").count()}


def _graph(spark: Any, path: Path) -> Any:
    """Read pairs of numbers as a graph of GraphX."""
    java = spark._jvm  # pyspark has no public way to GraphX
    level = java.org.apache.spark.storage.StorageLevel.MEMORY_AND_DISK()
    return java.org.apache.spark.graphx.GraphLoader.edgeListFile(
        spark.sparkContext._jsc.sc(), str(path), False, -1, level, level
    )


def _pairs(spark: Any, path: Path, name: str, kind: str) -> Any:
    """Read what GraphX has written: ``(number,value)``, a line each."""
    from pyspark.sql import functions as f

    parts = f.split(f.regexp_replace("value", "[()]", ""), ",")
    return spark.read.text(str(path)).select(
        parts[0].cast("long").alias("number"), parts[1].cast(kind).alias(name)
    )
