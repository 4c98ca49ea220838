"""End to end: s3layout against two real S3 servers, each fact compared with what the AWS CLI lists.

Run by .ci/run; by hand: python .ci/e2e.py --binary ./s3layout --rclone $(command -v rclone)
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

import fixtures
import servers
from lake import BUCKET, DATA, HOSTILE, LEADING_SLASH, Entry, Need, lake
from reference import (
    Count,
    Expected,
    Listed,
    environment,
    expect,
    list_api,
    list_lines,
    partition_values,
)
from servers import REGION, Server

UPLOADERS = 8
RUN_SECONDS = 60
SHOWN = 8  # problems printed for one check
EMPTY = "nothing-here/"
PAGE = 1000  # keys that one LIST request returns at most

Json = dict[str, Any]
Problems = list[str]


@dataclass(slots=True)
class Checks:
    """Runs named checks, prints what each found, and counts them."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def run(self, name: str, check: Callable[[], Problems]) -> None:
        """Runs one check; it passes when it returns no problems."""
        try:
            problems = check()
        except (AssertionError, TimeoutError) as error:
            problems = [str(error)]
        except Exception:  # a broken check is a failed one, and the others still run
            problems = traceback.format_exc().splitlines()[-SHOWN:]
        if not problems:
            self.passed += 1
            return
        self.failed.append(name)
        print(f"FAIL {name}")
        for problem in problems[:SHOWN]:
            print(f"     {problem}")
        if len(problems) > SHOWN:
            print(f"     and {len(problems) - SHOWN} more")

    def summary(self) -> str:
        return f"{self.passed} passed, {len(self.failed)} failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run of s3layout ended."""

    code: int
    stdout: bytes
    stderr: str

    def document(self) -> Json:
        """Standard output as the one JSON object that it must be."""
        document = json.loads(self.stdout.decode())
        if not isinstance(document, dict):
            raise ValueError(f"standard output is a JSON {type(document).__name__}, not an object")
        return document


@dataclass(frozen=True, slots=True)
class Program:
    """The s3layout binary, pointed at one server."""

    binary: Path
    server: Server

    def run(self, *arguments: str, signed: bool = True, **env: str) -> Outcome:
        """Runs `s3layout ARGUMENTS` against the server."""
        command = [str(self.binary), *arguments, "--endpoint-url", self.server.endpoint, "--region", REGION]
        outcome = execute(command, environment(self.server if signed else None, **env))
        shown = outcome.stdout.decode(errors="replace") + outcome.stderr
        if self.server.access_key in shown or self.server.secret_key in shown:
            raise AssertionError(f"{' '.join(command)}: shows the credentials")
        return outcome

    def profile(self, target: str, *arguments: str, signed: bool = True, **env: str) -> Outcome:
        """Profiles a target into JSON, with every partition."""
        wanted = ("--format", "json", "--partitions", "all", "--quiet")
        return self.run("profile", target, *wanted, *arguments, signed=signed, **env)


def execute(command: list[str], env: dict[str, str]) -> Outcome:
    """Runs a Go program to its end; one that hangs is made to print its goroutines."""
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        stdout, stderr = process.communicate(timeout=RUN_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        _, stderr = process.communicate()
        raise TimeoutError(f"{' '.join(command)}: hangs for {RUN_SECONDS} s; {waiting(stderr.decode())}") from None
    finally:
        process.kill()
    return Outcome(process.returncode, stdout, stderr.decode(errors="replace"))


def waiting(goroutines: str) -> str:
    """Where a program's own goroutines wait, most frequent first, from the dump that SIGQUIT makes."""
    frames = Counter(re.findall(r"^(s3layout/\S+)\(", goroutines, re.MULTILINE))
    return "it waits in " + ", ".join(f"{n} x {frame}" for frame, n in frames.most_common(SHOWN))


def differ(what: str, expected: object, got: object) -> Problems:
    """A problem when the two differ."""
    return [] if expected == got else [f"{what}: expected {expected}, got {got}"]


# --- uploading -------------------------------------------------------------------------------------------------------


def connect(server: Server) -> Any:
    """A boto3 client of the server."""
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        config=Config(
            max_pool_connections=UPLOADERS,
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            retries={"max_attempts": 3, "mode": "standard"},
        ),
    )


