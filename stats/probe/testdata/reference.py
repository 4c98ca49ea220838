"""What the makers share: where fixtures go, and the shape of the expected findings."""

import hashlib
import json
import pathlib
import re

HERE = pathlib.Path(__file__).parent


def directory(name):
    path = HERE / name
    path.mkdir(exist_ok=True)
    return path


def save(path, finding):
    text = json.dumps(finding, ensure_ascii=False, separators=(",", ":"))
    text = re.sub(r',"(blocks|schema|columns|expansion|codecs|parquet|avro)":', r',\n"\1":', text).replace('},{"', '},\n{"')
    path.with_name(path.name + ".json").write_text(text + "\n")


def spread(values):
    values = sorted(values)
    return {"min": values[0], "p50": values[(len(values) - 1) // 2], "max": values[-1]}


def blocks(rows, compressed, uncompressed=None):
    out = {"count": len(rows), "rows": spread(rows), "compressed_bytes": spread(compressed)}
    if uncompressed is not None:
        out["uncompressed_bytes"] = spread(uncompressed)
    out["under_16_mib"] = sum(n < 16 << 20 for n in compressed)
    out["over_512_mib"] = sum(n > 512 << 20 for n in compressed)
    return out


def schema(columns):
    """columns: dictionaries of path, type, logical and repeated, as probe.Column has them."""
    lines = "".join(
        f"{c['path']}\t{c['type']}\t{c.get('logical', '')}\t{c.get('repeated', 0)}\n" for c in columns)
    return {"fingerprint": hashlib.sha256(lines.encode()).hexdigest(), "leaves": len(columns), "columns": columns}


def without_zeros(fields):
    return {k: v for k, v in fields.items() if v}
