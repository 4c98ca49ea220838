package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/s3sim"
)

// lake is a server of one bucket, "lake".
func lake(keys s3sim.Keyspace) *s3sim.Server {
	return s3sim.New(map[string]*s3sim.Bucket{"lake": {Keys: keys}})
}

// named is objects of the keys given, in any order, with sizes and times that tell them apart.
func named(keys ...string) s3sim.Keyspace {
	objects := make([]s3sim.Object, len(keys))
	for i, key := range keys {
		objects[i] = s3sim.Object{Key: key, Size: int64(i) * 7, Modified: time.Unix(1700000000+int64(i), 0)}
	}
	return s3sim.Objects(objects...)
}

func ready(t testing.TB, name string, n int64) s3sim.Keyspace {
	t.Helper()
	keys, err := s3sim.Named(name, n)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// truth is what a listing of the directory holds.
func truth(keys s3sim.Keyspace, root string) []lister.Object {
	var out []lister.Object
	for i := s3sim.Search(keys, root); i < keys.Len(); i++ {
		o := keys.At(i)
		key, ok := strings.CutPrefix(o.Key, root)
		if !ok {
			break
		}
		out = append(out, lister.Object{Key: key, Size: o.Size, Modified: o.Modified, StorageClass: cmp.Or(o.StorageClass, "STANDARD")})
	}
	return out
}

// testClient is a client as NewClient makes it, with credentials of its own and a wire of its own.
func testClient(endpoint string, dial func(context.Context, string, string) (net.Conn, error)) (*s3.Client, func()) {
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 64, DisableCompression: true}
	client := s3.New(s3.Options{
		Region: fallbackRegion, BaseEndpoint: aws.String(endpoint), UsePathStyle: true, Retryer: aws.NopRetryer{},
		DisableS3ExpressSessionAuth: aws.Bool(true),
		Credentials:                 credentials.NewStaticCredentialsProvider("AKIATEST", "secret", ""),
		HTTPClient:                  &http.Client{Transport: transport, CheckRedirect: refuseRedirect},
	})
	return client, transport.CloseIdleConnections
}

// overTCP returns a client of the server, through the loopback interface.
func overTCP(t testing.TB, server *s3sim.Server) *s3.Client {
	t.Helper()
	url, stop, err := s3sim.Start(server)
	if err != nil {
		t.Fatal(err)
	}
	client, leave := testClient(url, nil)
	t.Cleanup(func() { leave(); stop() })
	return client
}

// bubble runs f in a bubble of synctest, with a client whose wire is made of memory: back-off takes no time there. It
// fails if a goroutine of the listing outlives it.
func bubble(t *testing.T, server *s3sim.Server, f func(t *testing.T, client *s3.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		dial, stop := s3sim.Pipe(server)
		client, leave := testClient("http://s3.test", dial)
		defer stop()
		defer leave()
		f(t, client)
	})
}

// result is a finished listing.
type result struct {
	objects []lister.Object
	err     error
	source  *Source
	notices []string
}

func target(uri string) Target {
	t, err := ParseTarget(uri)
	if err != nil {
		panic(err)
	}
	return t
}

func listAll(ctx context.Context, client *s3.Client, uri string, o Options) result {
	var r result
	o.Notice = func(line string) { r.notices = append(r.notices, line) }
	r.source = New(client, target(uri), o)
	r.err = r.source.List(ctx, func(objects []lister.Object) error {
		r.objects = append(r.objects, objects...)
		return nil
	})
	return r
}

func byKey(a, b lister.Object) int { return cmp.Compare(a.Key, b.Key) }

// verdict names what went against the contract: the listing must be the truth and nil, or an IncompleteError that names
// every key that is missing, or another error and no key at all. None may come twice, or be made up.
func (r *result) verdict(want []lister.Object) error {
	got := slices.SortedFunc(slices.Values(r.objects), byKey)
	for i := 1; i < len(got); i++ {
		if got[i].Key == got[i-1].Key {
			return fmt.Errorf("%q came twice", got[i].Key)
		}
	}
	var partial *lister.IncompleteError
	isPartial := errors.As(r.err, &partial)
	if r.err != nil && !isPartial && len(got) > 0 {
		return fmt.Errorf("%d keys, and %w", len(got), r.err)
	}
	if isPartial && len(partial.Missing) == 0 {
		return errors.New("incomplete, with nothing missing")
	}
	for _, w := range slices.SortedFunc(slices.Values(want), byKey) {
		if len(got) > 0 && got[0].Key < w.Key {
			break // made up: the first of what is left
		}
		found := len(got) > 0 && got[0].Key == w.Key
		switch {
		case found && !sameObject(w, got[0]):
			return fmt.Errorf("got %+v, want %+v", got[0], w)
		case found:
			got = got[1:]
		case r.err == nil:
			return fmt.Errorf("nil without %q", w.Key)
		case isPartial && !slices.ContainsFunc(partial.Missing, func(m lister.Missing) bool { return holds(m.Range, w.Key) }):
			return fmt.Errorf("%q is neither there nor missing: %w", w.Key, r.err)
		}
	}
	if len(got) > 0 {
		return fmt.Errorf("%d keys that are not there, such as %q", len(got), got[0].Key)
	}
	return nil
}

// holds is Contains, for keys below a target: there the key "" is the folder marker, and After "" is the beginning.
func holds(r lister.Range, key string) bool { return r.Contains(key) || key == "" && r.After == "" }

func sameObject(want, got lister.Object) bool {
	return want.Size == got.Size && want.StorageClass == got.StorageClass &&
		want.Modified.Truncate(time.Millisecond).Equal(got.Modified)
}

// mustList fails unless the listing is whole.
func mustList(t *testing.T, client *s3.Client, uri string, want []lister.Object, o Options) result {
	t.Helper()
	r := listAll(t.Context(), client, uri, o)
	if r.err != nil {
		t.Fatalf("%s: %v", uri, r.err)
	}
	if err := r.verdict(want); err != nil {
		t.Fatalf("%s: %v", uri, err)
	}
	return r
}
