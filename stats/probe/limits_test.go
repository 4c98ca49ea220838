package probe

import (
	"bytes"
	"path/filepath"
	"testing"
)

// A short look at text tells the same of a file as a long one, wherever it is settled: fixtures are a few kinds of record
// all along.
func TestLimitsText(t *testing.T) {
	shorter := 0
	for _, dir := range []string{"codec/testdata/*.*", "text/testdata/*.*"} {
		names, err := filepath.Glob(dir)
		if err != nil || len(names) == 0 {
			t.Fatalf("no fixtures in %s: %v", dir, err)
		}
		for _, name := range names {
			body := fixture(t, name)
			name = filepath.Base(name)
			long := probe(t, name, body)
			short, err := File(bytes.NewReader(body), int64(len(body)), name, Limits{Inflated: 32 << 10, Text: 8 << 10})
			if err != nil {
				t.Fatal(err)
			}
			if short.Format != long.Format || short.Compression != long.Compression || short.Mismatch != long.Mismatch {
				t.Errorf("%s: %s, %s; a long look says %s, %s", name, short.Format, short.Compression, long.Format, long.Compression)
			}
			if a, ok := short.Expansion.Ratio(); ok {
				if b, _ := long.Expansion.Ratio(); a != b {
					t.Errorf("%s: grows %.1f-fold; a long look says %.1f", name, a, b)
				}
			}
			if long.Text == nil {
				continue
			}
			if short.Text == nil || short.Text.Spans != long.Text.Spans || short.Text.Delimiter != long.Text.Delimiter || short.Text.Header != long.Text.Header {
				t.Errorf("%s: %+v; a long look says %+v", name, short.Text, long.Text)
			} else if short.Text.Records < long.Text.Records {
				shorter++
			}
		}
	}
	if shorter < 3 {
		t.Errorf("%d files are looked at less", shorter)
	}
}
