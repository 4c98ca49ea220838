package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"s3layout/advisor"
	"s3layout/advisor/audit"
	"s3layout/lister/s3sim"
)

// The scripts in testdata/script drive the real program against an S3 server over HTTP.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"s3layout": main})
}

func TestScripts(t *testing.T) {
	fixtures, err := filepath.Abs("../../stats/probe")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			e.Setenv("AWS_CONFIG_FILE", filepath.Join(e.WorkDir, "no-config"))
			e.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(e.WorkDir, "no-credentials"))
			e.Setenv("AWS_ACCESS_KEY_ID", "AKIACANARYCANARY")
			e.Setenv("AWS_SECRET_ACCESS_KEY", "canary-secret")
			e.Setenv("AWS_REGION", "us-east-1")
			e.Setenv("TZ", "UTC")
			e.Setenv("FIXTURES", fixtures)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serve,
			"json":  jsonField,
			"same":  sameReport,
			"globs": globs,
			"code":  exitCode,
			"strip": strip,
		},
		UpdateScripts: os.Getenv("UPDATE") != "",
	})
}

// serve FILE starts a server over the lake that FILE describes, and puts its URL into $AWS_ENDPOINT_URL:
//
//	bucket NAME [region=R] [payer] [denied=PREFIX] [directory] [ignore-start-after] [throttled] [cut=KEY] [writable]
//	server [latency=D] [rps=N] [key=ID] [faults=SPEC] [fail-after=KEY] [break=FAULT:FROM:TO] [gets=FAULT[@PART OF KEY]] [tls]
//	SIZE "KEY" [CLASS]
//	COUNT x SIZE "KEY with %d" [CLASS]
//	then ...: a line of objects as above, which the first GET finds in place of all that was listed
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve FILE")
	}
	server, err := parseLake(ts.ReadFile(args[0]))
	ts.Check(err)
	if strings.Contains(ts.ReadFile(args[0]), "server tls") {
		tls := httptest.NewUnstartedServer(server)
		tls.Config.ErrorLog = log.New(io.Discard, "", 0)
		tls.StartTLS()
		ts.Defer(tls.Close)
		ts.Check(os.WriteFile(ts.MkAbs("tls.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tls.Certificate().Raw}), 0o666))
		ts.Setenv("AWS_ENDPOINT_URL", tls.URL)
		return
	}
	url, stop, err := s3sim.Start(server)
	ts.Check(err)
	ts.Defer(stop)
	ts.Setenv("AWS_ENDPOINT_URL", url)
}

func parseLake(text string) (*s3sim.Server, error) {
	server := s3sim.New(map[string]*s3sim.Bucket{})
	var bucket *s3sim.Bucket
	var objects, later []s3sim.Object
	finish := func() {
		if bucket != nil {
			bucket.Keys = s3sim.Objects(objects...)
			if later != nil {
				bucket.Keys = changing(server, bucket.Keys, s3sim.Objects(later...))
			}
		}
		objects, later = nil, nil
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] == "#":
		case fields[0] == "server":
			if err := serverOptions(server, fields[1:]); err != nil {
				return nil, err
			}
		case fields[0] == "bucket":
			finish()
			bucket = &s3sim.Bucket{}
			server.Buckets[fields[1]] = bucket
			bucketOptions(bucket, fields[2:])
			if fault := bucketFault(fields[1], fields[2:]); fault != nil {
				server.Fault = s3sim.FirstOf(server.Fault, fault)
			}
		default:
			line, then := strings.CutPrefix(line, "then ")
			more, err := parseObjects(line)
			if err != nil {
				return nil, err
			}
			if then {
				later = append(later, more...)
			} else {
				objects = append(objects, more...)
			}
		}
	}
	finish()
	return server, lines.Err()
}

// changing is a keyspace that becomes another one when an object is read.
func changing(server *s3sim.Server, before, after s3sim.Keyspace) s3sim.Keyspace {
	k := &changed{}
	k.now.Store(&before)
	fault := server.Fault
	server.Fault = func(r *s3sim.Request) *s3sim.Fault {
		if r.Op == s3sim.OpGetObject {
			k.now.Store(&after)
		}
		if fault == nil {
			return nil
		}
		return fault(r)
	}
	return k
}

type changed struct {
	now atomic.Pointer[s3sim.Keyspace]
}

func (k *changed) Len() int64                           { return (*k.now.Load()).Len() }
func (k *changed) AppendKey(dst []byte, i int64) []byte { return (*k.now.Load()).AppendKey(dst, i) }
func (k *changed) At(i int64) s3sim.Object              { return (*k.now.Load()).At(i) }

