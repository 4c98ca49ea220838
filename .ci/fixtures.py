"""Files and tables that reference writers wrote, with what reference readers say of them: see the testdata of stats."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STATS = Path(__file__).resolve().parent.parent / "stats"
FILES = "fixtures/"
FORMATS = ("parquet", "orc", "avro", "arrow")
SPLITTABLE = ("parquet", "orc", "avro")  # FileFormat.isSplitable, by Spark's documentation
# Iceberg tables are left out: served over HTTP, the manifest list of iceberg/appends is taken for malformed Avro.
TABLES = (
    ("delta/partitioned", "w/db/delta_partitioned/"),
    ("delta/checkpoint", "w/db/delta_checkpoint/"),
)


def bodies() -> Iterator[tuple[str, bytes]]:
    """Key and body of every object of the fixtures."""
    for kind in FORMATS:
        for recorded in sorted((STATS / "probe/testdata" / kind).glob("*.json")):
            yield f"{FILES}{kind}/{recorded.stem}", recorded.with_suffix("").read_bytes()
    for name, folder in TABLES:
        with zipfile.ZipFile(io.BytesIO((STATS / f"tables/testdata/{name}.zip").read_bytes())) as archive:
            for member in archive.namelist():
                yield folder + member, archive.read(member)


def findings(kind: str) -> dict[str, dict[str, Any]]:
    """What the reference reader says of each file, by its name."""
    recorded = sorted((STATS / "probe/testdata" / kind).glob("*.json"))
    return {path.stem: json.loads(path.read_text()) for path in recorded}


def table(name: str) -> dict[str, Any]:
    """What the reference reader lists of a table."""
    return dict(json.loads((STATS / f"tables/testdata/{name}.json").read_text()))
