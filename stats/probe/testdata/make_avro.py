"""Avro, by fastavro; read back by fastavro."""

import datetime
import decimal
import json
import random
import uuid

import fastavro
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

from reference import blocks, directory, save

DIR = directory("avro")
# What one request reads of a file.
HEAD = 64 << 10
CODECS = {"null": "none"}


def leaves(schema, path="", repeated=0):
    """Yields the columns of a schema that fastavro has parsed: full names, and types in their simple form."""
    below = lambda name: path + "." + name if path else name
    column = lambda typ, logical="": {"path": path, "type": typ, **({"logical": logical} if logical else {}),
                                      **({"repeated": repeated} if repeated else {})}
    if isinstance(schema, list):
        branches = [(i, s) for i, s in enumerate(schema) if s != "null"]
        for i, branch in branches or [(0, "null")]:
            yield from leaves(branch, path if len(branches) < 2 else below(str(i)), repeated)
        return
    if isinstance(schema, str):
        yield column(schema)
        return
    kind = schema["type"]
    if isinstance(kind, (list, dict)):
        yield from leaves(kind, path, repeated)
    elif kind in ("record", "error"):
        for field in schema["fields"]:
            yield from leaves(field["type"], below(field["name"]), repeated)
    elif kind == "array":
        yield from leaves(schema["items"], below("items"), repeated + 1)
    elif kind == "map":
        yield from leaves(schema["values"], below("values"), repeated + 1)
    else:
        logical = schema.get("logicalType", "")
        if logical == "decimal":
            logical = f"decimal({schema['precision']},{schema.get('scale', 0)})"
        yield column(f"fixed({schema['size']})" if kind == "fixed" else kind, logical)


def finding(path):
    with open(path, "rb") as file:
        reader = fastavro.block_reader(file)
        parts = [(b.num_records, b.offset, b.size, len(b.bytes_.getvalue())) for b in reader]
        size = path.stat().st_size
        sampled = [p for p in parts if p[1] < HEAD]
        whole = [p for p in sampled if p[1] + p[2] <= HEAD]
        codec = CODECS.get(reader.codec, reader.codec)
        form = to_parsing_canonical_form(parse_schema(json.loads(reader.metadata["avro.schema"])))
        columns = list(leaves(parse_schema(json.loads(reader.metadata["avro.schema"]))))
        out = {"format": "avro", "compression": codec, "evidence": "header", "named": "avro"}
        if size <= HEAD:
            out["rows"] = sum(p[0] for p in parts)
        if sampled:
            out["codecs"] = [{"name": codec, "compressed_bytes": sum(p[2] for p in sampled)}]
            out["blocks"] = blocks([p[0] for p in sampled], [p[2] for p in sampled])
        out["schema"] = {"fingerprint": fingerprint(form, "SHA-256"), "leaves": len(columns), "columns": columns}
        measured = whole[:1] if codec == "bzip2" else whole[:16]
        if measured:
            out["expansion"] = {"basis": "stated_sizes" if codec == "xz" else "inflated_sample",
                                "compressed_bytes": sum(p[2] for p in measured),
                                "uncompressed_bytes": sum(p[3] for p in measured)}
        elif sampled:
            out["expansion"] = {"basis": "stated_sizes", "compressed_bytes": sampled[0][2],
                                "uncompressed_bytes": sampled[0][3]}
        else:
            out["expansion"] = {"basis": "unknown", "reason": "no block of the sample can be inflated within bounds"}
        header = parts[0][1] if parts else size
        out["avro"] = {"header_bytes": header, "sync_markers": len(whole)}
        if size <= HEAD:
            out["avro"]["whole"] = True
        return out


def write(name, schema, rows, **options):
    path = DIR / (name + ".avro")
    with open(path, "wb") as file:
        fastavro.writer(file, schema, rows, sync_marker=bytes(range(16)), **options)
    save(path, finding(path))


PLAIN = {"type": "record", "name": "row", "fields": [
    {"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"], "default": None},
    {"name": "amount", "type": "double"}]}


def plain(rows):
    rng = random.Random(4)
    return [{"id": i, "name": f"name {rng.randrange(50)}", "amount": rng.random()} for i in range(rows)]


def noise(rows, size):
    rng = random.Random(4)
    return [{"id": i, "name": rng.randbytes(size // 2).hex(), "amount": 0.5} for i in range(rows)]


TYPES = {
    "type": "record", "name": "types", "namespace": "org.example", "doc": "every type", "aliases": ["old"], "fields": [
        {"name": "a", "type": "boolean", "doc": "a field's"}, {"name": "b", "type": "int"},
        {"name": "c", "type": {"type": "float"}}, {"name": "d", "type": "bytes", "default": "\u00ff"},
        {"name": "e", "type": {"type": "enum", "name": "Suit", "symbols": ["SPADES", "HEARTS"], "default": "HEARTS"}},
        {"name": "f", "type": {"type": "fixed", "name": "other.Hash", "size": 4}},
        {"name": "g", "type": ["null", "Suit"], "default": None},
        {"name": "h", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "i", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "j", "type": {"type": "fixed", "name": "D", "size": 8, "logicalType": "decimal", "precision": 12}},
        {"name": "k", "type": {"type": "array", "items": ["null", "string"]}},
        {"name": "l", "type": {"type": "map", "values": {"type": "record", "name": "Inner", "namespace": "", "fields": [
            {"name": "x", "type": {"type": "int", "logicalType": "date"}}, {"name": "y", "type": "org.example.Suit"}]}}},
        {"name": "m", "type": ["null", "int", "string", "other.Hash"]},
        {"name": "n", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "o", "type": ["null", "types"]}, {"name": "p", "type": "null"}],
}


def types():

    row = {"a": True, "b": 1, "c": 0.5, "d": b"x", "e": "SPADES", "f": b"abcd", "g": None,
           "h": datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc), "i": decimal.Decimal("1.50"),
           "j": decimal.Decimal(7), "k": ["a", None], "l": {"k": {"x": datetime.date(2026, 1, 2), "y": "HEARTS"}},
           "m": "text", "n": uuid.UUID(int=5), "o": None, "p": None}
    return TYPES, [row, {**row, "o": row}]


def main():
    for codec in ["null", "deflate", "snappy", "bzip2", "xz", "zstandard"]:
        write("codec_" + codec, PLAIN, plain(300), codec=codec)
    write("blocks", PLAIN, plain(700), codec="snappy", sync_interval=1000)
    write("blocks_deflate", PLAIN, plain(300), codec="deflate", sync_interval=1000)
    write("zero_rows", PLAIN, [])
    schema, rows = types()
    write("types", schema, rows)
    write("not_a_record", {"type": "array", "items": "long"}, [[1, 2]])
    write("unicode", {"type": "record", "name": "r", "doc": "été ☂ \\ \" \u0001 {[,:]}", "fields": [
        {"name": "a", "type": "int", "doc": "\"}"}, {"name": "b", "type": "string", "default": "],"}]}, [{"a": 1, "b": "☂"}])
    # Longer than what is read: the last block of the sample is cut, or the first.
    write("long_snappy", PLAIN, noise(12, 8000), codec="snappy", sync_interval=8000)
    write("cut_snappy", PLAIN, noise(1, 70_000), codec="snappy", sync_interval=100_000)
    write("cut_null", PLAIN, noise(1, 70_000), codec="null", sync_interval=100_000)
