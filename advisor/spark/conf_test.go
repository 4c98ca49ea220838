package spark

import (
	"math"
	"strings"
	"testing"
)

func TestParseBytes(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int64 // -1: refused
	}{
		{"0", 0}, {"134217728", 128 * mib}, {"128m", 128 * mib}, {"128MB", 128 * mib}, {"128 MB", -1}, {" 1g ", gib}, {"16GiB", 16 * gib},
		{"1b", 1}, {"1k", kib}, {"1t", 1 << 40}, {"1pb", 1 << 50}, {"8191p", 8191 << 50}, {"8192p", -1}, {"9223372036854775807", math.MaxInt64},
		{"9223372036854775808", -1}, {"", -1}, {"m", -1}, {"-1", -1}, {"1.5g", -1}, {"1x", -1}, {"1ib", -1}, {"1e3", -1}, {"٣m", -1},
	} {
		got, err := ParseBytes(tt.in)
		if (err != nil) != (tt.want < 0) || err == nil && got != tt.want {
			t.Errorf("%q: %d, %v", tt.in, got, err)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for in, want := range map[string]Version{"3.5.6": {3, 5}, "4.1": {4, 1}, "2.4.3": {2, 4}, "10.0-SNAPSHOT.1": {}, "4": {}, "": {}, "-1.2": {}} {
		if got, err := ParseVersion(in); got != want || (err != nil) != (want == Version{}) {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, tt := range []struct {
		v, w Version
		want bool
	}{{Version{3, 5}, Version{3, 5}, true}, {Version{4, 0}, Version{3, 5}, true}, {Version{3, 4}, Version{3, 5}, false}, {Version{3, 10}, Version{3, 5}, true}} {
		if tt.v.AtLeast(tt.w) != tt.want {
			t.Errorf("%v at least %v: not %t", tt.v, tt.w, tt.want)
		}
	}
}

// A setting counts from the version that has it; the first of four decides on the parallelism.
func TestScanConf(t *testing.T) {
	all := map[string]string{
		MaxPartitionBytes: "64m", OpenCostInBytes: "1m", MinPartitionNum: "5", MaxPartitionNum: "9", LeafParallelism: "6", DefaultParallelism: "7",
	}
	without := func(name string) map[string]string {
		out := map[string]string{}
		for k, v := range all {
			if k != name {
				out[k] = v
			}
		}
		return out
	}
	for name, tt := range map[string]struct {
		v    Version
		conf map[string]string
		want Scan
	}{
		"nothing":               {Version{3, 5}, nil, Scan{128 * mib, 4 * mib, 36, 0}},
		"all":                   {Version{3, 5}, all, Scan{64 * mib, mib, 5, 9}},
		"all, 3.3":              {Version{3, 3}, all, Scan{64 * mib, mib, 5, 0}},
		"all, 2.4":              {Version{2, 4}, all, Scan{64 * mib, mib, 7, 0}},
		"no minPartitionNum":    {Version{4, 1}, without(MinPartitionNum), Scan{64 * mib, mib, 6, 9}},
		"no minimum, 3.1":       {Version{3, 1}, without(MinPartitionNum), Scan{64 * mib, mib, 7, 0}},
		"only the default":      {Version{4, 1}, map[string]string{DefaultParallelism: "7"}, Scan{128 * mib, 4 * mib, 7, 0}},
		"one that is not known": {Version{4, 1}, map[string]string{"spark.x": "y"}, Scan{128 * mib, 4 * mib, 36, 0}},
	} {
		if got, err := ScanConf(tt.v, 36, tt.conf); got != tt.want || err != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, value := range map[string]string{
		MaxPartitionBytes: "0", OpenCostInBytes: "-1", MinPartitionNum: "0", MaxPartitionNum: "x", LeafParallelism: "4294967296", DefaultParallelism: "",
	} {
		if got, err := ScanConf(Version{4, 1}, 36, map[string]string{name: value}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%q: %+v, %v", name, value, got, err)
		}
	}
}

func FuzzParseBytes(f *testing.F) {
	for _, s := range []string{"128m", "1g", "16GiB", "9223372036854775807", "8192p", "-1", "", "kb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := ParseBytes(s); err == nil && n < 0 || err != nil && n != 0 {
			t.Errorf("%q: %d, %v", s, n, err)
		}
	})
}

func TestReadsV1(t *testing.T) {
	for _, tt := range []struct {
		format, list string
		want         bool
	}{
		{"csv", "avro,csv,json,kafka,orc,parquet,text", true}, {"csv", "", false}, {"csv", " CSV ", true}, {"csv", "avro, csv", true},
		{"csv", "csvs", false}, {"json", "csv", false},
	} {
		if got := ReadsV1(tt.format, tt.list); got != tt.want {
			t.Errorf("%s in %q: %t", tt.format, tt.list, got)
		}
	}
}
