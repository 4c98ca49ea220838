package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"s3layout/lister/listertest"
)

func TestReaderContract(t *testing.T) {
	root := tree(t, map[string]int{"a": 1, "x=1/b": 100_000, "x=1/ +%é": 4, "empty": 0})
	bodies := map[string][]byte{}
	for key, size := range map[string]int{"a": 1, "x=1/b": 100_000, "x=1/ +%é": 4, "empty": 0} {
		body := make([]byte, size)
		for i := range body {
			body[i] = byte(i * 7)
		}
		if err := os.WriteFile(filepath.Join(root, key), body, 0o644); err != nil {
			t.Fatal(err)
		}
		bodies[key] = body
	}
	listertest.RunReader(t, bodies, &Source{Root: root})
	listertest.RunReader(t, map[string][]byte{"a": bodies["a"]}, &Source{Root: filepath.Join(root, "a")})
}

// TestReadOutside holds that no key leads out of the target: tables name their files themselves.
func TestReadOutside(t *testing.T) {
	root := tree(t, map[string]int{"in/a": 1, "secret": 1})
	source := &Source{Root: filepath.Join(root, "in")}
	for _, key := range []string{"../secret", "/etc/passwd", "x/../../secret", "", ".", "/", filepath.Join(root, "secret")} {
		if _, err := source.ReadRange(t.Context(), key, make([]byte, 1), 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", key, err)
		}
	}
}
