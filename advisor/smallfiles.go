package advisor

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"s3layout/stats"
)

// DefaultSmallBytes is the size below which a file is small where nothing else is said, as in the rule small-files.
const DefaultSmallBytes = 32 << 20

// SmallFiles counts the files under so many bytes. It is as exact as the profile's sizes; see stats.Profile.SizeError. Of a
// document that was not unpacked it counts whole bins of the histogram.
func SmallFiles(p *stats.Profile, under int64) (small int64) {
	seen := int64(0)
	for _, splittable := range []bool{true, false} {
		sizes, _ := p.FileSizes(splittable)
		for size, n := range sizes {
			seen += n
			if size < under {
				small += n
			}
		}
	}
	if seen == p.Totals.Objects {
		return small
	}
	small = 0
	for _, bin := range p.Sizes.Histogram {
		if bin.LE <= under {
			small += bin.Objects
		}
	}
	return small
}

// SmallFileRatio is the share of files under so many bytes, 0 to 1, rounded to six digits.
func SmallFileRatio(p *stats.Profile, under int64) float64 {
	return round6(float64(SmallFiles(p, under)) / float64(max(p.Totals.Objects, 1)))
}

// Fingerprint names a finding the same in every run: by its rule, its target, and what of the target was looked at. What was
// counted, how severe it is and what it is called have no part in it.
func Fingerprint(t Target, rule string) string {
	h := sha256.New()
	for _, part := range append([]string{t.URI, t.Where, rule, "exclude"}, append(append(slices.Clone(t.Exclude), "include"), t.Include...)...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func round6(x float64) float64 { return math.Round(x*1e6) / 1e6 }
