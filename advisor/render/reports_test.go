package render_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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

var written = time.Date(2026, 4, 19, 7, 30, 0, 123456789, time.UTC)

func madeReport(uri string, objects []lister.Object) *advisor.Report {
	return madeReportWith(uri, objects, stats.Options{})
}

func madeReportWith(uri string, objects []lister.Object, opts stats.Options) *advisor.Report {
	c := stats.NewCollector(opts)
	for i := range objects {
		objects[i].Modified = written.Add(time.Duration(i) * time.Second)
	}
	c.Add(objects)
	p := c.Profile()
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
