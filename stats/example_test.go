package stats_test

import (
	"encoding/json"
	"fmt"
	"os"

	"s3layout/lister"
	"s3layout/stats"
)

// Objects in, in batches and any order; a Profile out. Nothing is listed, and no key is kept.
func Example() {
	c := stats.NewCollector(stats.Options{Partitions: 10})
	c.Add([]lister.Object{
		{Key: "dt=2026-01-01/a.parquet", Size: 200 << 20},
		{Key: "dt=2026-01-02/b.json.gz", Size: 1 << 20},
		{Key: "dt=2026-01-02/c.json.gz", Size: 3 << 20},
		{Key: "_SUCCESS"},
	})
	p := c.Profile()
	fmt.Println(p.Totals.Objects, "files,", p.Totals.Bytes>>20, "MiB,", p.Totals.Partitions, "partitions by", p.Partitioning.Keys[0].Name)
	for _, f := range p.Formats {
		fmt.Printf("%s.%s: %d files, splittable %v\n", f.Format, f.Compression, f.Objects, f.Splittable)
	}
	for _, i := range p.Ignored {
		fmt.Println("ignored:", i.Objects, i.Reason, i.Kind)
	}
	// Output:
	// 3 files, 204 MiB, 2 partitions by dt
	// parquet.unknown: 1 files, splittable true
	// json.gzip: 2 files, splittable false
	// ignored: 1 hidden _SUCCESS
}

// Which objects are data is decided for every key alike: what a pattern excludes comes first.
func ExampleCollector_exclusions() {
	exclude, err := lister.ParseGlob("**_temporary/**")
	if err != nil {
		panic(err)
	}
	c := stats.NewCollector(stats.Options{Exclude: []*lister.Glob{exclude}})
	c.Add([]lister.Object{{Key: "_temporary/0/part-0.csv", Size: 7}, {Key: "part-0.csv", Size: 7}, {Key: "old.csv", Size: 7, StorageClass: "GLACIER"}})
	p := c.Profile()
	fmt.Println(p.Totals.Objects)
	for _, i := range p.Ignored {
		fmt.Println(i.Reason, i.Kind)
	}
	// Output:
	// 1
	// excluded **_temporary/**
	// storage_class GLACIER
}

// EachPartition yields every partition that is told apart, not only those that Partitions describes.
func ExampleProfile_EachPartition() {
	c := stats.NewCollector(stats.Options{Partitions: 1})
	for day := range 3 {
		c.Add([]lister.Object{{Key: fmt.Sprintf("dt=%d/f.csv", day), Size: int64(day+1) << 20}})
	}
	p := c.Profile()
	fmt.Println(len(p.Partitions), "described,", p.PartitionsOmitted, "omitted")
	for t := range p.EachPartition {
		fmt.Println(t.Path, t.Objects, t.Bytes)
	}
	// Output:
	// 1 described, 2 omitted
	// dt=2 1 3145728
	// dt=1 1 2097152
	// dt=0 1 1048576
}

// FileSizes yields the sizes that task plans are made of: here of the files that Spark cuts.
func ExampleProfile_FileSizes() {
	c := stats.NewCollector(stats.Options{})
	c.Add([]lister.Object{{Key: "a.csv", Size: 5}, {Key: "b.csv", Size: 5}, {Key: "c.csv", Size: 9}, {Key: "d.csv.gz", Size: 9}})
	sizes, exact := c.Profile().FileSizes(true)
	for size, files := range sizes {
		fmt.Println(files, "of", size)
	}
	fmt.Println("exact:", exact)
	// Output:
	// 2 of 5
	// 1 of 9
	// exact: true
}

// ColumnValues reads a directory the way Spark discovers partitions.
func ExampleColumnValues() {
	json.NewEncoder(os.Stdout).Encode(stats.ColumnValues("year=2026/region=eu%20west/day=__HIVE_DEFAULT_PARTITION__"))
	// Output: [{"key":"year","value":"2026"},{"key":"region","value":"eu west"},{"key":"day","value":null}]
}

// Spell shows the bytes of a key that are no UTF-8, and nothing else otherwise.
func ExampleSpell() {
	fmt.Println(stats.Spell("caf\xe9"), stats.Spell("café"))
	// Output: caf\xe9 café
}
