package render

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"s3layout/advisor"
	"s3layout/stats"
)

// Sizes as strings are those of the document, and nothing else changes: read back as numbers it is the same.
func TestBytesAsString(t *testing.T) {
	saved(t, func(t *testing.T, _ string, document []byte, r *advisor.Report) {
		got := string(bytesOf(t, "json", r, Options{BytesAsString: true}))
		if !strings.Contains(got, `"schema": "s3layout/report/v1+bytes-as-string"`) {
			t.Error("the schema is that of numbers")
		}
		var as, is any
		if err := json.Unmarshal([]byte(got), &as); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(document, &is); err != nil {
			t.Fatal(err)
		}
		checkSizes(t, "", as, is)
		if _, err := advisor.ReadReport(strings.NewReader(got)); err == nil {
			t.Error("it is read back")
		}
	})
	r := &advisor.Report{Profile: &stats.Profile{Totals: stats.Totals{Bytes: 9007199254740993}}}
	if got := string(bytesOf(t, "json", r, Options{BytesAsString: true})); !strings.Contains(got, `"bytes": "9007199254740993"`) {
		t.Errorf("2^53+1 in\n%s", got)
	}
}

// checkSizes compares a document with strings for sizes with the one of numbers.
func checkSizes(t *testing.T, at string, as, is any) {
	t.Helper()
	switch v := is.(type) {
	case map[string]any:
		for name, x := range v {
			checkSizes(t, at+"."+name, as.(map[string]any)[name], x)
		}
	case []any:
		for i, x := range v {
			checkSizes(t, at, as.([]any)[i], x)
		}
	case float64:
		name := at[strings.LastIndex(at, ".")+1:]
		_, text := as.(string)
		size := name == "bytes" || strings.HasSuffix(name, "_bytes") || strings.HasPrefix(name, "bytes_") || name == "le" || name == "mean" || strings.Contains(at, ".sizes.") && len(name) == 3
		switch {
		case strings.Contains(at, ".expansion.") && text:
			t.Errorf("%s is no size, and a string", at)
		case size != text && !strings.Contains(at, ".expansion.") && (size || name != "max" && name != "min" && name != "p50"):
			t.Errorf("%s: a string %v, want %v", at, text, size)
		}
	}
}

// Two keys that differ in bytes that are not UTF-8 stay two, in every document.
func TestKeysSurvive(t *testing.T) {
	for _, key := range []string{"a\xffb", "a\xfeb"} {
		p := stats.Partition{Path: stats.Spell(key), PathBase64: base64.StdEncoding.EncodeToString([]byte(key)), Values: []stats.Value{}, Formats: []stats.PartitionFormat{}}
		r := &advisor.Report{Profile: &stats.Profile{Partitions: []stats.Partition{p}}}
		for _, format := range []string{"json", "ndjson"} {
			got := string(bytesOf(t, format, r, Options{}))
			if spelled := strings.ReplaceAll(stats.Spell(key), `\`, `\\`); !strings.Contains(got, spelled) || !strings.Contains(got, p.PathBase64) {
				t.Errorf("%s: no %s in\n%s", format, spelled, got)
			}
		}
	}
}

// A million partitions take no more memory to write than a few: what is encoded at a time is one.
func TestJSONStreams(t *testing.T) {
	r := &advisor.Report{Profile: &stats.Profile{}}
	one := stats.Partition{Path: strings.Repeat("x", 1000), Values: []stats.Value{}, Formats: []stats.PartitionFormat{}}
	for range 20_000 {
		r.Profile.Partitions = append(r.Profile.Partitions, one)
	}
	for _, format := range []string{"json", "ndjson"} {
		f, _ := Find(format)
		var n counter
		if err := f.Write(&n, r, Options{}); err != nil {
			t.Fatal(err)
		}
		if n.bytes < 20<<20 || n.most > 1<<20 {
			t.Errorf("%s: %d bytes, %d at a time", format, n.bytes, n.most)
		}
	}
}

// counter counts what is written, and the most at a time.
type counter struct{ bytes, most int }

func (c *counter) Write(b []byte) (int, error) {
	c.bytes += len(b)
	c.most = max(c.most, len(b))
	return len(b), nil
}
