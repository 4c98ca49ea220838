"""What s3layout must say, worked out without it: keys from the AWS CLI, and Spark's rules for what is data.

The rules are written here a second time on purpose, from Spark's documentation of them and not from the Go code.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from servers import REGION, Server

CLI_SECONDS = 180
LS_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +(\d+) (.*)")
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Listed:
    """One key as the AWS CLI lists it."""

    key: str
    size: int
    storage_class: str


@dataclass(slots=True)
class Count:
    """Objects and their bytes."""

    objects: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        self.objects += 1
        self.bytes += size

    def __str__(self) -> str:
        return f"{self.objects} objects, {self.bytes} bytes"


@dataclass(slots=True)
class Expected:
    """What a profile of a target must contain."""

    listed: Count = field(default_factory=Count)
    data: Count = field(default_factory=Count)
    partitions: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    ignored: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    reasons: dict[str, str] = field(default_factory=dict)  # of each ignored key, below the target


def environment(server: Server | None, **changes: str) -> dict[str, str]:
    """An environment in which nothing but `server` gives credentials."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "S3LAYOUT_"))}
    env |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "LC_ALL": "C.UTF-8",
        "PYTHONUTF8": "1",
    }
    if server:
        env |= {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key}
    return env | changes


def aws(server: Server, *arguments: str) -> str:
    """Standard output of the AWS CLI; raises when it fails."""
    cli = Path(sys.executable).with_name("aws")
    command = [str(cli), "--endpoint-url", server.endpoint, "--region", REGION, *arguments]
    done = subprocess.run(
        command,
        env=environment(server),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=CLI_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"aws {' '.join(arguments)}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def list_api(server: Server, bucket: str, prefix: str = "") -> list[Listed]:
    """Every key under `prefix`, from list-objects-v2 in JSON: exact for any key."""
    output = aws(server, "s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix, "--output", "json")
    contents = json.loads(output).get("Contents", []) if output.strip() else []
    return [Listed(o["Key"], o["Size"], o.get("StorageClass", "STANDARD")) for o in contents]


def list_lines(server: Server, bucket: str, prefix: str) -> dict[str, int]:
    """Size of every key under `prefix`, from the lines of `aws s3 ls --recursive`: only for keys without line ends."""
    sizes = {}
    for line in aws(server, "s3", "ls", "--recursive", f"s3://{bucket}/{prefix}").rstrip("\n").split("\n"):
        match = LS_LINE.fullmatch(line)
        if match is None:
            raise RuntimeError(f"aws s3 ls printed a line that is no object: {line!r}")
        sizes[match[2]] = int(match[1])
    return sizes


def expect(listing: Iterable[Listed], prefix: str, excluded: Callable[[str], bool] = lambda _: False) -> Expected:
    """What a profile of `prefix` must say about `listing`; `excluded` judges keys below the prefix."""
    expected = Expected()
    for found in listing:
        if not found.key.startswith(prefix):
            continue
        key = found.key[len(prefix) :]
        expected.listed.add(found.size)
        reason = "excluded" if excluded(key) else why_ignored(key, found.size, found.storage_class)
        if reason:
            expected.ignored[reason].add(found.size)
            expected.reasons[key] = reason
        else:
            expected.data.add(found.size)
            expected.partitions[partition_path(key)].add(found.size)
    return expected


def why_ignored(key: str, size: int, storage_class: str) -> str:
    """Why an engine does not read `key` (below the target); empty when it does. The first reason that holds counts."""
    if key == "" or key.endswith(("/", "_$folder$")):
        return "marker"
    if any(is_hidden(name) for name in key.split("/")):
        return "hidden"
    if size == 0:
        return "zero_bytes"
    if storage_class in ARCHIVES:
        return "storage_class"
    return ""


def is_hidden(name: str) -> bool:
    """Whether Spark skips a file or directory of this name."""
    return name.startswith(".") or name.endswith("._COPYING_") or (name.startswith("_") and "=" not in name)


def partition_path(key: str) -> str:
    """The directory of `key` up to and including its last key=value component; empty where it has none."""
    folders = key.split("/")[:-1]
    while folders and "=" not in folders[-1]:
        folders.pop()
    return "/".join(folders)


def partition_values(path: str) -> list[tuple[str, str | None]]:
    """Columns of a partition path without escapes: its last unbroken run of key=value components."""
    values: list[tuple[str, str | None]] = []
    for component in reversed(path.split("/")):
        name, equals, value = component.partition("=")
        if not equals:
            break
        values.insert(0, (name, None if value == HIVE_NULL else value))
    return values
