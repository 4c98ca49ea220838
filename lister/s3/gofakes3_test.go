package s3

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"

	"s3layout/lister"
	"s3layout/lister/listertest"
)

// foreign is a server that others wrote: it checks signatures, spells XML and encodes keys in its own way.
type foreign struct {
	*s3mem.Backend
	sorted []*gofakes3.Content
}

// ListBucket takes the place of s3mem's, which loses keys where a page begins at a marker that is none of its keys.
func (f *foreign) ListBucket(_ context.Context, _ string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	list := gofakes3.NewObjectList()
	from, found := slices.BinarySearchFunc(f.sorted, page.Marker, func(c *gofakes3.Content, key string) int { return cmp.Compare(c.Key, key) })
	if found && page.HasMarker {
		from++
	}
	for _, c := range f.sorted[from:] {
		if prefix != nil && !strings.HasPrefix(c.Key, prefix.Prefix) {
			continue
		}
		if page.MaxKeys > 0 && int64(len(list.Contents)) == page.MaxKeys {
			list.IsTruncated = true
			break
		}
		item := *c
		list.Add(&item)
		list.NextMarker = c.Key
	}
	if !list.IsTruncated {
		list.NextMarker = ""
	}
	return list, nil
}

// serveForeign serves the objects in the bucket "lake", to those who sign with the secret.
func serveForeign(t *testing.T, id, secret string, objects map[string][]byte) (url string) {
	t.Helper()
	f := &foreign{Backend: s3mem.New()}
	if err := f.CreateBucket(t.Context(), "lake"); err != nil {
		t.Fatal(err)
	}
	for key, body := range objects {
		if _, err := f.PutObject(t.Context(), "lake", key, nil, bytes.NewReader(body), int64(len(body))); err != nil {
			t.Fatalf("%q: %v", key, err)
		}
		f.sorted = append(f.sorted, &gofakes3.Content{Key: key, Size: int64(len(body)), ETag: `"0"`, LastModified: gofakes3.NewContentTime(foreignTime)})
	}
	slices.SortFunc(f.sorted, func(a, b *gofakes3.Content) int { return cmp.Compare(a.Key, b.Key) })
	server := httptest.NewServer(gofakes3.New(f, gofakes3.WithV4Auth(map[string]string{id: secret})).Server())
	t.Cleanup(server.Close)
	return server.URL
}

// foreignClient signs with the secret given.
func foreignClient(t *testing.T, url, id, secret string) *s3.Client {
	t.Helper()
	plain, leave := testClient(url, nil)
	t.Cleanup(leave)
	o := plain.Options()
	return s3.New(s3.Options{
		Region: o.Region, BaseEndpoint: o.BaseEndpoint, UsePathStyle: true, Retryer: o.Retryer, HTTPClient: o.HTTPClient,
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
	})
}

// TestForeignServer holds the source to its contract against an implementation of S3 that we did not write.
func TestForeignServer(t *testing.T) {
	const id, secret = "AKIAFOREIGN", "foreign-secret"
	objects := map[string][]byte{}
	var want []lister.Object
	for i := range 2500 {
		objects[fmt.Sprintf("d/x=%02d/part-%05d.csv", i%50, i)] = bytes.Repeat([]byte{'x'}, i%7)
	}
	for _, key := range hostileKeys() {
		if len(key) < 1000 && !strings.ContainsAny(key, "\x00") {
			objects["d/"+key] = []byte("hostile")
		}
	}
	for key, body := range objects {
		want = append(want, lister.Object{Key: strings.TrimPrefix(key, "d/"), Size: int64(len(body)), Modified: foreignTime})
	}
	url := serveForeign(t, id, secret, objects)
	client := foreignClient(t, url, id, secret)
	for _, o := range []Options{{}, {Concurrency: 8, PageSize: 100, Verify: true}, {Concurrency: 1, PageSize: 1000}} {
		t.Run(fmt.Sprintf("%d workers, pages of %d", o.Concurrency, o.PageSize), func(t *testing.T) {
			listertest.Run(t, want, func(*testing.T) lister.Source { return New(client, target("s3://lake/d/"), o) })
		})
	}
	if r := listAll(t.Context(), foreignClient(t, url, id, "another"), "s3://lake/d/", Options{}); codeOf(r.err) != "SignatureDoesNotMatch" {
		t.Errorf("with another secret: %v", r.err)
	}
}

// TestForeignReader reads from it.
func TestForeignReader(t *testing.T) {
	const id, secret = "AKIAREADER", "reader-secret"
	objects, below := map[string][]byte{}, map[string][]byte{}
	for key, body := range readable() {
		if strings.Contains(key, "\x01") {
			continue // it takes the signature of another path
		}
		objects[key], below[key[2:]] = body, body
	}
	client := foreignClient(t, serveForeign(t, id, secret, objects), id, secret)
	listertest.RunReader(t, below, New(client, target("s3://lake/a/"), Options{Concurrency: 4}))
}

var foreignTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
