package stats

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"s3layout/lister"
)

// hiveBatches returns the pages of a lake of day and hour partitions, 1,000 objects each, in the order of a listing.
func hiveBatches(partitions, filesEach int) [][]lister.Object {
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var all []lister.Object
	for p := range partitions {
		at := start.Add(time.Duration(p) * time.Hour)
		for f := range filesEach {
			all = append(all, lister.Object{
				Key: fmt.Sprintf("events/dt=%s/hour=%02d/part-%05d-8d2f1c5e-91f4-4a3f-bb52-0c2f9b0f7a11.c000.snappy.parquet",
					at.Format("2006-01-02"), at.Hour(), f),
				Size:     1 + r.Int64N(256<<20),
				Modified: at.Add(time.Duration(r.Int64N(int64(time.Hour)))),
			})
		}
	}
	var batches [][]lister.Object
	for len(all) > 0 {
		n := min(1000, len(all))
		batches = append(batches, all[:n])
		all = all[n:]
	}
	return batches
}

func BenchmarkCollectorAdd(b *testing.B) {
	batches := hiveBatches(2000, 50)
	b.ReportAllocs()
	objects := 0
	c := NewCollector(Options{})
	for i := 0; b.Loop(); i++ {
		batch := batches[i%len(batches)]
		c.Add(batch)
		objects += len(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(objects), "ns/object")
}

func BenchmarkCollectorAddShuffled(b *testing.B) {
	batches := hiveBatches(2000, 50)
	var all []lister.Object
	for _, batch := range batches {
		all = append(all, batch...)
	}
	r := rand.New(rand.NewPCG(3, 4))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	b.ReportAllocs()
	c := NewCollector(Options{})
	objects := 0
	for i := 0; b.Loop(); i++ {
		at := i % 100 * 1000
		c.Add(all[at : at+1000])
		objects += 1000
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(objects), "ns/object")
}
