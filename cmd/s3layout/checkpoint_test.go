package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"s3layout/lister"
	"s3layout/lister/s3sim"
	"s3layout/stats"
)

// withoutRun is a report but for what the run took.
func withoutRun(t *testing.T, report []byte) (text string, resumed int64) {
	t.Helper()
	var r map[string]json.RawMessage
	var run struct{ Resumed int64 }
	if err := errors.Join(json.Unmarshal(report, &r), json.Unmarshal(r["run"], &run)); err != nil {
		t.Fatalf("%v: %.200s", err, report)
	}
	delete(r, "run")
	out, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out), run.Resumed
}

// victim is a server that kills the client's process when it has had a number of requests.
type victim struct {
	at      atomic.Int64
	process atomic.Pointer[os.Process]
}

func (v *victim) fault(*s3sim.Request) *s3sim.Fault {
	if v.at.Add(-1) == 0 {
		if p := v.process.Load(); p != nil {
			_ = p.Kill() // it may have ended
		}
	}
	return nil
}

// killedRun runs the program, which is killed with the n-th request that it sends, and returns what it printed.
func killedRun(t *testing.T, v *victim, n int64, args ...string) (stdout []byte, code int) {
	t.Helper()
	cmd := exec.Command("s3layout", args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	v.process.Store(nil)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	v.process.Store(cmd.Process)
	v.at.Store(n)
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	code = cmd.ProcessState.ExitCode() // -1: killed
	if code > 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	return out.Bytes(), code
}

// TestKilled kills the program with SIGKILL, whatever it is at when the server has had a number of requests, and runs the same
// command again, until it ends. S3LAYOUT_KILLS is how often that is done.
func TestKilled(t *testing.T) {
	rounds := 6
	if text := os.Getenv("S3LAYOUT_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		rounds = n
	}
	keys, err := s3sim.Named("hive500", 60_000)
	if err != nil {
		t.Fatal(err)
	}
	for name, server := range map[string]*s3sim.Server{"far": {Latency: 20 * time.Millisecond}, "near": {}} {
		t.Run(name, func(t *testing.T) {
			server.Buckets = map[string]*s3sim.Bucket{"lake": {Keys: keys}}
			k := killed(t, server, rounds, "--concurrency", "4", "--probe", "off")
			if each := float64(k.lost) / float64(k.kills); each > 4 {
				t.Errorf("%.1f requests were lost with a kill, with 4 in flight at most", each)
			}
		})
	}
}

// TestKilledTables is TestKilled for a lake of tables: what is read of their metadata is read again, and a listing that was
// taken up again is listed once more, for the files that are live.
func TestKilledTables(t *testing.T) {
	server := s3sim.New(map[string]*s3sim.Bucket{"lake": {Keys: s3sim.Objects(lakeOfTables()...)}})
	server.PageCap, server.Latency = 100, 10*time.Millisecond
	k := killed(t, server, 3, "--concurrency", "4", "--probe-requests", "20")
	for _, want := range []string{`"basis":"metadata"`, `"format":"delta"`} {
		if !strings.Contains(k.report, want) {
			t.Errorf("%s is not in %.1000s", want, k.report)
		}
	}
}

// lakeOfTables is two Delta tables of a few thousand files, of which a third is dead, with plain files before, between and
// behind them.
func lakeOfTables() (out []s3sim.Object) {
	add := func(key string, size int64, body string) {
		o := s3sim.Object{Key: key, Size: size, Modified: lakeTime}
		if body != "" {
			o.Size, o.Body = int64(len(body)), []byte(body)
		}
		out = append(out, o)
	}
	for _, table := range []string{"m/orders/", "t/"} {
		first := `{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}` + "\n" +
			`{"metaData":{"id":"x","format":{"provider":"parquet"},"schemaString":"{}","partitionColumns":["p"],"configuration":{}}}` + "\n"
		second := ""
		for i := range 1500 {
			path := fmt.Sprintf("p=%d/part-%05d.csv", i%20, i)
			add(table+path, int64(1000+i), "")
			first += fmt.Sprintf(`{"add":{"path":%q,"partitionValues":{"p":"%d"},"size":%d,"modificationTime":0,"dataChange":true}}`, path, i%20, 1000+i) + "\n"
			if i%3 == 0 {
				second += fmt.Sprintf(`{"remove":{"path":%q,"dataChange":true}}`, path) + "\n"
			}
		}
		add(table+"_delta_log/00000000000000000000.json", 0, first)
		add(table+"_delta_log/00000000000000000001.json", 0, second)
	}
	for i := range 1500 {
		add(fmt.Sprintf("%c/x=%d/%05d.csv", "anz"[i%3], i%7, i), int64(i), "")
	}
	return out
}

// savedRequests is how many requests the checkpoint knows of: 0 where there is none.
func savedRequests(t *testing.T, file string) int64 {
	t.Helper()
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	h, _, err2 := readCheckpoint(bytes.NewReader(b), int64(len(b)))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return h.Spent.Usage.Requests
}

// killing is what came of runs that were killed.
type killing struct {
	report  string // but for what the run took
	kills   int
	resumes int64
	lost    int64 // requests, of which the checkpoint did not know at a kill
}

// killed profiles the server's bucket "lake" in one go, then often again with a checkpoint and kills at random, and fails
// unless the report is the same each time.
func killed(t *testing.T, server *s3sim.Server, rounds int, flags ...string) killing {
	t.Helper()
	v := &victim{}
	server.Fault = v.fault
	url, stop, err := s3sim.Start(server)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	file := filepath.Join(t.TempDir(), "cp")
	args := append([]string{"profile", "s3://lake/", "--endpoint-url", url, "--no-sign-request", "--region", "us-east-1",
		"--format", "json", "--partitions", "all"}, flags...)
	whole, _ := killedRun(t, v, -1, args...)
	want, _ := withoutRun(t, whole)
	alone := server.Stats().Requests
	args = append(args, "--checkpoint", file)

	r := rand.New(rand.NewPCG(uint64(rounds), 1))
	k := killing{report: want}
	for round := range rounds {
		saved := int64(0)
		for lives := 0; ; lives++ {
			n, before := int64(-1), server.Stats().Requests
			if lives < 6 {
				n = 1 + r.Int64N(alone)
			}
			out, code := killedRun(t, v, n, args...)
			if code < 0 {
				now := savedRequests(t, file)
				k.kills++
				k.lost += server.Stats().Requests - before - (now - saved)
				saved = now
				continue
			}
			got, resumed := withoutRun(t, out)
			if k.resumes += resumed; got != want {
				t.Fatalf("round %d, after %d kills: another report:\n got %.2000s\nwant %.2000s", round, lives, got, want)
			}
			break
		}
		if left, _ := filepath.Glob(file + "*"); len(left) > 0 {
			t.Fatalf("round %d leaves %q", round, left)
		}
	}
	t.Logf("%d kills, %d resumed runs, of %d requests: %.1f lost with a kill", k.kills, k.resumes, alone, float64(k.lost)/float64(max(k.kills, 1)))
	if k.kills < rounds || k.resumes == 0 {
		t.Errorf("%d kills and %d resumed runs show nothing", k.kills, k.resumes)
	}
	return k
}

// checkpointBytes is a checkpoint of a few objects.
func checkpointBytes(t testing.TB) []byte {
	t.Helper()
	c := stats.NewCollector(stats.Options{})
	c.Add([]lister.Object{{Key: "a=1/x.csv", Size: 3}, {Key: "a=2/y.json.gz", Size: 4}})
	h := checkpointHeader{Tool: version(), Scope: scope{URI: "s3://b/"}, Started: time.Unix(1700000000, 0).UTC(), Source: json.RawMessage(`{"root":"","left":[{}]}`)}
	var b bytes.Buffer
	if err := writeCheckpoint(&b, h, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Half a checkpoint is none, wherever it is cut, nor is one with a bit turned.
func TestCheckpointDamaged(t *testing.T) {
	good := checkpointBytes(t)
	if _, _, err := readCheckpoint(bytes.NewReader(good), int64(len(good))); err != nil {
		t.Fatal(err)
	}
	for n := range good {
		_, _, err := readCheckpoint(bytes.NewReader(good[:n]), int64(n))
		if err == nil || n >= len(checkpointMagic) && !errors.Is(err, errDamaged) {
			t.Fatalf("%d of %d bytes: %v", n, len(good), err)
		}
		for bit := range 8 {
			turned := slices.Clone(good)
			turned[n] ^= 1 << bit
			if _, _, err := readCheckpoint(bytes.NewReader(turned), int64(len(turned))); err == nil {
				t.Fatalf("byte %d, bit %d: no error", n, bit)
			}
		}
	}
}

// Any bytes are a checkpoint, or an error. The checksum is made to fit, so that what is behind it is reached.
func FuzzCheckpoint(f *testing.F) {
	good := checkpointBytes(f)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte(checkpointMagic + "{}\n"))
	f.Add([]byte(checkpointMagic + `{"started":"2026-01-01T00:00:00Z","spent":{"usage":{"Requests":-1}}}` + "\n"))
	f.Add([]byte("s3layout checkpoint 2\n{}\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) >= crc32.Size {
			body := in[:len(in)-crc32.Size]
			in = binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.Checksum(body, castagnoli()))
		}
		h, state, err := readCheckpoint(bytes.NewReader(in), int64(len(in)))
		if err != nil {
			return
		}
		_ = (&checkpoint{header: checkpointHeader{Started: time.Now()}}).accept(h, time.Hour)
		if c, err := stats.ReadState(state, stats.Options{}); err == nil {
			c.Profile()
		}
	})
}

// A shell reads a word back as it was.
func TestShellWord(t *testing.T) {
	for _, word := range []string{"", "a", "s3://b/k", "a b", "it's", "**/x=*", "$HOME", "a\nb", "\x1b[2J", "é", "\u202e", "\xff", `\`, "'\n\\'", "-"} {
		out, err := exec.Command("bash", "-c", "printf %s "+shellWord(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q is spelled %s, and read %q, %v", word, shellWord(word), out, err)
		}
		if strings.ContainsAny(shellWord(word), "\n\x1b\u202e") || !utf8.ValidString(shellWord(word)) {
			t.Errorf("%q is spelled %q", word, shellWord(word))
		}
	}
}
