package s3sim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var text = []byte("0123456789")

// shelf is a bucket of one object of each sort.
func shelf() *Server {
	return New(map[string]*Bucket{
		"lake": {Keys: Objects(
			Object{Key: "text", Body: text, Modified: time.Unix(epochEnd, 0)},
			Object{Key: "empty", Body: []byte{}},
			Object{Key: "computed", Size: 100_000, Head: []byte("PAR1"), Tail: []byte("footerPAR1")},
			Object{Key: "cold", Size: 5, StorageClass: "DEEP_ARCHIVE"},
			Object{Key: "a b/é+%.txt", Body: text},
		)},
		"dotted.name": {Keys: Objects(Object{Key: "k", Body: text})},
		"far":         {Keys: Objects(Object{Key: "k", Body: text}), Region: "ap-south-1"},
		"paid":        {Keys: Objects(Object{Key: "k", Body: text}), RequesterPays: true},
		"part":        {Keys: Objects(named([]string{"open/a", "shut/a"})...), Denied: []string{"shut/"}},
	})
}

func TestRanges(t *testing.T) {
	base := serve(t, shelf())
	for _, test := range []struct {
		key, header string
		status      int
		body, span  string
	}{
		{"text", "", 200, "0123456789", ""},
		{"text", "bytes=0-3", 206, "0123", "bytes 0-3/10"},
		{"text", "bytes=0-0", 206, "0", "bytes 0-0/10"},
		{"text", "bytes=7-", 206, "789", "bytes 7-9/10"},
		{"text", "bytes=9-9", 206, "9", "bytes 9-9/10"},
		{"text", "bytes=8-100", 206, "89", "bytes 8-9/10"},
		{"text", "bytes=-4", 206, "6789", "bytes 6-9/10"},
		{"text", "bytes=-10", 206, "0123456789", "bytes 0-9/10"},
		{"text", "bytes=-200000", 206, "0123456789", "bytes 0-9/10"},
		{"text", "bytes=0-9223372036854775807", 206, "0123456789", "bytes 0-9/10"},
		{"text", "bytes=10-", 416, "InvalidRange", ""},
		{"text", "bytes=10-12", 416, "InvalidRange", ""},
		{"text", "bytes=-0", 416, "InvalidRange", ""},
		{"empty", "", 200, "", ""},
		{"empty", "bytes=0-", 416, "InvalidRange", ""},
		{"empty", "bytes=-1", 416, "InvalidRange", ""},
		{"text", "bytes=3-1", 200, "0123456789", ""},
		{"text", "bytes=x", 200, "0123456789", ""},
		{"text", "lines=1-2", 200, "0123456789", ""},
		{"computed", "bytes=-10", 206, "footerPAR1", "bytes 99990-99999/100000"},
		{"computed", "bytes=0-3", 206, "PAR1", "bytes 0-3/100000"},
		{"computed", "bytes=99995-99997", 206, "rPA", "bytes 99995-99997/100000"},
		{"a%20b/%C3%A9+%25.txt", "bytes=1-1", 206, "1", "bytes 1-1/10"},
	} {
		resp, body := do(t, "GET", base+"/lake/"+test.key, "Range", test.header)
		if resp.StatusCode == 416 {
			body = code(body)
		}
		if resp.StatusCode != test.status || body != test.body || resp.Header.Get("Content-Range") != test.span {
			t.Errorf("%s %q: %s %q %q", test.key, test.header, resp.Status, body, resp.Header.Get("Content-Range"))
		}
	}
}

// TestRangesTile reads a computed object in uneven pieces and at once.
func TestRangesTile(t *testing.T) {
	base := serve(t, shelf())
	_, whole := do(t, "GET", base+"/lake/computed")
	var pieces strings.Builder
	for from := 0; from < 100_000; from += 33_331 {
		_, piece := do(t, "GET", base+"/lake/computed", "Range", fmt.Sprintf("bytes=%d-%d", from, from+33_330))
		pieces.WriteString(piece)
	}
	if len(whole) != 100_000 || pieces.String() != whole {
		t.Errorf("%d bytes at once, %d in pieces, and not the same", len(whole), pieces.Len())
	}
}

