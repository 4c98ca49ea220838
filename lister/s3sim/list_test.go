package s3sim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// odd holds keys that have gone wrong somewhere.
var odd = []string{
	"a", "a/", "a/b", "a/b/c", "a/b/d", "a/c", "a//x", "a//y/z", "a.b", "ab", "b/1", "b/2", "b/3/4", "/lead", "//",
	"e é+%.txt", "e <&>\"'", "e\tt", "e\rn\n", "e\x01", "z/\U0010ffff", "z/\xff\xfe", "z/\xffq/1", "\xff\xff", "日本/語", "=", "k=v/x", "K=V/x",
}

// model lists by hand: roll everything up, sort, and take what is greater than after.
func model(keys []string, prefix, delimiter, after string) []string {
	seen := map[string]bool{}
	var out []string
	for _, key := range keys {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		entry, name := key, key
		if i := strings.Index(rest, delimiter); delimiter != "" && i >= 0 {
			name = prefix + rest[:i+len(delimiter)]
			entry = ">" + name
		}
		if name > after && !seen[entry] {
			seen[entry] = true
			out = append(out, entry)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(bare(a), bare(b)) })
	return out
}

func bare(entry string) string { return strings.TrimPrefix(entry, ">") }

// keysFirst puts an expected page in the order of the document: keys, then common prefixes.
func keysFirst(page []string) []string {
	out := slices.Clone(page)
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

func rank(entry string) int {
	if strings.HasPrefix(entry, ">") {
		return 1
	}
	return 0
}

// TestListAgainstModel walks every combination, by tokens, and compares each page.
func TestListAgainstModel(t *testing.T) {
	base := serve(t, lake(odd...))
	for _, prefix := range []string{"", "a", "a/", "a/b", "a//", "e", "z/", "z/\xff", "\xff", "nothing/", "日本/", "b/3"} {
		for _, delimiter := range []string{"", "/", "b", "//", "é"} {
			for _, after := range []string{"", "a", "a/", "a/b", "a/b/c", "a/zzz", "b", "e\x01", "z/\xff\xfe", "\xff\xff\xff"} {
				for _, limit := range []int{1, 2, 3, 7, 1000} {
					walk(t, base, prefix, delimiter, after, limit)
				}
			}
		}
	}
}

func walk(t *testing.T, base, prefix, delimiter, after string, limit int) {
	t.Helper()
	want := model(odd, prefix, delimiter, after)
	q := v2("prefix", prefix, "delimiter", delimiter, "start-after", after, "max-keys", fmt.Sprint(limit))
	for page := 0; ; page++ {
		r := list(t, base, q)
		n := min(limit, len(want))
		got, expect := r.entries(), keysFirst(want[:n])
		if !slices.Equal(got, expect) {
			t.Fatalf("%v page %d:\n got %q\nwant %q", q, page, got, expect)
		}
		want = want[n:]
		more := len(want) > 0
		if r.IsTruncated == nil || *r.IsTruncated != more || (r.Next != "") != more || r.KeyCount != n || r.MaxKeys != limit ||
			r.Name != "lake" || r.Prefix != prefix || r.Delimiter != delimiter || r.StartAfter != after {
			t.Fatalf("%v page %d: %d to come, but %+v", q, page, len(want), r)
		}
		if !more {
			return
		}
		q.Set("continuation-token", r.Next)
	}
}

// TestListV1 walks with markers, as V1 has it: NextMarker where there is a delimiter, the last key elsewhere.
func TestListV1(t *testing.T) {
	base := serve(t, lake(odd...))
	for _, delimiter := range []string{"", "/"} {
		want := model(odd, "", delimiter, "")
		q := url.Values{"delimiter": {delimiter}, "max-keys": {"3"}, "encoding-type": {"url"}}
		for len(want) > 0 {
			r := list(t, base, q)
			n := min(3, len(want))
			if expect := keysFirst(want[:n]); !slices.Equal(r.entries(), expect) {
				t.Fatalf("%v: got %q, want %q", q, r.entries(), expect)
			}
			want = want[n:]
			marker := r.NextMarker
			if (marker != "") != (delimiter != "" && len(want) > 0) {
				t.Fatalf("%v: NextMarker %q", q, marker)
			}
			if delimiter == "" {
				marker = r.Contents[n-1].Key
			}
			q.Set("marker", marker)
		}
	}
}

func TestListFields(t *testing.T) {
	keys := Objects(Object{Key: "k", Size: 7, StorageClass: "GLACIER", Modified: defaultModified(1)}, Object{Key: "m", Body: []byte("hello")})
	base := serve(t, New(map[string]*Bucket{"lake": {Keys: keys}}))
	r := list(t, base, v2("fetch-owner", "true"))
	k, m := r.Contents[0], r.Contents[1]
	if k.Size != 7 || k.StorageClass != "GLACIER" || k.Owner == nil || len(k.ETag) != 34 {
		t.Errorf("got %+v", k)
	}
	if want := defaultModified(1).UTC().Format("2006-01-02T15:04:05.000Z"); k.LastModified != want {
		t.Errorf("LastModified %s, want %s", k.LastModified, want)
	}
	if m.ETag != `"5d41402abc4b2a76b9719d911017c592"` || m.StorageClass != "STANDARD" || m.Size != 5 {
		t.Errorf("got %+v", m)
	}
	if r := list(t, base, v2()); r.Contents[0].Owner != nil {
		t.Error("an owner that was not asked for")
	}
}

func TestMaxKeys(t *testing.T) {
	ks, err := Named("counter", 2500)
	if err != nil {
		t.Fatal(err)
	}
	base := serve(t, New(map[string]*Bucket{"lake": {Keys: ks}}))
	for _, test := range []struct {
		maxKeys    string
		keys, echo int
		truncated  bool
	}{
		{"", 1000, 1000, true}, {"0", 0, 0, false}, {"1", 1, 1, true}, {"999", 999, 999, true},
		{"1000", 1000, 1000, true}, {"1001", 1000, 1000, true}, {"2147483647", 1000, 1000, true},
	} {
		r := list(t, base, v2("max-keys", test.maxKeys))
		if len(r.Contents) != test.keys || r.KeyCount != test.keys || r.MaxKeys != test.echo || *r.IsTruncated != test.truncated {
			t.Errorf("max-keys=%s: %d keys, KeyCount %d, MaxKeys %d, IsTruncated %v", test.maxKeys, len(r.Contents), r.KeyCount, r.MaxKeys, *r.IsTruncated)
		}
	}
	if r := list(t, base, v2("start-after", string(ks.AppendKey(nil, 1499)))); len(r.Contents) != 1000 || *r.IsTruncated {
		t.Errorf("the last 1,000 keys: %d, truncated %v", len(r.Contents), *r.IsTruncated)
	}
}

func TestPageCap(t *testing.T) {
	s := lake("a", "b", "c")
	s.PageCap = 2
	if r := list(t, serve(t, s), v2()); len(r.Contents) != 2 || r.MaxKeys != 2 || !*r.IsTruncated {
		t.Errorf("got %+v", r)
	}
}

func TestListRefusals(t *testing.T) {
	base := serve(t, lake("a", "b"))
	good := list(t, base, v2("max-keys", "1")).Next
	for _, query := range []string{
		"max-keys=-1", "max-keys=x", "max-keys=2147483648", "max-keys=1.5", "encoding-type=base64",
		"continuation-token=", "continuation-token=bogus", "continuation-token=" + url.QueryEscape(good[1:]),
	} {
		resp, body := do(t, "GET", base+"/lake?list-type=2&"+query)
		if resp.StatusCode != 400 || code(body) != "InvalidArgument" || !strings.Contains(body, "<RequestId>") {
			t.Errorf("%s: %s %s", query, resp.Status, body)
		}
	}
}

// TestEncoding lists a key of every byte but the slash, both ways.
func TestEncoding(t *testing.T) {
	var keys []string
	for b := range 256 {
		keys = append(keys, "x"+string([]byte{byte(b)})+"y")
	}
	base := serve(t, lake(keys...))
	r := list(t, base, v2("max-keys", "1000"))
	slices.Sort(keys)
	if !slices.Equal(r.entries(), keys) {
		t.Errorf("got %q", r.entries())
	}
	_, body := do(t, "GET", base+"/lake?list-type=2&prefix=x")
	for _, want := range []string{"x&#x1;y", "x&#x0;y", "x&#xd;y", "x&amp;y", "x&lt;y", "x y", "x+y", "x%y", "x&#x7f;y"} {
		if !strings.Contains(body, "<Key>"+want+"</Key>") {
			t.Errorf("without encoding-type there is no %s", want)
		}
	}
	_, body = do(t, "GET", base+"/lake?list-type=2&prefix=x&encoding-type=url")
	for _, want := range []string{"x%01y", "x+y", "x%2By", "x/y", "x~y", "x%25y", "x%FFy", "x%3Dy"} {
		if !strings.Contains(body, "<Key>"+want+"</Key>") {
			t.Errorf("with encoding-type=url there is no %s", want)
		}
	}
}

// TestOddServers is the persistent oddities of a bucket.
func TestOddServers(t *testing.T) {
	keys := []string{"a", "b c", "d\x01", "e"}
	start := func(b Bucket) string {
		b.Keys = Objects(named(keys)...)
		return serve(t, New(map[string]*Bucket{"lake": &b}))
	}
	if r := list(t, start(Bucket{IgnoreStartAfter: true}), v2("start-after", "d")); len(r.Contents) != 4 {
		t.Errorf("IgnoreStartAfter: %q", r.entries())
	}
	_, body := do(t, "GET", start(Bucket{IgnoreEncoding: true})+"/lake?"+v2().Encode())
	if !strings.Contains(body, "<Key>b c</Key>") || strings.Contains(body, "EncodingType") || strings.Contains(body, "\x01") {
		t.Errorf("IgnoreEncoding: %s", body)
	}
	_, body = do(t, "GET", start(Bucket{IgnoreEncoding: true, RawControl: true})+"/lake?"+v2().Encode())
	if !strings.Contains(body, "<Key>d\x01</Key>") {
		t.Errorf("RawControl: %s", body)
	}
}

// TestDirectory walks a directory bucket: every key once, in no order, and no start-after.
func TestDirectory(t *testing.T) {
	ks, err := Named("hive10", 1234)
	if err != nil {
		t.Fatal(err)
	}
	base := serve(t, New(map[string]*Bucket{"lake": {Keys: ks, Directory: true}}))
	var got []string
	for q := v2("max-keys", "100", "prefix", "events/"); ; {
		r := list(t, base, q)
		got = append(got, r.entries()...)
		if !*r.IsTruncated {
			break
		}
		q.Set("continuation-token", r.Next)
	}
	if slices.IsSorted(got) {
		t.Error("the keys are in order")
	}
	slices.Sort(got)
	for i, key := range got {
		if key != string(ks.AppendKey(nil, int64(i))) {
			t.Fatalf("key %d is %q", i, key)
		}
	}
	if len(got) != 1234 {
		t.Errorf("%d keys", len(got))
	}
	for _, query := range []string{"start-after=a", "delimiter=b", "prefix=events"} {
		if resp, body := do(t, "GET", base+"/lake?list-type=2&"+query); resp.StatusCode != 400 {
			t.Errorf("%s: %s %s", query, resp.Status, body)
		}
	}
}
