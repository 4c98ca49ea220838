"""Datasets to plan, made from a seed: what files there are, who reads them, with which settings, on how many cores.

A layout is runs of files, so that 100,000 files are a line. The Go test reads the same runs back: file i of a run has
the name with {i} and {part} (i modulo fan) filled in, and size + splitmix64(seed + i) % (spread + 1) bytes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

KIB, MIB, GIB, TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40
MASK = (1 << 64) - 1
MOST_CHUNKS = 3_000  # of a random layout: a JVM call each

CODECS = ("", ".gz", ".bz2", ".zst", ".snappy", ".lz4", ".deflate", ".GZ", ".Bz2", ".zip", ".xz", ".tgz", ".gzip")
READERS = {
    "csv": (".csv",), "json": (".json", ".jsonl"), "text": (".txt", ".log"), "xml": (".xml",),
    "parquet": (".parquet", ".snappy.parquet", ".gz.parquet"), "orc": (".orc", ".zlib.orc"), "binaryFile": (".bin",),
    "textFile": (".txt", ".csv"), "newAPIHadoopFile": (".txt", ".csv"),
}  # fmt: skip
HADOOP = ("textFile", "newAPIHadoopFile")
SCANS = tuple(reader for reader in READERS if reader not in HADOOP)
COMPRESSED_INSIDE = ("parquet", "orc", "binaryFile")
CORES = (1, 2, 3, 4, 7, 8, 16, 36, 68, 144)
FLAT = "spark.sql.sources.useListFilesFileSystemList"  # of Spark 4; by default s3a is listed so
RECURSIVE = "spark.hadoop.mapreduce.input.fileinputformat.input.dir.recursive"


@dataclass(frozen=True, slots=True)
class Run:
    """Files that are named alike."""

    name: str
    count: int
    size: int
    spread: int = 0
    seed: int = 0
    fan: int = 1

    def files(self) -> Iterator[tuple[str, int]]:
        """Path below the target and size in bytes of each file."""
        for i in range(self.count):
            name = self.name.replace("{i}", str(i)).replace("{part}", str(i % self.fan))
            yield name, self.size + splitmix64(self.seed + i) % (self.spread + 1)


def splitmix64(x: int) -> int:
    """A number of 64 bits that looks random (Steele, Lea and Flood, 2014)."""
    z = (x + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


@dataclass(frozen=True, slots=True)
class Layout:
    """Files, and how they are read. conf holds Spark's settings; options those of the DataFrame reader."""

    id: str
    reader: str
    cores: int
    runs: list[Run]
    conf: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    min_partitions: int = 0  # of sc.textFile; 0 leaves it to Spark


def scan(name: str, reader: str, cores: int, *runs: Run, **conf: str) -> Layout:
    """A DataFrame scan with settings of spark.sql.files."""
    return Layout(name, reader, cores, list(runs), {f"spark.sql.files.{key}": value for key, value in conf.items()})


