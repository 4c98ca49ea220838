package advisor

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func savedReport(t testing.TB, lake ...group) []byte {
	t.Helper()
	p := profileOf(lake...)
	if err := p.Pack(); err != nil {
		t.Fatal(err)
	}
	e := mustEngine(t, "glue-5.1", "G.1X", 10, 0)
	j := Advise("s3://bucket/data/", p, e, nil)
	b, err := json.Marshal(&Report{
		Schema: SchemaID, Target: Target{URI: "s3://bucket/data/"}, Complete: true, Profile: p, Engine: e,
		Plans: j.Plans, Recommended: j.Recommended, Advice: j.Advice,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadReport(t *testing.T) {
	document := savedReport(t, group{100, mib, "a=%d/x.csv", 0}, group{3, gib, "a=1/%d.csv.gz", 0})
	r, err := ReadReport(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	got := Advise(r.Target.URI, r.Profile, r.Engine, nil)
	for i, p := range got.Plans {
		if p.Tasks != r.Plans[i].Tasks || p.Exact != r.Plans[i].Exact || p.TaskBytes != r.Plans[i].TaskBytes {
			t.Errorf("%+v, and was %+v", p, r.Plans[i])
		}
	}
	if r.Warnings == nil || r.Advice == nil || r.Target.Exclude == nil {
		t.Error("what a report always has may be nil")
	}
}

// What is no report is refused in a sentence.
func TestReadReportRefuses(t *testing.T) {
	good := string(savedReport(t, group{10, mib, "a=%d/x.csv", 0}))
	if _, err := ReadReport(strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ document, want string }{
		"nothing":           {"", "it is empty"},
		"spaces":            {" \n", "it is empty"},
		"text":              {"s3://bucket/data/   1 warning\n", "it is not a report"},
		"a list":            {"[]", "it is not a report"},
		"null":              {"null", "it is not a report"},
		"gzip":              {"\x1f\x8b\x08\x00", "gzip -dc"},
		"zip":               {"PK\x03\x04", "it is compressed"},
		"another document":  {"{}", "it has no schema"},
		"another version":   {strings.Replace(good, "report/v1", "report/v2", 1), `its schema is "s3layout/report/v2"`},
		"no profile":        {`{"schema":"s3layout/report/v1","engine":{"cores":1,"parallelism":1}}`, "it has no profile"},
		"no engine":         {`{"schema":"s3layout/report/v1","profile":{}}`, "no cores"},
		"cut":               {good[:len(good)/2], "it ends in the middle"},
		"cut by a byte":     {good[:len(good)-1], "it ends in the middle"},
		"two":               {good + good, "something follows"},
		"not JSON":          {"{schema: 1}", "it is not JSON, at byte 2"},
		"another type":      {strings.Replace(good, `"objects":10`, `"objects":"10"`, 1), "is a string"},
		"a fraction":        {strings.Replace(good, `"objects":10`, `"objects":1e1`, 1), "is a number 1e1"},
		"below zero":        {strings.Replace(good, `"objects":10`, `"objects":-10`, 1), "is -10"},
		"another count":     {strings.Replace(good, `"objects":10`, `"objects":11`, 1), "count"},
		"whole and missing": {strings.Replace(good, `"incomplete":null`, `"incomplete":[{"cause":"x"}]`, 1), "both"},
		"deep":              {strings.Repeat(`{"a":`, 200), "more values"},
		"many nulls":        {`{"profile":{"partitions":[` + strings.Repeat("null,", maxReportItems+1), "more values"},
	} {
		_, err := ReadReport(strings.NewReader(tt.document))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is read can be judged.
func FuzzReadReport(f *testing.F) {
	f.Add(savedReport(f, group{10, mib, "a=%d/x.csv", 0}))
	f.Add(savedReport(f, group{3, gib, "%d.csv.gz", 0}, group{1, 1, "_delta_log/0.json", 0}))
	f.Add(savedReport(f))
	if b, err := os.ReadFile("render/testdata/demo.json"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ReadReport(bytes.NewReader(b))
		if err != nil {
			return
		}
		facts := newFacts(r.Target.URI, r.Profile, r.Engine)
		for _, e := range []*Effect{
			facts.Grouped("inPartition", 1), facts.Rewritten(Rewrite{TargetBytes: mib}), facts.Rewritten(Rewrite{TargetBytes: mib, Joined: true}),
			facts.Divided(mib), facts.Without(r.Profile.Ignored...), facts.Written(0), facts.On(r.Engine.WithWorkers(20), ""),
		} {
			if e.Before.Tasks < 0 || e.After.Tasks < 0 || e.After.Files < 0 {
				t.Errorf("%+v", e)
			}
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
