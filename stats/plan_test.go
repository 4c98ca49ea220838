package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"s3layout/advisor/spark"
	"s3layout/lister"
)

// Where sizes are not kept any more, plans from the histograms have as many tasks as exact ones, within 1 %, and their
// largest task is within that, too.
func TestPlansOfHistograms(t *testing.T) {
	const files = 150_000
	for name, size := range map[string]func(*rand.Rand) float64{
		"small":  func(r *rand.Rand) float64 { return math.Exp(12 + 1.5*r.NormFloat64()) },
		"medium": func(r *rand.Rand) float64 { return math.Exp(17 + r.NormFloat64()) },
		"large":  func(r *rand.Rand) float64 { return math.Exp(20 + r.NormFloat64()) },
		"even":   func(r *rand.Rand) float64 { return 1 + 300e6*r.Float64() },
		"narrow": func(r *rand.Rand) float64 { return 40e6 + 20e6*r.Float64() },
		// What a plan turns on: files that just fit, or just do not.
		"alike, over a split":   func(r *rand.Rand) float64 { return 129 << 20 },
		"alike, five a task":    func(r *rand.Rand) float64 { return 22.45 * (1 << 20) },
		"over a split":          func(r *rand.Rand) float64 { return 1 + 128<<20 + 2<<20*r.Float64() },
		"around a split":        func(r *rand.Rand) float64 { return 127<<20 + 2<<20*r.Float64() },
		"around two a task":     func(r *rand.Rand) float64 { return 61.5*(1<<20) + 1<<20*r.Float64() },
		"around a multiple":     func(r *rand.Rand) float64 { return 255<<20 + 2<<20*r.Float64() },
		"powers of two, around": func(r *rand.Rand) float64 { return math.Exp2(float64(10+r.IntN(22))) + float64(r.IntN(3)-1) },
		"tiny":                  func(r *rand.Rand) float64 { return 1 + 100*r.Float64() },
		"crowds in a crowd": func(r *rand.Rand) float64 {
			if r.IntN(10) > 0 {
				return 22.45 * (1 << 20)
			}
			return 1 + 300e6*r.Float64()
		},
	} {
		r := rand.New(rand.NewPCG(1, uint64(len(name))))
		c := NewCollector(Options{})
		for i := range files {
			key := "a.csv"
			if i%3 == 0 {
				key = "a.csv.gz"
			}
			c.Add([]lister.Object{object(key, int64(size(r)))})
		}
		exact := plansOf(t, c.Profile(), true)
		for _, set := range c.files {
			set.drop()
		}
		for reader, got := range plansOf(t, c.Profile(), false) {
			want := exact[reader]
			if off(got.Tasks, want.Tasks) > 0.01 || off(got.MaxBytes, want.MaxBytes) > 0.01 {
				t.Errorf("%s, %s: %d tasks, the largest of %d bytes; exactly %d, %d", name, reader, got.Tasks, got.MaxBytes, want.Tasks, want.MaxBytes)
			}
		}
	}
}

func plansOf(t *testing.T, p *Profile, wantExact bool) map[string]spark.Plan {
	t.Helper()
	split, exactSplit := p.FileSizes(true)
	whole, exactWhole := p.FileSizes(false)
	if exactSplit != wantExact || exactWhole != wantExact {
		t.Fatalf("exact: %t and %t, want %t", exactSplit, exactWhole, wantExact)
	}
	in := spark.Input{Splittable: split, Whole: whole}
	return map[string]spark.Plan{
		"DataFrame on 36 cores":     spark.DefaultScan(36).Plan(in),
		"DataFrame on 10,000 cores": spark.DefaultScan(10_000).Plan(in),
		"DataFrame of 100 MB tasks": spark.Scan{MaxPartitionBytes: 100_000_000, OpenCostBytes: 1 << 20, Parallelism: 8}.Plan(in),
		"blocks of 32 MiB":          spark.Splits{BlockSize: 32 << 20}.Plan(in),
		"blocks of 64 MiB":          spark.Splits{BlockSize: 64 << 20}.Plan(in),
	}
}

func off(got, want int64) float64 { return math.Abs(float64(got)/float64(want) - 1) }
