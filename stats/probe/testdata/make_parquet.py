"""Parquet, by pyarrow and fastparquet; read back by pyarrow.parquet's metadata."""

import base64
import datetime
import decimal
import json
import random
import re

import fastparquet
import pandas
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from reference import blocks, directory, save, schema, without_zeros

DIR = directory("parquet")


def logical(column):
    kind = json.loads(column.logical_type.to_json())
    name = kind["Type"]
    flag = lambda field: str(kind[field]).lower()
    unit = {"milliseconds": "MILLIS", "microseconds": "MICROS", "nanoseconds": "NANOS"}.get(kind.get("timeUnit"))
    if name == "None":
        return ""
    if name == "Decimal":
        return f"DECIMAL({kind['precision']},{kind['scale']})"
    if name == "Int":
        return f"INT({kind['bitWidth']},{flag('isSigned')})"
    if name in ("Time", "Timestamp"):
        return f"{name.upper()}({unit},{flag('isAdjustedToUTC')})"
    return {"Null": "UNKNOWN"}.get(name, name.upper())


def physical(column):
    if column.physical_type == "FIXED_LEN_BYTE_ARRAY":
        return f"FIXED_LEN_BYTE_ARRAY({column.length})"
    return column.physical_type


WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 8, "FLOAT": 4, "DOUBLE": 8}


def arrays(array):
    """Yields the leaves of an array in the schema's order."""
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    kind = array.type
    if pa.types.is_map(kind):
        yield from arrays(array.keys)
        yield from arrays(array.items)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from arrays(array.flatten())
    elif pa.types.is_struct(kind):
        for child in array.flatten():
            yield from arrays(child)
    else:
        yield array.dictionary_decode() if pa.types.is_dictionary(kind) else array


def decoded(path, meta, **options):
    """What the values take, from the values; 0 where the footer has not what it takes to tell."""
    groups = [meta.row_group(i) for i in range(meta.num_row_groups)]
    writer = re.match(r"parquet-(cpp-arrow|mr) version (\d+)\.(\d+)", meta.created_by or "")
    sized = writer and [int(n) for n in writer.groups()[1:]] >= ([19, 0] if writer[1] == "cpp-arrow" else [1, 15])
    for i in range(meta.num_columns):
        if meta.schema.column(i).physical_type == "BYTE_ARRAY":
            if not sized:
                return 0
        elif not all(g.column(i).is_stats_set and g.column(i).statistics.has_null_count for g in groups):
            return 0
    total = 0
    table = pq.ParquetFile(path, **options).read()
    for i, array in enumerate(leaf for column in table.columns for leaf in arrays(column)):
        leaf = meta.schema.column(i)
        if leaf.physical_type == "BYTE_ARRAY":
            total += pc.sum(pc.binary_length(array.cast(pa.large_binary()))).as_py() or 0
        else:
            total += (len(array) - array.null_count) * (WIDTHS.get(leaf.physical_type) or leaf.length)
    return total


# The compressions that pyarrow names otherwise than Spark. Its LZ4 is LZ4_RAW.
CODECS = {"uncompressed": "none", "lz4": "lz4_raw"}


