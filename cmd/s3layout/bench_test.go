package main

import (
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// The widest rows that there are stay within 100 columns; a wrong count shows in its row, in a note, and in the exit code.
func TestBenchTable(t *testing.T) {
	const mib = 1 << 20
	table := benchTable{
		options: &benchOptions{objects: 10_000_000, runs: 3, concurrency: 64, latency: 30 * time.Millisecond, serial: true, peers: true},
		begun:   time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), load: "1.50", missing: []string{"s5cmd"},
		rows: []benchRow{
			{keyspace: "counter", lister: "s3layout", objects: 10_000_000, serial: 580, samples: []sample{
				{10, 8.25, 40 * mib, 10_100}, {11.5, 8, 41 * mib, 10_050}, {9.5, 10.5, 100 * mib, 10_200},
			}},
			{keyspace: "counter", lister: "serial", objects: 10_000_000, serial: 580, scaled: 100_000, samples: []sample{{580, 200, 30 * mib, 10_000}}},
			{keyspace: "counter", lister: "rclone", objects: 10_000_000, serial: 580, peer: true, wrong: "1 object"},
			{keyspace: "hex", lister: "s3layout", objects: 10_000_000, wrong: "9 objects of 8 bytes", samples: []sample{{2, 1, 1, 1}, {4, 1, 1, 1}}},
		},
	}
	got := table.String()
	_, body, _ := strings.Cut(got, "\n")
	if body != wantTable {
		t.Errorf("got\n%s\nwant\n%s", body, wantTable)
	}
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(line) - 1; n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// wantTable is the table without its first line, which is the machine's.
const wantTable = `10,000,000 objects a bucket · 30ms latency · 64 in flight · medians of 3 runs, min–max below

keyspace      objects      wall s       CPU s  CPU s/M       requests  /1,000  peak MiB  × serial*
counter    10,000,000       10.00        8.25     0.82         10,100   1.010        41       58.0
  min–max              9.50–11.50  8.00–10.50           10,050–10,200            40–100
  serial*  10,000,000      580.00      200.00    20.00         10,000   1.000        30        1.0
  rclone        WRONG           -           -        -              -       -         -          -
hex             WRONG        3.00        1.00     0.10              1   0.000         0          -
  min–max               2.00–4.00        1.00                       1                 0

CPU: user and system of the lister alone; /M: per million objects · requests: the server's count
* scaled from the first 100,000 objects
serial: page by page with aws-sdk-go-v2
peers: rclone size --fast-list, aws s3 ls --recursive --summarize, s5cmd du
not installed: s5cmd
WRONG: counter, rclone: 1 object
WRONG: hex, s3layout: 9 objects of 8 bytes
`

func TestBenchOutcome(t *testing.T) {
	for _, c := range []struct {
		name  string
		table benchTable
		code  int
	}{
		{"exact", benchTable{rows: []benchRow{{lister: "s3layout"}}}, exitOK},
		{"wrong", benchTable{rows: []benchRow{{}, {wrong: "x"}}}, exitIncomplete},
		{"a peer's", benchTable{rows: []benchRow{{}, {wrong: "x", peer: true}}}, exitOK},
		{"signal", benchTable{rows: []benchRow{{wrong: "x"}}, stopped: &signalError{syscall.SIGTERM}}, exitTerminate},
		{"other end", benchTable{stopped: errors.New("x")}, exitNothing},
	} {
		code := exitOK
		var exit *exitError
		if errors.As(c.table.outcome(), &exit) {
			code = exit.code
		}
		if code != c.code {
			t.Errorf("%s: exit %d, want %d", c.name, code, c.code)
		}
	}
}

// A lister's answer is held against the bucket to the object, the byte and the request.
func TestBenchJudge(t *testing.T) {
	want := tally{objects: 1000, bytes: 5000}
	for _, c := range []struct {
		got tally
		bad string
	}{
		{tally{1000, 5000, 0}, ""},
		{tally{1000, 5000, 7}, ""},
		{tally{1000, 5000, 8}, "it says 8 requests, and the server counted 7"},
		{tally{999, 5000, 7}, "999 objects of 5000 bytes, and the bucket has 1000 of 5000"},
		{tally{1000, 5001, 7}, "1000 objects of 5001 bytes, and the bucket has 1000 of 5000"},
	} {
		err := judge(contender{read: func([]byte) (tally, error) { return c.got, nil }}, nil, want, 7)
		if (err == nil) != (c.bad == "") || err != nil && err.Error() != c.bad {
			t.Errorf("%v: %v, want %q", c.got, err, c.bad)
		}
	}
}

// What listers print, as they printed it.
func TestBenchRead(t *testing.T) {
	want := tally{objects: 50000, bytes: 55632683584}
	for name, c := range map[string]struct {
		read   func([]byte) (tally, error)
		output string
	}{
		"rclone": {readRclone, `{"count":50000,"bytes":55632683584,"sizeless":0,"fs":":s3,provider=Other:hex"}` + "\n"},
		"aws":    {readAWS, "2025-04-26 08:26:41     177146 blobs/ffffa6749a688340.json.gz\n\nTotal Objects: 50000\n   Total Size: 55632683584\n\n"},
		"s5cmd":  {readS5cmd, "55632683584 bytes in 50000 objects: s3://hex/*\n"},
		"serial": {readSerial, "50000 objects, 55632683584 bytes\n"},
		"json":   {readReportTally, `{"complete":true,"profile":{"totals":{"objects":49000,"bytes":55632683500},"ignored":[{"objects":1000,"bytes":84}]}}`},
	} {
		if got, err := c.read([]byte(c.output)); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if got, err := c.read(nil); err == nil {
			t.Errorf("%s: %v of nothing", name, got)
		}
	}
	if _, err := readReportTally([]byte(`{"complete":false,"profile":{}}`)); err == nil {
		t.Error("a partial report passes")
	}
	if n, err := readFiles([]byte("s3://b/   1 hint\n1,047,012 files · 216 GiB · 2 partitions ()\n")); err != nil || n != 1047012 {
		t.Error(n, err)
	}
}

func readReportTally(output []byte) (tally, error) {
	t, _, err := readReport(output)
	return t, err
}

// A lister never learns of the user's account, proxies or flags.
func TestBenchEnvironment(t *testing.T) {
	env := benchEnvironment([]string{"PATH=/bin", "AWS_PROFILE=p", "https_proxy=http://p", "HTTP_PROXY=x", "S3LAYOUT_EXCLUDE=**", "RCLONE_FAST_LIST=false", "AWSOME=1"})
	if slices.Contains(env, "AWS_PROFILE=p") || !slices.Contains(env, "AWS_REGION=us-east-1") {
		t.Errorf("%q", env)
	}
	kept := slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "AWS_") || strings.HasPrefix(v, "RCLONE_CONFIG=") })
	if !slices.Equal(kept, []string{"PATH=/bin", "AWSOME=1"}) {
		t.Errorf("%q", kept)
	}
}

// The end of a long output is kept, whatever the pieces that it comes in.
func TestBenchTail(t *testing.T) {
	const most = 1 << 20
	whole := tail{most: most}
	content := strings.Repeat("0123456789", most/2)
	for piece := range slices.Chunk([]byte(content), 777) {
		if n, err := whole.Write(piece); n != len(piece) || err != nil {
			t.Fatal(n, err)
		}
	}
	if n := len(whole.bytes); n < most || n > 2*most || !strings.HasSuffix(content, string(whole.bytes)) {
		t.Errorf("%d bytes are kept of %d", n, len(content))
	}
}
