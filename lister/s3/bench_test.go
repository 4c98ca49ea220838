package s3

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"s3layout/lister/s3sim"
)

// awsPage is an answer of a thousand keys of 111 characters in 394 KB, as AWS writes it: percent-encoded keys, an ETag,
// a checksum algorithm, no owner.
func awsPage(tb testing.TB) []byte {
	tb.Helper()
	objects := make([]s3sim.Object, 1001)
	for i := range objects {
		objects[i] = s3sim.Object{
			Key:  fmt.Sprintf("warehouse/events/year=2026/month=11/day=24/hour=%02d/part-%05d-5f3c7e10-8f4d-4f6a-9b1c-0d2e4c6a8b0f.c000.avro.gz", i/50, i),
			Size: 1000 + int64(i)*7919,
		}
	}
	if n := len(objects[0].Key); n != 111 {
		tb.Fatalf("keys of %d characters", n)
	}
	server := s3sim.New(map[string]*s3sim.Bucket{"lake": {Keys: s3sim.Objects(objects...)}})
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/lake?list-type=2&encoding-type=url&prefix=warehouse/", nil))
	return bytes.ReplaceAll(answer.Body.Bytes(), []byte("&quot;</ETag>"), []byte("&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"))
}

// BenchmarkDecodePage is the CPU that a page costs between the socket and the consumer. The bar is 1 ms and 10
// allocations, the goal 0.4 ms.
func BenchmarkDecodePage(b *testing.B) {
	answer := awsPage(b)
	var body []byte
	p := new(page)
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		body = append(body[:0], answer...)
		if err := decodePage(body, p); err != nil {
			b.Fatal(err)
		}
	}
	if len(p.objects) != 1000 {
		b.Fatalf("%d objects", len(p.objects))
	}
}
