// Package file lists a directory of the local file system, the way an S3 listing would show it.
package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"s3layout/lister"
)

// Source lists the files below Root. Directories that cannot be read are reported missing; the others are listed.
// Symbolic links to files count as the files; links to directories are not followed, and warned of.
type Source struct {
	Root string

	mu      sync.Mutex
	missing []lister.Missing
	links   int64
}

var (
	_ lister.Source = (*Source)(nil)
	_ lister.Warner = (*Source)(nil)
	_ lister.Reader = (*Source)(nil)
)

// batchSize is how many files go to the consumer at once.
const batchSize = 1000

// List delivers every regular file below Root. See lister.Source.
func (s *Source) List(ctx context.Context, fn func([]lister.Object) error) error {
	info, err := os.Stat(s.Root)
	if err != nil {
		return fmt.Errorf("list %q: %w", s.Root, reason(err))
	}
	if !info.IsDir() {
		return fn([]lister.Object{{Key: info.Name(), Size: info.Size(), Modified: info.ModTime()}})
	}
	entries, err := os.ReadDir(s.Root)
	if err != nil {
		return fmt.Errorf("list %q: %w", s.Root, reason(err))
	}
	s.missing, s.links = nil, 0
	return s.walk(ctx, entries, fn)
}

// walk reads directories on as many goroutines as there are processors, and hands batches to fn on this one. A walker
// that finds no free goroutine goes on by itself, so that none waits for another.
func (s *Source) walk(ctx context.Context, top []fs.DirEntry, fn func([]lister.Object) error) error {
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	group := new(errgroup.Group)
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	batches := make(chan []lister.Object, 16)
	w := &walker{source: s, group: group, ctx: work, batches: batches}
	group.Go(func() error { w.files("", top); return nil })
	go func() {
		group.Wait()
		close(batches)
	}()
	var failed error
	for objects := range batches {
		if failed == nil {
			if failed = fn(objects); failed != nil {
				cancel(failed)
			}
		}
	}
	switch {
	case failed != nil:
		return failed
	case ctx.Err() != nil:
		s.missing = append(s.missing, lister.Missing{Err: context.Cause(ctx)})
	}
	if len(s.missing) > 0 {
		return &lister.IncompleteError{Missing: s.missing}
	}
	return nil
}

type walker struct {
	source  *Source
	group   *errgroup.Group
	ctx     context.Context
	batches chan<- []lister.Object
}

func (w *walker) dir(key string) {
	if w.ctx.Err() != nil {
		return
	}
	entries, err := os.ReadDir(path.Join(w.source.Root, key))
	if err != nil {
		w.miss(key, err)
	}
	w.files(key, entries)
}

func (w *walker) files(dir string, entries []fs.DirEntry) {
	var batch []lister.Object
	for _, e := range entries {
		if w.ctx.Err() != nil {
			return
		}
		key := path.Join(dir, e.Name())
		if e.IsDir() {
			if !w.group.TryGo(func() error { w.dir(key); return nil }) {
				w.dir(key)
			}
			continue
		}
		if o, ok := w.object(key, e); ok {
			batch = append(batch, o)
		}
		if len(batch) == batchSize {
			w.batches <- batch
			batch = nil
		}
	}
	if len(batch) > 0 {
		w.batches <- batch
	}
}

// object describes a file. One that is gone since the directory was read is not there; devices and the like never are.
func (w *walker) object(key string, e fs.DirEntry) (lister.Object, bool) {
	info, err := e.Info()
	if err == nil && e.Type()&fs.ModeSymlink != 0 {
		info, err = os.Stat(path.Join(w.source.Root, key))
		if err == nil && info.IsDir() {
			w.source.mu.Lock()
			w.source.links++
			w.source.mu.Unlock()
			return lister.Object{}, false
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return lister.Object{}, false
	case err != nil:
		w.miss(key, err)
		return lister.Object{}, false
	}
	return lister.Object{Key: key, Size: info.Size(), Modified: info.ModTime()}, info.Mode().IsRegular()
}

// miss records that what lies at or below key could not be read.
func (w *walker) miss(key string, err error) {
	w.source.mu.Lock()
	defer w.source.mu.Unlock()
	w.source.missing = append(w.source.missing, lister.Missing{Range: lister.Range{After: key, End: key + "/\U0010ffff"}, Err: reason(err)})
}

// reason is the cause without the path, which the caller names.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// Warnings says what List noticed.
func (s *Source) Warnings() []lister.Warning {
	if s.links == 0 {
		return nil
	}
	return []lister.Warning{{Code: "links_not_followed", Message: "symbolic links to directories are not followed", Objects: s.links}}
}
