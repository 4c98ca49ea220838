package s3sim

import (
	"encoding/binary"
	"math"
	"sync"
	"time"
)

// mix is the finaliser of splitmix64: a bijection of 64 bits in which every input bit moves about half the output bits.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// hashString is FNV-1a over the bytes of s, finished by mix.
func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// sumOf is the 128 bits that stand for the MD5 of a computed object.
func sumOf(i, size int64) [2]uint64 {
	h := mix(uint64(i) ^ uint64(size)<<20)
	return [2]uint64{h, mix(h)}
}

// sizeSteps is how many quantiles a size table holds: a power of two.
const sizeSteps = 1024

// LogNormal returns sizes for a [Group]: deterministic in i, log-normal with the median (bytes) and the sigma given,
// in 1,024 quantiles blurred by up to 1.6 %. A median of 8 MiB with sigma 1 puts 68 % of the sizes between 2.9 and
// 22 MiB. Different seeds give different sequences.
func LogNormal(median int64, sigma float64, seed uint64) func(i int64) int64 {
	table := quantiles(median, sigma)
	return func(i int64) int64 { return table.at(mix(uint64(i) ^ seed)) }
}

type sizeTable [sizeSteps]int64

func quantiles(median int64, sigma float64) *sizeTable {
	t := new(sizeTable)
	for k := range t {
		q := (float64(k) + 0.5) / sizeSteps
		z := math.Sqrt2 * math.Erfinv(2*q-1)
		t[k] = int64(float64(median) * math.Exp(sigma*z))
	}
	return t
}

func (t *sizeTable) at(h uint64) int64 {
	size := t[h%sizeSteps]
	return size + int64(h>>32)%(size/64+1)
}

var defaultTable = sync.OnceValue(func() *sizeTable { return quantiles(8<<20, 1.2) })

func defaultSizes(seed uint64) func(i int64) int64 {
	table := defaultTable()
	return func(i int64) int64 { return table.at(mix(uint64(i) ^ seed)) }
}

// Computed objects were modified in the two years before epochEnd, so that the wall clock is no part of an answer.
const (
	epochEnd  = 1793491200 // 2026-11-01T00:00:00Z, Unix seconds
	epochSpan = 730 * 86400
)

func defaultModified(i int64) time.Time {
	return time.Unix(epochEnd-int64(mix(uint64(i))%epochSpan), 0)
}

// risingModified spreads n objects evenly over the two years, in order of their keys.
func risingModified(n int64) func(i int64) time.Time {
	step := float64(epochSpan) / float64(max(n, 1))
	return func(i int64) time.Time { return time.Unix(epochEnd-epochSpan+int64(float64(i)*step), 0) }
}

// fillContent writes the bytes of a computed object from offset on: the same for the same seed, whatever the cuts.
func fillContent(p []byte, seed uint64, offset int64) {
	var word [8]byte
	for len(p) > 0 {
		at := offset & 7
		binary.LittleEndian.PutUint64(word[:], mix(seed+uint64(offset>>3)))
		n := copy(p, word[at:])
		p, offset = p[n:], offset+int64(n)
	}
}
