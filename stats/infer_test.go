package stats

import (
	"slices"
	"strings"
	"testing"
)

// Source: Spark PartitioningUtils.inferPartitionColumnValue (3.5) and ParquetPartitionDiscoverySuite.
func TestInferType(t *testing.T) {
	for _, tt := range []struct {
		want columnType
		raw  []string
	}{
		{typeNull, []string{"__HIVE_DEFAULT_PARTITION__"}},
		{typeInteger, []string{"0", "10", "01", "00", "007", "-1", "+1", "-0", "2147483647", "-2147483648", "20260419"}},
		{typeLong, []string{"2147483648", "-2147483649", "1000000000000000", "9223372036854775807", "-9223372036854775808", "+2147483648"}},
		{typeDecimal, []string{
			"9223372036854775808", "-9223372036854775809", strings.Repeat("1", 20), strings.Repeat("9", 38), "-" + strings.Repeat("9", 38),
			"1e5", "1E5", "1e+5", "1e0", "1.5e1", "1.", "+1e2", "1e37", "0e37", strings.Repeat("0", 10) + strings.Repeat("9", 38),
		}},
		{typeDouble, []string{
			"1.5", "1.0", ".5", "-1.5", "1e-5", "1.5e0", "1e38", "1e400", strings.Repeat("9", 39), "NaN", "-NaN", "Infinity", "-Infinity", "+Infinity",
			"1d", "1D", "1f", "1F", "3f", "20d", "1.5f", "1e5d", " 1.5", "1 ", "\t1.5",
		}},
		{typeTimestamp, []string{
			"1990-02-24 12:00:30", "2014-01-01 00%3A01%3A00.0", "2014-01-01 00%3A01%3A00", "2026-04-19 23:59:59.9", "2020-02-29 00:00:00",
		}},
		{typeDate, []string{"1990-02-24", "2020-02-29", "0001-01-01", "9999-12-31"}},
		{typeString, []string{
			"hello", "", "AA", "1_000", "0x10", "0b1", "1e", "e1", "1e5.5", ".", "+", "-", "--1", "1-", "1,5", "inf", "nan", "Inf", "NAN", "infinity", "1l", "1L", "ff", "1ff",
			"true", "2018-41", "2018-01", "2018-01-01-04", "2021-01-01T00", "2020-1-1", "2020-01-1", "2020-1-01", "2021-02-29", "2020-13-01", "2020-00-01",
			"2020-01-32", "2020-01-00", "20-01-01", "02020-01-01", "2020-01-01 ", " 2020-01-01", "2020/01/01", "2020%2D01%2D01",
			"2026-04-19 24:00:00", "2026-04-19 23:60:00", "2026-04-19 23:59:60", "2026-04-19 23:59", "2026-04-19 1:00:00", "2026-04-19 23:59:59.99",
			"2026-04-19 23:59:59.", "2026-04-19 23:59:59.x", "2026-04-19T23:59:59", "2026-04-19 23:59:59Z", "2021-02-29 00:00:00", "10:61", "00:00:00",
			"%31", "1%2E5", "__HIVE_DEFAULT_PARTITION__ ", "__hive_default_partition__",
		}},
	} {
		for _, raw := range tt.raw {
			if got := inferType(raw); got != tt.want {
				t.Errorf("inferType(%q) = %s, want %s", raw, got, tt.want)
			}
		}
	}
}

var allTypes = []columnType{typeNull, typeInteger, typeLong, typeDecimal, typeDouble, typeDate, typeTimestamp, typeString}

