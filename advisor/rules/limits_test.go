package rules_test

import (
	"testing"

	"s3layout/advisor"
	"s3layout/advisor/rules"
	"s3layout/stats"
)

// Numbers of partitions that no test lists.
func TestAthenaPartitions(t *testing.T) {
	for _, tt := range []struct {
		partitions int64
		estimated  bool
		want       advisor.Severity // "" for quiet
	}{
		{100_000, false, ""}, {100_001, false, advisor.Info},
		{1_000_000, false, advisor.Info}, {1_000_001, false, advisor.Warning},
		{10_000_000, false, advisor.Warning}, {10_000_001, true, advisor.Critical},
	} {
		f := &advisor.Facts{Profile: &stats.Profile{
			Totals:       stats.Totals{Objects: tt.partitions, Bytes: tt.partitions, Partitions: tt.partitions},
			Partitioning: stats.Partitioning{Scheme: "hive", Keys: []stats.PartitionKey{{Name: "day"}}},
		}}
		if tt.estimated {
			f.Profile.Other = &stats.Other{Partitions: tt.partitions / 2, Estimated: true}
		}
		a := rules.AthenaPartitions.Check(rules.AthenaPartitions, f)
		switch {
		case a == nil && tt.want == "":
		case a == nil || a.Severity != tt.want:
			t.Errorf("%d partitions: %+v, want %q", tt.partitions, a, tt.want)
		case tt.estimated != (a.Confidence == advisor.Estimate):
			t.Errorf("%d partitions, estimated %t: %s", tt.partitions, tt.estimated, a.Confidence)
		}
	}
}

// Advice on many files and partitions allocates no more than a few things for each rule and finding: what is done for each file or
// partition is done in place.
func TestAdviseAllocations(t *testing.T) {
	const most = 5000
	for _, lake := range []string{
		"1000 x 100 x 300KiB day=%d/part-%d.json", "20000 x 5 x 300KiB day=%d/part-%d.parquet", "100000 x 2MiB part-%d.csv.gz",
	} {
		l, err := parseLake(lake)
		if err != nil {
			t.Fatal(err)
		}
		p := l.collector.Profile()
		n := testing.AllocsPerRun(1, func() { advisor.Advise(l.target, p, l.engine, rules.All) })
		if n > most {
			t.Errorf("%s: %.0f allocations, want at most %d", lake, n, most)
		}
	}
}