// TestHugeObject begins to read 1 TiB: nothing of that size is allocated.
func TestHugeObject(t *testing.T) {
	base := serve(t, New(map[string]*Bucket{"lake": {Keys: Objects(Object{Key: "k", Size: 1 << 40})}}))
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", base+"/lake/k", nil)
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	defer cancel()
	if n, err := io.CopyN(io.Discard, resp.Body, 4<<20); err != nil || resp.ContentLength != 1<<40 {
		t.Errorf("%d bytes, %v, Content-Length %d", n, err, resp.ContentLength)
	}
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapAlloc > 256<<20 {
		t.Errorf("%d bytes on the heap", m.HeapAlloc)
	}
}

func TestHeaders(t *testing.T) {
	base := serve(t, shelf())
	resp, body := do(t, "HEAD", base+"/lake/text")
	h := resp.Header
	if resp.StatusCode != 200 || body != "" || resp.ContentLength != 10 || h.Get("ETag") != `"781e5e245d69b566979b86e28d23f2c7"` ||
		h.Get("Last-Modified") != "Sun, 01 Nov 2026 00:00:00 GMT" || len(h.Get("x-amz-request-id")) != 16 {
		t.Errorf("%s %v", resp.Status, h)
	}
	resp, _ = do(t, "HEAD", base+"/lake/cold")
	if resp.StatusCode != 200 || resp.Header.Get("x-amz-storage-class") != "DEEP_ARCHIVE" {
		t.Errorf("%s %v", resp.Status, resp.Header)
	}
	resp, _ = do(t, "HEAD", base+"/far")
	if resp.StatusCode != 200 || resp.Header.Get("x-amz-bucket-region") != "ap-south-1" {
		t.Errorf("%s %v", resp.Status, resp.Header)
	}
}

const scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"