func serverOptions(server *s3sim.Server, options []string) (err error) {
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		switch name {
		case "latency":
			server.Latency, err = time.ParseDuration(value)
		case "rps":
			server.RPS, err = strconv.ParseFloat(value, 64)
		case "tls": // serve has it
		case "break": // every LIST that begins there fails so
			kind, keys, _ := strings.Cut(value, ":")
			from, to, _ := strings.Cut(keys, ":")
			k, e := s3sim.ParseKind(kind)
			err = e
			server.Fault = s3sim.When(s3sim.Fault{Kind: k}, func(r *s3sim.Request) bool { return from <= r.After && r.After < to })
		case "key":
			server.AccessKey = value
		case "faults":
			server.Fault, err = s3sim.ParseFaults(value, 1)
		case "gets": // every GET of such an object fails so
			fault, part, _ := strings.Cut(value, "@")
			kind, e := s3sim.ParseKind(fault)
			err = e
			server.Fault = s3sim.When(s3sim.Fault{Kind: kind}, func(r *s3sim.Request) bool { return r.Op == s3sim.OpGetObject && strings.Contains(r.Key, part) })
		case "fail-after":
			kind, e := s3sim.ParseKind("internal")
			err = e
			server.Fault = s3sim.When(s3sim.Fault{Kind: kind}, func(r *s3sim.Request) bool { return r.After >= value })
		default:
			err = fmt.Errorf("unknown server option %q", o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func bucketOptions(b *s3sim.Bucket, options []string) {
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		switch name {
		case "region":
			b.Region = value
		case "payer":
			b.RequesterPays = true
		case "denied":
			b.Denied = append(b.Denied, value)
		case "directory":
			b.Directory = true
		case "ignore-start-after":
			b.IgnoreStartAfter = true
		case "writable":
			b.Store = &s3sim.Store{}
		}
	}
}

// bucketFault is what goes wrong with one bucket: throttled answers every request once with SlowDown, cut=KEY every one from
// there on with InternalError.
func bucketFault(bucket string, options []string) func(*s3sim.Request) *s3sim.Fault {
	throttled := slices.Contains(options, "throttled")
	at := slices.IndexFunc(options, func(o string) bool { return strings.HasPrefix(o, "cut=") })
	if !throttled && at < 0 {
		return nil
	}
	return func(r *s3sim.Request) *s3sim.Fault {
		switch {
		case r.Bucket == bucket && throttled && r.Attempt == 1:
			return &s3sim.Fault{Kind: s3sim.SlowDown}
		case r.Bucket == bucket && at >= 0 && r.List() && r.After >= strings.TrimPrefix(options[at], "cut="):
			return &s3sim.Fault{Kind: s3sim.InternalError}
		}
		return nil
	}
}

var lakeTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func parseObjects(line string) ([]s3sim.Object, error) {
	head, rest, ok := strings.Cut(line, `"`)
	if !ok {
		return nil, fmt.Errorf("no quoted key in %q", line)
	}
	quoted, err := strconv.QuotedPrefix(`"` + rest)
	if err != nil {
		return nil, err
	}
	key, err := strconv.Unquote(quoted)
	if err != nil {
		return nil, err
	}
	o := s3sim.Object{Key: key, Modified: lakeTime, StorageClass: strings.TrimSpace(rest[len(quoted)-1:])}
	fields := strings.Fields(head)
	count := 1
	if len(fields) == 3 && fields[1] == "x" {
		if count, err = strconv.Atoi(fields[0]); err != nil {
			return nil, err
		}
		fields = fields[2:]
	}
	if o.Size, err = parseBytes(fields[0]); err != nil {
		return nil, err
	}
	out := make([]s3sim.Object, count)
	for i := range out {
		out[i] = o
		if count > 1 {
			out[i].Key = fmt.Sprintf(key, i)
		}
	}
	return out, nil
}

func parseBytes(s string) (int64, error) {
	for suffix, shift := range map[string]uint{"KiB": 10, "MiB": 20, "GiB": 30} {
		if n, ok := strings.CutSuffix(s, suffix); ok {
			v, err := strconv.ParseInt(n, 10, 64)
			return v << shift, err
		}
	}
	return strconv.ParseInt(s, 10, 64)
}

// documentSchemas are what the program says of its documents, by the name that they give, as a validator that others wrote
// reads it.
var documentSchemas = sync.OnceValue(func() map[any]*jsonschema.Schema {
	out := map[any]*jsonschema.Schema{}
	for id, name := range map[string]string{advisor.SchemaID: "report", advisor.DiffSchemaID: "diff", audit.SchemaID: "audit", audit.TrendSchemaID: "trend"} {
		var text bytes.Buffer
		if run(context.Background(), []string{"schema", name}, &text, io.Discard) != exitOK {
			panic("no schema " + name)
		}
		document, err := jsonschema.UnmarshalJSON(&text)
		if err != nil {
			panic(err)
		}
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		if err := compiler.AddResource(name+".json", document); err != nil {
			panic(err)
		}
		out[id] = compiler.MustCompile(name + ".json")
	}
	return out
})

// json FILE PATH VALUE holds a report to its schema, and checks a field of it: json stdout profile.partitions.0.path year=2026
func jsonField(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE")
	}
	var document any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &document); err != nil {
		ts.Fatalf("%s is not one JSON document: %v", args[0], err)
	}
	if d, ok := document.(map[string]any); ok && d["schema"] != nil {
		schema := documentSchemas()[d["schema"]]
		if schema == nil {
			ts.Fatalf("%s is of an unknown schema %v", args[0], d["schema"])
		}
		if err := schema.Validate(document); err != nil {
			ts.Fatalf("%s is not what s3layout schema says: %v", args[0], err)
		}
	}
	got := field(document, strings.Split(args[1], "."))
	if (got == args[2]) == neg {
		ts.Fatalf("%s is %q, want %q (negated: %v)", args[1], got, args[2], neg)
	}
}

