package tables

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"s3layout/lister"
)

// ErrTooMany is why a table is not read: it would take more requests or memory than is let in.
var ErrTooMany = errors.New("more than is let in")

const (
	// wholeBytes is the largest checkpoint that is read at once; of a larger one the columns that count are.
	wholeBytes = 32 << 20
	// maxObject is the largest object that is kept in memory, inflated or not.
	maxObject = 512 << 20
	// firstRead is how much is asked of an object whose size is not known.
	firstRead = 256 << 10
	// parallel reads go on at a time.
	parallel = 16
)

// A fetcher reads metadata, and counts and bounds its requests.
type fetcher struct {
	reader lister.Reader
	used   atomic.Int64
	most   int64 // 0: no bound
}

func (f *fetcher) readRange(ctx context.Context, key string, p []byte, off int64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if n := f.used.Add(1); f.most > 0 && n > f.most {
		f.used.Add(-1)
		return 0, fmt.Errorf("%w: it takes more than %d requests (--table-requests)", ErrTooMany, f.most)
	}
	n, err := f.reader.ReadRange(ctx, key, p, off)
	return n, lasting(key, err)
}

// lasting is an error without what differs from run to run, such as the number of a request: it is part of the profile.
func lasting(key string, err error) error {
	for _, kind := range []error{fs.ErrNotExist, fs.ErrPermission, lister.ErrArchived, io.ErrUnexpectedEOF} {
		if errors.Is(err, kind) {
			return fmt.Errorf("read %q: %w", key, kind)
		}
	}
	return err
}

// whole reads an object of a known size.
func (f *fetcher) whole(ctx context.Context, key string, size int64) ([]byte, error) {
	if size < 0 || size > maxObject {
		return nil, fmt.Errorf("%w: %q has %d bytes", ErrTooMany, key, size)
	}
	p := make([]byte, size)
	_, err := f.readRange(ctx, key, p, 0)
	return p, err
}

// unknown reads an object whose size nobody said.
func (f *fetcher) unknown(ctx context.Context, key string) ([]byte, error) {
	var out []byte
	for size := firstRead; ; size *= 4 {
		p := make([]byte, size)
		n, err := f.readRange(ctx, key, p, int64(len(out)))
		out = append(out, p[:n]...)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, fs.ErrNotExist):
			return out, nil
		case err != nil:
			return nil, err
		case len(out) > maxObject/4:
			return nil, fmt.Errorf("%w: %q has more than %d bytes", ErrTooMany, key, len(out))
		}
	}
}

// An object is an io.ReaderAt over a key.
type object struct {
	ctx  context.Context
	from *fetcher
	key  string
}

func (o object) ReadAt(p []byte, off int64) (int, error) {
	return o.from.readRange(o.ctx, o.key, p, off)
}

// at returns a reader of an object: from memory where it is small enough to be read at once.
func (f *fetcher) at(ctx context.Context, key string, size int64) (io.ReaderAt, error) {
	if size > wholeBytes {
		return object{ctx, f, key}, nil
	}
	b, err := f.whole(ctx, key, size)
	return bytes.NewReader(b), err
}

// each calls do for the numbers below n, some at a time, and returns the first error.
func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return do(ctx, i) })
	}
	return group.Wait()
}

// gunzipped inflates what begins as gzip, whatever its name.
func gunzipped(b []byte) ([]byte, error) {
	if !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	// Text that repeats itself inflates to a few hundred times what it was; more is a bomb.
	most := min(maxObject, int64(len(b))*256+1<<20)
	out, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(out)) > most {
		err = fmt.Errorf("%w: it inflates to more than %d bytes", ErrTooMany, most)
	}
	return out, err
}
