"""Files and tables that reference writers wrote, with what reference readers say of them: see the testdata of stats."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STATS = Path(__file__).resolve().parent.parent / "stats"
FIXTURES = "fixtures/"

Json = dict[str, Any]
Problems = list[str]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a reference writer. Said is what its reference reader says, by the names of probe.files; what the reader
    is silent on is not there."""

    key: str
    body: bytes
    said: Json


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one kind, or a table with its live files."""

    name: str
    files: list[File]
    others: dict[str, bytes] = field(default_factory=dict)
    table: Json | None = None

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        """Key and body of every object."""
        yield from ((file.key, file.body) for file in self.files)
        yield from self.others.items()


def groups() -> list[Group]:
    """Every fixture of stats."""
    self_describing = [_self_describing(name) for name in ("parquet", "orc", "avro", "arrow")]
    tables = [_table(path) for path in sorted((STATS / "tables/testdata").glob("*/*.zip"))]
    return [*self_describing, _text(), _codecs(), _renamed(), *tables]


def splits(name: str) -> bool:
    """Whether Spark cuts a text file of that name: TextBasedFileFormat.isSplitable, by Hadoop's codecs."""
    return not name.endswith((".gz", ".deflate", ".lz4", ".snappy", ".zst"))


def _self_describing(name: str) -> Group:
    files = []
    for path in sorted((STATS / "probe/testdata" / name).glob("*.json")):
        found = json.loads(path.read_text())
        said = {"format": found["format"], "compression": found["compression"], "expansion": _ratio(found)}
        if name != "arrow":  # no reader of Spark takes it
            said["splits"] = True  # ParquetFileFormat, OrcFileFormat, AvroFileFormat: whatever the codec
        files.append(File(f"{FIXTURES}{name}/{path.stem}", path.with_suffix("").read_bytes(), said))
    return Group(name, files)


def _ratio(found: Json) -> float:
    """Bytes that one byte of the file becomes, 0 where the reference reader does not know."""
    sizes = found.get("expansion") or {}
    compressed, inflated = sizes.get("compressed_bytes", 0), sizes.get("uncompressed_bytes", 0)
    return inflated / compressed if compressed and inflated else 0.0


def _rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines()]


def _text() -> Group:
    folder, files = STATS / "probe/text/testdata", []
    for name, _, kind, *_, spans, _encoding, _newline, _longest in _rows(folder / "expected.tsv"):
        # Spark's xml reader finds records by their tags; json and csv of several lines need multiLine.
        said = {"format": kind, "expansion": 0.0, "splits": kind == "xml" or spans != "yes"}
        if kind not in ("unknown", "ion"):
            said["compression"] = "none"
        files.append(File(f"{FIXTURES}text/{name}", (folder / name).read_bytes(), said))
    return Group("text", files)


FAMILIES = {"bgzf": "gzip", "hadoop_lz4": "lz4", "hadoop_snappy": "snappy"}


def _codecs() -> Group:
    folder, files = STATS / "probe/codec/testdata", []
    for name, _, codec, size, inflated, _digest in _rows(folder / "expected.tsv"):
        said: Json = {"splits": splits(name)}
        if name.endswith(".br"):  # brotli has no mark: only its name tells
            said |= {"format": "unknown"}
        else:
            said |= {"format": "unknown" if inflated == "-" else "json", "compression": FAMILIES.get(codec, codec)}
        body = (folder / name).read_bytes()
        if codec == "zip":
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                (entry,) = [entry for entry in archive.infolist() if entry.file_size > 0]
            said["expansion"] = entry.file_size / entry.compress_size
        elif codec != "none" and inflated != "-":
            said["expansion"] = int(inflated) / int(size)
        files.append(File(f"{FIXTURES}codec/{name}", body, said))
    return Group("codec", files)


CUT = 1000  # spark.sql.files.maxPartitionBytes when Spark's tasks were counted


def _renamed() -> Group:
    """What Spark itself made of each file under other names: in how many tasks, and what came of it."""
    folder, files = STATS / "probe/codec/testdata", []
    for name, codec, renamed, tasks, outcome in _rows(folder / "spark.tsv"):
        body = (folder / name).read_bytes()
        said: Json = {"compression": FAMILIES.get(codec, codec)}
        if len(body) > CUT:
            said["splits"] = int(tasks) > 1
        if outcome in ("nothing", "fails") and renamed.endswith((".lz4", ".snappy")):
            said["outcome"] = "lost"  # either of the two, as the bytes happen to spell a length
        elif outcome != "no native library" and not renamed.endswith(".csv"):  # read as text, which csv is not
            said["outcome"] = outcome
        files.append(File(f"{FIXTURES}renamed/{name}/{renamed}", body, said))
    return Group("renamed", files)


def _table(path: Path) -> Group:
    folder = f"{FIXTURES}tables/{path.parent.name}/{path.stem}/"
    table = json.loads(path.with_suffix(".json").read_text())
    live = {folder + name for name in table["live"]}
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        members = {folder + member: archive.read(member) for member in archive.namelist()}
    files = [File(key, body, {"format": "parquet", "splits": True}) for key, body in members.items() if key in live]
    others = {key: body for key, body in members.items() if key not in live}
    return Group(f"{path.parent.name}/{path.stem}", files, others, table | {"folder": folder})


def compare(group: Group, profile: Json) -> Problems:
    """What a report of FIXTURES, with every file probed, says other than the group's reference readers."""
    prefix = group.table["folder"] if group.table else f"{FIXTURES}{group.name}/"
    got = {FIXTURES + file["key"]: file for file in profile["probe"]["files"] or []}
    got = {key: file for key, file in got.items() if key.startswith(prefix)}
    want = {file.key: file for file in group.files}
    problems = [f"{key}: not in the report" for key in sorted(want.keys() - got.keys())]
    problems += [f"{key}: in the report, and should not be" for key in sorted(got.keys() - want.keys())]
    for key in sorted(want.keys() & got.keys()):
        problems += _differences(want[key], got[key])
    return problems + (_table_differences(group.table, profile) if group.table else [])


def _differences(want: File, got: Json) -> Problems:
    problems = []
    if got["size"] != len(want.body):
        problems.append(f"{want.key}: size: expected {len(want.body)}, got {got['size']}")
    for what, expected in want.said.items():
        found = got.get(what, 0.0 if what == "expansion" else "")
        if what == "expansion":
            same = abs(found - expected) <= expected * 1e-9
        else:
            same = found == expected
        if not same:
            problems.append(f"{want.key}: {what}: expected {expected}, got {found}")
    return problems


def _table_differences(table: Json, profile: Json) -> Problems:
    """The table's version and the bytes of its live files."""
    path = table["folder"].removeprefix(FIXTURES).rstrip("/")
    accounts = [account for account in profile["table_format"] if account["path"].rstrip("/") == path]
    if len(accounts) != 1:
        return [f"table {path}: {len(accounts)} accounts in the report"]
    account = accounts[0]
    version = str(table["snapshot"] if "snapshot" in table else table["version"])
    problems = []
    if account["basis"] != "metadata":
        return [f"table {path}: judged by {account['basis']}: {account.get('reason')}"]
    if account.get("version", "") != version:
        problems.append(f"table {path}: version: expected {version}, got {account.get('version')}")
    if not table.get("outside") and account["objects"]["live"]["bytes"] != table["live_bytes"]:
        problems.append(f"table {path}: expected {table['live_bytes']} live bytes, got {account['objects']['live']['bytes']}")
    return problems
