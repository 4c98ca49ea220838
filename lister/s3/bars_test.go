package s3

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"s3layout/lister/s3sim"
)

// bars are the promises that a listing keeps, and the tests that hold it to them: "room.Test", or a script of
// testdata/script. .ci/mutate switches the guard of each off, and one of its tests must fail.
var bars = []struct{ bar, promise, tests string }{
	{"R-01", "whole, or incomplete with the missing ranges named: no third outcome",
		"lister/s3.TestPermanentFaults lister/s3.TestTransientFaults lister/s3.TestMixedFaults lister/s3.TestMetamorphic cmd/s3layout.TestEveryFault incomplete.txtar"},
	{"R-02", "a page counts only if it is one in every particular", "lister/s3.TestCheck lister/s3.TestHostileDocuments lister/s3.TestUnusualDocuments lister/s3.TestDecodePage lister/s3.FuzzDecodePage lister/s3.TestPermanentFaults"},
	{"R-03", "attempts, back-off, Retry-After; an outage of 300 answers ends no listing of 64 workers", "lister/s3.TestStorm lister/s3.TestOutageFirst lister/s3.TestRetryAfter lister/s3.TestBackoff lister/s3.TestServerGone lister/s3.TestHTTP2 lister/s3.TestDoubt lister/s3.TestFailuresByKind"},
	{"R-04", "at most 5 % of requests refused by a server that takes k a second, and 0.8 k asked for", "lister/s3.TestThrottled"},
	{"R-05", "silence, drips and runs end: per request and in all", "lister/s3.TestSilence lister/s3.TestSilenceOfReads lister/s3.TestSlowAnswer lister/s3.TestDeadline limits.txtar"},
	{"R-06", "the cursor goes on: no token twice, no key backwards", "lister/s3.TestSerialTokens lister/s3.TestEmptyPagesForever lister/s3.TestOneBadOrder lister/s3.TestServersWithoutStartAfter"},
	{"R-07", "--verify looks behind every end", "lister/s3.TestVerify lister/s3.TestVerifyEmptyEnd lister/s3.TestVerifyCost lister/s3.TestVerifyFails lister/s3.TestVerifyWhat lister/s3.TestVerifyResumed limits.txtar"},
	{"R-08", "ranges tile: no gap, no overlap", "lister/s3.TestAdvance lister/s3.TestKeyspaces lister/s3.TestHostileKeys lister/s3.TestRandomKeys lister/s3.TestMetamorphic lister.TestCutsTile lister.TestRangesRemove"},
	{"R-09", "what is there all the time comes once, whatever else changes; nothing is dropped for its time", "lister/s3.TestChangingLake lister/s3.TestFutureModified limits.txtar"},
	{"R-10", "credentials that expire are fetched again, at the same cursor", "lister/s3.TestExpiredCredentials lister/s3.TestExpiredTwice lister/s3.TestExpiredReads limits.txtar"},
	{"R-11", "the bucket's region is found with one request more", "lister/s3.TestRegion lister/s3.TestOddRegions errors.txtar"},
	{"R-12", "no redirect is followed", "lister/s3.TestRedirects"},
	{"R-13", "what is denied is named, and the rest is listed", "lister/s3.TestDeniedRange lister/s3.TestFailuresInARow limits.txtar"},
	{"R-14", "no such name, not trusted, refused: the cause within 3 s", "lister/s3.TestUnreachable lister/s3.TestExplain errors.txtar limits.txtar"},
	{"R-15", "bodies, keys and tokens are bounded", "lister/s3.TestBodyLimit lister/s3.TestHostileDocuments lister/s3.TestCheck"},
	{"R-16", "sums saturate, sizes are never negative", "stats.TestTotalsSaturate stats.TestAddSaturating stats.TestSketchCountSaturates lister/s3.TestPermanentFaults"},
	{"R-17", "a key is what it is, byte for byte", "lister/s3.TestHostileKeys lister/s3.TestUnescape stats.TestNotUTF8 hostile.txtar"},
	{"R-18", "cancelled, it returns within a second, honest, and leaves nobody behind", "lister/s3.TestCancel lister/s3.TestNoLeak lister/s3.TestConsumerFails interrupt.txtar"},
	{"R-19", "no race, no bytes that break a parser", "lister/s3.FuzzDecodePage lister/s3.FuzzResume cmd/s3layout.FuzzCheckpoint stats.FuzzLayout lister/s3sim.FuzzFaults"}, // with -race in .ci/run, for hours in .ci/nightly
	{"R-20", "requests cost what the keys do, and never more than --max-requests", "lister/s3.TestBudget lister/s3.TestSimulation lister/s3.TestSmallPrefixCostsOneRequest lister/s3.TestSerialCost incomplete.txtar"},
}