def upload(server: Server, entries: list[Entry]) -> None:
    """Puts the entries into a new bucket of the server."""
    connect(server).create_bucket(Bucket=BUCKET)
    put_all(server, {entry.key: (b"x" * entry.size, entry.storage_class) for entry in entries})


def put_all(server: Server, objects: dict[str, tuple[bytes, str]]) -> None:
    """Puts objects, each a body and a storage class, into the bucket."""
    client = connect(server)

    def put(key: str) -> None:
        body, storage_class = objects[key]
        # An empty Body would send Expect: 100-continue, and a Go server then leaves the connection hanging for 60 s.
        sent = {"Body": body} if body else {}
        try:
            client.put_object(Bucket=BUCKET, Key=key, StorageClass=storage_class, **sent)
        except Exception as error:
            raise RuntimeError(f"{server.name} refused the key {key!r}") from error

    first = {key.rpartition("/")[0]: key for key in reversed(objects)}
    for key in first.values():  # rclone's puts fail and wait while another one makes the same directory
        put(key)
    with ThreadPoolExecutor(UPLOADERS) as pool:
        list(pool.map(put, objects.keys() - set(first.values())))


def check_upload(server: Server, entries: list[Entry], listing: list[Listed]) -> Problems:
    """The server must hold the lake as it was sent, or the checks that follow say nothing."""
    sent = {entry.key: (entry.size, entry.storage_class) for entry in entries}
    held = {found.key: (found.size, found.storage_class) for found in listing}
    problems = differ("keys listed twice", 0, len(listing) - len(held))
    for key in sorted(sent.keys() | held.keys()):
        problems += differ(f"key {key!r} on {server.name}", sent.get(key), held.get(key))
    return problems


def check_coverage(listing: list[Listed]) -> Problems:
    """The data directory must hold every kind of object that is not data."""
    missing = {"marker", "hidden", "zero_bytes", "storage_class"} - expect(listing, DATA).ignored.keys()
    return [f"no object under {DATA} is ignored as {reason}" for reason in sorted(missing)]


def check_clients_agree(server: Server, listing: list[Listed]) -> Problems:
    by_api = {found.key: found.size for found in listing if found.key.startswith(DATA)}
    by_lines = list_lines(server, BUCKET, DATA)
    keys = sorted(by_api.keys() | by_lines.keys())
    return [p for key in keys for p in differ(f"size of {key!r} by aws s3 ls", by_api.get(key), by_lines.get(key))]


# --- comparing a report with what is expected ------------------------------------------------------------------------


def compare(outcome: Outcome, expected: Expected) -> Problems:
    """Every fact of a report that the AWS CLI's listing settles."""
    if outcome.code != 0:
        return [f"exit code: expected 0, got {outcome.code}; stderr: {outcome.stderr.strip()[:400]}"]
    document = outcome.document()
    profile = document["profile"]
    return [
        *differ("stderr with --quiet", "", outcome.stderr),
        *differ("last byte of stdout", b"\n", outcome.stdout[-1:]),
        *differ("schema", "s3layout/report/v1", document["schema"]),
        *differ("complete", True, document["complete"]),
        *compare_sums(profile, expected.listed),
        *compare_totals(profile, expected),
        *compare_partitions(profile, expected.partitions),
        *compare_ignored(profile, expected),
        *compare_requests(document["run"], expected.listed.objects),
    ]


def count(fact: Json) -> Count:
    return Count(fact["objects"], fact["bytes"])