def fixed() -> Iterator[Layout]:
    """Layouts that must be there whatever the seed: the edges, and those that are slow."""
    yield scan("100,000 of 10 KiB", "json", 36, Run("p-{i}.json", 100_000, 10 * KIB))
    yield scan("100,000 of 1 MiB in partitions", "json", 36, Run("d={part}/p-{i}.json", 100_000, MIB, fan=50))
    yield scan("48,626 of 200 KiB, gzip", "json", 36, Run("p-{i}.json.gz", 48_626, 200 * KIB))
    yield scan("20,000 of 1 to 64 KiB", "csv", 68, Run("p-{i}.csv", 20_000, KIB, 63 * KIB, 7))
    yield scan("1,000 of 128 MiB", "parquet", 36, Run("p-{i}.parquet", 1_000, 128 * MIB))
    yield scan("1,000 of 129 MiB", "parquet", 36, Run("p-{i}.parquet", 1_000, 129 * MIB))
    yield scan("ten of 1 GiB, gzip", "csv", 36, Run("p-{i}.csv.gz", 10, GIB))
    yield scan("ten of 1 GiB", "csv", 36, Run("p-{i}.csv", 10, GIB))
    yield scan("one large, many small", "csv", 36, Run("a.csv.gz", 1, GIB), Run("p-{i}.csv", 5_000, 100 * KIB))
    yield scan("one of 1 TiB", "parquet", 36, Run("p.parquet", 1, TIB))
    yield scan("one of 1 TiB, gzip", "json", 36, Run("p.json.gz", 1, TIB))
    yield scan("one byte", "text", 36, Run("p.txt", 1, 1))
    yield scan("no bytes", "text", 36, Run("p-{i}.txt", 5, 0))
    yield scan("no bytes among others", "csv", 8, Run("e-{i}.csv", 500, 0), Run("p-{i}.csv", 20, 10 * MIB))
    yield scan("no open cost", "csv", 4, Run("p-{i}.csv", 300, 3 * MIB, MIB, 3), openCostInBytes="0")
    for size in (128 * MIB - 1, 128 * MIB, 128 * MIB + 1, 256 * MIB, 4 * MIB, 4 * MIB - 1, 124 * MIB, 124 * MIB + 1):
        yield scan(f"twelve of {size}", "parquet", 3, Run("p-{i}.parquet", 12, size))
    for size, n, limit, cost, cores in ((5, 3, 11, 1, 1), (15, 2, 10, 1, 1), (2, 6, 4, 1, 1)):
        conf = {"maxPartitionBytes": str(limit), "openCostInBytes": str(cost)}
        yield scan(f"{n} of {size} B", "text", cores, Run("p-{i}.txt", n, size), Run("q-{i}.txt", 4, 1), **conf)
    for most in ("1", "7", "100", "499", "500", "501", "1000"):
        yield scan(f"at most {most}", "csv", 4, Run("p-{i}.csv", 500, 100 * MIB, 20 * MIB, 5), maxPartitionNum=most)
    sizes = [Run("a-{i}.csv", 2, 60 * MIB), Run("b.csv", 1, 10 * MIB)]
    yield scan("as many as allowed", "csv", 1, *sizes, maxPartitionNum="2")
    conf = {"maxPartitionBytes": "3", "openCostInBytes": "0", "maxPartitionNum": "2"}
    yield scan("rounded up", "csv", 1, Run("a.csv", 1, 3), Run("b-{i}.csv", 2, 2), **conf)
    for limit in ("64m", "256MB", "1g", "33554432"):
        yield scan(f"{limit} a task", "orc", 8, Run("p-{i}.orc", 40, 300 * MIB, 99 * MIB, 9), maxPartitionBytes=limit)
    yield from _by_name()
    yield from _hidden()
    yield from _splits()


def _by_name() -> Iterator[Layout]:
    """Every reader on every suffix: what it cuts."""
    for reader, suffixes in READERS.items():
        for whole in ("", *(("true",) if reader in ("csv", "json", "text", "xml") else ())):
            option = "wholetext" if reader == "text" else "multiLine"
            runs = [
                Run(f"{k}-{{i}}{suffix}{codec}", 2, 300 * MIB + k)
                for k, (suffix, codec) in enumerate((s, c) for s in (*suffixes, "") for c in CODECS)
            ]
            yield Layout(f"{reader} by name {whole}", reader, 4, runs, options={option: whole} if whole else {})


