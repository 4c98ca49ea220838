package spark

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"testing"
)

// The constants are within 6 % of what Spark's SizeEstimator says.
func TestIndexBytes(t *testing.T) {
	f, err := os.Open("../../testdata/spark/memory.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := 0
	for s := bufio.NewScanner(f); s.Scan(); lines++ {
		var version string
		var uri, index, planned int64
		if _, err := fmt.Sscan(s.Text(), &version, &uri, &index, &planned); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct{ got, want int64 }{{indexOf(uri), index}, {planOf(uri), planned}} {
			if off := math.Abs(float64(tt.got)/float64(tt.want) - 1); off > 0.06 {
				t.Errorf("Spark %s, URIs of %d: %d bytes, and Spark says %d", version, uri, tt.got, tt.want)
			}
		}
	}
	if lines < 6 {
		t.Errorf("%d lines", lines)
	}
	if got := IndexBytes(1_000_000, 1_000_000); got != 1_000_000*(515+240+140+120) {
		t.Errorf("a million files: %d bytes", got)
	}
	if got := IndexBytes(math.MaxInt64, math.MaxInt64); got != math.MaxInt64 {
		t.Errorf("overflow: %d", got)
	}
}
