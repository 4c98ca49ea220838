"""Arrow, by pyarrow. Its readers do not say what compression they met: it is what the writer was told."""

import pyarrow as pa
import pyarrow.feather as feather
from pyarrow import ipc

from reference import directory, save

DIR = directory("arrow")
TABLE = pa.table({"id": range(100), "name": ["name"] * 100})


def finding(path, compression, rows):
    source = path.read_bytes()
    try:
        table = ipc.open_file(source).read_all()
    except pa.ArrowInvalid:
        table = ipc.open_stream(source).read_all()
    assert table.num_rows == rows
    save(path, {"format": "arrow", "compression": compression, "evidence": "header", "named": "arrow",
                "expansion": {"basis": "unknown", "reason": "Arrow is recognised, and not measured"}})


def write(name, new, compression, table=TABLE):
    path = DIR / (name + ".arrow")
    with new(path, table.schema, options=ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    finding(path, compression or "none", len(table))


def main():
    for codec in [None, "lz4", "zstd"]:
        write(f"file_{codec or 'none'}", ipc.new_file, codec)
        write(f"stream_{codec or 'none'}", ipc.new_stream, codec)
    write("dictionary", ipc.new_file, "zstd", pa.table({"name": pa.array(["a"] * 9).dictionary_encode()}))
    path = DIR / "feather_2.arrow"
    feather.write_feather(TABLE, path, compression="lz4")
    finding(path, "lz4", len(TABLE))
    path = DIR / "feather_1.arrow"
    feather.write_feather(TABLE, path, version=1)
    assert feather.read_table(path).num_rows == len(TABLE)
    save(path, {"format": "arrow", "compression": "none", "evidence": "header", "named": "arrow",
                "expansion": {"basis": "unknown", "reason": "Arrow is recognised, and not measured"}})
