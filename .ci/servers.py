"""The two S3 servers of the end-to-end run: rclone serve s3, which checks signatures, and moto, which holds any key."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lake import Need

REGION = "us-east-1"
READY_SECONDS = 30.0
STARTS = 5  # a port that was free may be taken before the server binds it


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, its credentials, and what it cannot hold."""

    name: str
    endpoint: str
    access_key: str
    secret_key: str
    lacks: frozenset[Need]
    checks_signatures: bool
    log: Path


@contextmanager
def rclone(binary: Path, work: Path) -> Iterator[Server]:
    """rclone serve s3 over an empty directory; each of its sub-directories is a bucket."""
    root, config, log = work / "rclone-data", work / "rclone.conf", work / "rclone.log"
    root.mkdir()
    config.touch()
    access_key, secret_key = "E2ERCLONEKEY", "e2e-rclone-secret-4b1d"
    command = [
        str(binary),
        "serve",
        "s3",
        "--config",
        str(config),
        "--auth-key",
        f"{access_key},{secret_key}",
        str(root),
    ]
    lacks = frozenset(Need) - {Need.NEWLINE}
    with _running(command, "--addr", log) as endpoint:
        yield Server("rclone", endpoint, access_key, secret_key, lacks, True, log)


@contextmanager
def moto(work: Path) -> Iterator[Server]:
    """moto's server, from the interpreter that runs this."""
    log = work / "moto.log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1"]
    with _running(command, "-p", log) as endpoint:
        yield Server("moto", endpoint, "E2EMOTOKEY", "e2e-moto-secret-93ac", frozenset({Need.NEWLINE}), False, log)


@contextmanager
def _running(command: list[str], port_flag: str, log: Path) -> Iterator[str]:
    process, endpoint = _start(command, port_flag, log)
    try:
        yield endpoint
    finally:
        _stop(process)


def _start(command: list[str], port_flag: str, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    for _ in range(STARTS):
        address = f"127.0.0.1:{free_port()}"
        listen = address if port_flag == "--addr" else address.rpartition(":")[2]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, port_flag, listen],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            if _ready(process, f"http://{address}/"):
                return process, f"http://{address}"
        except BaseException:
            _stop(process)
            raise
        _stop(process)
    raise RuntimeError(f"{command[0]} did not start in {STARTS} tries:\n{tail(log)}")


def free_port() -> int:
    """A loopback port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(process: subprocess.Popen[bytes], url: str) -> bool:
    """Polls until the server answers anything in HTTP; False when it ends or stays silent."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    for kill, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        if process.poll() is not None:
            return
        os.killpg(process.pid, kill)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log file, for a failure message."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
