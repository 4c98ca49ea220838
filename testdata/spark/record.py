"""Records how real Spark plans the layouts of layouts.py: a line of JSON each, after one that says who planned.

Files are sparse and schemas are given, so that no byte is written or read. By hand, in a virtual environment that has
pyspark and with Java 17 in the path:

    python testdata/spark/record.py --fixed --seed 1 --count 200 --output testdata/spark/3.5.jsonl
    go test ./advisor/spark -run TestRecorded -recording FILE    # an absolute path
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

import pyspark
from py4j.java_gateway import JavaObject
from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession

from layouts import HADOOP, Layout, Run, fixed, layouts

FILE = re.compile(r"path: (\S+), range: (\d+)-(\d+), partition values: ")
SPLIT = re.compile(r"(.*):(\d+)\+(\d+)", re.DOTALL)
PARALLELISM = "spark.default.parallelism"
BINARY_SCHEMA = "path string, modificationTime timestamp, length bigint, content binary"
ALL = 2**31 - 1

Chunk = tuple[str, int, int]  # path below the target, first byte, bytes
Task = list[Chunk]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200, help="random layouts")
    parser.add_argument("--fixed", action="store_true", help="the fixed layouts, too; some are slow")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    wanted = [*(fixed() if options.fixed else ()), *layouts(options.seed, options.count)]
    wanted = [layout for layout in wanted if planned_by_this(layout)]
    header = versions() | {"seed": options.seed, "count": options.count, "fixed": options.fixed}
    lines = {layout.id: line for layout, line in record(wanted)}
    with options.output.open("w", encoding="utf-8") as out:
        for line in (header, *(lines[layout.id] for layout in wanted)):
            print(json.dumps(line, separators=(",", ":")), file=out)
    print(f"Spark {pyspark.__version__}: {len(lines)} plans, seed {options.seed}", file=sys.stderr)


def planned_by_this(layout: Layout) -> bool:
    """Whether this version of Spark can be asked: xml is built in from 4.0, and 3.1 takes a bare number of bytes only."""
    version = tuple(int(part) for part in pyspark.__version__.split(".")[:2])
    bare = layout.conf.get("spark.sql.files.openCostInBytes", "0").isdigit()
    return version >= (4, 0) or layout.reader != "xml" and (bare or version >= (3, 3))


def versions() -> dict[str, Any]:
    """What plans: the versions of Spark, of its Hadoop and of Java."""
    with session(1, "") as spark:
        hadoop = spark._jvm.org.apache.hadoop.util.VersionInfo.getVersion()
        java = spark._jvm.java.lang.System.getProperty("java.version")
    return {"spark": pyspark.__version__, "hadoop": hadoop, "java": java}


def record(wanted: list[Layout]) -> Iterator[tuple[Layout, dict[str, Any]]]:
    """Plans every layout; a context serves all that want the same cores."""

    def context(layout: Layout) -> tuple[int, str]:
        return layout.cores, layout.conf.get(PARALLELISM, "")

    for (cores, parallelism), group in groupby(sorted(wanted, key=context), context):
        with session(cores, parallelism) as spark:
            for layout in group:
                with tempfile.TemporaryDirectory(prefix="layout-") as root:
                    make(layout.runs, Path(root))
                    yield layout, described(layout, plan(spark, layout, root))


@contextmanager
def session(cores: int, parallelism: str) -> Iterator[SparkSession]:
    """A session on a context of its own. A builder would hand on the last one's settings in Spark 3.3."""
    conf = SparkConf().setMaster(f"local[{cores}]").setAppName("record")
    conf.set("spark.ui.enabled", "false").set("spark.driver.host", "127.0.0.1")
    conf.set("spark.hadoop.fs.file.impl.disable.cache", "true")  # or the block size is the first one's
    # Listing in a job of its own changes no plan and takes seconds.
    conf.set("spark.sql.sources.parallelPartitionDiscovery.threshold", "1000000")
    if parallelism:
        conf.set(PARALLELISM, parallelism)
    context = SparkContext(conf=conf)
    context.setLogLevel("ERROR")
    spark = SparkSession(context)
    try:
        yield spark
    finally:
        spark.stop()