def _hidden() -> Iterator[Layout]:
    """Names that one reader or another passes over."""
    names = ("_x", ".x", "x._COPYING_", "_metadata", "_common_metadata", "_metadata_2", "_SUCCESS", "_x=1", ".x=1", "x=_1")
    for reader in ("csv", "parquet", *HADOOP):
        runs = [Run("p-{i}.csv", 3, 10 * MIB)] + [Run(f"{name}", 1, MIB + k) for k, name in enumerate(names)]
        yield Layout(f"{reader}: hidden files", reader, 2, runs)
    for reader in ("csv", *HADOOP):
        runs = [Run("_c={part}/p-{i}.csv", 8, 10 * MIB, fan=4)] + [
            Run(f"_c=9/{name}/p.csv", 1, MIB + k) for k, name in enumerate(names[:3] + names[6:7])
        ]
        conf = {RECURSIVE: "true"} if reader in HADOOP else {}
        yield Layout(f"{reader}: hidden directories", reader, 2, runs, conf)
    dirs = ("_metadata", "_common_metadata", "_metadata_2", "_common_metadata_2", "x._COPYING_", "_x", "_x=1", ".x", ".x=1")
    for name, conf in (("", {}), (", flat", {FLAT: "file"})):
        runs = [Run(f"{d}/p.csv", 1, MIB + k) for k, d in enumerate(dirs)]
        runs += [Run(f"{d}/y/p.csv", 1, 2 * MIB + k) for k, d in enumerate(dirs)]
        runs += [Run(f"z/{d}", 1, 3 * MIB + k) for k, d in enumerate((*names, "_metadata_2=1", "_metadata.csv"))]
        yield Layout(f"listed directories{name}", "csv", 2, runs, conf, {"recursiveFileLookup": "true"})
    for lookup in ("false", "true"):
        runs = [Run("2026/{part}/p-{i}.csv", 40, 20 * MIB, fan=5), Run("r-{i}.csv", 9, MIB)]
        yield Layout(f"directories that are no partitions {lookup}", "csv", 4, runs, options={"recursiveFileLookup": lookup})
    yield scan("beside partitions", "csv", 4, Run("d={part}/p-{i}.csv", 40, 20 * MIB, fan=5), Run("r-{i}.csv", 9, MIB))


