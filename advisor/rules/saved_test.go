package rules_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"s3layout/advisor"
	"s3layout/advisor/rules"
	"s3layout/advisor/spark"
	"s3layout/stats"
)

// The advice on a saved report is that of the run that saved it, on every lake that the rules are tested with and for every
// engine.
func TestSavedReport(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range archive.Files {
				lake, _, _ := bytes.Cut(c.Data, []byte("----\n"))
				l, err := parseLake(string(lake))
				if err != nil {
					t.Fatal(err)
				}
				checkSaved(t, c.Name, l, spark.Engines[i%len(spark.Engines)])
			}
		})
	}
}

func checkSaved(t *testing.T, name string, l *testLake, other spark.Engine) {
	t.Helper()
	live := report(t, l.target, l.profile(), l.engine)
	if err := live.Profile.Pack(); err != nil {
		t.Fatal(err)
	}
	document := encode(t, live)
	saved, err := advisor.ReadReport(bytes.NewReader(document))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if again := encode(t, report(t, saved.Target.URI, saved.Profile, saved.Engine)); !bytes.Equal(again, document) {
		t.Errorf("%s: saved and judged again it differs: %s", name, difference(again, document))
	}
	worker, _ := spark.FindWorker("G.2X")
	engine, err := advisor.NewEngine(other, advisor.Cluster{Worker: worker, Workers: 7})
	if err != nil {
		t.Fatal(err)
	}
	got, want := encode(t, report(t, saved.Target.URI, saved.Profile, engine)), encode(t, report(t, l.target, live.Profile, engine))
	if !bytes.Equal(got, want) {
		t.Errorf("%s on %s: %s", name, other.Name, difference(got, want))
	}
}

func report(t *testing.T, target string, p *stats.Profile, e advisor.Engine) *advisor.Report {
	t.Helper()
	r := &advisor.Report{Schema: advisor.SchemaID, Target: advisor.Target{URI: target}, Complete: true, Profile: p, Engine: e}
	r.Judge(advisor.Advise(target, p, e, rules.All))
	return r
}

func encode(t *testing.T, r *advisor.Report) []byte {
	t.Helper()
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// difference is the first line that differs.
func difference(got, want []byte) string {
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			return "got " + string(g[i]) + ", want " + string(w[i])
		}
	}
	return "one is longer"
}