// TestAnswers is status and code of everything that is not a listing or a range.
func TestAnswers(t *testing.T) {
	base := serve(t, shelf())
	etag := `"781e5e245d69b566979b86e28d23f2c7"`
	for _, test := range []struct {
		method, path, header, value string
		status                      int
		code                        string
	}{
		{"GET", "/lake/nokey", "", "", 404, "NoSuchKey"},
		{"GET", "/nobucket/k", "", "", 404, "NoSuchBucket"},
		{"GET", "/nobucket?list-type=2", "", "", 404, "NoSuchBucket"},
		{"HEAD", "/nobucket", "", "", 404, ""},
		{"HEAD", "/lake/nokey", "", "", 404, ""},
		{"GET", "/lake/cold", "", "", 403, "InvalidObjectState"},
		{"GET", "/lake/text", "If-Match", etag, 200, ""},
		{"GET", "/lake/text", "If-Match", `"other"`, 412, "PreconditionFailed"},
		{"GET", "/lake/text", "If-None-Match", etag, 304, ""},
		{"GET", "/lake?acl", "", "", 501, "NotImplemented"},
		{"GET", "/lake/text?tagging", "", "", 501, "NotImplemented"},
		{"OPTIONS", "/lake", "", "", 501, "NotImplemented"},
		{"PUT", "/lake/text", "", "", 405, "MethodNotAllowed"},
		{"POST", "/lake?delete", "", "", 405, "MethodNotAllowed"},
		{"DELETE", "/lake/text", "", "", 405, "MethodNotAllowed"},
		{"GET", "/paid/k", "", "", 403, "AccessDenied"},
		{"GET", "/paid?list-type=2", "", "", 403, "AccessDenied"},
		{"GET", "/paid/k", "x-amz-request-payer", "requester", 200, ""},
		{"GET", "/part?list-type=2&prefix=shut/", "", "", 403, "AccessDenied"},
		{"GET", "/part?list-type=2&prefix=shut/a", "", "", 403, "AccessDenied"},
		{"GET", "/part?list-type=2&prefix=open/", "", "", 200, ""},
		{"GET", "/part?list-type=2", "", "", 200, ""},
		{"GET", "/far/k", "Authorization", scope, 301, "PermanentRedirect"},
		{"GET", "/far?list-type=2", "Authorization", scope, 301, "PermanentRedirect"},
		{"GET", "/far?location", "Authorization", scope, 200, ""},
		{"GET", "/far/k", "Authorization", strings.Replace(scope, "us-east-1", "ap-south-1", 1), 200, ""},
		{"GET", "/far/k", "", "", 200, ""},
		{"GET", "/lake/text", "Authorization", scope, 200, ""},
		{"GET", "/text", "Host", "lake.s3.us-east-1.amazonaws.com", 200, ""},
		{"GET", "/k", "Host", "dotted.name.localhost:9000", 200, ""},
		{"GET", "/lake/text", "Host", "s3.us-east-1.amazonaws.com", 200, ""},
		{"GET", "/lake/text", "Host", "localhost:9000", 200, ""},
		{"GET", "/lake/text", "Host", "[::1]:9000", 200, ""},
		{"GET", "/text", "Host", "gone.s3.amazonaws.com", 404, "NoSuchBucket"},
	} {
		resp, body := do(t, test.method, base+test.path, test.header, test.value)
		if resp.StatusCode != test.status || code(body) != test.code {
			t.Errorf("%s %s %s: %s %s", test.method, test.path, test.value, resp.Status, body)
		}
		if test.status == 301 && resp.Header.Get("x-amz-bucket-region") != "ap-south-1" {
			t.Errorf("%s: no region in %v", test.path, resp.Header)
		}
	}
}

func TestAccessKey(t *testing.T) {
	s := shelf()
	s.AccessKey = "AKIDEXAMPLE"
	base := serve(t, s)
	for _, test := range []struct{ auth, query, code string }{
		{"", "", "AccessDenied"},
		{scope, "", ""},
		{strings.Replace(scope, "AKIDEXAMPLE", "AKIDOTHER", 1), "", "InvalidAccessKeyId"},
		{"", "?X-Amz-Credential=AKIDEXAMPLE/20261101/us-east-1/s3/aws4_request", ""},
	} {
		if _, body := do(t, "GET", base+"/lake/text"+test.query, "Authorization", test.auth); code(body) != test.code {
			t.Errorf("%q %s: %s", test.auth, test.query, body)
		}
	}
}

func TestService(t *testing.T) {
	base := serve(t, shelf())
	_, body := do(t, "GET", base+"/")
	names := []string{}
	for _, part := range strings.Split(body, "<Name>")[1:] {
		name, _, _ := strings.Cut(part, "<")
		names = append(names, name)
	}
	if !slices.Equal(names, []string{"dotted.name", "far", "lake", "paid", "part"}) {
		t.Errorf("%q in %s", names, body)
	}
	if _, body := do(t, "GET", base+"/far?location"); !strings.Contains(body, ">ap-south-1<") {
		t.Error(body)
	}
	if _, body := do(t, "GET", base+"/lake?location"); !strings.Contains(body, "></LocationConstraint>") {
		t.Error(body)
	}
}

func TestOverlay(t *testing.T) {
	whole := bytes.Repeat([]byte{'.'}, 20)
	copy(whole[5:], "piece")
	for from := range 20 {
		for to := from; to <= 20; to++ {
			p := bytes.Repeat([]byte{'.'}, to-from)
			overlay(p, int64(from), []byte("piece"), 5)
			if !bytes.Equal(p, whole[from:to]) {
				t.Fatalf("[%d, %d): %s", from, to, p)
			}
		}
	}
}
