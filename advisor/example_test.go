package advisor_test

import (
	"bytes"
	"encoding/json"
	"fmt"

	"s3layout/advisor"
	"s3layout/advisor/rules"
	"s3layout/advisor/spark"
	"s3layout/lister"
	"s3layout/stats"
)

// tiny is a dataset of many small JSON files.
func tiny() *stats.Profile {
	c := stats.NewCollector(stats.Options{})
	for i := range 2000 {
		c.Add([]lister.Object{{Key: fmt.Sprintf("part-%05d.json", i), Size: 100 << 10}})
	}
	return c.Profile()
}

func glue() advisor.Engine {
	version, _ := spark.FindEngine("glue-5.1")
	worker, _ := spark.FindWorker("G.1X")
	engine, err := advisor.NewEngine(version, advisor.Cluster{Worker: worker, Workers: 10})
	if err != nil {
		panic(err)
	}
	return engine
}

// A profile, an engine on a cluster and a list of rules in; plans, settings and findings out. Nothing is listed or printed.
func ExampleAdvise() {
	j := advisor.Advise("s3://bucket/events/", tiny(), glue(), rules.All)
	for _, p := range j.Plans {
		fmt.Println(p.Reader, p.Tasks, "tasks, exact:", p.Exact)
	}
	for _, a := range j.Advice {
		fmt.Println(a.Severity, a.Rule, a.Set)
	}
	// Output:
	// dataframe 63 tasks, exact: true
	// dynamicframe 2000 tasks, exact: true
	// dynamicframe_grouped 98 tasks, exact: false
	// info grouping-gap groupFiles=inPartition groupSize=2097152
	// info small-files compact to 256 MiB: 1 file
}

// A rule is a value: who needs another one writes it, and hands it to Advise.
func ExampleRule() {
	crowd := &advisor.Rule{
		ID: "crowd", Title: "More files than we want",
		Limits: []advisor.Limit{{Name: "files", Value: 1000, Unit: "files", Reason: "our own"}},
		Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
			n := f.Profile.Totals.Objects
			if n <= r.Limit("files") {
				return nil
			}
			a := r.Found(advisor.Warning)
			a.Why = advisor.Count(n) + " files"
			return a
		},
	}
	for _, a := range advisor.Advise("s3://bucket/events/", tiny(), glue(), []*advisor.Rule{crowd}).Advice {
		fmt.Println(a.Severity, a.Rule+":", a.Why)
	}
	// Output: warning crowd: 2,000 files
}

// A report that was written as JSON is read back, and judged for another engine without listing anything.
func ExampleReadReport() {
	p := tiny()
	if err := p.Pack(); err != nil { // the size of every file, so that plans stay exact
		panic(err)
	}
	r := advisor.Report{Schema: advisor.SchemaID, Target: advisor.Target{URI: "s3://bucket/events/"}, Complete: true, Profile: p, Engine: glue()}
	r.Judge(advisor.Advise(r.Target.URI, p, r.Engine, rules.All))
	document, err := json.Marshal(&r)
	if err != nil {
		panic(err)
	}

	saved, err := advisor.ReadReport(bytes.NewReader(document))
	if err != nil {
		panic(err)
	}
	version, _ := spark.FindEngine("spark-3.5")
	engine, err := advisor.NewEngine(version, advisor.Cluster{Cores: 200, DriverMemory: 16 << 30})
	if err != nil {
		panic(err)
	}
	for _, p := range advisor.Advise(saved.Target.URI, saved.Profile, engine, rules.All).Plans {
		fmt.Println(p.Reader, p.Tasks, "tasks, exact:", p.Exact)
	}
	_, err = advisor.ReadReport(bytes.NewReader(document[:100]))
	fmt.Println(err != nil)
	// Output:
	// dataframe 200 tasks, exact: true
	// rdd 2000 tasks, exact: true
	// true
}

// Numbers are spelled in one way everywhere.
func ExampleSize() {
	fmt.Println(advisor.Size(1536), advisor.Size(1020<<10), advisor.Count(1234567), advisor.Percent(1, 1000))
	// Output: 1.5 KiB 1020 KiB 1,234,567 <1 %
}
