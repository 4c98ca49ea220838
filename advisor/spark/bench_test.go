package spark

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// manySizes is a million files, most of a size of their own, as a listing keeps them: ascending.
func manySizes() Input {
	r := rand.New(rand.NewPCG(1, 1))
	sizes := map[bool][]int64{}
	for i := range 1_000_000 {
		sizes[i%2 == 0] = append(sizes[i%2 == 0], int64(math.Exp(17+1.5*r.NormFloat64())))
	}
	of := func(s []int64) Files {
		slices.Sort(s)
		return func(yield func(int64, int64) bool) {
			for _, size := range s {
				if !yield(size, 1) {
					return
				}
			}
		}
	}
	return Input{Splittable: of(sizes[true]), Whole: of(sizes[false]), Sizes: 1_000_000, WholeGrowth: 5.9}
}

func BenchmarkScan(b *testing.B) {
	in := manySizes()
	for b.Loop() {
		DefaultScan(36).Plan(in)
	}
}

func BenchmarkSplits(b *testing.B) {
	in := manySizes()
	for b.Loop() {
		Splits{BlockSize: 32 << 20}.Plan(in)
	}
}
