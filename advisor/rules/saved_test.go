package rules_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"s3layout/advisor"
	"s3layout/advisor/rules"
	"s3layout/advisor/spark"
	"s3layout/stats"
)

// checkSaved holds the advice on a saved report to that of the run that saved it: for its engine byte by byte, and for
// another.
func checkSaved(t *testing.T, name string, live *advisor.Report, other spark.Engine) {
	t.Helper()
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
	got, want := judged(t, saved.Target.URI, saved.Profile, engine), judged(t, live.Target.URI, live.Profile, engine)
	if !bytes.Equal(got, want) {
		t.Errorf("%s on %s: %s", name, other.Name, difference(got, want))
	}
}

// judged is a report but for its profile.
func judged(t *testing.T, target string, p *stats.Profile, e advisor.Engine) []byte {
	t.Helper()
	r := report(t, target, p, e)
	r.Profile = nil
	return encode(t, r)
}

func report(t *testing.T, target string, p *stats.Profile, e advisor.Engine) *advisor.Report {
	t.Helper()
	r := &advisor.Report{Schema: advisor.SchemaID, Target: advisor.Target{URI: target}, Complete: true, Profile: p, Engine: e}
	r.Judge(advisor.Advise(target, p, e, rules.All))
	return r
}

func encode(t *testing.T, r *advisor.Report) []byte {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// difference is where the first byte differs.
func difference(got, want []byte) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	around := func(b []byte) []byte { return b[max(at-80, 0):min(at+80, len(b))] }
	return fmt.Sprintf("got %s, want %s", around(got), around(want))
}
