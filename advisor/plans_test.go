package advisor

import (
	"math"
	"strings"
	"testing"

	"s3layout/advisor/spark"
)

func planOf(t *testing.T, engine, reader string, lake ...group) Plan {
	t.Helper()
	j := Advise("", profileOf(lake...), mustEngine(t, engine, "G.1X", 10, 0), nil)
	p, ok := (&Facts{Plans: j.Plans}).Plan(reader)
	if !ok {
		t.Fatalf("%s: no plan of %s", engine, reader)
	}
	return p
}

// A plan is exact, or says why not.
func TestDoubts(t *testing.T) {
	csv := group{18, 256 * mib, "%d.csv", 0}
	for _, tt := range []struct {
		name, engine, reader string
		lake                 []group
		tasks                int64
		doubt                string // "": exact
	}{
		{"one format", "glue-5.1", "dataframe", []group{csv}, 36, ""},
		{"two formats", "glue-5.1", "dataframe", []group{csv, {10, mib, "%d.json", 0}}, 37, "one format, and this counts csv, json"},
		{"tsv is csv", "glue-5.1", "dataframe", []group{csv, {1, 1, "%d.tsv", 0}, {1, 1, "noname%d", 0}}, 37, ""},
		{"partitions", "glue-5.1", "dataframe", []group{{18, 256 * mib, "d=%d/a.csv", 0}}, 36, ""},
		{"beside partitions", "glue-5.1", "dataframe", []group{{18, 256 * mib, "d=%d/a.csv", 0}, {1, 1, "a.csv", 0}}, 37, "spark.read stops"},
		{"two depths", "glue-5.1", "dataframe", []group{{18, 256 * mib, "d=%d/a.csv", 0}, {1, 1, "d=1/e=%d/a.csv", 0}}, 37, "spark.read stops"},
		{"a directory beside", "glue-5.1", "dataframe", []group{{18, 256 * mib, "d=%d/a.csv", 0}, {1, 1, "x%d/a.csv", 0}}, 37, "spark.read stops"},
		{"delta", "glue-5.1", "dataframe", []group{{18, 256 * mib, "%d.parquet", 0}, {1, 9, "_delta_log/%d.json", 0}}, 36, "its log"},
		{"upper case, Spark 3", "glue-5.1", "dataframe", []group{{10, gib, "%d.csv.GZ", 0}}, 80, ""},
		{"upper case, Spark 4", "glue-6.0", "dataframe", []group{{10, gib, "%d.csv.GZ", 0}}, 80, "some of 10 files may be read whole"},
		{"no codec of Spark's", "glue-6.0", "dataframe", []group{{10, gib, "%d.csv.zip", 0}}, 80, ""},
		{"xml, Spark 4", "spark-4.1", "dataframe", []group{{5, gib, "%d.xml", 0}, {5, gib, "%d.xml.bz2", 0}}, 10, ""},
		{"xml, Spark 3", "spark-3.5", "dataframe", []group{{10, gib, "%d.xml", 0}}, 80, "a package"},
		{"text of one block", "glue-5.1", "dynamicframe", []group{{10, 32 * mib, "%d.csv", 0}}, 10, ""},
		{"text of more", "glue-5.1", "dynamicframe", []group{{10, 36 * mib, "%d.csv", 0}}, 20, "blocks of 32 MiB"},
		{"text of more, on EMRFS", "glue-5.0", "dynamicframe", []group{{10, 36 * mib, "%d.csv", 0}}, 10, ""},
		{"gzip of more", "glue-5.1", "dynamicframe", []group{{10, gib, "%d.csv.gz", 0}}, 10, ""},
		{"rdd", "spark-3.5", "rdd", []group{{10, 100 * mib, "%d.csv", 0}}, 40, ""},
		{"rdd aims at two", "spark-3.5", "rdd", []group{{1, 20 * mib, "%d.csv", 0}}, 2, ""},
		{"rdd, hidden", "spark-3.5", "rdd", []group{{10, 20 * mib, "_d=%d/a.csv", 0}}, 10, "start with _"},
		{"rdd, empty", "spark-3.3", "rdd", []group{csv, {7, 0, "e%d.csv", 0}}, 144, ""},
		{"rdd, empty, before 3.2", "spark-3.1", "rdd", []group{csv, {7, 0, "e%d.csv", 0}}, 151, ""},
	} {
		p := planOf(t, tt.engine, tt.reader, tt.lake...)
		if p.Tasks != tt.tasks || p.Exact != (tt.doubt == "") || p.Exact != (p.Estimate == "") || !strings.Contains(p.Estimate, tt.doubt) {
			t.Errorf("%s: %d tasks, exact %t: %q", tt.name, p.Tasks, p.Exact, p.Estimate)
		}
	}
}

// A data source of version 2 sorts the chunks of each partition by themselves.
func TestDataSourceV2(t *testing.T) {
	for name, tt := range map[string]struct {
		key, list string
		exact     bool
	}{
		"v1": {"d=%d/a.csv", "json,csv", true}, "v2": {"d=%d/a.csv", "json", false}, "none is v1": {"d=%d/a.csv", "", false},
		"no partitions": {"x/%d.csv", "", true}, "one partition": {"d=1/%d.csv", "", true},
	} {
		e, _ := spark.FindEngine("spark-3.5")
		engine, err := NewEngine(e, Cluster{Cores: 8, Conf: map[string]string{spark.UseV1SourceList: tt.list}})
		if err != nil {
			t.Fatal(err)
		}
		p := Advise("", profileOf(group{10, mib, tt.key, 0}), engine, nil).Plans[0]
		if p.Exact != tt.exact || !tt.exact && !strings.Contains(p.Estimate, "partition by partition") {
			t.Errorf("%s: exact %t: %q", name, p.Exact, p.Estimate)
		}
	}
}

