package advisor

import (
	"strings"
	"testing"

	"s3layout/stats"
)

func factsOf(t *testing.T, engine string, lake ...group) *Facts {
	t.Helper()
	return newFacts("s3://bucket/data/", profileOf(lake...), mustEngine(t, engine, "G.1X", 10, 0))
}

func TestWhatIf(t *testing.T) {
	small := group{40000, mib, "p=%d/%d.json", 100} // 400 files of 1 MiB in each of 100 partitions
	packed := group{10, gib, "%d.csv.gz", 0}
	for _, tt := range []struct {
		name          string
		engine        string
		lake          []group
		change        func(f *Facts) *Effect
		before, after State
		said          string // part of the estimate; "" for none at all
	}{
		{"nothing", "glue-5.1", []group{small}, func(f *Facts) *Effect { return f.ReadBy("dynamicframe") },
			State{"dynamicframe", 40000, 40000, 1112, 0, mib, mib, 0}, State{"dynamicframe", 40000, 40000, 1112, 0, mib, mib, 0}, ""},
		{"spark.read", "glue-5.1", []group{small}, func(f *Facts) *Effect { return f.ReadBy("dataframe") },
			State{"dynamicframe", 40000, 40000, 1112, 0, mib, mib, 0}, State{"dataframe", 40000, 1539, 43, 0, 26 * mib, 26 * mib, 40600000}, ""},
		{"grouped", "glue-5.1", []group{small}, func(f *Facts) *Effect { return f.Grouped("inPartition", 100*mib) },
			State{"dynamicframe", 40000, 40000, 1112, 0, mib, mib, 0}, State{"dynamicframe_grouped", 40000, 400, 12, 0, 100 * mib, 100 * mib, 0}, "does not publish"},
		{"compacted", "glue-5.1", []group{small}, func(f *Facts) *Effect { return f.Rewritten(Rewrite{TargetBytes: 256 * mib}) },
			State{"dynamicframe", 40000, 40000, 1112, 0, mib, mib, 0}, State{"dynamicframe", 200, 1400, 39, 0, 32 * mib, 32 * mib, 0}, "as large as their input"},
		{"joined", "spark-3.5", []group{small}, func(f *Facts) *Effect { return f.Rewritten(Rewrite{TargetBytes: 256 * mib, Joined: true}) },
			State{"dataframe", 40000, 1539, 43, 0, 26 * mib, 26 * mib, 40600000}, State{"dataframe", 157, 314, 9, 0, 128 * mib, 128 * mib, 0}, "joined"},
		{"large files are not compacted", "spark-3.5", []group{{10, gib, "%d.csv", 0}}, func(f *Facts) *Effect { return f.Rewritten(Rewrite{TargetBytes: 256 * mib}) },
			State{"dataframe", 10, 80, 3, 0, 128 * mib, 128 * mib, 0}, State{"dataframe", 10, 80, 3, 0, 128 * mib, 128 * mib, 0}, "alike"},
		{"gzip to Parquet", "spark-3.5", []group{packed}, func(f *Facts) *Effect { return f.Rewritten(Rewrite{TargetBytes: 128 * mib, Columnar: true}) },
			State{"dataframe", 10, 10, 1, 26, gib, 6335076761, 0}, State{"dataframe", 80, 80, 3, 0, 128 * mib, 791884595, 0}, "alike"},
		{"gzip to gzip", "spark-3.5", []group{{400, 10 * mib, "%d.csv.gz", 0}}, func(f *Facts) *Effect { return f.Rewritten(Rewrite{TargetBytes: gib}) },
			State{"dataframe", 400, 45, 2, 0, 90 * mib, 556793856, 0}, State{"dataframe", 4, 4, 1, 32, 1000 * mib, 6186598400, 0}, "alike"},
		{"gzip divided", "spark-3.5", []group{packed, {1000, mib, "%d.json", 0}}, func(f *Facts) *Effect { return f.Divided(128 * mib) },
			State{"dataframe", 1010, 49, 2, 0, gib, 6335076761, 0}, State{"dataframe", 1080, 119, 4, 0, 128 * mib, 791884595, 0}, "together"},
		{"on more workers", "glue-5.1", []group{packed}, func(f *Facts) *Effect { return f.On(f.Engine.WithWorkers(20), "") },
			State{"dynamicframe", 10, 10, 1, 26, gib, 6335076761, 0}, State{"dynamicframe", 10, 10, 1, 66, gib, 6335076761, 0}, ""},
		{"repartitioned", "spark-3.5", []group{packed}, func(f *Facts) *Effect { return f.Written(40) },
			State{"write", 10, 10, 1, 26, gib, 6335076761, 0}, State{"write", 40, 40, 2, 0, 256 * mib, 1583769190, 0}, "partitions alike"},
		{"excluded", "glue-5.1", []group{{36, mib, "%d.json", 0}, {70, 33 * mib, "_temporary/%d.json", 0}, {1, 0, "_SUCCESS", 0}},
			func(f *Facts) *Effect { return f.Without(f.Profile.Ignored...) },
			State{"dynamicframe", 107, 176, 5, 0, mib, mib, 0}, State{"dynamicframe", 36, 36, 1, 0, mib, mib, 0}, "left out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := tt.change(factsOf(t, tt.engine, tt.lake...))
			for name, s := range map[string]struct{ got, want State }{"before": {e.Before, tt.before}, "after": {e.After, tt.after}} {
				s.want.DriverBytes, s.got.DriverBytes = 0, 0
				if s.got != s.want {
					t.Errorf("%s: %+v, want %+v", name, s.got, s.want)
				}
			}
			if (tt.said == "") != (len(e.Estimates) == 0) || !strings.Contains(because(e.Estimates), tt.said) {
				t.Errorf("estimates %q", e.Estimates)
			}
		})
	}
}

// A change of the settings of spark.read is another engine.
func TestWhatIfSettings(t *testing.T) {
	f := factsOf(t, "spark-3.5", group{100, gib, "%d.csv", 0})
	e := f.Engine
	e.MaxPartitionBytes = 512 * mib
	if got := f.On(e, "dataframe"); got.Before.Tasks != 800 || got.After.Tasks != 200 || got.After.LargestTaskBytes != 512*mib {
		t.Errorf("%+v", got)
	}
}

// Above 50,000 files Glue groups before a rewrite and not after it: spark.read compares them.
func TestRewriteBelowThreshold(t *testing.T) {
	f := factsOf(t, "glue-5.1", group{60000, mib, "p=%d/%d.json", 10})
	e := f.Rewritten(Rewrite{TargetBytes: 100 * mib})
	if e.Before.Plan != "dataframe" || e.After.Plan != "dataframe" || e.After.Files != 600 {
		t.Errorf("%+v", e)
	}
	if p := (Rewrite{TargetBytes: mib}).FilesAfter(stats.PartitionTotals{}); p != 0 {
		t.Errorf("an empty partition has %d files", p)
	}
}

func TestWithWorkers(t *testing.T) {
	e := mustEngine(t, "glue-5.1", "G.2X", 10, 0)
	if got := e.WithWorkers(20); got.Cores != 19*8 || got.Parallelism != 19*8 || got.DPUs != 40 || got.Workers != 20 {
		t.Errorf("%+v", got)
	}
	if got := mustEngine(t, "spark-3.5", "G.1X", 10, 7).WithWorkers(20); got.Cores != 7 {
		t.Errorf("Spark has no workers: %+v", got)
	}
}
