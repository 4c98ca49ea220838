"""Iceberg tables by pyiceberg, after appends, deletes, overwrites, partition and schema changes. Their files are written as
s3://lake/... below a local directory.

    pip install -r requirements.txt && python make_iceberg.py
"""

import datetime
import pathlib
import tempfile

import pyarrow as pa
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.transforms import BucketTransform, DayTransform, IdentityTransform

from pyiceberg.types import StringType

from archive import save

scratch = pathlib.Path(tempfile.mkdtemp())


class Local(PyArrowFileIO):
    """s3://lake/x is the file lake/x of the scratch directory."""

    def _initialize_fs(self, scheme, netloc=None):
        return SubTreeFileSystem(str(scratch), LocalFileSystem(use_mmap=False))

    def new_output(self, location):
        (scratch / location.removeprefix("s3://")).parent.mkdir(parents=True, exist_ok=True)
        return super().new_output(location)


if __name__ == "__main__":
    import sys
    sys.modules["make_iceberg"] = sys.modules["__main__"]

catalog = SqlCatalog("c", **{"uri": f"sqlite:///{scratch}/catalog.db", "warehouse": "s3://lake/w", "py-io-impl": "make_iceberg.Local"})
catalog.create_namespace("db")
SCHEMA = pa.schema([("id", pa.int64()), ("city", pa.string()), ("at", pa.timestamp("us")), ("day", pa.date32())])


def rows(start, n, **more):
    ids = range(start, start + n)
    begin = datetime.datetime(2026, 1, 1)
    return pa.table({
        "id": list(ids), "city": [["Zürich", "a/b c", "x=y%20", None][i % 4] for i in ids],
        "at": [begin + datetime.timedelta(hours=10 * i) for i in ids],
        "day": [(begin + datetime.timedelta(days=i % 5)).date() for i in ids], **{k: [f(i) for i in ids] for k, f in more.items()}},
        schema=pa.schema([*SCHEMA, *[(k, pa.string()) for k in more]]))


def expected(table, root):
    key = lambda uri: uri.removeprefix(f"s3://{root.relative_to(scratch)}/")
    planned = [t.file for t in table.scan().plan_files()]
    files = table.inspect.files().to_pylist()
    live = [key(f["file_path"]) for f in files if f["content"] == 0]
    assert sorted(live) == sorted(key(f.file_path) for f in planned)
    every = {key(f["file_path"]) for f in table.inspect.all_files().to_pylist()}
    partitions = {}
    names = [f.name for f in table.spec().fields]
    for f in table.inspect.entries().to_pylist() if names else []:
        f = f["data_file"]
        partitions[key(f["file_path"])] = [None if f["partition"].get(n) is None else str(f["partition"][n]) for n in names]
    return {"location": f"s3://{root.relative_to(scratch)}", "snapshot": str(table.current_snapshot().snapshot_id), "live": live,
            "live_bytes": sum(f["file_size_in_bytes"] for f in files if f["content"] == 0), "deletes": [key(f["file_path"]) for f in files if f["content"] != 0],
            "history": list(every - set(live)), "partition_columns": ",".join(names), "partitions": {k: partitions[k] for k in live} if names else {}}


def make(name, partition=(), **properties):
    def run(build):
        table = catalog.create_table(f"db.{name}", SCHEMA, properties=properties)
        with table.update_spec() as spec:
            for source, transform, field in partition:
                spec.add_field(source, transform, field)
        table = catalog.load_table(f"db.{name}")
        build(table)
        table = catalog.load_table(f"db.{name}")
        root = scratch / table.location().removeprefix("s3://")
        save("iceberg", name, root, expected(table, root))
    return run


@make("appends")
def _(table):
    for i in range(4):
        table.append(rows(10 * i, 10))


@make("deletes_overwrites")
def _(table):
    table.append(rows(0, 20))
    table.append(rows(20, 20))
    table.delete("id < 3")
    table.overwrite(rows(100, 5), overwrite_filter="id >= 30")
    table.delete("id = 100")


@make("replaced")
def _(table):
    table.append(rows(0, 10))
    table.overwrite(rows(0, 3))


@make("partitioned", [("city", IdentityTransform(), "city"), ("at", DayTransform(), "at_day")])
def _(table):
    table.append(rows(0, 8))
    table.append(rows(8, 8))
    table.delete("city = 'a/b c' and id > 4")


@make("bucketed", [("id", BucketTransform(4), "id_bucket"), ("day", IdentityTransform(), "day")])
def _(table):
    table.append(rows(0, 12))


@make("evolved", [("city", IdentityTransform(), "city")])
def _(table):
    table.append(rows(0, 8))
    with table.update_schema() as update:
        update.add_column("extra", StringType())
    table.append(rows(8, 4, extra=str))


@make("version_1", **{"format-version": "1"})
def _(table):
    table.append(rows(0, 10))
    table.append(rows(10, 10))
    table.delete("id = 12")


@make("one_deleted_file", **{"write.metadata.delete-after-commit.enabled": "true", "write.metadata.previous-versions-max": "2"})
def _(table):
    for i in range(4):
        table.append(rows(10 * i, 10))
    table.delete("id >= 20 and id < 30")
