package s3sim

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// serve starts s for the length of the test and returns its URL.
func serve(t *testing.T, s *Server) string {
	t.Helper()
	base, stop, err := Start(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return base
}

// lake serves one bucket, "lake", of empty objects with the keys given.
func lake(keys ...string) *Server {
	return New(map[string]*Bucket{"lake": {Keys: Objects(named(keys)...)}})
}

func named(keys []string) []Object {
	objs := make([]Object, len(keys))
	for i, key := range keys {
		objs[i] = Object{Key: key, Size: int64(i)}
	}
	return objs
}

// client does not follow redirects and does not reuse connections, which some faults break.
var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// keptAlive is client with connections that are reused.
var keptAlive = &http.Client{Transport: &http.Transport{}, CheckRedirect: client.CheckRedirect}

// do sends a request; headers are name, value, name, value.
func do(t *testing.T, method, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	resp, err := keptAlive.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// result is a listing as encoding/xml, which shares nothing with this package, reads it.
type result struct {
	XMLName     xml.Name `xml:"ListBucketResult"`
	Name        string
	Prefix      string
	StartAfter  string
	Marker      string
	NextMarker  string
	Token       string `xml:"ContinuationToken"`
	Next        string `xml:"NextContinuationToken"`
	KeyCount    int
	MaxKeys     int
	Delimiter   string
	Encoding    string `xml:"EncodingType"`
	IsTruncated *bool
	Contents    []struct {
		Key          string
		LastModified string
		ETag         string
		Size         int64
		StorageClass string
		Owner        *struct{ ID string }
	}
	CommonPrefixes []struct{ Prefix string }
}

// list asks for one page and unescapes it where it says so.
func list(t *testing.T, base string, query url.Values) result {
	t.Helper()
	resp, body := do(t, "GET", base+"/lake?"+query.Encode())
	if resp.StatusCode != 200 {
		t.Fatalf("list %v: %s\n%s", query, resp.Status, body)
	}
	var r result
	if err := xml.Unmarshal([]byte(body), &r); err != nil {
		t.Fatalf("list %v: %v\n%s", query, err, body)
	}
	if r.Encoding == "url" {
		r.unescape(t)
	}
	return r
}

func (r *result) unescape(t *testing.T) {
	t.Helper()
	for _, s := range r.strings() {
		plain, err := url.QueryUnescape(*s)
		if err != nil {
			t.Fatal(err)
		}
		*s = plain
	}
}

func (r *result) strings() []*string {
	out := []*string{&r.Prefix, &r.StartAfter, &r.Delimiter, &r.Marker, &r.NextMarker}
	for i := range r.Contents {
		out = append(out, &r.Contents[i].Key)
	}
	for i := range r.CommonPrefixes {
		out = append(out, &r.CommonPrefixes[i].Prefix)
	}
	return out
}

// entries are the keys, then the common prefixes, marked with a >.
func (r *result) entries() []string {
	var out []string
	for _, c := range r.Contents {
		out = append(out, c.Key)
	}
	for _, p := range r.CommonPrefixes {
		out = append(out, ">"+p.Prefix)
	}
	return out
}

// v2 is the query of a ListObjectsV2 request; pairs are name, value, name, value.
func v2(pairs ...string) url.Values {
	q := url.Values{"list-type": {"2"}, "encoding-type": {"url"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

func code(body string) string {
	_, after, _ := strings.Cut(body, "<Code>")
	code, _, _ := strings.Cut(after, "</Code>")
	return code
}