def finding(path, encryption=None, codecs=None, parts=None, **options):
    """codecs: as CODECS; pyarrow calls Hadoop's LZ4 unknown. parts: the files that have the values, where path has not."""
    meta = pq.ParquetFile(path, **options).metadata
    groups = [meta.row_group(i) for i in range(meta.num_row_groups)]
    spelled = lambda c: {**CODECS, **(codecs or {})}.get(c.compression.lower(), c.compression.lower())
    columns, totals = [], {}
    facts = {"footer_bytes": meta.serialized_size, "chunks": 0, "column_indexes": 0, "offset_indexes": 0,
             "bloom_filters": 0}
    compressed, uncompressed = [0] * len(groups), [0] * len(groups)
    for i in range(meta.num_columns):
        leaf = meta.schema.column(i)
        column = {"path": leaf.path, "type": physical(leaf), "logical": logical(leaf),
                  "repeated": leaf.max_repetition_level, "codec": "", "compressed_bytes": 0, "uncompressed_bytes": 0}
        names = []
        for g, group in enumerate(groups):
            c = group.column(i)
            names.append(spelled(c))
            column["compressed_bytes"] += c.total_compressed_size
            column["uncompressed_bytes"] += c.total_uncompressed_size
            compressed[g] += c.total_compressed_size
            uncompressed[g] += c.total_uncompressed_size
            facts["chunks"] += 1
            facts["column_indexes"] += c.has_column_index
            facts["offset_indexes"] += c.has_offset_index
            facts["bloom_filters"] += c.bloom_filter_offset is not None
            facts["external"] = bool(c.file_path)
            total = totals.setdefault(spelled(c), {"columns": set(), "compressed_bytes": 0, "uncompressed_bytes": 0})
            total["columns"].add(i)
            total["compressed_bytes"] += c.total_compressed_size
            total["uncompressed_bytes"] += c.total_uncompressed_size
        column["codec"] = names[0] if len(set(names)) == 1 else "mixed" if names else ""
        columns.append({k: v for k, v in column.items() if v or k in ("path", "type")})
    if not facts.get("external"):
        facts.pop("external", None)
    used = [{"name": name, "columns": len(t["columns"]), "compressed_bytes": t["compressed_bytes"],
             **without_zeros({"uncompressed_bytes": t["uncompressed_bytes"]})} for name, t in totals.items()]
    used.sort(key=lambda u: -u["compressed_bytes"])
    out = {"format": "parquet", "compression": used[0]["name"] if used else "unknown", "evidence": "footer",
           "named": "parquet", "rows": meta.num_rows, "writer": meta.created_by}
    if encryption:
        out["encryption"] = encryption
    if used:
        out["codecs"] = used
    if groups:
        out["blocks"] = blocks([g.num_rows for g in groups], compressed, uncompressed)
    out["schema"] = schema(columns)
    if sum(compressed):
        out["expansion"] = {"basis": "footer", "compressed_bytes": sum(compressed),
                            "uncompressed_bytes": sum(uncompressed),
                            **without_zeros({"decoded_bytes": sum(decoded(p, meta, **options) for p in parts or [path])})}
    else:
        out["expansion"] = {"basis": "unknown", "reason": "the footer counts no bytes"}
    out["parquet"] = facts
    return out


def write(name, table, **options):
    path = DIR / (name + ".parquet")
    pq.write_table(table, path, **options)
    save(path, finding(path))


def plain(rows):
    rng = random.Random(4)
    return pa.table({
        "id": pa.array(range(rows), pa.int64()),
        "name": [f"name {rng.randrange(50)}" for _ in range(rows)],
        "amount": [rng.random() for _ in range(rows)],
    })


def every_type():
    day, zone = datetime.datetime(2026, 1, 2, 3, 4, 5), "Europe/Paris"
    one = decimal.Decimal("1.50")
    return pa.table({
        "bool": [True], "i8": pa.array([1], pa.int8()), "i16": pa.array([1], pa.int16()), "i32": pa.array([1], pa.int32()),
        "u8": pa.array([1], pa.uint8()), "u16": pa.array([1], pa.uint16()), "u32": pa.array([1], pa.uint32()),
        "u64": pa.array([1], pa.uint64()), "f16": pa.array([1.0], pa.float16()), "f32": pa.array([1.0], pa.float32()),
        "d5": pa.array([one], pa.decimal128(5, 2)), "d38": pa.array([one], pa.decimal128(38, 10)),
        "d76": pa.array([one], pa.decimal256(76, 5)),
        "date": pa.array([day.date()], pa.date32()), "t_ms": pa.array([day.time()], pa.time32("ms")),
        "t_ns": pa.array([day.time()], pa.time64("ns")), "ts_ms": pa.array([day], pa.timestamp("ms")),
        "ts_us": pa.array([day], pa.timestamp("us", zone)), "ts_ns": pa.array([day], pa.timestamp("ns")),
        "duration": pa.array([1], pa.duration("us")), "bytes": [b"x"], "fixed": pa.array([b"abc"], pa.binary(3)),
        "uuid": pa.array([b"0123456789abcdef"], pa.uuid()), "json": pa.array(["{}"], pa.json_()),
        "null": pa.array([None], pa.null()), "dictionary": pa.array(["a"]).dictionary_encode(),
        "été.☂": ["a name that is not ASCII, with a dot"],
    })


def nested():
    row = {"id": 1, "tags": ["a", "b"], "matrix": [[1, 2], [3]], "place": {"city": "x", "at": {"lat": 1.0, "lon": 2.0}},
           "items": [{"sku": "a", "sizes": [1, 2], "attributes": [("k", "v")]}], "scores": [("a", [1.0])]}
    return pa.Table.from_pylist([row] * 20, schema=pa.schema({
        "id": pa.int64(), "tags": pa.list_(pa.string()), "matrix": pa.list_(pa.list_(pa.int32())),
        "place": pa.struct({"city": pa.string(), "at": pa.struct({"lat": pa.float64(), "lon": pa.float64()})}),
        "items": pa.list_(pa.struct({"sku": pa.string(), "sizes": pa.list_(pa.int32()),
                                     "attributes": pa.map_(pa.string(), pa.string())})),
        "scores": pa.map_(pa.string(), pa.list_(pa.float64())),
    }))