// The table is the comment on Spark's PartitioningUtils.inferPartitionColumnValue, in its own order.
func TestWiden(t *testing.T) {
	const table = `
InputA    | null      | integer | long    | decimal | double | date      | timestamp | string
null      | null      | integer | long    | decimal | double | date      | timestamp | string
integer   | integer   | integer | long    | decimal | double | string    | string    | string
long      | long      | long    | long    | decimal | string | string    | string    | string
decimal   | decimal   | decimal | decimal | decimal | string | string    | string    | string
double    | double    | double  | string  | string  | double | string    | string    | string
date      | date      | string  | string  | string  | string | date      | timestamp | string
timestamp | timestamp | string  | string  | string  | string | timestamp | timestamp | string
string    | string    | string  | string  | string  | string | string    | string    | string`
	lines := strings.Split(strings.TrimSpace(table), "\n")
	for i, a := range allTypes {
		for j, b := range allTypes {
			cells := strings.Split(lines[i+1], "|")
			want := strings.TrimSpace(cells[j+1])
			if head := strings.TrimSpace(strings.Split(lines[0], "|")[j+1]); strings.TrimSpace(cells[0]) != a.String() || head != b.String() {
				t.Fatalf("the table has %q and %q where %s and %s should be", cells[0], head, a, b)
			}
			if got := widen(a, b); got.String() != want {
				t.Errorf("widen(%s, %s) = %s, want %s", a, b, got, want)
			}
		}
	}
	// Whatever the order of the partitions.
	for _, a := range allTypes {
		for _, b := range allTypes {
			for _, c := range allTypes {
				if x, y := widen(widen(a, b), c), widen(a, widen(b, c)); x != y {
					t.Errorf("%s, %s, %s: %s or %s", a, b, c, x, y)
				}
			}
		}
	}
}

func TestCompareValues(t *testing.T) {
	for _, tt := range []struct {
		kind      columnType
		ascending []string
	}{
		{typeInteger, []string{"-10", "-9", "0", "01", "1", "2", "9", "10", "0100"}},
		{typeLong, []string{"-9223372036854775808", "5", "9223372036854775806", "9223372036854775807"}},
		{typeDecimal, []string{"9", "1e2", strings.Repeat("9", 37), strings.Repeat("9", 36) + "e2"}},
		{typeDouble, []string{
			"-Infinity", "-1e400", "-5", "-1.5f", "0", ".5", " 1", "+1", "1.25d", "1.5", "2", "1e1", "10.5", "1e400", "Infinity",
			strings.Repeat("1", 65), "NaN",
		}},
		{typeDate, []string{"1999-12-31", "2020-01-01", "2020-01-02"}},
		{typeTimestamp, []string{"2020-01-01", "2020-01-01 00%3A00%3A00", "2020-01-02"}},
		{typeString, []string{"", "10", "9", "A", "a"}},
	} {
		for i, a := range tt.ascending {
			for j, b := range tt.ascending {
				if got := compareValues(tt.kind, a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
					t.Errorf("%s: compareValues(%q, %q) = %d", tt.kind, a, b, got)
				}
			}
		}
	}
}

// FuzzInferType holds that types and orders have no holes: each type widens with itself to itself, the type of two values
// does not depend on which comes first, and the order of three values has no cycle.
func FuzzInferType(f *testing.F) {
	for _, raw := range []string{"1", "-0", "1e5", "1.5", "9223372036854775808", "NaN", "-Infinity", "2020-01-01", "2020-01-01 00%3A00%3A00.0", "x", "1d", "", " 1", "1e999999999", "1e-999999999"} {
		f.Add(raw, "10", "+1")
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		kinds := []columnType{inferType(a), inferType(b), inferType(c)}
		kind := typeNull
		for i, k := range kinds {
			if !slices.Contains(allTypes, k) || widen(k, k) != k || widen(kinds[0], k) != widen(k, kinds[0]) {
				t.Errorf("value %d of %q, %q, %q is %s", i, a, b, c, k)
			}
			kind = widen(kind, k)
		}
		if (kind == typeInteger || kind == typeLong) && kinds[0] != typeNull {
			if _, ok := parseNumber(a); !ok && len(a) <= 64 {
				t.Errorf("%q is %s and no number", a, kinds[0])
			}
		}
		for _, kind := range []columnType{kind, typeDouble} {
			ab, bc, ac := compareValues(kind, a, b), compareValues(kind, b, c), compareValues(kind, a, c)
			if compareValues(kind, b, a) != -ab || compareValues(kind, a, a) != 0 || (ab == 0) != (a == b) {
				t.Errorf("%s: %q and %q compare as %d and %d", kind, a, b, ab, compareValues(kind, b, a))
			}
			if ab < 0 && bc < 0 && ac >= 0 || ab > 0 && bc > 0 && ac <= 0 {
				t.Errorf("%s: %q, %q and %q have a cycle: %d %d %d", kind, a, b, c, ab, bc, ac)
			}
		}
	})
}
