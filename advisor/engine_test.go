package advisor

import (
	"slices"
	"strings"
	"testing"

	"s3layout/advisor/spark"
)

func TestNewEngineWorkers(t *testing.T) {
	for _, tt := range []struct {
		worker            string
		cores, memory     int64 // of ten workers, one of them the driver's
		coresTwo, coreOne int64
	}{
		{"G.1X", 36, 16, 4, 4}, {"G.2X", 72, 32, 8, 8}, {"G.4X", 144, 64, 16, 16}, {"G.8X", 288, 128, 32, 32},
		{"G.12X", 432, 192, 48, 48}, {"G.16X", 576, 256, 64, 64},
		{"R.1X", 36, 32, 4, 4}, {"R.2X", 72, 64, 8, 8}, {"R.4X", 144, 128, 16, 16}, {"R.8X", 288, 256, 32, 32},
	} {
		e := mustEngine(t, "glue-5.1", tt.worker, 10, 0)
		if e.Cores != tt.cores || e.DriverMemoryBytes != tt.memory<<30 || e.WorkerType != tt.worker || e.Workers != 10 {
			t.Errorf("%s: %+v", tt.worker, e)
		}
		if got := mustEngine(t, "glue-5.1", tt.worker, 2, 0).Cores; got != tt.coresTwo {
			t.Errorf("%s, two workers: %d cores", tt.worker, got)
		}
		if got := mustEngine(t, "glue-5.1", tt.worker, 1, 0).Cores; got != tt.coreOne {
			t.Errorf("%s, one worker: %d cores", tt.worker, got)
		}
		if got := mustEngine(t, "glue-2.0", tt.worker, 10, 0).Cores; got != 2*tt.cores {
			t.Errorf("%s on Glue 2.0, two tasks a vCPU: %d cores", tt.worker, got)
		}
		if got := mustEngine(t, "glue-5.1", tt.worker, 10, 7).Cores; got != 7 {
			t.Errorf("%s: cores are set, and %d", tt.worker, got)
		}
	}
	if n := len(spark.Workers); n != 10 {
		t.Errorf("%d worker types: one is not in the table", n)
	}
}

func TestNewEngines(t *testing.T) {
	connector := map[string]int64{"s3a": 32 * mib, "emrfs": 64 * mib}
	for _, s := range spark.Engines {
		e := mustEngine(t, s.Name, "G.2X", 5, 0)
		glue := strings.HasPrefix(s.Name, "glue-")
		if e.Name != s.Name || e.SparkVersion != s.Spark || e.DynamicFrames != glue || e.BlockSizeBytes != connector[e.Connector] {
			t.Errorf("%s: %+v", s.Name, e)
		}
		if e.MaxPartitionBytes != 128*mib || e.OpenCostBytes != 4*mib || e.AssumedExpansion != 5.9 {
			t.Errorf("%s: defaults %+v", s.Name, e)
		}
		if (e.WorkerType == "") == glue || (e.Workers == 0) == glue {
			t.Errorf("%s: workers %q × %d", s.Name, e.WorkerType, e.Workers)
		}
	}
}

func TestAssumed(t *testing.T) {
	g, _ := spark.FindEngine("glue-5.1")
	s, _ := spark.FindEngine("spark-3.5")
	w, _ := spark.FindWorker("G.1X")
	for _, tt := range []struct {
		name    string
		engine  spark.Engine
		assumed []string
		want    string
	}{
		{"nothing is set", g, []string{"workers", "worker_type", "name", "cores"}, "assumed_expansion committer cores driver_memory_bytes max_partition_bytes name open_cost_bytes parallelism worker_type workers"},
		{"all is set", g, nil, "assumed_expansion committer driver_memory_bytes max_partition_bytes open_cost_bytes parallelism"},
		{"spark has no workers", s, []string{"workers", "worker_type", "cores"}, "assumed_expansion cores driver_memory_bytes max_partition_bytes open_cost_bytes parallelism"},
		{"spark, all set", s, nil, "assumed_expansion driver_memory_bytes max_partition_bytes open_cost_bytes parallelism"},
	} {
		before := slices.Clone(tt.assumed)
		e, err := NewEngine(tt.engine, Cluster{Worker: w, Workers: 10, Assumed: tt.assumed})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(e.Assumed, " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if !slices.Equal(before, tt.assumed) {
			t.Errorf("%s: the caller's list has changed", tt.name)
		}
	}
}