// relationsHeld are the metamorphic relations: what may change without a byte of the profile doing so.
var relationsHeld = []struct{ relation, what, function string }{
	{"MR1", "workers, 1 to 256", "sameProfile"},
	{"MR2", "page size, 1 to 1,000", "sameProfile"},
	{"MR3", "any cuts of the keys to begin with", "anyShards"},
	{"MR4", "faults that heal", "sameProfile"},
	{"MR5", "keys encoded or not", "sameProfile"},
	{"MR6", "killed and taken up again at any page", "killedAndResumed"},
	{"MR7", "when each answer comes", "sameProfile"},
	{"MR8", "the order of the objects", "sameProfile"},
	{"MR9", "children add up to their directory", "childrenAddUp"},
	{"MR10", "one object more is one more, in one partition", "oneMore"},
}

// faultRows are the rows of the table of faults, and how s3sim injects them: kinds of Fault, or what else there is.
var faultRows = []struct {
	row   int
	kinds string
}{
	{1, "slowdown"}, {2, "internal"}, {3, "internal"}, {4, "resetbody"}, {5, "cutbody"}, {6, "cutxml"}, {7, "empty"}, {8, "html"},
	{9, "json"}, {10, "error200"}, {11, "sametoken"}, {12, "cycle"}, {13, "notoken"}, {14, "emptypage"}, {15, "duplicate unordered"},
	{16, "rawcontrol"}, {17, "keyspace:hostile"}, {18, "expired"}, {19, "denied"}, {20, "wrongregion malformed"}, {21, "redirect"},
	{22, "stall"}, {23, "drip"}, {24, "skewed"}, {25, "future"}, {26, "test:TestUnreachable"}, // of the client's resolver: no server has it
	{27, "negative"}, {28, "entities"}, {29, "oversize hugekey"}, {30, "retryafter retryafterdate retryafterms"},
}

// TestBars fails where a test that holds a promise is not there any more.
func TestBars(t *testing.T) {
	tests := testNames(t)
	for i, b := range bars {
		if want := "R-" + string([]byte{'0' + byte((i+1)/10), '0' + byte((i+1)%10)}); b.bar != want || b.promise == "" || b.tests == "" {
			t.Errorf("bar %d is %+v", i+1, b)
		}
		for name := range strings.FieldsSeq(b.tests) {
			if !tests[name] {
				t.Errorf("%s: there is no %s", b.bar, name)
			}
		}
	}
	source, err := os.ReadFile("metamorphic_test.go")
	if err != nil || len(relationsHeld) != 10 {
		t.Fatal(err)
	}
	for _, r := range relationsHeld {
		if !regexp.MustCompile(`\n\t\{".*", ` + r.function + `\},\n`).Match(source) {
			t.Errorf("%s: %s is not among the relations", r.relation, r.function)
		}
	}
}

// testNames are all tests of the module, as bars spell them.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	out := map[string]bool{}
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasSuffix(name, ".txtar"):
			out[filepath.Base(name)] = true
		case strings.HasSuffix(name, "_test.go"):
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			room, _ := filepath.Rel("../..", filepath.Dir(name))
			for _, m := range function.FindAllSubmatch(text, -1) {
				out[filepath.ToSlash(room)+"."+string(m[1])] = true
			}
		}
		return nil
	})
	if err != nil || len(out) < 300 {
		t.Fatalf("%d tests, %v", len(out), err)
	}
	return out
}

// TestFaultRows has a way to inject each row of the table.
func TestFaultRows(t *testing.T) {
	for i, r := range faultRows {
		if r.row != i+1 {
			t.Errorf("row %d is at %d", r.row, i+1)
		}
		for how := range strings.FieldsSeq(r.kinds) {
			var err error
			if name, ok := strings.CutPrefix(how, "keyspace:"); ok {
				_, err = s3sim.Named(name, 10)
			} else if !strings.HasPrefix(how, "test:") {
				_, err = s3sim.ParseKind(how)
			}
			if err != nil {
				t.Errorf("row %d: %v", r.row, err)
			}
		}
	}
}

// TestHostileNamed lists the keyspace whose keys hold what a terminal obeys.
func TestHostileNamed(t *testing.T) {
	keys := ready(t, "hostile", 2500)
	mustList(t, overTCP(t, lake(keys)), "s3://lake/", truth(keys, ""), Options{Concurrency: 8, PageSize: 100})
}
