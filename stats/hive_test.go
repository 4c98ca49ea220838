package stats

import (
	"strings"
	"testing"
)

func spellValues(values []Value) string {
	var out []string
	for _, v := range values {
		if v.Value == nil {
			out = append(out, v.Key+" null")
		} else {
			out = append(out, v.Key+"="+*v.Value)
		}
	}
	return strings.Join(out, ", ")
}

func TestLayout(t *testing.T) {
	for _, tt := range []struct{ dir, scheme, base, path, values string }{
		{"", "none", "", "", ""},
		{"a", "none", "", "", ""},
		{"a/b/c", "none", "", "", ""},
		{"/", "none", "", "", ""},

		// From the leaf upwards.
		{"x=1", "hive", "", "x=1", "x=1"},
		{"x=1/y=2", "hive", "", "x=1/y=2", "x=1, y=2"},
		{"t/x=1/y=2", "hive", "t", "t/x=1/y=2", "x=1, y=2"},
		{"a/b/x=1", "hive", "a/b", "a/b/x=1", "x=1"},
		{"x=1/a", "hive", "", "x=1", "x=1"},
		{"x=1/a/b", "hive", "", "x=1", "x=1"},
		{"x=1/a/y=2", "hive", "x=1/a", "x=1/a/y=2", "y=2"},
		{"x=1/a/y=2/b", "hive", "x=1/a", "x=1/a/y=2", "y=2"},
		{"a=10/b_hello/c=1.5", "hive", "a=10/b_hello", "a=10/b_hello/c=1.5", "c=1.5"},
		{"x=1/x=2", "hive", "", "x=1/x=2", "x=1, x=2"},

		// Cut at the first '='; nothing on either side is Spark's error, not another layout.
		{"a=b=c", "hive", "", "a=b=c", "a=b=c"},
		{"a==", "hive", "", "a==", "a=="},
		{"=x", "hive", "", "=x", "=x"},
		{"a=", "hive", "", "a=", "a="},
		{"=", "hive", "", "=", "="},
		{"a=1/=", "hive", "", "a=1/=", "a=1, ="},

		// Escapes; what is no escape stays.
		{"a%20b=c%2Fd", "hive", "", "a%20b=c%2Fd", "a b=c/d"},
		{"a%3Db=1", "hive", "", "a%3Db=1", "a=b=1"},
		{"a=%4", "hive", "", "a=%4", "a=%4"},
		{"a=%", "hive", "", "a=%", "a=%"},
		{"a=__HIVE_DEFAULT_PARTITION__", "hive", "", "a=__HIVE_DEFAULT_PARTITION__", "a null"},
		{"a=__HIVE_DEFAULT_PARTITION__/b=1", "hive", "", "a=__HIVE_DEFAULT_PARTITION__/b=1", "a null, b=1"},
		{"a=__HIVE_DEFAULT_PARTITION__x", "hive", "", "a=__HIVE_DEFAULT_PARTITION__x", "a=__HIVE_DEFAULT_PARTITION__x"},
		{"a=%5F_HIVE_DEFAULT_PARTITION__", "hive", "", "a=%5F_HIVE_DEFAULT_PARTITION__", "a=__HIVE_DEFAULT_PARTITION__"},

		// Slashes where they should not be.
		{"/x=1", "hive", "", "/x=1", "x=1"},
		{"//x=1", "hive", "/", "//x=1", "x=1"},
		{"x=1/", "hive", "", "x=1", "x=1"},
		{"x=1//", "hive", "", "x=1", "x=1"},
		{"x=1//y=2", "hive", "x=1/", "x=1//y=2", "y=2"},
		{"t//x=1", "hive", "t/", "t//x=1", "x=1"},

		// Dates.
		{"2026/04", "date", "", "2026/04", "year=2026, month=04"},
		{"2026/04/19", "date", "", "2026/04/19", "year=2026, month=04, day=19"},
		{"2026/04/19/07", "date", "", "2026/04/19/07", "year=2026, month=04, day=19, hour=07"},
		{"2026/04/19/07/30", "date", "", "2026/04/19/07", "year=2026, month=04, day=19, hour=07"},
		{"2026-04-19", "date", "", "2026-04-19", "date=2026-04-19"},
		{"2026-04-19/07", "date", "", "2026-04-19/07", "date=2026-04-19, hour=07"},
		{"2026-04-19/24", "date", "", "2026-04-19", "date=2026-04-19"},
		{"2026-04-19/a", "date", "", "2026-04-19", "date=2026-04-19"},
		{"logs/2026/04/19/a/b", "date", "logs", "logs/2026/04/19", "year=2026, month=04, day=19"},
		{"AWSLogs/123456789012/CloudTrail/eu-west-1/2026/04/19", "date", "AWSLogs/123456789012/CloudTrail/eu-west-1",
			"AWSLogs/123456789012/CloudTrail/eu-west-1/2026/04/19", "year=2026, month=04, day=19"},
		{"1999/2026/04", "date", "1999", "1999/2026/04", "year=2026, month=04"},
		{"2026/04/2027/05", "date", "", "2026/04", "year=2026, month=04"},
		{"/2026/04", "date", "", "/2026/04", "year=2026, month=04"},
		{"//2026-04-19", "date", "/", "//2026-04-19", "date=2026-04-19"},
		{"2026//04", "none", "", "", ""},

		// Edges of each field.
		{"1900/01", "date", "", "1900/01", "year=1900, month=01"},
		{"2099/12/31/23", "date", "", "2099/12/31/23", "year=2099, month=12, day=31, hour=23"},
		{"1899/01", "none", "", "", ""},
		{"2100/01", "none", "", "", ""},
		{"2020/00", "none", "", "", ""},
		{"2020/13", "none", "", "", ""},
		{"2020/12/00", "date", "", "2020/12", "year=2020, month=12"},
		{"2020/12/32", "date", "", "2020/12", "year=2020, month=12"},
		{"2020/12/31/00", "date", "", "2020/12/31/00", "year=2020, month=12, day=31, hour=00"},
		{"2020/12/31/24", "date", "", "2020/12/31", "year=2020, month=12, day=31"},
		{"2020/4", "none", "", "", ""},
		{"2020/004", "none", "", "", ""},
		{"2020/04x", "none", "", "", ""},
		{"2020", "none", "", "", ""},
		{"202/04", "none", "", "", ""},
		{"20200/04", "none", "", "", ""},
		{"20x0/04", "none", "", "", ""},
		{"2020-4-1", "none", "", "", ""},
		{"2020-04-1", "none", "", "", ""},
		{"2020-13-01", "none", "", "", ""},
		{"2020-00-01", "none", "", "", ""},
		{"2020-01-00", "none", "", "", ""},
		{"2020-01-32", "none", "", "", ""},
		{"1899-12-31", "none", "", "", ""},
		{"2020_01_01", "none", "", "", ""},
		{"2020-01-01T00", "none", "", "", ""},
		{"20200101", "none", "", "", ""},

		// key=value wins over dates.
		{"2026/04/x=1", "hive", "2026/04", "2026/04/x=1", "x=1"},
		{"x=1/2026/04", "hive", "", "x=1", "x=1"},
	} {
		l := layoutOf(tt.dir)
		if l.scheme != tt.scheme || l.base != tt.base || l.path != tt.path {
			t.Errorf("layoutOf(%q) = %+v, want {%s %s %s}", tt.dir, l, tt.scheme, tt.base, tt.path)
			continue
		}
		values, raw := l.values()
		if got := spellValues(values); got != tt.values {
			t.Errorf("%q: values %q, want %q", tt.dir, got, tt.values)
		}
		if len(raw) != len(values) {
			t.Errorf("%q: %d raw values for %d", tt.dir, len(raw), len(values))
		}
	}
}

