package advisor

import (
	"strings"
	"testing"

	"s3layout/advisor/spark"
	"s3layout/stats"
)

func TestScope(t *testing.T) {
	opened := &stats.Profile{Probe: &stats.Probe{Objects: 1}}
	closed := profileOf(group{1, 1, "a.parquet", 0})
	for _, tt := range []struct {
		name   string
		scope  Scope
		engine string
		skips  string // part of the reason; "" where the rule is checked
		words  string
	}{
		{"all", Scope{}, "spark-3.1", "", "every engine"},
		{"glue on glue", Scope{DynamicFrames: true, Readers: []string{DynamicFrame}}, "glue-2.0", "", "AWS Glue; Glue DynamicFrames"},
		{"glue on spark", Scope{DynamicFrames: true}, "spark-3.5", "it is for AWS Glue, and the engine is spark-3.5", "AWS Glue"},
		{"from, below", Scope{From: spark.Version{Major: 3, Minor: 5}}, "glue-4.0", "it is for Spark from 3.5, and glue-4.0 has 3.3.0", "Spark from 3.5"},
		{"from, at", Scope{From: spark.Version{Major: 3, Minor: 5}}, "spark-3.5", "", "Spark from 3.5"},
		{"before, below", Scope{Before: spark.Version{Major: 4}}, "glue-5.1", "", "Spark before 4.0"},
		{"before, at", Scope{Before: spark.Version{Major: 4}}, "spark-4.0", "it is for Spark before 4.0", "Spark before 4.0"},
		{"between", Scope{From: spark.Version{Major: 3, Minor: 5}, Before: spark.Version{Major: 4}}, "glue-5.0", "", "Spark 3.5 up to, not including, 4.0"},
		{"contents", Scope{Contents: true, Readers: []string{DataFrame, Athena}}, "glue-5.0", "--probe", "every engine; spark.read, Athena; only where files were opened (--probe)"},
	} {
		f := &Facts{Profile: closed, Engine: mustEngine(t, tt.engine, "G.1X", 10, 0)}
		if got := tt.scope.Skips(f); (got == "") != (tt.skips == "") || !strings.Contains(got, tt.skips) {
			t.Errorf("%s: skips for %q, want %q", tt.name, got, tt.skips)
		}
		if got := tt.scope.String(); got != tt.words {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.words)
		}
	}
	if got := (Scope{Contents: true}).Skips(&Facts{Profile: opened}); got != "" {
		t.Errorf("files were opened, and yet: %s", got)
	}
}

// A rule that is not for the engine is not checked, and the judgement says so.
func TestSkipped(t *testing.T) {
	r := whole()
	r.Scope.DynamicFrames = true
	r.Check = func(r *Rule, _ *Facts) *Advice { return r.Found(Info) }
	j := Advise("", emptyProfile(), mustEngine(t, "spark-3.5", "G.1X", 10, 0), []*Rule{r})
	if len(j.Advice) != 0 || len(j.Skipped) != 1 || j.Skipped[0].Rule != r.ID || !strings.Contains(j.Skipped[0].Reason, "AWS Glue") {
		t.Errorf("%+v", j)
	}
	j = Advise("", emptyProfile(), mustEngine(t, "glue-5.1", "G.1X", 10, 0), []*Rule{r})
	if len(j.Advice) != 1 || len(j.Skipped) != 0 {
		t.Errorf("%+v", j)
	}
	if a := j.Advice[0]; a.Confidence != Exact || len(a.Confirm) != 1 || len(a.Readers) != 1 {
		t.Errorf("a finding without what its rule says: %+v", a)
	}
}