// The datasets of FACTS.md 1.2, through stats. Tasks of a DynamicFrame are one a file, or one a block.
func TestPlans(t *testing.T) {
	for _, tt := range []struct {
		name                              string
		cores                             int64
		lake                              []group
		dataframe, dynamicframe           int64
		waves, idle, largest, dynamicSize int64
	}{
		{"100 000 × 10 KiB json", 36, []group{{100000, 10 * kib, "%d.json", 0}}, 3125, 100000, 87, 0, 320 * kib, 10 * kib},
		{"100 000 × 1 MiB json", 36, []group{{100000, mib, "%d.json", 0}}, 3847, 100000, 107, 0, 26 * mib, mib},
		{"1 000 × 128 MiB parquet", 36, []group{{1000, 128 * mib, "%d.parquet", 0}}, 1000, 4000, 28, 0, 128 * mib, 32 * mib},
		{"1 000 × 129 MiB parquet", 36, []group{{1000, 129 * mib, "%d.parquet", 0}}, 1039, 4000, 29, 0, 128 * mib, 33 * mib},
		{"10 × 1 GiB csv.gz", 36, []group{{10, gib, "%d.csv.gz", 0}}, 10, 10, 1, 26, gib, gib},
		{"10 × 1 GiB csv", 36, []group{{10, gib, "%d.csv", 0}}, 80, 320, 3, 0, 128 * mib, 32 * mib},
		{"1 GiB csv.gz + 5 000 × 100 KiB", 36, []group{{1, gib, "a.csv.gz", 0}, {5000, 100 * kib, "%d.csv", 0}}, 158, 5001, 5, 0, gib, gib},
		{"650 000 × 64 KiB", 68, []group{{650000, 64 * kib, "%d.json", 0}}, 20313, 650000, 299, 0, 2 * mib, 64 * kib},
		{"48 626 × 200 KiB gz", 36, []group{{48626, 200 * kib, "%d.json.gz", 0}}, 1569, 48626, 44, 0, 6200 * kib, 200 * kib},
	} {
		j := Advise("", profileOf(tt.lake...), mustEngine(t, "glue-5.1", "G.1X", 10, tt.cores), nil)
		f := Facts{Plans: j.Plans}
		df, _ := f.Plan("dataframe")
		dyn, _ := f.Plan("dynamicframe")
		if df.Tasks != tt.dataframe || df.Waves != tt.waves || df.IdleCores != tt.idle || df.TaskBytes.Max != tt.largest || !df.Exact || df.Estimate != "" {
			t.Errorf("%s: spark.read %+v", tt.name, df)
		}
		if dyn.Tasks != tt.dynamicframe || dyn.TaskBytes.Max != tt.dynamicSize || dyn.Settings["groupFiles"] != "none" {
			t.Errorf("%s: DynamicFrame %+v", tt.name, dyn)
		}
		if g, ok := f.Plan("dynamicframe_grouped"); ok && (g.Exact || g.Estimate == "" || g.Settings["groupSize"] != j.Recommended.GroupSize) {
			t.Errorf("%s: grouped %+v", tt.name, g)
		}
	}
	s := Advise("", profileOf(group{10, 100 * mib, "%d.csv", 0}), mustEngine(t, "spark-3.5", "G.1X", 10, 36), nil)
	if len(s.Plans) != 2 || s.Plans[1].Reader != "rdd" || s.Plans[1].Tasks != 40 {
		t.Errorf("spark: %+v", s.Plans)
	}
}
