"""Compiles every Python snippet that the rules' cases produce, and runs those that are plain Spark on small lakes.

The snippets come from `go test ./advisor/rules -run TestRules -snippets FILE`: lines of JSON, each with some keys of the
lake that the snippet is for. Files of a few rows are laid out under these keys, and the snippet is run against them.
"""

import argparse
import bz2
import collections
import gzip
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

RUN = {"spark-dataframe", "spark-compaction"}
PYTHON = RUN | {"glue-dynamicframe", "glue-catalog"}
ROWS = 3
FILES = 3  # of each directory and suffix
MOST_TASKS = 64
DIRECTORIES = 5  # beside those that a snippet names


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--snippets", required=True)
    args = parser.parse_args()
    with open(args.snippets, encoding="utf-8") as lines:
        snippets = [json.loads(line) for line in lines]
    for s in snippets:
        if s["kind"] in PYTHON:
            compile(s["code"], s["case"], "exec")
        elif s["kind"] == "aws-cli":
            subprocess.run(["bash", "-n"], input=s["code"], text=True, check=True)
        elif s["kind"] == "job-parameters":
            json.loads(s["code"])
    with tempfile.TemporaryDirectory() as root:
        counts = run_all(snippets, pathlib.Path(root))
    print(f"{len(snippets)} snippets parse; run on Spark:", ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))


def run_all(snippets, root):
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.warehouse.dir", str(root / "warehouse"))
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    print("Spark", spark.version)
    templates = make_templates(spark, root / "templates")
    counts = collections.Counter()
    once = set()  # of snippets that differ in numbers alone, one is run
    for i, s in enumerate(snippets):
        like = re.sub(r"\d+", "N", s["code"])
        if s["kind"] not in RUN or like in once:
            continue
        once.add(like)
        outcome = "skipped: avro is a package" if 'format("avro")' in s["code"] else None
        lake = root / f"lake-{i}"
        if any(int(n) > MOST_TASKS for n in re.findall(r"repartition\((\d+)|\", (\d+)\),$", s["code"], re.M) for n in n if n):
            outcome = "skipped: many tasks for so few rows"
        planned = re.findall(r'^    \("(.*)", \d+\),$', s["code"], re.M)
        if any(p and not any(key.startswith(p + "/") for key in s["keys"]) for p in planned):
            outcome = "skipped: more directories than are kept"
        rows = collections.Counter()
        if outcome is None and not (rows := lay_out(lake, chosen(s), templates)):
            outcome = "skipped: no codec for the files"
        if outcome is None:
            try:
                run(spark, s, lake, rows)
            except Exception as e:
                raise SystemExit(f"{s['case']} ({s['kind']}): {type(e).__name__}: {e}\n{s['code']}") from e
            outcome = s["kind"]
        counts[outcome] += 1
        for directory in root.glob(f"lake-{i}*"):
            shutil.rmtree(directory)
    spark.stop()
    if counts["spark-compaction"] < 5 or counts["spark-dataframe"] < 20:
        raise SystemExit(f"hardly anything was run: {counts}")
    return counts


def make_templates(spark, directory):
    """One small file of each format that only Spark writes."""
    templates = {}
    for form in ["parquet", "orc"]:
        spark.range(ROWS).selectExpr("id", "cast(id as string) as name").coalesce(1).write.format(form).save(str(directory / form))
        templates[form] = next((directory / form).glob(f"*.{form}")).read_bytes()
    templates["csv"] = b"id,name\n" + b"".join(b"%d,n%d\n" % (i, i) for i in range(ROWS))
    templates["json"] = b"".join(b'{"id": %d, "name": "n%d"}\n' % (i, i) for i in range(ROWS))
    templates["text"] = b"".join(b"line %d\n" % i for i in range(ROWS))
    return templates


def chosen(snippet):
    """The keys of the first directories, of the last, and of those that the snippet names."""
    directories = {}
    for key in snippet["keys"]:
        directories.setdefault(key.rpartition("/")[0], []).append(key)
    keys = []
    for i, (directory, files) in enumerate(directories.items()):
        if i < DIRECTORIES or i == len(directories) - 1 or f'"{directory}"' in snippet["code"]:
            for suffix in sorted({suffix_of(key) for key in files}):
                keys += [key for key in files if suffix_of(key) == suffix][:FILES]
    return keys


def suffix_of(key):
    return key.rpartition("/")[2].partition(".")[2]


def lay_out(lake, keys, templates):
    """Writes a file for each key that can be written, and returns how many rows each directory has."""
    rows = collections.Counter()
    for key in keys:
        data = contents(key, templates)
        if data is None:
            continue
        file = lake / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        lines = ROWS + 1 if ".csv" in file.name else ROWS  # its header, read as a line
        rows[key.rpartition("/")[0]] += lines
    return rows


def contents(key, templates):
    name, dot, suffix = key.rpartition("/")[2].partition(".")
    inner, _, outer = suffix.rpartition(".")
    pack = {"gz": gzip.compress, "bz2": bz2.compress}
    if outer in ["parquet", "orc"]:
        return templates[outer]
    if outer in pack:
        return pack[outer](templates.get(inner, templates["text"]))
    if outer in ["csv", "json"]:
        return templates[outer]
    return templates["text"] if outer in ["", "log", "txt"] or not dot else None


def run(spark, snippet, lake, rows):
    target = snippet["target"].rstrip("/")
    code = snippet["code"].replace(target, str(lake))
    names = {"spark": spark}
    if snippet["kind"] == "spark-dataframe" and "df = (" not in code and "df = spark.read" not in code:  # it goes on with the job's own df
        names["df"] = spark.read.format(form_of(lake)).load(str(lake))
    exec(compile(code, snippet["case"], "exec"), names)
    if snippet["kind"] == "spark-dataframe" and "df" in names:
        names["df"].count()
    if snippet["kind"] == "spark-compaction":
        check_compacted(spark, lake, names["plan"], rows)
    for written in lake.parent.glob(lake.name + "_parquet"):
        if spark.read.parquet(str(written)).count() == 0:
            raise ValueError(f"{written} has no rows")


def data_files(directory):
    return [f for f in pathlib.Path(directory).rglob("*") if f.is_file() and not f.name.startswith((".", "_"))]


def form_of(lake):
    """The format of most files."""
    suffixes = collections.Counter()
    for file in data_files(lake):
        parts = file.name.split(".")[1:] or ["text"]
        suffixes[parts[-2] if parts[-1] in ["gz", "bz2"] and len(parts) > 1 else parts[-1]] += 1
    best = suffixes.most_common(1)[0][0]
    return best if best in ["parquet", "orc", "csv", "json"] else "text"


def check_compacted(spark, lake, plan, rows):
    """Each directory of the plan has no more files than planned, and the rows of the files that were in it."""
    for directory, files in plan:
        found = data_files(lake / directory)
        if not 0 < len(found) <= files:
            raise ValueError(f"{directory} has {len(found)} files, {files} were planned")
    form = form_of(lake)
    for directory, _ in plan[:3]:
        found = spark.read.format(form if form in ["parquet", "orc"] else "text").load(str(lake / directory)).count()
        if found != rows[directory]:
            raise ValueError(f"{directory} has {found} rows, and had {rows[directory]}")


if __name__ == "__main__":
    sys.exit(main())
