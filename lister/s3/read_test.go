package s3

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s3layout/lister"
	"s3layout/lister/listertest"
	"s3layout/lister/s3sim"
)

// bodies is a keyspace of stored objects.
func bodies(objects map[string][]byte) s3sim.Keyspace {
	var list []s3sim.Object
	for key, body := range objects {
		list = append(list, s3sim.Object{Key: key, Size: int64(len(body)), Body: body, Modified: time.Unix(1700000000, 0)})
	}
	return s3sim.Objects(list...)
}

func readable() map[string][]byte {
	return map[string][]byte{
		"a/plain": []byte(strings.Repeat("0123456789", 20000)), "a/one": {7}, "a/empty": {},
		"a/ +%&?#=/.././/é\x01\xff": []byte("hostile"), "a//": []byte("slashes"),
	}
}

func TestReaderContract(t *testing.T) {
	below := map[string][]byte{}
	for key, body := range readable() {
		below[key[2:]] = body
	}
	source := New(overTCP(t, lake(bodies(readable()))), target("s3://lake/a/"), Options{Concurrency: 4})
	listertest.RunReader(t, below, source)
}

// opened is a source that has listed.
func opened(t *testing.T, client *s3.Client, o Options) *Source {
	t.Helper()
	source := New(client, target("s3://lake/a"), o)
	if err := source.List(t.Context(), func([]lister.Object) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return source
}

func TestReadBeforeList(t *testing.T) {
	source := New(overTCP(t, lake(bodies(readable()))), target("s3://lake/a"), Options{})
	if _, err := source.ReadRange(t.Context(), "one", make([]byte, 1), 0); !errors.Is(err, errUnopened) {
		t.Errorf("got %v", err)
	}
}

// TestReadFaults reads through every fault that a read can meet: the bytes come, or an error of the right kind does, and
// no fault takes more requests than its attempts.
func TestReadFaults(t *testing.T) {
	whole := readable()["a/plain"]
	for kind := s3sim.SlowDown; kind <= s3sim.CutXML; kind++ {
		for _, forever := range []bool{false, true} {
			server := lake(bodies(readable()))
			server.Fault = func(r *s3sim.Request) *s3sim.Fault {
				if r.Op == s3sim.OpGetObject && (forever || r.Attempt == 1) {
					return &s3sim.Fault{Kind: kind}
				}
				return nil
			}
			bubble(t, server, func(t *testing.T, client *s3.Client) {
				source := opened(t, client, Options{AttemptTimeout: 5 * time.Second, MaxAttempts: 4})
				listed := source.Usage().Requests
				p := make([]byte, 100)
				n, err := source.ReadRange(t.Context(), "plain", p, 55)
				u := source.Usage()
				if forever && err == nil && kind != s3sim.CutXML || err == nil && string(p) != string(whole[55:155]) || n > len(p) {
					t.Errorf("%v, forever %v: %d bytes, %v", kind, forever, n, err)
				}
				if !forever && err != nil && kind != s3sim.ExpiredToken && kind != s3sim.AccessDenied && kind != s3sim.WrongRegion &&
					kind != s3sim.AuthMalformed && kind != s3sim.RedirectLoop {
					t.Errorf("%v once: %v", kind, err)
				}
				if kind == s3sim.AccessDenied && !errors.Is(err, fs.ErrPermission) {
					t.Errorf("denied: %v", err)
				}
				if most := int64(4 * throttledPatience); u.Gets > most || u.Requests != listed+u.Gets {
					t.Errorf("%v, forever %v: %+v", kind, forever, u)
				}
			})
		}
	}
}

// TestReadBroken asks for a body that never comes whole three times, however many attempts a page has, and does not take
// that for the end of the object.
func TestReadBroken(t *testing.T) {
	server := lake(bodies(readable()))
	server.Fault = func(r *s3sim.Request) *s3sim.Fault {
		if r.Op == s3sim.OpGetObject {
			return &s3sim.Fault{Kind: s3sim.CutBody}
		}
		return nil
	}
	bubble(t, server, func(t *testing.T, client *s3.Client) {
		source := opened(t, client, Options{})
		_, err := source.ReadRange(t.Context(), "plain", make([]byte, 100), 0)
		if u := source.Usage(); u.Gets != readAttempts || !errors.Is(err, errCut) || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

// TestReadUsage counts reads apart, and holds them to --max-requests.
func TestReadUsage(t *testing.T) {
	source := opened(t, overTCP(t, lake(bodies(readable()))), Options{MaxRequests: 4})
	listed := source.Usage().Requests
	var err error
	for range 10 {
		_, err = source.ReadRange(t.Context(), "plain", make([]byte, 100), 0)
	}
	u := source.Usage()
	if u.Requests != 4 || u.Gets != 4-listed || u.BytesRead != 100*u.Gets || u.InFlight != 0 || !errors.Is(err, errBudget) {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestReadDenied(t *testing.T) {
	frozen := s3sim.Objects(s3sim.Object{Key: "a/x", Size: 10, StorageClass: "GLACIER"})
	source := opened(t, overTCP(t, lake(frozen)), Options{})
	_, err := source.ReadRange(t.Context(), "x", make([]byte, 1), 0)
	if !errors.Is(err, lister.ErrArchived) || errors.Is(err, fs.ErrPermission) {
		t.Errorf("archived: %v", err)
	}
}

// TestReadPlaces holds back reads beyond Options.Concurrency, until the context ends.
func TestReadPlaces(t *testing.T) {
	source := opened(t, overTCP(t, lake(bodies(readable()))), Options{Concurrency: 1})
	source.reads <- struct{}{}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(io.ErrClosedPipe)
	if _, err := source.ReadRange(ctx, "plain", make([]byte, 1), 0); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}
