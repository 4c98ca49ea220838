"""Makes the Parquet files that the tests read, and beside each what pyarrow reads from it, as JSON.

    pip install -r ../../testdata/requirements.txt && python make.py
"""

import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent

SCHEMA = pa.schema([
    ("txn", pa.string()),
    ("add", pa.struct([
        ("path", pa.string()),
        ("partitionValues", pa.map_(pa.string(), pa.string())),
        ("size", pa.int64()),
        ("dataChange", pa.bool_()),
        ("deletionVector", pa.struct([("storageType", pa.string()), ("offset", pa.int32())])),
    ])),
    ("remove", pa.struct([("path", pa.string())])),
    ("features", pa.list_(pa.string())),
])


def row(i):
    if i % 7 == 3:
        return {"remove": {"path": f"old-{i}.parquet"}}
    if i % 50 == 8:
        return {"features": [] if i % 100 == 8 else [f"feature-{k}" for k in range(i % 9)]}
    values = None if i % 11 == 5 else [("date", f"2026-01-{1 + i % 9:02}"), ("n", None if i % 4 else str(i))][: i % 3]
    dv = {"storageType": "u", "offset": i} if i % 5 == 0 else None
    return {"add": {
        "path": f"date=2026-01-{1 + i % 9:02}/part-{i:05}-0b1c.parquet", "partitionValues": values,
        "size": 1000 * i - (1 << 40 if i % 13 == 0 else 0), "dataChange": i % 3 == 0, "deletionVector": dv}}


def leaves(rows):
    """What a reader of columns sees: the values of each leaf, by row."""
    out = {}

    def put(name, values):
        out.setdefault(name, []).append(values)

    for r in rows:
        add, remove, features = r["add"], r["remove"], r["features"]
        put("txn", [r["txn"]])
        put("add.path", [add and add["path"]])
        values = add and add["partitionValues"]
        put("key", [k for k, _ in values] if values else [None])
        put("value", [v for _, v in values] if values else [None])
        put("add.size", [add and add["size"]])
        put("add.dataChange", [add and add["dataChange"]])
        dv = add and add["deletionVector"]
        put("dv.storageType", [dv and dv["storageType"]])
        put("dv.offset", [dv and dv["offset"]])
        put("remove.path", [remove and remove["path"]])
        put("features", features if features else [None])
    return out


STRINGS = ["add.path", "remove.path"]
VARIANTS = {
    "plain": dict(compression="none", use_dictionary=False),
    "snappy": dict(compression="snappy"),
    "zstd_v2": dict(compression="zstd", data_page_version="2.0"),
    "gzip_crc": dict(compression="gzip", write_page_checksum=True),
    "snappy_v2_plain": dict(compression="snappy", data_page_version="2.0", use_dictionary=False),
    "small_pages": dict(compression="snappy", data_page_size=200, row_group_size=170, dictionary_pagesize_limit=600, write_batch_size=16),
    "delta": dict(compression="snappy", use_dictionary=False, data_page_version="2.0", column_encoding={
        "add.path": "DELTA_BYTE_ARRAY", "remove.path": "DELTA_LENGTH_BYTE_ARRAY", "add.size": "DELTA_BINARY_PACKED",
        "add.deletionVector.offset": "DELTA_BINARY_PACKED", "add.dataChange": "RLE"}),
}

rows = [row(i) for i in range(600)]
table = pa.Table.from_pylist(rows, SCHEMA)
for name, options in VARIANTS.items():
    options = {"row_group_size": 400, **options}
    pq.write_table(table, HERE / f"{name}.parquet", store_schema=False, **options)
    read = pq.read_table(HERE / f"{name}.parquet").to_pylist()
    assert read == table.to_pylist()
pq.write_table(table.slice(0, 0), HERE / "empty.parquet")
(HERE / "rows.json").write_text(json.dumps(leaves(table.to_pylist()), separators=(",", ":")) + "\n")
