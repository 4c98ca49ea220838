package stats

import (
	"testing"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// pagesOf returns the pages of a computed keyspace, 1,000 objects each, in the order in which 16 workers that share the
// keys evenly would deliver them.
func pagesOf(tb testing.TB, name string, n int64) [][]lister.Object {
	tb.Helper()
	keys, err := s3sim.Named(name, n)
	if err != nil {
		tb.Fatal(err)
	}
	var pages [][]lister.Object
	const workers = 16
	share := (n + workers - 1) / workers
	for start := int64(0); start < share; start += 1000 {
		for w := range int64(workers) {
			from := w*share + start
			to := min(from+1000, (w+1)*share, n)
			if from < to {
				pages = append(pages, pageOf(keys, from, to))
			}
		}
	}
	return pages
}

// pageOf returns the objects [from, to), whose keys share one string as those of a lister do.
func pageOf(keys s3sim.Keyspace, from, to int64) []lister.Object {
	var all []byte
	ends := make([]int, 0, to-from)
	page := make([]lister.Object, 0, to-from)
	for i := from; i < to; i++ {
		o := keys.At(i)
		all = keys.AppendKey(all, i)
		ends = append(ends, len(all))
		page = append(page, lister.Object{Size: o.Size, Modified: o.Modified, StorageClass: "STANDARD"})
	}
	text, start := string(all), 0
	for i, end := range ends {
		page[i].Key, start = text[start:end], end
	}
	return page
}

// BenchmarkCollector measures a Collector on a million objects of each layout, Profile included.
func BenchmarkCollector(b *testing.B) {
	for _, name := range []string{"hive500", "hive10", "hex", "kafka", "single"} {
		pages := pagesOf(b, name, 1_000_000)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var c *Collector
			for b.Loop() {
				c = NewCollector(Options{Partitions: 100})
				for _, page := range pages {
					c.Add(page)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/object")
		})
		b.Run(name+"/profile", func(b *testing.B) {
			c := NewCollector(Options{Partitions: 100})
			for _, page := range pages {
				c.Add(page)
			}
			for b.Loop() {
				c.Profile()
			}
		})
	}
}
