"""Past one machine: PageRank and islands by GraphX, and who is who of the records, on Apache Spark.

Measures read what `graphnet export` writes; linkage is the contact base's own, its heavy steps
asked on Spark. Spark runs in this process's own Java here, and on a cluster when ``--master`` names
one; pyspark is no dependency and has to be installed.
"""