// Directories that name no partitions are read only where the job says so.
func TestRecursiveLookup(t *testing.T) {
	for name, tt := range map[string]struct {
		key  string
		want string
	}{
		"flat":  {"%d.csv", ""},
		"hive":  {"d=%d/a.csv", ""},
		"dates": {"2026/04/%d/a.csv", "true"},
		"plain": {"x/%d.csv", "true"},
	} {
		if got := planOf(t, "glue-5.1", "dataframe", group{10, mib, tt.key, 0}).Settings["recursiveFileLookup"]; got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Above 50,000 files Glue groups by itself, unless the advice is to say how.
func TestAutomaticGrouping(t *testing.T) {
	large := group{50001, 100 * mib, "%d.json", 0}
	p := planOf(t, "glue-5.1", "dynamicframe_automatic", large)
	if want := int64(39064); p.Tasks != want || p.Exact || !strings.Contains(p.Estimate, "50,000") || len(p.Settings) != 0 {
		t.Errorf("%+v", p)
	}
	large.n--
	j := Advise("", profileOf(large), mustEngine(t, "glue-5.1", "G.1X", 10, 0), nil)
	if _, ok := (&Facts{Plans: j.Plans}).Plan("dynamicframe_automatic"); ok {
		t.Error("50,000 files are not more than 50,000")
	}
	parquet := Advise("", profileOf(group{50001, mib, "%d.parquet", 0}), mustEngine(t, "glue-5.1", "G.1X", 10, 0), nil)
	if len(parquet.Plans) != 2 {
		t.Errorf("Glue does not group Parquet: %+v", parquet.Plans)
	}
}

func TestExpanded(t *testing.T) {
	const grown = 59 * gib / 10
	for name, tt := range map[string]struct {
		lake         []group
		p50, largest int64
		factor       float64
		origin       string
	}{
		"text":     {[]group{{10, gib, "%d.csv", 0}}, 128 * mib, 128 * mib, 1, grownPlain},
		"gzip":     {[]group{{10, gib, "%d.csv.gz", 0}}, grown, grown, 5.9, grownText},
		"parquet":  {[]group{{10, gib, "%d.snappy.parquet", 0}}, 128 * mib, 128 * mib, 1, grownColumnar},
		"some":     {[]group{{3, gib, "%d.csv.gz", 0}, {7, gib, "%d.csv", 0}}, 128 * mib, grown, 2.47, grownText},
		"bzip2":    {[]group{{10, gib, "%d.csv.bz2", 0}}, 791884595, 791884595, 5.9, grownText},
		"no files": {nil, 0, 0, 1, grownPlain},
	} {
		p := planOf(t, "glue-5.1", "dataframe", tt.lake...)
		e := p.Expanded
		if off := math.Abs(float64(e.Max - tt.largest)); e.P50 != tt.p50 && off > 1 || off > 1 || e.Factor != tt.factor || e.Origin != tt.origin {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestDriverIndex(t *testing.T) {
	p := planOf(t, "glue-5.1", "dataframe", group{1000, 129 * mib, "%d.parquet", 0})
	if p.Driver == nil || p.Driver.Bytes != spark.IndexBytes(1000, 2000) || p.Driver.Estimate == "" {
		t.Errorf("%+v", p.Driver)
	}
	if p := planOf(t, "glue-5.1", "dataframe"); p.Driver != nil || p.Tasks != 0 {
		t.Errorf("no files: %+v", p)
	}
	if p := planOf(t, "glue-5.1", "dynamicframe", group{10, mib, "%d.json", 0}); p.Driver != nil {
		t.Errorf("what Glue keeps is not known: %+v", p.Driver)
	}
}

func TestSetEngine(t *testing.T) {
	e, _ := spark.FindEngine("glue-5.1")
	w, _ := spark.FindWorker("G.2X")
	conf := map[string]string{spark.MaxPartitionBytes: "64m", spark.MaxPartitionNum: "100", spark.LeafParallelism: "7"}
	got, err := NewEngine(e, Cluster{Worker: w, Workers: 3, Cores: 5, DriverMemory: gib, Conf: conf})
	if err != nil {
		t.Fatal(err)
	}
	if got.MaxPartitionBytes != 64*mib || got.MaxPartitionNum != 100 || got.Parallelism != 7 || got.DriverMemoryBytes != gib || got.DPUs != 6 || got.Cores != 5 {
		t.Errorf("%+v", got)
	}
	if want := "assumed_expansion committer open_cost_bytes"; strings.Join(got.Assumed, " ") != want {
		t.Errorf("assumed %v", got.Assumed)
	}
	conf[spark.MaxPartitionNum] = "many"
	if _, err := NewEngine(e, Cluster{Worker: w, Workers: 3, Conf: conf}); err == nil || !strings.Contains(err.Error(), "many") {
		t.Errorf("%v", err)
	}
	one, err := NewEngine(e, Cluster{Worker: w, Workers: 2, Cores: 1})
	if err != nil || one.Parallelism != 2 {
		t.Errorf("Spark counts two cores at least: %+v, %v", one, err)
	}
}
