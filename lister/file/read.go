package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ReadRange reads a part of a file below Root. A key that leads out of it, or to a directory or a device, names none.
// See lister.Reader.
func (s *Source) ReadRange(ctx context.Context, key string, p []byte, off int64) (int, error) {
	n, err := s.read(ctx, key, p, off)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return n, fmt.Errorf("read %q: %w", key, reason(err))
	}
	return n, nil
}

func (s *Source) read(ctx context.Context, key string, p []byte, off int64) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	at := filepath.Join(s.Root, filepath.FromSlash(key))
	if root, err := os.Stat(s.Root); err == nil && !root.IsDir() && key == root.Name() {
		at = s.Root
	}
	if !filepath.IsLocal(filepath.FromSlash(key)) {
		return 0, fs.ErrNotExist
	}
	info, err := os.Stat(at) // before it is opened: opening a pipe waits for a writer
	switch {
	case errors.Is(err, syscall.ENOTDIR):
		return 0, fs.ErrNotExist
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular():
		return 0, fs.ErrNotExist
	}
	f, err := os.Open(at)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.ReadAt(p, off)
}
