package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"s3layout/lister"
	"s3layout/lister/listertest"
)

// tree writes files of the given sizes below a new directory.
func tree(t *testing.T, sizes map[string]int) string {
	t.Helper()
	root := t.TempDir()
	for name, size := range sizes {
		at := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestSource(t *testing.T) {
	sizes := map[string]int{"a": 1, "x=1/b.json": 2, "x=1/y=2/c": 3, "_SUCCESS": 0, "x=2/\x01 \xff": 4}
	for i := range 2500 {
		sizes["many/"+string(rune('a'+i%26))+"/"+string(rune('A'+i/26))] = i
	}
	root := tree(t, sizes)
	var want []lister.Object
	for name, size := range sizes {
		want = append(want, lister.Object{Key: name, Size: int64(size)})
	}
	listertest.Run(t, want, func(*testing.T) lister.Source { return &Source{Root: root} })
}

func TestOneFile(t *testing.T) {
	root := tree(t, map[string]int{"a.json": 7})
	listertest.Run(t, []lister.Object{{Key: "a.json", Size: 7}}, func(*testing.T) lister.Source {
		return &Source{Root: filepath.Join(root, "a.json")}
	})
}

func TestNoSuchDirectory(t *testing.T) {
	err := (&Source{Root: filepath.Join(t.TempDir(), "none")}).List(t.Context(), func([]lister.Object) error { return nil })
	var missing *lister.IncompleteError
	if !errors.Is(err, fs.ErrNotExist) || errors.As(err, &missing) {
		t.Errorf("got %v, want a plain not-exist error: nothing was listed", err)
	}
}

func TestLinks(t *testing.T) {
	root := tree(t, map[string]int{"d/a": 1})
	for name, to := range map[string]string{"file": "d/a", "dir": "d", "broken": "nowhere"} {
		if err := os.Symlink(filepath.Join(root, to), filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	source := &Source{Root: root}
	listertest.Run(t, []lister.Object{{Key: "d/a", Size: 1}, {Key: "file", Size: 1}}, func(*testing.T) lister.Source { return source })
	if w := source.Warnings(); len(w) != 1 || w[0].Objects != 1 {
		t.Errorf("warnings %+v, want one for one link", w)
	}
}