def compare_sums(profile: Json, listed: Count) -> Problems:
    """No key is lost and none is counted twice: data and ignored together are what was listed."""
    parts = [count(profile["totals"]), *(count(entry) for entry in profile["ignored"])]
    got = Count(sum(part.objects for part in parts), sum(part.bytes for part in parts))
    return differ("totals + ignored", listed, got)


def compare_totals(profile: Json, expected: Expected) -> Problems:
    totals = profile["totals"]
    return [
        *differ("totals", expected.data, count(totals)),
        *differ("totals.partitions", len(expected.partitions), totals["partitions"]),
        *differ("partitions_omitted", 0, profile.get("partitions_omitted", 0)),
    ]


def compare_partitions(profile: Json, expected: dict[str, Count]) -> Problems:
    got = {partition["path"]: partition for partition in profile["partitions"]}
    problems = differ("partitions listed twice", 0, len(profile["partitions"]) - len(got))
    for path in sorted(expected.keys() | got.keys()):
        where = f"partition {path!r}"
        if path not in got:
            problems.append(f"{where}: expected {expected[path]}, got no such partition")
        elif path not in expected:
            problems.append(f"{where}: expected no such partition, got {count(got[path])}")
        else:
            problems += differ(where, expected[path], count(got[path]))
            problems += compare_values(where, path, got[path])
    return problems


def compare_values(where: str, path: str, partition: Json) -> Problems:
    if "%" in path:  # how escapes read is settled by the unit tests, against Spark's own function
        return []
    got = [(value["key"], value["value"]) for value in partition["values"] or []]
    return differ(f"{where}: values", partition_values(path), got)


def compare_ignored(profile: Json, expected: Expected) -> Problems:
    got: dict[str, Count] = {}
    problems: Problems = []
    for entry in profile["ignored"]:
        reason = entry["reason"]
        so_far = got.setdefault(reason, Count())
        so_far.objects += entry["objects"]
        so_far.bytes += entry["bytes"]
        for example in entry["examples"] or []:
            problems += differ(f"reason of the example {example!r}", reason, expected.reasons.get(example))
    for reason in sorted(expected.ignored.keys() | got.keys()):
        problems += differ(f"ignored as {reason}", expected.ignored.get(reason, Count()), got.get(reason, Count()))
    return problems


