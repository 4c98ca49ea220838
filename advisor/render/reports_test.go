package render_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
	"s3layout/advisor/spark"
	"s3layout/lister"
	"s3layout/stats"
)

var makeReports = flag.Bool("reports", false, "make the saved reports of testdata anew, through stats and advisor")

// TestMakeReports writes testdata/*.json when -reports asks for it. The other tests take them as they are, so that a
// change of a rule or a statistic does not move every picture.
func TestMakeReports(t *testing.T) {
	if !*makeReports {
		t.Skip("no -reports")
	}
	for name, r := range madeReports() {
		var b bytes.Buffer
		if err := render.JSON(&b, r, render.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("testdata", name+".json"), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// madeReports are reports on lakes that show a renderer what it may meet.
func madeReports() map[string]*advisor.Report {
	out := map[string]*advisor.Report{
		"demo":          madeReport("s3://demo-lake/events/", demoLake()),
		"empty":         madeReport("s3://bucket/nothing/", nil),
		"single":        madeReport("file:///data/one/", []lister.Object{{Key: "a.csv", Size: 1}}),
		"unpartitioned": madeReport("s3://bucket/flat/", many(1200, 1<<20, "part-%05d.json")),
		"hostile":       madeReport("s3://bucket/\x1b]0;owned\x07/"+"\u202e"+"/", hostileLake()),
		"incomplete":    madeReport("s3://bucket/cut/", many(40, 3<<20, "p=%d/part.parquet")),
		"formats":       madeReport("s3://bucket/formats/", many(300, 5<<20, "p=%d/part.csv")),
		"folded":        madeReportWith("s3://bucket/folded/", many(300, 5<<20, "p=%d/part.csv.gz"), stats.Options{MaxPartitions: 20}),
	}
	out["probed"] = probedReport()
	r := out["incomplete"]
	r.Complete, r.StoppedBy = false, "SIGTERM"
	r.Incomplete = []advisor.Missing{
		{Until: "p=1/\u202egpj.exe", Cause: "AccessDenied: \x1b[31mno\x1b[0m"}, {After: "p=5/", Until: "p=7/", Cause: "timeout"},
		{After: "p=7/x", Until: "p=8/", Cause: "timeout"}, {After: "p=9/", Cause: strings.Repeat("long ", 100)},
	}
	r = out["formats"]
	f := r.Profile.Formats[0]
	for i := range 100 {
		f.Format = fmt.Sprintf("format%03d", i)
		f.Compression = []string{"none", "gzip", "a-codec-with-a-long-name"}[i%3]
		f.Sizes = nil
		r.Profile.Formats = append(r.Profile.Formats, f)
	}
	return out
}

// probedReport is of files that were opened, and are not all well.
func probedReport() *advisor.Report {
	objects := slices.Concat(many(900, 200<<20, "day=%02d/part.parquet"), many(60, 90<<20, "day=%02d/export.csv.gz"))
	p := measured(objects, stats.Options{})
	p.Formats[0].Evidence, p.Formats[0].Compression, p.Formats[0].Probed = "probe", "mixed", 90
	p.Formats[1].Probed, p.Formats[1].Expansion = 20, &stats.FileExpansion{Ratio: 7.912, Min: 6.1, Max: 9.4, Files: 20, Origin: "inflated_sample"}
	p.Probe = &stats.Probe{
		Mode: "sample", Objects: 113, Requests: 200, BytesRead: 13 << 20, Method: stats.ShareMethod, Confidence: stats.ShareLevel, Unseen: 0.034,
		Failed:   []stats.ProbeFailure{{Kind: "not_found", Objects: 2, Examples: []string{"day=01/\x1b[31mgone.parquet"}}},
		Problems: []stats.ProbeProblem{{Kind: "truncated", What: "it begins as Parquet and has no footer", Format: "parquet", Objects: 1, Examples: []string{"day=03/part.parquet"}}},
		Codecs: []stats.CodecShare{
			{Format: "parquet", Compression: "snappy", Probed: 82, Share: 0.8911, Low: 0.8002, High: 0.951}, {Format: "parquet", Compression: "none", Probed: 8, Share: 0.08, Low: 0.031, High: 0.17},
			{Format: "csv", Compression: "gzip", Probed: 20, Share: 0.0288, Low: 0.0287, High: 0.0289}, {Format: "parquet", Compression: "unread", Probed: 1, Share: 0.001, Low: 0, High: 0.06},
		},
		Mismatches: []stats.Mismatch{{NamedFormat: "parquet", NamedCompression: "unknown", Format: "csv", Compression: "none", Mismatch: true, Outcome: "fails", Outcome4: "fails", Objects: 3, Bytes: 600 << 20, Examples: []string{"day=09/part.parquet"}}},
		Blocks:     []stats.BlockHealth{{Format: "parquet", Files: 90, Bytes: 18 << 30, Blocks: 4100, BytesMean: 4 << 20, BytesMax: 130 << 20, RowsMax: 1e6, PerFileP50: 45, PerFileMax: 900, Under16MiB: 4000, Fragmented: 80, FragmentedBytes: 16 << 30, Examples: []string{"day=00/part.parquet"}}},
		Schemas:    []stats.SchemaDrift{{Format: "parquet", Files: 90, Distinct: 3, Schemas: []stats.SchemaCount{}, Columns: []stats.ColumnDrift{{Path: "tax\x07", Missing: 7, Types: []stats.TypeCount{{Type: "DOUBLE", Files: 83}}}}}},
		Text:       []stats.TextLayout{{Format: "csv", Delimiter: ";", Header: "yes", Objects: 20, Example: "day=00/export.csv.gz"}},
	}
	return reportOf("s3://bucket/probed/", p)
}

var written = time.Date(2026, 4, 19, 7, 30, 0, 123456789, time.UTC)

func madeReport(uri string, objects []lister.Object) *advisor.Report {
	return madeReportWith(uri, objects, stats.Options{})
}

func madeReportWith(uri string, objects []lister.Object, opts stats.Options) *advisor.Report {
	return reportOf(uri, measured(objects, opts))
}

func measured(objects []lister.Object, opts stats.Options) *stats.Profile {
	c := stats.NewCollector(opts)
	for i := range objects {
		objects[i].Modified = written.Add(time.Duration(i) * time.Second)
	}
	c.Add(objects)
	return c.Profile()
}

func reportOf(uri string, p *stats.Profile) *advisor.Report {
	engine, _ := spark.FindEngine("glue-5.1")
	worker, _ := spark.FindWorker("G.1X")
	e, err := advisor.NewEngine(engine, advisor.Cluster{Worker: worker, Workers: 10, Assumed: []string{"cores", "name", "worker_type", "workers"}})
	if err != nil {
		panic(err)
	}
	j := advisor.Advise(uri, p, e, rules.All)
	r := &advisor.Report{
		Schema: advisor.SchemaID, Tool: advisor.Tool{Name: "s3layout", Version: "0.1.0"},
		Target:   advisor.Target{URI: stats.Spell(uri), Source: "s3", Exclude: []string{}, Include: []string{}},
		Complete: true, Incomplete: []advisor.Missing{}, Warnings: append([]stats.Warning{}, p.Warnings...),
		Profile: p, Engine: e,
		Run: advisor.Run{Started: written, Seconds: 1.25, Requests: 81},
	}
	r.Judge(j)
	return r
}

func many(n int, size int64, key string) []lister.Object {
	var out []lister.Object
	for i := range n {
		out = append(out, lister.Object{Key: fmt.Sprintf(key, i), Size: size + int64(i)})
	}
	return out
}

// demoLake has a bit of everything that the rules look for.
func demoLake() []lister.Object {
	var out []lister.Object
	for day := range 20 {
		n := 100
		if day == 7 {
			n = 4000
		}
		out = append(out, many(n, 256<<10, fmt.Sprintf("day=%02d/part-%%05d.json", day+1))...)
	}
	out = append(out, many(4, 1500<<20, "day=03/export-%d.json.gz")...)
	out = append(out, many(40, 128<<10, "_temporary/0/task/part-%d.json")...)
	for i := range 30 {
		out = append(out, lister.Object{Key: fmt.Sprintf("day=00/old-%d.json", i), Size: 8 << 20, StorageClass: "GLACIER"})
	}
	return append(out, lister.Object{Key: "_SUCCESS"})
}

// hostileLake has keys that would steer a terminal, a log or a page.
func hostileLake() []lister.Object {
	var out []lister.Object
	for _, k := range []string{
		"a\x1b[31;1mred\x1b[0m", "x\u202egpj.exe", "n\n::error::boom", "::error title=x::boom", "t\t\r\b\x00\x7f", "##[error]boom",
		"\xff\xfe\x80", "日本語のとても長いフォルダの名前です", "👨‍👩‍👧‍👦🏳️‍🌈", "e\u0301\u0301\u0301\u200b\ufeff\u2028\u2029\u0085", `quote"back\slash'`,
		"<script>alert(1)</script>", strings.Repeat("long", 250), strings.Repeat("界", 300), "$(reboot)`reboot`{{.}}%s%d",
	} {
		out = append(out, lister.Object{Key: "p=" + k + "/part.json", Size: 1 << 20}, lister.Object{Key: k + "=1/q=" + k + "/part.csv", Size: 2 << 20},
			lister.Object{Key: "_" + k, Size: 1}, lister.Object{Key: "p=1/c.json", Size: 1, StorageClass: k})
	}
	return out
}