func TestColumnsAreCutAtTheFirstEquals(t *testing.T) {
	values, raw := layoutOf("a=b=c/%3D=%3D=").values()
	if values[0].Key != "a" || *values[0].Value != "b=c" || values[1].Key != "=" || *values[1].Value != "==" || raw[1] != "%3D=" {
		t.Errorf("values %q, raw %q", spellValues(values), raw)
	}
}

func TestUnescapePath(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""}, {"abc", "abc"}, {"%41", "A"}, {"%4a%4A", "JJ"}, {"a%20b", "a b"}, {"%2F%3D%25", "/=%"}, {"%00", "\x00"},
		// Truncated, or not hexadecimal: as it is.
		{"%", "%"}, {"%4", "%4"}, {"a%", "a%"}, {"a%4", "a%4"}, {"%zz", "%zz"}, {"%4z", "%4z"}, {"%z4", "%z4"}, {"%%", "%%"},
		{"%%41", "%A"}, {"%4%41", "%4A"}, {"%%%", "%%%"}, {"%25%34%31", "%41"}, {"% 1", "% 1"},
		// One character for each escape, as Spark's (char) has it: UTF-8 that was escaped byte by byte is not put together.
		{"%E9", "é"}, {"%C3%A9", "Ã©"}, {"é%20é", "é é"}, {"%FF", "ÿ"},
		// Bytes that are not UTF-8 stay what they are.
		{"\xff", "\xff"}, {"\xff%41\xfe", "\xffA\xfe"},
	} {
		if got := unescapePath(tt.in); got != tt.want {
			t.Errorf("unescapePath(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestHasEmptyColumn(t *testing.T) {
	for columns, want := range map[string]bool{
		"a=1": false, "/a=1": false, "a=1/b=2": false, "a==": false, "a=%20": false,
		"=": true, "a=": true, "=1": true, "a=1/b=": true, "a=/b=1": true, "/=1": true,
	} {
		if got := hasEmptyColumn(columns); got != want {
			t.Errorf("hasEmptyColumn(%q) = %t", columns, got)
		}
	}
}

// FuzzLayout holds that the path of a partition is made of whole components from the start of its directory, so that a
// path has one layout, whichever directory below it was seen first.
func FuzzLayout(f *testing.F) {
	for _, dir := range []string{"", "/", "a/x=1/b", "2026/04/19", "2026-04-19/07", "//x=1//", "a=%2", "=/=", "\xff=\xff", "x=1/2026/04"} {
		f.Add(dir)
	}
	f.Fuzz(func(t *testing.T, dir string) {
		l := layoutOf(dir)
		values, raw := l.values()
		wholeComponents(t, "path", l.path, dir)
		wholeComponents(t, "base", l.base, l.path)
		switch l.scheme {
		case "none":
			if l.path != "" || l.base != "" || len(values) > 0 {
				t.Errorf("layoutOf(%q) = %+v", dir, l)
			}
			return
		case "hive", "date":
			if len(values) == 0 || len(values) != len(raw) {
				t.Errorf("layoutOf(%q) = %+v has %d values of %d", dir, l, len(values), len(raw))
			}
		default:
			t.Errorf("layoutOf(%q) = %+v", dir, l)
		}
		if again := layoutOf(l.path); again != l {
			t.Errorf("layoutOf(%q) = %+v, but of its path %+v", dir, l, again)
		}
		if below := layoutOf(l.path + "/x"); l.scheme == "hive" && below != l {
			t.Errorf("layoutOf(%q) = %+v, but of a directory below %+v", dir, l, below)
		}
		if l.scheme == "hive" {
			var columns []string
			for i, v := range values {
				name, _, _ := strings.Cut(strings.Split(strings.TrimPrefix(l.path[len(l.base):], "/"), "/")[i], "=")
				if unescapePath(name) != v.Key {
					t.Errorf("%q: column %d is %q", dir, i, v.Key)
				}
				columns = append(columns, name+"="+raw[i])
			}
			if got := strings.Join(columns, "/"); !strings.HasSuffix(l.path, got) {
				t.Errorf("%q: columns %q", dir, got)
			}
		}
	})
}

func wholeComponents(t *testing.T, what, prefix, path string) {
	t.Helper()
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok || rest != "" && prefix != "" && rest[0] != '/' {
		t.Errorf("%s %q is no directory of %q", what, prefix, path)
	}
}
