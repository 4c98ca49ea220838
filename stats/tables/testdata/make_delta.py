"""Delta tables by delta-rs, after appends, updates, deletes, overwrites, merges and checkpoints.

    pip install -r requirements.txt && python make_delta.py
"""

import pathlib
import tempfile
import urllib.parse

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from archive import save


def rows(start, n, **columns):
    ids = list(range(start, start + n))
    return pa.table({"id": ids, **{k: [f(i) for i in ids] for k, f in columns.items()}})


def expected(root):
    """Live files by delta-rs, keys as they are on storage: delta-rs gives URIs of which it escaped the path once more."""
    table = DeltaTable(str(root))
    actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    live = [urllib.parse.unquote(a["path"]) for a in actions]
    for path in live:
        assert (root / path).is_file(), path
    columns = table.metadata().partition_columns
    spell = lambda v: None if v is None else str(v)
    values = {urllib.parse.unquote(a["path"]): [spell(a[f"partition.{c}"]) for c in columns] for a in actions}
    vacuum = table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=True)
    return {"version": table.version(), "live": live, "live_bytes": sum(a["size_bytes"] for a in actions),
            "partition_columns": ",".join(columns), "partitions": values if columns else {},
            "tombstoned": vacuum}


def make(name):
    def run(build):
        with tempfile.TemporaryDirectory() as scratch:
            root = pathlib.Path(scratch) / "table"
            build(str(root))
            save("delta", name, root, expected(root))
    return run


@make("appends")
def _(root):
    for i in range(5):
        write_deltalake(root, rows(10 * i, 10), mode="append")


@make("updates_deletes")
def _(root):
    for i in range(4):
        write_deltalake(root, rows(10 * i, 10, v=str), mode="append")
    table = DeltaTable(root)
    table.update(predicate="id < 5", updates={"v": "'changed'"})
    table.delete("id >= 30")
    table.merge(rows(12, 3, v=lambda i: "merged"), "s.id = t.id", source_alias="s", target_alias="t").when_matched_update_all().execute()
    table.delete("id = 17")


@make("overwritten")
def _(root):
    write_deltalake(root, rows(0, 10))
    write_deltalake(root, rows(0, 20), mode="append")
    write_deltalake(root, rows(0, 5), mode="overwrite")


@make("partitioned")
def _(root):
    data = rows(0, 40, date=lambda i: f"2026-01-{1 + i % 4:02}", city=lambda i: ["Zürich", "a/b c", "x=y%20", None][i % 4])
    write_deltalake(root, data, partition_by=["date", "city"])
    write_deltalake(root, rows(40, 8, date=lambda i: "2026-02-01", city=lambda i: "a/b c"), mode="append")
    DeltaTable(root).delete("date = '2026-01-02'")
    DeltaTable(root).update(predicate="id = 4", updates={"city": "'Zürich'"})


@make("checkpoint")
def _(root):
    for i in range(12):
        write_deltalake(root, rows(10 * i, 10, part=lambda k: k % 2), mode="append", partition_by=["part"])
    table = DeltaTable(root)
    table.delete("id < 20")
    table.create_checkpoint()
    write_deltalake(root, rows(500, 10, part=lambda k: 7), mode="append")
    DeltaTable(root).delete("id between 50 and 55")


@make("checkpoint_cleaned")
def _(root):
    for i in range(4):
        write_deltalake(root, rows(10 * i, 10), mode="append")
    table = DeltaTable(root)
    table.optimize.compact()
    table.create_checkpoint()
    for v in range(3):
        (pathlib.Path(root) / "_delta_log" / f"{v:020}.json").unlink()
    write_deltalake(root, rows(100, 10), mode="append")


@make("schema_change")
def _(root):
    write_deltalake(root, rows(0, 10))
    write_deltalake(root, rows(10, 10, extra=str), mode="append", schema_mode="merge")
    write_deltalake(root, rows(0, 3, other=float), mode="overwrite", schema_mode="overwrite")
    DeltaTable(root).delete("id = 1")


@make("vacuumed")
def _(root):
    for i in range(3):
        write_deltalake(root, rows(10 * i, 10), mode="append")
    table = DeltaTable(root)
    table.optimize.compact()
    table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    (pathlib.Path(root) / "left-by-a-failed-write.parquet").write_bytes(b"PAR1" * 100)


@make("emptied")
def _(root):
    write_deltalake(root, rows(0, 10))
    DeltaTable(root).delete()


@make("change_data")
def _(root):
    write_deltalake(root, rows(0, 10, v=str), configuration={"delta.enableChangeDataFeed": "true"})
    DeltaTable(root).update(predicate="id = 3", updates={"v": "'x'"})
