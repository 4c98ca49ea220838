#!/usr/bin/env python3
"""Switches off the guards of a listing, one after the other, and expects a test to fail each time.

    python3 .ci/mutate.py            all of them, a few minutes on an idle machine
    python3 .ci/mutate.py R-05 R-07  those of these bars

A guard is a few words of a source file and what stands in their place when it is off. The file itself stays as it is: go
test takes the other one from an overlay. Words that are no longer there, or there twice, are an error, as is a guard that no
test misses. lister/s3/bars_test.go says what the bars promise.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
S3 = "lister/s3"

# bar, what is off, file, words, what stands in their place, tests that may notice ("" of another room: room:tests)
GUARDS = [
    ("R-01", "a span given up is not named", f"{S3}/board.go",
     "	b.missing = append(b.missing, lister.Missing{Range: s.rest(), Err: err})\n	if !transient(err) {", "	if !transient(err) {",
     "TestDeniedRange"),
    ("R-01", "what a stop leaves is not named", f"{S3}/board.go",
     "		b.missing = append(b.missing, lister.Missing{Range: s.rest(), Err: err})\n	}\n	clear(b.spans)", "		_ = s\n	}\n	clear(b.spans)",
     "TestAbandoned|TestCancel"),
    ("R-02", "IsTruncated may be missing", f"{S3}/page.go", "if p.seen&elementIsTruncated == 0 {", "if false {", "TestDecodePage|TestHostileDocuments"),
    ("R-02", "KeyCount may be another", f"{S3}/page.go", "p.keyCount >= 0 && p.keyCount != len(p.objects)", "false", "TestCheck"),
    ("R-02", "the prefix may be another", f"{S3}/page.go", "if !p.isFor(r.prefix) {", "if false {", "TestCheck"),
    ("R-02", "the bucket may be another", f"{S3}/page.go", 'p.name != bucket && p.name != "" && isPlainBucket(bucket)', "false", "TestCheck"),
    ("R-02", "a key may be outside the prefix", f"{S3}/page.go", "if !strings.HasPrefix(key, r.prefix) {", "if false {", "TestCheck"),
    ("R-03", "a body that ends early is final", f"{S3}/retry.go", "errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errEarlyEnd)", "false", "TestHTTP2|TestResume|TestReadFaults|TestTransientFaults"),
    ("R-03", "one attempt", f"{S3}/source.go", "DefaultMaxAttempts    = 10", "DefaultMaxAttempts    = 1", "TestOutageFirst"),
    ("R-03", "Retry-After is not heard", f"{S3}/retry.go", "if wait, ok := retryAfter(err, now); ok {", "if wait, ok := retryAfter(err, now); ok && wait < 0 {", "TestRetryAfter$"),
    ("R-03", "refusals midway are final", f"{S3}/retry.go", "const doubtAttempts = 4", "const doubtAttempts = 1", "TestDoubt"),
    ("R-04", "no pace", f"{S3}/pace.go", "func (p *pace) slow(now time.Time) {\n", "func (p *pace) slow(now time.Time) {\n	if p != nil {\n		return\n	}\n", "TestThrottled"),
    ("R-05", "no watchdog", f"{S3}/watchdog.go", "time.AfterFunc(w.silence, func()", "time.AfterFunc(1000*time.Hour, func()", "TestSilence"),
    ("R-05", "no deadline for an attempt", f"{S3}/watchdog.go", "context.WithTimeout(ctx, s.opts.AttemptTimeout)", "context.WithTimeout(ctx, 1000*time.Hour)", "TestDeadline|TestSilence"),
    ("R-06", "a token may come twice", f"{S3}/serial.go", "		case seen[hash]:\n", "		case seen[hash] && w.empty > 1<<30:\n", "TestSerialTokens"),
    ("R-06", "keys may go backwards", f"{S3}/page.go", "if r.ordered && key <= last {", "if r.ordered && key <= last && p == nil {", "TestCheck|TestOneBadOrder|TestServersWithoutStartAfter"),
    ("R-06", "pages without a key for ever", f"{S3}/serial.go", "case len(t.seen) == maxEmptyPages:", "case len(t.seen) == 50*maxEmptyPages:", "TestEmptyPagesForever"),
    ("R-07", "no look behind the end", f"{S3}/verify.go", "if p.truncated || !s.opts.Verify || s.serial {", "if p != nil {", "TestVerify"),
    ("R-08", "keys beyond the end count", f"{S3}/board.go", "for own > 0 && s.Beyond(objects[own-1].Key) {", "for own > 0 && s.Beyond(objects[own-1].Key) && b == nil {", "TestAdvance"),
    ("R-09", "the cursor is not the last key", f"{S3}/board.go", "return lister.Range{After: s.last, End: s.End}", 'return lister.Range{After: s.last + "!", End: s.End}', "TestRandomKeys|TestChangingLake|TestHostileKeys"),
    ("R-09", "what was written meanwhile is not counted", "cmd/s3layout/profile.go", "if objects[i].Modified.After(t) {", "if objects[i].Modified.After(t) && n < 0 {", "cmd/s3layout:TestScripts/limits"),
    ("R-10", "credentials are not fetched again", f"{S3}/credentials.go", "	cache.Invalidate()\n", "	_ = cache\n", "TestExpired"),
    ("R-11", "the region is not followed", f"{S3}/open.go", 'if region := bucketRegion(err); region != "" && region != s.region {', 'if region := bucketRegion(err); region != "" && region == s.region {', "TestRegion"),
    ("R-12", "redirects are followed", f"{S3}/client.go", "func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }",
     "func refuseRedirect(_ *http.Request, via []*http.Request) error {\n	if len(via) < 5 {\n		return nil\n	}\n	return http.ErrUseLastResponse\n}", "TestRedirects"),
    ("R-13", "refusals end everything", f"{S3}/board.go", "	if !transient(err) {\n		b.share()\n		return\n	}\n", "", "TestFailuresInARow"),
    ("R-14", "who cannot be reached is asked ten times", f"{S3}/fetch.go", "unreachableAttempts = 3", "unreachableAttempts = 10", "TestUnreachable"),
    ("R-15", "bodies of any length", f"{S3}/fetch.go", "maxPageBytes = 16 << 20", "maxPageBytes = 1 << 30", "TestPageBytes"),
    ("R-15", "keys of any length", f"{S3}/page.go", "if len(key) > maxKeyBytes {", "if false {", "TestCheck"),
    ("R-16", "sums wrap", "stats/histogram.go", "if a > math.MaxInt64-b {", "if a > math.MaxInt64-b && b < 0 {", "stats:TestTotalsSaturate|TestAddSaturating"),
    ("R-16", "sizes may be negative or missing", f"{S3}/page.go", "case o.Size < 0:", "case o.Size < -1<<62:", "TestDecodePage|TestHostileDocuments"),
    ("R-17", "keys are not decoded", f"{S3}/page.go", "	if p.encoded {\n", "	if p.encoded && p.keyCount == -2 {\n", "TestHostileKeys|TestDecodePage"),
    ("R-18", "what is cancelled goes on waiting", f"{S3}/fetch.go", "	case <-ctx.Done():\n		return context.Cause(ctx)\n	}\n}\n\nvar errBudget", "	case <-(chan struct{})(nil):\n		return context.Cause(ctx)\n	}\n}\n\nvar errBudget", "TestCancel"),
    ("R-18", "cancelled, it looks whole", f"{S3}/source.go", "		b.stop(context.Cause(ctx))\n", "", "TestCancel"),
    ("R-19", "any bytes are a checkpoint", "cmd/s3layout/checkpoint_file.go", "if sum.Sum32() != binary.LittleEndian.Uint32(want[:]) {", "if sum.Sum32() != binary.LittleEndian.Uint32(want[:]) && end < 0 {", "cmd/s3layout:TestCheckpointDamaged"),
    ("R-20", "--max-requests is not held", f"{S3}/fetch.go", "s.opts.MaxRequests > 0 && n > s.opts.MaxRequests", "s.opts.MaxRequests > 0 && n < 0", "TestBudget"),
]


def off(name, words, instead, tests):
    """Runs the tests with the words of a file replaced, and returns the first that fails, or None and what went wrong."""
    text = (ROOT / name).read_text()
    if text.count(words) != 1:
        return None, f"{name} has {words!r} {text.count(words)} times, not once"
    room, _, pattern = tests.rpartition(":")
    room = room or S3
    with tempfile.TemporaryDirectory() as dir:
        other, overlay = pathlib.Path(dir, "other.go"), pathlib.Path(dir, "overlay.json")
        other.write_text(text.replace(words, instead))
        overlay.write_text(json.dumps({"Replace": {str(ROOT / name): str(other)}}))
        top = "|".join(f"^{p}" for p in pattern.split("|"))
        run = subprocess.run(["go", "test", "-overlay", str(overlay), "-count=1", "-vet=off", "-timeout=300s", "-failfast", "-run", top, f"./{room}"],
                             cwd=ROOT, capture_output=True, text=True)
    out = run.stdout + run.stderr
    if run.returncode == 0:
        return None, "no test fails"
    if "[build failed]" in out or "setup failed" in out:
        return None, f"it does not compile: {out[:300]}"
    if failed := re.search(r"--- FAIL: (\S+)", out):
        return failed[1], ""
    return ("time-out", "") if "test timed out" in out else (None, out[:300])


def main(bars):
    survived = 0
    for bar, what, name, words, instead, tests in GUARDS:
        if bars and bar not in bars:
            continue
        failed, wrong = off(name, words, instead, tests)
        survived += failed is None
        print(f"{bar}  {what:45} {failed or '!!! ' + wrong}", flush=True)
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
