"""The lake that the end-to-end run uploads: what a data team's bucket holds, and the keys nobody expects.

Nothing here decides what an engine would read: that is reference.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

BUCKET = "lake"
DATA = "data/"  # plain keys: `aws s3 ls` prints them unambiguously
HOSTILE = "hostile/"  # keys that break line-based tools
SIBLINGS = ("data-old/", "data.d/", "data0/")  # share the letters of "data" and nothing else
LEADING_SLASH = "/lead/"
LEAST_OBJECTS = 5_000  # under DATA


class Need(Enum):
    """What a server must be able to hold for an entry to be uploaded."""

    MARKER = "keys that end in /"
    EMPTY_SEGMENT = "empty path segments"
    FILE_AND_FOLDER = "a key that is also the folder of another"
    NFD = "decomposed unicode, unchanged"
    NEWLINE = "a line feed in a key"
    LONG_SEGMENT = "a path segment of more than 255 bytes"


@dataclass(frozen=True, slots=True)
class Entry:
    """One object to upload; its body is `size` bytes."""

    key: str
    size: int
    storage_class: str = "STANDARD"
    need: Need | None = None


FORMATS = (
    "snappy.parquet", "gz.parquet", "zstd.parquet", "parquet", "orc", "zlib.orc", "avro",
    "csv", "csv.gz", "tsv", "json", "json.gz", "json.bz2", "json.zst", "txt", "xml", "lz4", "snappy",
)  # fmt: skip


def sized(key: str, storage_class: str = "STANDARD", need: Need | None = None) -> Entry:
    """An entry whose size (1 to 2,048 bytes) follows from its key, so that mixed-up partitions show in their bytes."""
    return Entry(key, 1 + zlib.crc32(key.encode()) % 2048, storage_class, need)


def lake() -> list[Entry]:
    """Every entry, each key once."""
    entries = [*_days(), *_flat(), *_odd_partitions(), *_root(), *_not_data(), *_classes(), *_hostile(), *_siblings()]
    keys = [entry.key for entry in entries]
    assert len(set(keys)) == len(keys), "the lake names a key twice"
    assert sum(key.startswith(DATA) for key in keys) >= LEAST_OBJECTS
    return entries


def _days() -> Iterator[Entry]:
    """Two years of daily partitions with a few files each."""
    for year in (2025, 2026):
        for month in range(1, 13):
            for day in range(1, 29, 2):
                folder = f"{DATA}year={year}/month={month:02}/day={day:02}/"
                for part in range(3 + (month + day) % 8):
                    suffix = FORMATS[(day + part) % len(FORMATS)]
                    yield sized(f"{folder}part-{part:05}-c000.{suffix}")


def _flat() -> Iterator[Entry]:
    """A partition larger than a listing page, and a folder that is no partition and larger than two."""
    for part in range(1_200):
        yield sized(f"{DATA}year=2026/month=12/day=31/part-{part:05}-c000.snappy.parquet")
    for part in range(2_100):
        yield sized(f"{DATA}landing/{part * 7919 % 100_003:06}.json.gz")


def _odd_partitions() -> Iterator[Entry]:
    """Partition directories where plain ones are not expected, and the other way round."""
    for folder in (
        "year=2026/month=__HIVE_DEFAULT_PARTITION__/",
        "year=2026/month=01/day=01/attempt/",  # a folder below a partition belongs to it
        "region=eu/backfill/year=2024/",  # a run, a plain folder, another run
        "plain/dt=2026-01-01/",
        "plain/folder/",
        "_col=1/",  # starts with _ but has =, so it is not hidden
        "_col=1/sub=2/",
        "city=S%C3%A3o%20Paulo/",  # Hive writes escapes into the path
        "path=a%2Fb/",
        "formula=a=b/",
    ):
        for part in range(3):
            yield sized(f"{DATA}{folder}part-{part}.csv")


def _root() -> Iterator[Entry]:
    for number in range(40):
        yield sized(f"{DATA}root-{number:03}.{FORMATS[number % len(FORMATS)]}")
    yield Entry(f"{DATA}large.bin", 1_500_000)
    yield sized(f"{DATA}no-suffix")
    yield sized(f"{DATA}checksums.crc")  # not hidden: Spark reads it


def _not_data() -> Iterator[Entry]:
    """What an engine lists and does not read."""
    for month in range(1, 13):
        folder = f"{DATA}year=2026/month={month:02}/"
        yield Entry(f"{folder}_SUCCESS", 0)
        yield sized(f"{folder}day=01/.part-00000.crc")
        yield Entry(f"{folder}day=01/empty.csv", 0)
        yield Entry(f"{folder}day=01/", 0, need=Need.MARKER)
        yield Entry(f"{folder}day=02_$folder$", 0)
    for task in range(60):
        yield sized(f"{DATA}_temporary/0/task_{task:04}/part-{task:05}.parquet")
        yield sized(f"{DATA}year=2026/month=01/_temporary/0/part-{task:05}.parquet")
    yield sized(f"{DATA}_SUCCESS")
    yield sized(f"{DATA}_metadata")
    yield sized(f"{DATA}_common_metadata")
    yield sized(f"{DATA}.hidden/year=2026/part-0.csv")
    yield sized(f"{DATA}.DS_Store")
    yield sized(f"{DATA}year=2026/copying.csv._COPYING_")
    yield sized(f"{DATA}uploading._COPYING_/part-0.csv")
    yield sized(f"{DATA}x_$folder$")
    yield Entry(DATA, 0, need=Need.MARKER)
    yield Entry(f"{DATA}markers/empty/", 0, need=Need.MARKER)


def _classes() -> Iterator[Entry]:
    classes = ("GLACIER", "DEEP_ARCHIVE", "STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "ONEZONE_IA")
    for number in range(24):
        storage_class = classes[number % len(classes)]
        yield sized(f"{DATA}year=2020/month=01/{storage_class.lower()}-{number}.parquet", storage_class)
    yield Entry(f"{DATA}year=2020/month=01/empty-archive.parquet", 0, "GLACIER")
    yield sized(f"{DATA}year=2020/month=01/_archived.parquet", "DEEP_ARCHIVE")


HOSTILE_NAMES = (
    "a b.csv", " leading space.csv", "trailing space ", "plus+sign.csv", "a+b c.csv",
    "100%.csv", "%.csv", "%2.csv", "%2F.csv", "a%2Fb.csv", "%41.csv", "A.csv", "%25.csv", "%00.csv",
    "caf\u00e9.csv", "\u65e5\u672c\u8a9e.csv", "\U0001f600.csv", "\uff5e.csv", "\u202egnp.csv", "zero\u200bwidth.csv",
    "\u2028line-separator.csv", "\u0085next-line.csv", "replacement\ufffd.csv", "\u0131\u0130.csv",
    "one\x01.csv", "escape\x1b[31mred\x1b[0m.csv", "title\x1b]0;owned\x07.csv", "tab\tbed.csv", "carriage\rreturn.csv",
    "delete\x7f.csv", "bell\x07.csv", "vertical\x0btab.csv",
    "single'quote.csv", 'double"quote.csv', "back`tick.csv", "&amp;.csv", "<b>&</b>.csv", "<Key>x</Key>.csv", "]]>.csv",
    "back\\slash.csv", "star*.csv", "question?versions", "[set].csv", "{a,b}.csv", "hash#fragment.csv", "semi;colon.csv",
    "co:lon.csv", "com,ma.csv", "at@sign.csv", "do$HOME.csv", "$(id).csv", "!bang.csv", "tilde~.csv", "pi|pe.csv",
    "=cmd()|'x'!A1.csv", "-rf", "--exclude", "@mention.csv", "::error::x.csv", "...csv..", "nul.csv", "a=b.csv",
    "list-type=2&prefix=x&continuation-token=y.csv",
)  # fmt: skip
HOSTILE_VALUES = (
    "a b", "a+b", "50%", "%2F", "%41", "A", "caf\u00e9", "\u65e5\u672c", "\U0001f600", "\u202erotated", "x=y",
    "\x1b[2Jcleared", "tab\tbed", "carriage\rreturn", "one\x01", "<b>", "&amp;", "'quoted'", '"double"', "back\\slash",
    "com,ma", "-1", "@x", "a;b", "2026-01-01 00:00:00", "2026-01-01 00%3A00%3A00",
)  # fmt: skip


def _hostile() -> Iterator[Entry]:
    for name in HOSTILE_NAMES:
        yield sized(HOSTILE + name)
        yield sized(f"{HOSTILE}folder of {name}.d/part 0.csv")
    for value in HOSTILE_VALUES:
        yield sized(f"{HOSTILE}k={value}/part-0.csv")
        yield sized(f"{HOSTILE}k={value}/b=2/part+1.csv")
    yield sized(f"{HOSTILE}_\x1b[2Jhidden.csv")
    yield sized(f"{HOSTILE}.\u202ehidden\r.csv")
    yield Entry(f"{HOSTILE}zero\x1b[7m\tbytes.csv", 0)
    yield Entry(f"{HOSTILE}::warning::zero bytes.csv", 0)
    yield sized(f"{HOSTILE}fold\rer_$folder$")
    yield sized(f"{HOSTILE}{'deep/' * 60}leaf.csv")
    yield sized(f"{HOSTILE}{('s' * 240 + '/') * 4}{'k' * 40}")
    yield from _hostile_where_possible()


def _hostile_where_possible() -> Iterator[Entry]:
    for key, need in (
        ("cafe\u0301.csv", Need.NFD),
        ("k=cafe\u0301/part-0.csv", Need.NFD),
        ("line\n::error::feed.csv", Need.NEWLINE),
        ("k=line\n::error::feed/part-0.csv", Need.NEWLINE),
        ("a//b.csv", Need.EMPTY_SEGMENT),
        ("//c.csv", Need.EMPTY_SEGMENT),
        ("k=1//part-0.csv", Need.EMPTY_SEGMENT),
        ("k=1//b=2/part-0.csv", Need.EMPTY_SEGMENT),
        ("slash at the end with data/", Need.MARKER),
        ("k=1/data/", Need.MARKER),
        ("both", Need.FILE_AND_FOLDER),
        ("both/child.csv", Need.FILE_AND_FOLDER),
        ("l" * 300 + ".csv", Need.LONG_SEGMENT),
        ("k=" + "v" * 300 + "/part-0.csv", Need.LONG_SEGMENT),
    ):
        yield sized(HOSTILE + key, need=need)
    yield sized(f"{LEADING_SLASH}k=1/part-0.csv", need=Need.EMPTY_SEGMENT)
    yield sized(f"{LEADING_SLASH}root.csv", need=Need.EMPTY_SEGMENT)


def _siblings() -> Iterator[Entry]:
    for folder in SIBLINGS:
        for part in range(7):
            yield sized(f"{folder}year=2026/month=01/day=01/part-{part}.csv")
    yield sized("data.csv")
    yield sized("data_SUCCESS")
    yield sized("d")
