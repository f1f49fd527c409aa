"""Measures past one machine: PageRank and islands by GraphX on Apache Spark.

Its input is what `graphnet export` writes. Spark runs in this process's own Java here, and on a
cluster when ``--master`` names one; pyspark is no dependency and has to be installed.
"""
