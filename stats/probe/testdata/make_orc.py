"""ORC, by pyorc and pyarrow, which are the C++ library both; read back by pyorc."""

import datetime
import decimal
import random

import pyarrow as pa
import pyorc
from pyarrow import orc

from reference import blocks, directory, save, schema, without_zeros

DIR = directory("orc")

# What one value takes once decoded; the length of texts comes from their statistics.
WIDTHS = {"BOOLEAN": 1, "BYTE": 1, "SHORT": 2, "INT": 4, "LONG": 8, "FLOAT": 4, "DOUBLE": 8, "TIMESTAMP": 8,
          "TIMESTAMP_INSTANT": 8, "DATE": 4}
TEXTS = ["STRING", "CHAR", "VARCHAR", "BINARY"]
CODECS = {"NONE": "none", "ZLIB": "zlib", "SNAPPY": "snappy", "LZO": "lzo", "LZ4": "lz4", "ZSTD": "zstd"}


def leaves(node, path="", repeated=0):
    """Yields path, type, repeated and column identifier, named as TypeDescription.getFullFieldName does."""
    below = lambda name: path + "." + name if path else name
    kind = node.kind.name
    if kind == "STRUCT":
        for name, child in node.fields.items():
            yield from leaves(child, below(name), repeated)
    elif kind == "LIST":
        yield from leaves(node.type, below("_elem"), repeated + 1)
    elif kind == "MAP":
        yield from leaves(node.key, below("_key"), repeated + 1)
        yield from leaves(node.value, below("_value"), repeated + 1)
    elif kind == "UNION":
        for i, child in enumerate(node.cont_types):
            yield from leaves(child, below(str(i)), repeated)
    else:
        yield path, node, repeated


def expansion(reader, stored):
    total = 0
    for _, node, _ in leaves(reader.schema):
        facts = reader[node.column_id].statistics
        kind = node.kind.name
        if kind in TEXTS:
            if "total_length" not in facts and facts["number_of_values"] > 0:
                return {"basis": "unknown", "reason": "the footer lacks the statistics of a column"}
            total += facts.get("total_length", 0)
        elif kind == "DECIMAL":
            total += facts["number_of_values"] * (16 if node.precision > 18 else 8)
        else:
            total += facts["number_of_values"] * WIDTHS[kind]
    if not stored or not total:
        return {"basis": "unknown", "reason": "the footer counts no bytes"}
    return {"basis": "column_statistics", "compressed_bytes": stored, "uncompressed_bytes": total}


def finding(path):
    with open(path, "rb") as file:
        reader = pyorc.Reader(file)
        stripes = [(len(s), s.bytes_length) for s in reader.iter_stripes()]
        codec = CODECS[pyorc.CompressionKind(reader.compression).name]
        stored = sum(n for _, n in stripes)
        out = {"format": "orc", "compression": codec, "evidence": "footer", "named": "orc", "rows": len(reader),
               "writer": reader.software_version}
        if stripes:
            out["codecs"] = [{"name": codec, "compressed_bytes": stored}]
            out["blocks"] = blocks(*map(list, zip(*stripes)))
        out["schema"] = schema([{"path": p, "type": str(node), **without_zeros({"repeated": r})}
                                for p, node, r in leaves(reader.schema)])
        out["expansion"] = expansion(reader, stored)
        out["orc"] = without_zeros({
            "footer_bytes": reader.bytes_lengths["file_footer_length"],
            "version": ".".join(map(str, reader.format_version)),
            "compression_block_bytes": 0 if codec == "none" else reader.compression_block_size,
            "row_index_stride": reader.row_index_stride})
        return out


def write(name, columns, rows, **options):
    path = DIR / (name + ".orc")
    with open(path, "wb") as file, pyorc.Writer(file, columns, **options) as writer:
        writer.writerows(rows)
    save(path, finding(path))


def plain(rows):
    rng = random.Random(4)
    return [(i, f"name {rng.randrange(50)}", rng.random()) for i in range(rows)]


PLAIN = "struct<id:bigint,name:string,amount:double>"

TYPES = ("struct<a:boolean,b:tinyint,c:smallint,d:int,e:bigint,f:float,g:double,h:string,i:binary,j:timestamp,k:date,"
         "l:decimal(10,2),m:decimal(38,3),n:char(10),o:varchar(5),p:timestamp with local time zone>")


def types():
    at = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    row = (True, 1, 2, 3, 4, 1.5, 2.5, "text", b"bytes", at, at.date(), decimal.Decimal("1.50"), decimal.Decimal("2.5"),
           "char", "abc", at)
    return [row] * 5 + [(None,) * len(row)]


NESTED = ("struct<id:int,tags:array<string>,place:struct<city:string,at:struct<lat:double,lon:double>>,"
          "attributes:map<string,array<int>>,choice:uniontype<int,string>,items:array<struct<sku:string,sizes:array<int>>>>")


def main():
    for kind in pyorc.CompressionKind:
        if kind.name in ("NONE", "ZLIB", "SNAPPY", "LZ4", "ZSTD"):
            write("codec_" + kind.name.lower(), PLAIN, plain(200), compression=kind)
    for codec in ["uncompressed", "zlib", "snappy", "lz4", "zstd"]:
        path = DIR / f"arrow_{codec}.orc"
        table = pa.table({"id": range(50), "name": ["name"] * 50, "tags": [["a", None]] * 50})
        orc.write_table(table, path, compression=codec)
        save(path, finding(path))
    write("types", TYPES, types())
    write("nested", NESTED, [(1, ["a"], ("x", (1.0, 2.0)), {"k": [1]}, 7, [("s", [1, 2])])] * 20)
    write("zero_rows", PLAIN, [])
    write("no_index", PLAIN, plain(50), row_index_stride=0)
    write("root_int", "int", [1, 2, 3])
    write("names", "struct<`été.☂`:int,`a b`:int>", [(1, 2)])
    write("stripes", "struct<id:bigint,name:string>", [(i, "name") for i in range(20_000)], stripe_size=1024,
          compression=pyorc.CompressionKind.SNAPPY, batch_size=1000)
    wide = ",".join(f"column_{i:04d}:int" for i in range(600))
    write("columns_600", f"struct<{wide}>", [], compression=pyorc.CompressionKind.ZLIB)
    path = DIR / "long_footer.orc"
    with open(path, "wb") as file, pyorc.Writer(file, PLAIN, compression=pyorc.CompressionKind.NONE) as writer:
        writer.set_user_metadata(filler=b"x" * 70_000)
        writer.writerows(plain(10))
    save(path, finding(path))