def compare_requests(run: Json, keys: int) -> Problems:
    least = -(-keys // PAGE)
    if run["requests"] < least:
        return [f"run.requests: at least {least} for {keys} keys, got {run['requests']}"]
    return []


# --- the checks of one server ----------------------------------------------------------------------------------------


def check_server(checks: Checks, binary: Path, server: Server, only_fixtures: bool) -> None:
    """Uploads the lake to one server and runs every check against it."""
    if only_fixtures:
        connect(server).create_bucket(Bucket=BUCKET)
        check_fixtures(checks, Program(binary, server))
        return
    entries = [entry for entry in lake() if entry.need not in server.lacks]
    with timed(f"{server.name}: upload {len(entries)} objects"):
        upload(server, entries)
    with timed(f"{server.name}: list them with the AWS CLI"):
        listing = list_api(server, BUCKET)
        checks.run(f"{server.name}: holds the lake as sent", lambda: check_upload(server, entries, listing))
        checks.run(f"{server.name}: the lake has every kind of object", lambda: check_coverage(listing))
        checks.run(f"{server.name}: aws s3 ls and s3api agree", lambda: check_clients_agree(server, listing))
    program = Program(binary, server)
    with timed(f"{server.name}: run s3layout"):
        for name, check in program_checks(program, listing):
            checks.run(f"{server.name}: {name}", check)
    check_fixtures(checks, program)


def check_fixtures(checks: Checks, program: Program) -> None:
    """Uploads all that reference writers wrote, profiles it in one go, and compares each file and table."""
    groups = fixtures.groups()
    bodies = {key: (body, "STANDARD") for group in groups for key, body in group.bodies()}
    with timed(f"{program.server.name}: upload {len(bodies)} objects of reference writers"):
        put_all(program.server, bodies)
    with timed(f"{program.server.name}: probe them"):
        outcome = program.profile(f"s3://{BUCKET}/{fixtures.FIXTURES}", "--probe", "all")
    if outcome.code != 0:
        checks.run(f"{program.server.name}: fixtures", lambda: [outcome.stderr.strip()[:400]])
        return
    profile = outcome.document()["profile"]
    for group in groups:
        checks.run(f"{program.server.name}: fixtures of {group.name}", partial(fixtures.compare, group, profile))


def program_checks(program: Program, listing: list[Listed]) -> Iterator[tuple[str, Callable[[], Problems]]]:
    """The checks of the binary, by name."""
    for target, prefix in targets(program.server):
        yield f"profile {target}", partial(check_profile, program, listing, target, prefix)
    for exclusion in EXCLUSIONS:
        yield f"--exclude {exclusion.pattern!r}", partial(check_exclusion, program, listing, exclusion)
    yield "the same JSON twice", partial(check_repeatable, program)
    for workers in ("1", "7", "200"):
        yield f"the same JSON from {workers} workers", partial(check_repeatable, program, "--concurrency", workers)
    for prefix in (DATA, HOSTILE):
        yield f"text of {prefix} is safe to print", partial(check_text, program, prefix)
    yield "an empty prefix is complete", partial(check_profile, program, listing, f"s3://{BUCKET}/{EMPTY}", EMPTY)
    yield "an empty prefix with --fail-on-empty", partial(check_empty_fails, program)
    yield "an unknown bucket", partial(check_unknown_bucket, program)
    yield "no server", partial(check_no_server, program)
    if program.server.checks_signatures:
        yield "a wrong secret", partial(check_wrong_secret, program)
        yield "an unsigned request is refused", partial(check_unsigned_refused, program)
    else:
        yield "--no-sign-request", partial(check_unsigned, program, listing)


def targets(server: Server) -> list[tuple[str, str]]:
    """Targets, each with the prefix of the keys that it stands for."""
    found = [
        (f"s3://{BUCKET}/{DATA}", DATA),
        (f"s3://{BUCKET}/{DATA.rstrip('/')}", DATA),
        (f"s3://{BUCKET}/{DATA}year=2026/month=12/", f"{DATA}year=2026/month=12/"),
        (f"s3://{BUCKET}/{HOSTILE}", HOSTILE),
        (f"s3://{BUCKET}/", ""),
    ]
    if Need.EMPTY_SEGMENT not in server.lacks:
        found.append((f"s3://{BUCKET}/{LEADING_SLASH}", LEADING_SLASH))
    return found


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A pattern in Glue's dialect, and which keys below DATA it matches."""

    pattern: str
    matches: Callable[[str], bool]
    whole_subtrees: bool  # such subtrees need not be listed, so their objects need not be counted


EXCLUSIONS = (
    Exclusion("**_temporary/**", lambda key: "_temporary/" in key, whole_subtrees=True),
    Exclusion("year=2025/**", lambda key: key.startswith("year=2025/"), whole_subtrees=True),
    Exclusion("**.crc", lambda key: key.endswith(".crc"), whole_subtrees=False),
    Exclusion("**.csv", lambda key: key.endswith(".csv"), whole_subtrees=False),
    Exclusion("landing/*", lambda key: key.startswith("landing/"), whole_subtrees=False),
)


def check_profile(program: Program, listing: list[Listed], target: str, prefix: str) -> Problems:
    return compare(program.profile(target), expect(listing, prefix))


def check_exclusion(program: Program, listing: list[Listed], exclusion: Exclusion) -> Problems:
    """A pattern takes away what it matches and nothing else."""
    expected = expect(listing, DATA, exclusion.matches)
    outcome = program.profile(f"s3://{BUCKET}/{DATA}", "--exclude", exclusion.pattern)
    if not exclusion.whole_subtrees:
        return compare(outcome, expected)
    if outcome.code != 0:
        return [f"exit code: expected 0, got {outcome.code}; stderr: {outcome.stderr.strip()[:400]}"]
    profile = outcome.document()["profile"]
    excluded = [entry for entry in profile["ignored"] if entry["reason"] == "excluded"]
    most = expected.ignored.pop("excluded")
    profile["ignored"] = [entry for entry in profile["ignored"] if entry["reason"] != "excluded"]
    return [
        *compare_totals(profile, expected),
        *compare_partitions(profile, expected.partitions),
        *compare_ignored(profile, expected),
        *compare_skipped(excluded, expected, most),
    ]


def compare_skipped(entries: list[Json], expected: Expected, most: Count) -> Problems:
    """An exclusion that may have skipped whole subtrees is named, with no more objects than there are."""
    got = Count(sum(entry["objects"] for entry in entries), sum(entry["bytes"] for entry in entries))
    problems = [] if entries else ["ignored: expected an entry with the reason excluded, got none"]
    if got.objects > most.objects or got.bytes > most.bytes:
        problems.append(f"ignored as excluded: expected at most {most}, got {got}")
    for entry in entries:
        for example in entry["examples"] or []:
            problems += differ(f"reason of the example {example!r}", "excluded", expected.reasons.get(example))
    return problems


def check_repeatable(program: Program, *arguments: str) -> Problems:
    """Two reports of one target are the same but for `run`; order of fields and lists included."""
    target = f"s3://{BUCKET}/"
    first, second = program.profile(target), program.profile(target, *arguments)
    problems = [*differ("first exit code", 0, first.code), *differ("second exit code", 0, second.code)]
    if problems:
        return problems
    one, two = (without_run(outcome) for outcome in (first, second))
    if one == two:
        return []
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return [f"reports differ: ...{one[max(at - 80, 0) : at + 80]} against ...{two[max(at - 80, 0) : at + 80]}"]


def without_run(outcome: Outcome) -> str:
    document = outcome.document()
    del document["run"]
    return json.dumps(document)


def check_text(program: Program, where: str) -> Problems:
    """What goes to a terminal holds no byte from a key that a terminal obeys."""
    outcome = program.run("profile", f"s3://{BUCKET}/{where}", "--format", "text", "--partitions", "all")
    problems = differ("exit code", 0, outcome.code)
    if not outcome.stdout.strip():
        problems.append("stdout: expected a report, got nothing")
    for stream, text in (("stdout", outcome.stdout.decode(errors="replace")), ("stderr", outcome.stderr)):
        problems += unsafe(stream, text)
    return problems


def unsafe(stream: str, text: str) -> Problems:
    """What a key must not bring into text: control and format characters (escapes, carriage returns, bidi overrides,
    zero-width), line separators, and lines that a CI system takes for a command."""
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        where = f"{stream} line {number}: {line[:120]!r}"
        unprintable = {c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")}
        problems += [f"{where} holds U+{ord(c):04X}" for c in sorted(unprintable)]
        if line.strip().startswith(("::", "##")):
            problems.append(f"{where} is a command to a CI system")
    return problems


def check_empty_fails(program: Program) -> Problems:
    outcome = program.profile(f"s3://{BUCKET}/{EMPTY}", "--fail-on-empty")
    if outcome.code != 5:
        return [*differ("exit code", 5, outcome.code), f"stderr: {outcome.stderr.strip()[:400]}"]
    return differ("complete", True, outcome.document()["complete"])


def check_unknown_bucket(program: Program) -> Problems:
    return refused(program, program.profile("s3://no-such-bucket-here/data/"), "no-such-bucket-here", r"bucket")


def check_no_server(program: Program) -> Problems:
    away = Program(program.binary, replace(program.server, endpoint=f"http://127.0.0.1:{servers.free_port()}"))
    return refused(away, away.profile(f"s3://{BUCKET}/{DATA}"), f"s3://{BUCKET}/{DATA}", r"connect|refused")


def check_wrong_secret(program: Program) -> Problems:
    outcome = program.profile(f"s3://{BUCKET}/{DATA}", AWS_SECRET_ACCESS_KEY="not-the-secret")
    problems = refused(program, outcome, f"s3://{BUCKET}/{DATA}", r"signature|credential|secret|denied|forbidden|403")
    if "not-the-secret" in outcome.stderr:
        problems.append("stderr shows the secret")
    return problems


def check_unsigned_refused(program: Program) -> Problems:
    outcome = program.profile(f"s3://{BUCKET}/{DATA}", "--no-sign-request", signed=False)
    return refused(program, outcome, f"s3://{BUCKET}/{DATA}", r"credential|denied|forbidden|sign|403")


def check_unsigned(program: Program, listing: list[Listed]) -> Problems:
    outcome = program.profile(f"s3://{BUCKET}/{DATA}", "--no-sign-request", signed=False)
    return compare(outcome, expect(listing, DATA))


FIX = re.compile(r"\b(check|try|set|use|export|make sure|grant|pass|see|run|give|list)\b", re.IGNORECASE)


def refused(program: Program, outcome: Outcome, what: str, why: str) -> Problems:
    """Nothing could be scanned: exit code 4, and at most four lines that say what, where, why, and what to do."""
    message = outcome.stderr.strip("\n")
    shown = f"in {message[:400]!r}"
    problems = differ("exit code", 4, outcome.code)
    if not 1 <= len(message.splitlines()) <= 4:
        problems.append(f"stderr: expected 1 to 4 lines, got {len(message.splitlines())} {shown}")
    if not message.startswith("s3layout: "):
        problems.append(f"stderr: expected to start with 's3layout: ' {shown}")
    if what not in message:
        problems.append(f"stderr: expected what failed ({what!r}) {shown}")
    if program.server.endpoint.removeprefix("http://") not in message:
        problems.append(f"stderr: expected where ({program.server.endpoint}) {shown}")
    if not re.search(why, message, re.IGNORECASE):
        problems.append(f"stderr: expected why (/{why}/) {shown}")
    if not FIX.search(message):
        problems.append(f"stderr: expected what to do (/{FIX.pattern}/) {shown}")
    if outcome.stdout and outcome.document().get("complete") is not False:
        problems.append("stdout: a report of nothing that is not marked incomplete")
    return [*problems, *unsafe("stderr", message)]


# --- the program -----------------------------------------------------------------------------------------------------


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    print(f"   {what}: {time.monotonic() - start:.1f} s", flush=True)


def run(binary: Path, rclone: Path, work: Path, only_fixtures: bool) -> Checks:
    """Every check on both servers, one server at a time."""
    checks = Checks()
    check_with(checks, binary, servers.rclone(rclone, work), only_fixtures)
    check_with(checks, binary, servers.moto(work), only_fixtures)
    return checks


def check_with(checks: Checks, binary: Path, running: AbstractContextManager[Server], only_fixtures: bool) -> None:
    """Every check on one server, which is stopped at the end."""
    with running as server:
        before = len(checks.failed)
        try:
            check_server(checks, binary, server, only_fixtures)
        except Exception:  # the other server is still worth checking
            problem = traceback.format_exc()
            checks.run(f"{server.name}: can be checked", lambda: [problem])
        if len(checks.failed) > before:
            print(f"     last lines of {server.name}'s log:\n{servers.tail(server.log)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path, required=True, help="s3layout, built from the checkout")
    parser.add_argument("--rclone", type=Path, required=True)
    parser.add_argument("--summary", type=Path, help="file to write the closing line to")
    parser.add_argument("--only-fixtures", action="store_true", help="compare only what reference writers wrote")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    with tempfile.TemporaryDirectory(prefix="s3layout-e2e-") as work:
        checks = run(options.binary.resolve(), options.rclone.resolve(), Path(work), options.only_fixtures)
    if options.summary:
        options.summary.write_text(checks.summary() + "\n")
    else:
        print(checks.summary())
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
