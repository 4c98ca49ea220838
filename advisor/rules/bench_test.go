package rules_test

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
	"s3layout/lister"
	"s3layout/stats"
)

// millionFiles are a million files, nearly all of a size of their own, dealt out to so many partitions.
func millionFiles(partitions int) *stats.Profile {
	r := rand.New(rand.NewPCG(1, 1))
	c := stats.NewCollector(stats.Options{Partitions: 100})
	var batch []lister.Object
	for i := range 1_000_000 {
		name := "/part-" + strconv.Itoa(i) + []string{".json", ".json.gz"}[i%2]
		batch = append(batch, lister.Object{
			Key: "year=2026/bucket=" + strconv.Itoa(i%partitions) + name, Size: int64(math.Exp(17 + 1.5*r.NormFloat64())), Modified: written,
		})
		if len(batch) == 1000 {
			c.Add(batch)
			batch = batch[:0]
		}
	}
	return c.Profile()
}

func benchmarkAdvise(b *testing.B, partitions int) {
	p := millionFiles(partitions)
	l, err := parseLake("")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	defer reportCPU(b)()
	for b.Loop() {
		advisor.Advise(l.target, p, l.engine, rules.All)
	}
}

func BenchmarkAdvise10000Partitions(b *testing.B)   { benchmarkAdvise(b, 10_000) }
func BenchmarkAdviseMillionPartitions(b *testing.B) { benchmarkAdvise(b, 1_000_000) }

// A report as it is written: text, then JSON with the packed detail, then read back.
func benchmarkReport(b *testing.B, f func(b *testing.B, r *advisor.Report)) {
	p := millionFiles(10_000)
	l, err := parseLake("")
	if err != nil {
		b.Fatal(err)
	}
	j := advisor.Advise(l.target, p, l.engine, rules.All)
	r := &advisor.Report{
		Schema: advisor.SchemaID, Target: advisor.Target{URI: l.target}, Complete: true, Profile: p, Engine: l.engine,
		Plans: j.Plans, Recommended: j.Recommended, Advice: j.Advice,
	}
	b.ReportAllocs()
	for b.Loop() {
		f(b, r)
	}
}

func BenchmarkText(b *testing.B) {
	benchmarkReport(b, func(b *testing.B, r *advisor.Report) {
		if err := render.Text(io.Discard, r, render.Options{}); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkPackJSON(b *testing.B) {
	benchmarkReport(b, func(b *testing.B, r *advisor.Report) {
		if err := r.Profile.Pack(); err != nil {
			b.Fatal(err)
		}
		if err := render.JSON(io.Discard, r, render.Options{}); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkReadReport(b *testing.B) {
	var document []byte
	benchmarkReport(b, func(b *testing.B, r *advisor.Report) {
		if document == nil {
			if err := r.Profile.Pack(); err != nil {
				b.Fatal(err)
			}
			var out bytes.Buffer
			if err := render.JSON(&out, r, render.Options{}); err != nil {
				b.Fatal(err)
			}
			document = out.Bytes()
			b.ReportMetric(float64(len(document)), "document-B")
		}
		if _, err := advisor.ReadReport(bytes.NewReader(document)); err != nil {
			b.Fatal(err)
		}
	})
}
