package listertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
	"testing"

	"s3layout/lister"
)

// RunReader holds a source to the contract of lister.Reader. The source lists exactly the objects given, of which none
// has the key "no/such/object".
func RunReader(t *testing.T, objects map[string][]byte, source interface {
	lister.Source
	lister.Reader
}) {
	t.Helper()
	if err := source.List(t.Context(), func([]lister.Object) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for key, want := range objects {
		wait.Go(func() { everyRange(t, source, key, want) })
	}
	wait.Wait()
	if _, err := source.ReadRange(t.Context(), "no/such/object", make([]byte, 4), 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such object: %v, want fs.ErrNotExist", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errEnough)
	for key := range objects {
		if n, err := source.ReadRange(ctx, key, make([]byte, 1), 0); n != 0 || !errors.Is(err, errEnough) {
			t.Errorf("%q, cancelled: %d bytes, %v", key, n, err)
		}
		break
	}
}

// everyRange reads the whole object, its ends, its middle, and beyond its end.
func everyRange(t *testing.T, source lister.Reader, key string, want []byte) {
	size := len(want)
	for _, r := range [][2]int{{0, size}, {0, 1}, {size - 1, size}, {size / 3, size/3 + size/2}, {0, 0}, {size, size}} {
		if r[0] < 0 || r[1] > size || r[0] > r[1] {
			continue
		}
		p := make([]byte, r[1]-r[0])
		if n, err := source.ReadRange(t.Context(), key, p, int64(r[0])); err != nil || n != len(p) || !bytes.Equal(p, want[r[0]:r[1]]) {
			t.Errorf("%q from %d to %d: %d bytes, %v", key, r[0], r[1], n, err)
		}
	}
	for _, off := range []int{0, size - 1, size, size + 10} {
		if off < 0 {
			continue
		}
		p := make([]byte, size+7)
		n, err := source.ReadRange(t.Context(), key, p, int64(off))
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q of %d bytes, %d from %d: %v, want io.ErrUnexpectedEOF", key, size, len(p), off, err)
		}
		if n != max(size-off, 0) || !bytes.Equal(p[:n], want[min(off, size):min(off, size)+n]) {
			t.Errorf("%q of %d bytes, %d from %d: got %d bytes, or wrong ones", key, size, len(p), off, n)
		}
	}
	if _, err := source.ReadRange(t.Context(), key, make([]byte, 1), -1); err == nil {
		t.Errorf("%q: a negative offset is no error", key)
	}
}