def make(runs: list[Run], root: Path) -> None:
    """Makes the files, holes all through."""
    made = set()
    for run in runs:
        for name, size in run.files():
            folder = name.rpartition("/")[0]
            if folder not in made:
                (root / folder).mkdir(parents=True, exist_ok=True)
                made.add(folder)
            descriptor = os.open(f"{root}/{name}", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            os.ftruncate(descriptor, size)
            os.close(descriptor)


def plan(spark: SparkSession, layout: Layout, root: str) -> list[Task]:
    """The tasks in Spark's order; those of FileInputFormat, whose order is the directory's, largest first."""
    conf = {key: value for key, value in layout.conf.items() if key != PARALLELISM}
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()
    for key, value in conf.items():
        name = key.removeprefix("spark.hadoop.")
        hadoop.set(name, value) if name != key else spark.conf.set(key, value)
    try:
        if layout.reader in HADOOP:
            return sorted(splits(spark, layout, root), key=lambda task: (-task[0][2], task))
        return scanned(spark, layout, root)
    finally:
        for key in conf:
            name = key.removeprefix("spark.hadoop.")
            hadoop.unset(name) if name != key else spark.conf.unset(key)


def scanned(spark: SparkSession, layout: Layout, root: str) -> list[Task]:
    options = {"rowTag": "row", **layout.options} if layout.reader == "xml" else layout.options
    schema = BINARY_SCHEMA if layout.reader == "binaryFile" else "value string"
    frame = spark.read.format(layout.reader).schema(schema).options(**options).load(root)
    shown = spark._jvm.scala.runtime.ScalaRunTime
    tasks = []
    for partition in frame._jdf.queryExecution().toRdd().partitions():
        files = partition.files()
        found = FILE.findall(shown.stringOf(files, ALL))
        if len(found) != len(files):
            raise RuntimeError(f"{layout.id}: cannot read {shown.stringOf(files, ALL)}")
        tasks.append([(below(root, path), int(start), int(end) - int(start)) for path, start, end in found])
    return tasks


def splits(spark: SparkSession, layout: Layout, root: str) -> Iterator[Task]:
    for split in hadoop_splits(spark, layout, root):
        match = SPLIT.fullmatch(split.toString())
        if match is None:
            raise RuntimeError(f"{layout.id}: cannot read {split.toString()}")
        yield [(below(root, match[1]), int(match[2]), int(match[3]))]


def hadoop_splits(spark: SparkSession, layout: Layout, root: str) -> Iterator[JavaObject]:
    context, jvm = spark.sparkContext._jsc, spark._jvm
    if layout.reader == "textFile":
        least = layout.min_partitions or context.defaultMinPartitions()
        for partition in context.textFile(root, least).rdd().partitions():
            yield partition.inputSplit().value()
        return
    classes = ("org.apache.hadoop.mapreduce.lib.input.TextInputFormat", "org.apache.hadoop.io.LongWritable", "org.apache.hadoop.io.Text")
    classes = [jvm.java.lang.Class.forName(name) for name in classes]
    for partition in context.newAPIHadoopFile(root, *classes, context.hadoopConfiguration()).rdd().partitions():
        yield partition.serializableHadoopSplit().value()


def below(root: str, path: str) -> str:
    """A path or URI that Spark printed, relative to the target."""
    return path.partition(f"{root}/")[2]


def described(layout: Layout, tasks: list[Task]) -> dict[str, Any]:
    """The line of a plan. order is a hash of the lengths of the chunks of each task, in order; ranges one of the sorted
    chunks with their files."""
    line = {key: value for key, value in asdict(layout).items() if value or key == "runs"}
    line["runs"] = [{key: value for key, value in run.items() if value} for run in line["runs"]]
    sizes = sorted(sum(length for _, _, length in task) for task in tasks)
    line["tasks"] = len(tasks)
    line["median"] = sizes[(len(sizes) - 1) // 2] if sizes else 0
    line["largest"] = sizes[-1] if sizes else 0
    line["order"] = digest(" ".join(str(length) for _, _, length in task) for task in tasks)
    line["ranges"] = digest(sorted(f"{name} {start} {length}" for task in tasks for name, start, length in task))
    return line


def digest(lines: Any) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()[:16]


if __name__ == "__main__":
    main()