class Kms(pe.KmsClient):
    """Wraps keys by writing them down: the files are for reading without any key."""

    def __init__(self, config):
        super().__init__()

    def wrap_key(self, key_bytes, master_key_identifier):
        return base64.b64encode(key_bytes)

    def unwrap_key(self, wrapped_key, master_key_identifier):
        return base64.b64decode(wrapped_key)


def encrypted(name, **options):
    factory = pe.CryptoFactory(lambda config: Kms(config))
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), pe.EncryptionConfiguration(
        footer_key="footer", data_key_length_bits=128, **options))
    path = DIR / (name + ".parquet")
    with pq.ParquetWriter(path, plain(100).schema, encryption_properties=properties) as writer:
        writer.write_table(plain(100))
    return path


def encryptions():
    path = encrypted("encrypted_footer", column_keys={"c": ["name"]})
    try:
        pq.ParquetFile(path)
        raise SystemExit("an encrypted footer was read without a key")
    except OSError:
        pass
    length = int.from_bytes(path.read_bytes()[-8:-4], "little")
    save(path, {"format": "parquet", "compression": "unknown", "evidence": "footer", "named": "parquet",
                "encryption": "footer", "expansion": {"basis": "unknown", "reason": "the footer is encrypted"},
                "parquet": {"footer_bytes": length, "chunks": 0, "column_indexes": 0, "offset_indexes": 0,
                            "bloom_filters": 0}})
    # Under a plaintext footer the sizes of an encrypted column can be read, its statistics cannot. pyarrow shows no part
    # of it without the key.
    path = encrypted("encrypted_column", column_keys={"c": ["name"]}, plaintext_footer=True)
    factory = pe.CryptoFactory(lambda config: Kms(config))
    keys = factory.file_decryption_properties(pe.KmsConnectionConfig(), pe.DecryptionConfiguration())
    expected = finding(path, encryption="columns", decryption_properties=keys)
    expected["parquet"].update(footer_bytes=int.from_bytes(path.read_bytes()[-8:-4], "little"), encrypted=1)
    save(path, expected)


def main():
    for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
        write("codec_" + codec.replace("lz4", "lz4_raw"), plain(200), compression=codec)
    path = DIR / "codec_lz4.parquet"
    fastparquet.write(str(path), pandas.DataFrame({"id": range(200), "name": ["name"] * 200}), compression="LZ4")
    save(path, finding(path, codecs={"unknown": "lz4"}))
    write("codec_mixed", plain(200), compression={"id": "zstd", "name": "snappy", "amount": "none"})
    write("row_groups", plain(1000), row_group_size=300)
    write("page_index", plain(100), write_page_index=True)
    write("bloom_filter", plain(100), bloom_filter_options={"name": {"ndv": 50}})
    write("types", every_type())
    write("types_v1", every_type().select(["i8", "u16", "d5", "date", "t_ms", "ts_us", "json", "uuid"]), version="1.0")
    write("int96", every_type().select(["ts_us"]), use_deprecated_int96_timestamps=True)
    write("nested", nested())
    write("nested_legacy", nested(), use_compliant_nested_type=False)
    write("zero_rows", plain(0))
    write("pages_v2", plain(100), data_page_version="2.0", compression="gzip")
    wide = pa.table({f"c{i:04d}": pa.array([], pa.int32()) for i in range(5000)})
    path = DIR / "columns_5000.parquet"
    pq.ParquetWriter(path, wide.schema, store_schema=False).close()
    save(path, finding(path))
    write("long_footer", pa.table({"id": [1]}).replace_schema_metadata({"filler": "x" * 40_000}))
    summary = DIR / "summary.parquet"
    metas = []
    for i in range(2):
        part = pq.ParquetFile(DIR / "codec_snappy.parquet").metadata
        part.set_file_path(f"part-{i}.parquet")
        metas.append(part)
    metas[0].append_row_groups(metas[1])
    metas[0].write_metadata_file(summary)
    save(summary, finding(summary, parts=[DIR / "codec_snappy.parquet"] * 2))
    encryptions()
