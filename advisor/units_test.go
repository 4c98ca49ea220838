package advisor

import (
	"math"
	"testing"
)

func TestSize(t *testing.T) {
	const kib, mib, gib, tib = 1 << 10, 1 << 20, 1 << 30, 1 << 40
	for _, tt := range []struct {
		n    int64
		want string
	}{
		{0, "0 B"}, {1, "1 B"}, {1023, "1023 B"}, {-1, "-1 B"},
		{kib, "1 KiB"}, {kib + 1, "1 KiB"}, {1536, "1.5 KiB"}, {1229, "1.2 KiB"}, {1264, "1.23 KiB"},
		{10*kib - 6, "9.99 KiB"}, {10*kib - 5, "10 KiB"}, {10 * kib, "10 KiB"}, {10*kib + 103, "10.1 KiB"},
		{100*kib - 52, "99.9 KiB"}, {100*kib - 51, "100 KiB"}, {100 * kib, "100 KiB"},
		{1000 * kib, "1000 KiB"}, {1020 * kib, "1020 KiB"}, {1023*kib + 511, "1023 KiB"}, {1023*kib + 512, "1 MiB"}, {mib - 1, "1 MiB"},
		{mib, "1 MiB"}, {128 * mib, "128 MiB"}, {1229 * mib, "1.2 GiB"}, {gib - 1, "1 GiB"}, {gib, "1 GiB"}, {6335076762, "5.9 GiB"},
		{tib, "1 TiB"}, {1 << 50, "1 PiB"}, {1 << 60, "1 EiB"}, {math.MaxInt64, "8 EiB"},
	} {
		if got := Size(tt.n); got != tt.want {
			t.Errorf("Size(%d) = %q, want %q", tt.n, got, tt.want)
		}
	}
}

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		n    int64
		want string
	}{
		{0, "0"}, {7, "7"}, {999, "999"}, {1000, "1,000"}, {49999, "49,999"}, {650000, "650,000"}, {1234567, "1,234,567"},
		{-1, "-1"}, {-999, "-999"}, {-1000, "-1,000"}, {-123456, "-123,456"},
		{math.MaxInt64, "9,223,372,036,854,775,807"}, {math.MinInt64, "-9,223,372,036,854,775,808"},
	} {
		if got := Count(tt.n); got != tt.want {
			t.Errorf("Count(%d) = %q, want %q", tt.n, got, tt.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		part, whole int64
		want        string
	}{
		{0, 0, "0 %"}, {0, 100, "0 %"}, {1, 1, "100 %"}, {5, 5, "100 %"},
		{1, 1000000, "<1 %"}, {999, 100000, "<1 %"}, {1000, 100000, "1 %"}, {1001, 100000, "1 %"},
		{62, 100, "62 %"}, {1, 3, "33 %"}, {2, 3, "67 %"},
		{99, 100, "99 %"}, {99001, 100000, ">99 %"}, {999999, 1000000, ">99 %"},
		{math.MaxInt64 / 2, math.MaxInt64, "50 %"}, {math.MaxInt64, math.MaxInt64, "100 %"},
	} {
		if got := Percent(tt.part, tt.whole); got != tt.want {
			t.Errorf("Percent(%d, %d) = %q, want %q", tt.part, tt.whole, got, tt.want)
		}
	}
}
