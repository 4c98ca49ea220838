"""Records what the driver keeps of each file, and of each chunk that is planned: bytes by Spark's own SizeEstimator.

Run it like record.py; it adds a line for each of a few lengths of path:

    python testdata/spark/memory.py >> testdata/spark/memory.tsv
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyspark
from py4j.java_gateway import JavaObject

from layouts import MIB, Run
from record import make, session

FILES, DIRECTORIES = 20_000, 200  # SizeEstimator takes samples of arrays of more than 400


def main() -> None:
    with session(4, "") as spark:
        estimate = spark._jvm.org.apache.spark.util.SizeEstimator.estimate
        for padding in (0, 50, 100):
            run = Run(f"day={{part}}/part-{{i}}{'x' * padding}.csv", FILES, MIB, fan=DIRECTORIES)
            with tempfile.TemporaryDirectory() as root:
                make([run], Path(root))
                frame = spark.read.format("csv").schema("value string").load(root)._jdf
                index = spark._jvm.java.util.ArrayList()
                for part in cached(frame.queryExecution().sparkPlan().relation().location()):
                    index.add(part)
                planned = frame.queryExecution().toRdd().partitions()
                uri = len(f"file://{root}/day=100/part-10000.csv") + padding
                each = [round(estimate(what) / FILES) for what in (index, planned)]
                print(pyspark.__version__, uri, *each, sep="\t")


def cached(index: JavaObject) -> Iterator[JavaObject]:
    """The two maps that an InMemoryFileIndex keeps."""
    for field in index.getClass().getDeclaredFields():
        if "cachedLeaf" in field.getName():
            field.setAccessible(True)
            yield field.get(index)


if __name__ == "__main__":
    main()
