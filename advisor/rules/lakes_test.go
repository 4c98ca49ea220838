package rules_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"s3layout/advisor/render"
	"s3layout/advisor/spark"
)

// TestLakes shows whole reports on datasets that people have asked about: what is said of each was read line by line.
func TestLakes(t *testing.T) {
	files, err := filepath.Glob("../../testdata/lakes/*.txtar")
	if err != nil || len(files) != 8 {
		t.Fatalf("%d lakes, %v", len(files), err)
	}
	for i, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			l, err := parseLake(string(archive.Files[0].Data))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			live := report(t, l.target, l.collector.Profile(), l.engine)
			if err := render.Text(&got, live, render.Options{Width: 80}); err != nil {
				t.Fatal(err)
			}
			checkSaved(t, file, live, spark.Engines[i%len(spark.Engines)])
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "report.txt", Data: got.Bytes()})
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if len(archive.Files) != 2 || !bytes.Equal(archive.Files[1].Data, got.Bytes()) {
				t.Errorf("got\n%s", got.String())
			}
		})
	}
}