def _splits() -> Iterator[Layout]:
    """FileInputFormat: the slop of a tenth, the goal, the smallest split and the block."""
    block = 32 * MIB
    for reader in HADOOP:
        for size in (0, 1, block, block * 11 // 10, block * 11 // 10 + 1, 2 * block, 21 * block // 10, 21 * block // 10 + 1, GIB):
            yield Layout(f"{reader}: four of {size}", reader, 4, [Run("p-{i}.txt", 4, size)])
        yield Layout(f"{reader}: 3,000 small", reader, 4, [Run("p-{i}.txt", 3_000, 1, 9 * KIB, 4)])
        yield Layout(f"{reader}: one of 100 GiB", reader, 4, [Run("p.txt", 1, 100 * GIB)], {"spark.hadoop.fs.local.block.size": "67108864"})
    for least in (1, 3, 50, 1_000):
        yield Layout(f"at least {least}", "textFile", 4, [Run("p-{i}.txt", 30, 10 * MIB, 50 * MIB, 8)], min_partitions=least)
    yield Layout("more than bytes", "textFile", 4, [Run("p-{i}.txt", 3, 5)], min_partitions=1_000)


def layouts(seed: int, count: int) -> Iterator[Layout]:
    """`count` random layouts; the same seed gives the same."""
    for n in range(count):
        yield random_layout(f"{seed}/{n}")


def random_layout(name: str) -> Layout:
    """A layout that follows from its name."""
    rng = random.Random(name)
    reader = rng.choice((*SCANS, *SCANS, *HADOOP))
    conf, options = _conf(rng, reader), _options(rng, reader)
    folder, fan = _folder(rng, reader, conf, options)
    runs = []
    for k in range(rng.choice((1, 1, 2, 3, 5))):
        size, spread, count = _sizes(rng)
        suffix = rng.choice(READERS[reader])
        if reader not in COMPRESSED_INSIDE or rng.random() < 0.1:
            suffix += rng.choice(CODECS)
        runs.append(Run(f"{folder}{k}-{{i}}{suffix}", count, size, spread, rng.randrange(1 << 32), fan))
    if rng.random() < 0.3:
        runs += _leftovers(rng, folder)
    least = rng.choice((0, 0, 1, 5, 64, 777)) if reader == "textFile" else 0
    return Layout(name, reader, rng.choice(CORES), _bounded(runs, conf), conf, options, least)


def _sizes(rng: random.Random) -> tuple[int, int, int]:
    """Size, spread and number of files of a run."""
    size = int(2 ** rng.uniform(0, 34))
    edge = rng.choice((128 * MIB, 64 * MIB, 32 * MIB, 4 * MIB))
    size = rng.choice((*[size] * 12, *(edge, edge + 1, edge - 1) * 2, 0, 300 * GIB))
    spread = rng.choice((0, size // 10, size, 3 * size))
    most = 1_500 if size < 16 * MIB else 150
    return size, spread, 1 if size >= 16 * GIB else int(2 ** rng.uniform(0, most.bit_length()))


def _folder(rng: random.Random, reader: str, conf: dict[str, str], options: dict[str, str]) -> tuple[str, int]:
    """Directory of every run, with a slash at its end, and how many there are of it."""
    fan = rng.choice((1, 2, 7, 40))
    folder = rng.choice(("", "", "day={part}/", "year=2026/day={part}/", "_k={part}/", "2026/{part}/"))
    if reader in HADOOP:
        if folder.startswith("_k"):
            folder = "k={part}/" if rng.random() < 0.9 else folder
        if folder:
            conf[RECURSIVE] = "true"
    elif rng.random() < (0.9 if folder.startswith("2026") else 0.1):
        options["recursiveFileLookup"] = "true"
    return folder, fan


def _leftovers(rng: random.Random, folder: str) -> list[Run]:
    names = ("_SUCCESS", "_temporary/0/p-{i}.csv", ".p-{i}.crc", "_metadata", "p-{i}._COPYING_", "_a=b-{i}.csv", "empty-{i}.csv")
    chosen = rng.sample(names, 3)
    return [Run(folder + name, 1, 0 if name.startswith("empty") else rng.randrange(9 * MIB)) for name in chosen]


def _conf(rng: random.Random, reader: str) -> dict[str, str]:
    files, conf = "spark.sql.files.", {}

    def maybe(share: float, key: str, *values: object) -> None:
        if rng.random() < share:
            conf[key] = str(rng.choice(values))

    if reader in HADOOP:
        split = "spark.hadoop.mapreduce.input.fileinputformat.split."
        maybe(0.3, "spark.hadoop.fs.local.block.size", 8 * MIB, 64 * MIB, 128 * MIB)
        maybe(0.2, split + "minsize", MIB, 100 * MIB, 512 * MIB)
        maybe(0.2, split + "maxsize", 5 * MIB, 100 * MIB)
    else:
        maybe(0.4, files + "maxPartitionBytes", "64MB", "32m", "1g", "200000k", 512 * MIB, 99_999_999)
        maybe(0.3, files + "openCostInBytes", 0, 1, "1m", "16MB", 4_194_305)
        maybe(0.3, files + "minPartitionNum", 1, 5, 100, 1_000)
        maybe(0.3, files + "maxPartitionNum", 1, 3, 50, 400)
        maybe(0.2, "spark.sql.leafNodeDefaultParallelism", 2, 33)
    maybe(0.2, "spark.default.parallelism", 1, 10, 200)
    return conf


def _options(rng: random.Random, reader: str) -> dict[str, str]:
    if rng.random() < 0.2:
        if reader in ("csv", "json", "xml"):
            return {"multiLine": rng.choice(("true", "false"))}
        if reader == "text":
            return {"wholetext": "true"}
    return {}


def _bounded(runs: list[Run], conf: dict[str, str]) -> list[Run]:
    """The runs, those left out that would be cut into too many chunks."""
    kept, chunks = [], 0
    for run in runs:
        chunks += run.count * (1 + (run.size + run.spread) // (16 * MIB))
        if chunks <= MOST_CHUNKS or not kept and run.count == 1:
            kept.append(run)
    return kept or [Run(runs[0].name, 1, 1, 0, 0, runs[0].fan)]