// field spells what is at a path; "(none)" where there is nothing, and a length at "#".
// sameReport compares two reports, but for what the run took: same REPORT REPORT.
func sameReport(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: same REPORT REPORT")
	}
	var texts []string
	for _, name := range args {
		var r map[string]json.RawMessage
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &r))
		if len(r["profile"]) == 0 || len(r["run"]) == 0 {
			ts.Fatalf("%s is not a report", name)
		}
		delete(r, "run")
		text, err := json.Marshal(r)
		ts.Check(err)
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] {
		ts.Fatalf("%s and %s differ:\n%s\n%s", args[0], args[1], texts[0], texts[1])
	}
}

func field(v any, path []string) string {
	for _, p := range path {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[p]
			if !ok {
				return "(none)"
			}
			v = next
		case []any:
			if p == "#" {
				return strconv.Itoa(len(at))
			}
			i, err := strconv.Atoi(p)
			if err != nil || i >= len(at) {
				return "(none)"
			}
			v = at[i]
		default:
			return "(none)"
		}
	}
	switch at := v.(type) {
	case string:
		return at
	case float64:
		return strconv.FormatFloat(at, 'f', -1, 64)
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// exitCode checks what a command exits with: code 3 s3layout advise cut.json
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	got := exitOK
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// strip writes a report without what it can be judged again by: strip REPORT FILE
func strip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: strip REPORT FILE")
	}
	var r map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &r))
	profile, _ := r["profile"].(map[string]any)
	if profile["detail"] == nil {
		ts.Fatalf("%s has no detail", args[0])
	}
	delete(profile, "detail")
	text, err := json.Marshal(r)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o666))
}

// globs holds --exclude to a JVM's verdicts: for each pattern of the table, one listing of all its paths. Exactly those
// that the JVM matches are excluded, and a pattern that it refuses is a usage error.
func globs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: globs")
	}
	rows, err := os.ReadFile(filepath.Join("..", "..", "testdata", "glob.tsv"))
	ts.Check(err)
	type row struct{ path, verdict string }
	table := map[string][]row{}
	var patterns []string
	for line := range strings.Lines(string(rows)) {
		line = strings.TrimSuffix(line, "\n")
		f := strings.Split(line, "\t")
		if strings.HasPrefix(line, "#") || len(f) != 3 {
			continue
		}
		if table[f[0]] == nil {
			patterns = append(patterns, f[0])
		}
		table[f[0]] = append(table[f[0]], row{f[1], f[2]})
	}
	if len(patterns) < 100 {
		ts.Fatalf("only %d patterns in the table", len(patterns))
	}
	for _, pattern := range patterns {
		var objects []s3sim.Object
		seen := map[string]bool{}
		matches, refused := 0, false
		for _, r := range table[pattern] {
			refused = refused || r.verdict == "error"
			if r.verdict == "match" {
				matches++
			}
			if !seen[r.path] && r.path != "" {
				objects = append(objects, s3sim.Object{Key: "t/" + r.path, Size: 1})
			}
			seen[r.path] = true
		}
		checkGlob(ts, pattern, objects, matches, refused)
	}
}

func checkGlob(ts *testscript.TestScript, pattern string, objects []s3sim.Object, matches int, refused bool) {
	url, stop, err := s3sim.Start(s3sim.New(map[string]*s3sim.Bucket{"b": {Keys: s3sim.Objects(objects...)}}))
	ts.Check(err)
	defer stop()
	var stdout, stderr strings.Builder
	code := run(context.Background(), []string{
		"profile", "s3://b/t/", "--endpoint-url", url, "--region", "us-east-1", "--no-sign-request", "--format", "json", "--exclude", pattern,
	}, &stdout, &stderr)
	if refused {
		if code != exitUsage || !strings.Contains(stderr.String(), "--exclude") {
			ts.Fatalf("%q: Java refuses it; got exit %d and %q", pattern, code, stderr.String())
		}
		return
	}
	var document any
	if err := json.Unmarshal([]byte(stdout.String()), &document); code != exitOK || err != nil {
		ts.Fatalf("%q: exit %d, %v, %s", pattern, code, err, stderr.String())
	}
	excluded := 0
	if field(document, []string{"profile", "ignored", "0", "reason"}) == "excluded" {
		excluded, _ = strconv.Atoi(field(document, []string{"profile", "ignored", "0", "objects"}))
	}
	if excluded != matches {
		ts.Fatalf("%q: excluded %d of %d, a JVM matches %d", pattern, excluded, len(objects), matches)
	}
}
