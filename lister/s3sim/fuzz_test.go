package s3sim

import "testing"

// FuzzRange holds parseRange to its contract: a part of the object, the whole of it, or nothing.
func FuzzRange(f *testing.F) {
	for _, header := range []string{"bytes=0-3", "bytes=-5", "bytes=7-", "bytes=-", "bytes=9-1", "bytes=-9223372036854775808", "x"} {
		f.Add(header, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		size = max(size, 0)
		from, to, status := parseRange(header, size)
		switch {
		case status == 200 && from == 0 && to == size:
		case status == 206 && 0 <= from && from < to && to <= size:
		case status == 416 && from == 0 && to == 0:
		default:
			t.Errorf("%q of %d bytes: [%d, %d) %d", header, size, from, to, status)
		}
	})
}

// FuzzToken checks that no string makes parseToken panic, and that what it takes is one of ours.
func FuzzToken(f *testing.F) {
	f.Add(token{after: "a/b", pos: 3, nonce: 1}.String())
	f.Add("bogus")
	f.Fuzz(func(t *testing.T, s string) {
		if tok, ok := parseToken(s); ok {
			if again, ok := parseToken(tok.String()); !ok || again != tok {
				t.Errorf("%q is %+v", s, tok)
			}
		}
	})
}

// FuzzFaults checks that a schedule is either refused or works.
func FuzzFaults(f *testing.F) {
	f.Add("slowdown:5%,reset:0.02")
	f.Fuzz(func(t *testing.T, spec string) {
		if fault, err := ParseFaults(spec, 1); err == nil && fault != nil {
			fault(&Request{Attempt: 1})
		}
	})
}
