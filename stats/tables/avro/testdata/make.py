"""Makes the Avro files that the tests read, shaped as Iceberg's manifests, in every codec, and what they hold as JSON.

    pip install -r ../../testdata/requirements.txt && python make.py
"""

import json
import pathlib

import fastavro

HERE = pathlib.Path(__file__).parent


def optional(kind):
    return ["null", kind]


SCHEMA = fastavro.parse_schema({
    "type": "record", "name": "manifest_entry", "fields": [
        {"name": "status", "type": "int", "field-id": 0},
        {"name": "snapshot_id", "type": optional("long"), "field-id": 1},
        {"name": "data_file", "field-id": 2, "type": {"type": "record", "name": "r2", "fields": [
            {"name": "file_path", "type": "string", "field-id": 100},
            {"name": "partition", "field-id": 102, "type": {"type": "record", "name": "r102", "fields": [
                {"name": "day", "field-id": 1000, "type": optional({"type": "int", "logicalType": "date"})},
                {"name": "price", "field-id": 1001, "type": optional({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2})},
                {"name": "city", "field-id": 1002, "type": optional("string")}]}},
            {"name": "file_size_in_bytes", "type": "long", "field-id": 104},
            {"name": "column_sizes", "field-id": 108, "type": optional({"type": "array", "logicalType": "map", "items": {
                "type": "record", "name": "k117_v118", "fields": [
                    {"name": "key", "type": "int", "field-id": 117}, {"name": "value", "type": "long", "field-id": 118}]}})},
            {"name": "tags", "type": {"type": "map", "values": "double"}},
            {"name": "hash", "type": {"type": "fixed", "name": "f4", "size": 4}},
            {"name": "ratio", "type": "float"},
            {"name": "kind", "type": {"type": "enum", "name": "e", "symbols": ["A", "B"]}},
            {"name": "flag", "type": "boolean"},
            {"name": "referenced_data_file", "type": optional("string"), "field-id": 143}]}}]})


def row(i):
    return {"status": i % 3, "snapshot_id": None if i % 2 else i << 40, "data_file": {
        "file_path": f"s3://lake/t/data/{i:05}.parquet", "file_size_in_bytes": -i if i % 5 == 0 else i * 1000,
        "partition": {"day": None if i % 7 == 0 else 20000 + i, "price": None, "city": ["Zürich", None, ""][i % 3]},
        "column_sizes": None if i % 4 == 0 else [{"key": k, "value": k * i} for k in range(i % 6)],
        "tags": {f"t{k}": k / 3 for k in range(i % 3)}, "hash": b"abcd", "ratio": 0.5, "kind": "AB"[i % 2], "flag": i % 2 == 0,
        "referenced_data_file": f"r{i}" if i % 10 == 9 else None}}


rows = [row(i) for i in range(300)]
for codec in ["null", "deflate", "snappy", "zstandard"]:
    with open(HERE / f"{codec}.avro", "wb") as out:
        fastavro.writer(out, SCHEMA, rows, codec=codec, sync_interval=4000, metadata={"partition-spec": "[]"}, sync_marker=b"0123456789abcdef")
    with open(HERE / f"{codec}.avro", "rb") as body:
        assert [r["status"] for r in fastavro.reader(body)] == [r["status"] for r in rows]

flat = [[r["status"], f["file_path"], f["file_size_in_bytes"], f["partition"]["day"], None, f["partition"]["city"], f["referenced_data_file"], None]
        for r in rows for f in [r["data_file"]]]
(HERE / "rows.json").write_text(json.dumps(flat, ensure_ascii=False, separators=(",", ":")) + "\n")
