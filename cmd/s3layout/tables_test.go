package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"s3layout/lister"
	"s3layout/stats"
	"s3layout/stats/tables"
)

// tableLake is a table of a reference writer and, beside it, files of none; it counts how often it is listed.
type tableLake struct {
	objects []lister.Object
	bodies  map[string][]byte
	lists   int
	err     error // of every listing but the first
}

func newTableLake(t *testing.T) *tableLake {
	r, err := zip.OpenReader("../../stats/tables/testdata/delta/checkpoint.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	l := &tableLake{bodies: map[string][]byte{}}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		l.bodies["t/"+f.Name] = body
	}
	for i := range 50 {
		l.bodies[fmt.Sprintf("u/part-%d.csv", i)] = []byte("a,b\n1,2\n")
	}
	for key, body := range l.bodies {
		l.objects = append(l.objects, lister.Object{Key: key, Size: int64(len(body)), Modified: time.Unix(1_700_000_000, 0)})
	}
	slices.SortFunc(l.objects, func(a, b lister.Object) int { return strings.Compare(a.Key, b.Key) })
	return l
}

func (l *tableLake) List(_ context.Context, fn func([]lister.Object) error) error {
	if l.lists++; l.lists > 1 && l.err != nil {
		return l.err
	}
	for batch := range slices.Chunk(slices.Clone(l.objects), 20) {
		if err := fn(batch); err != nil {
			return err
		}
	}
	return nil
}

func (l *tableLake) ReadRange(_ context.Context, key string, p []byte, off int64) (int, error) {
	body, ok := l.bodies[key]
	if !ok {
		return 0, fs.ErrNotExist
	}
	n, err := bytes.NewReader(body).ReadAt(p, off)
	if n < len(p) && err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// judged profiles the lake as the command does, with room for so many bytes of the first listing.
func judged(t *testing.T, l *tableLake, room int, partial bool) (*stats.Profile, []stats.Warning, int) {
	t.Helper()
	o := tableOptions{tableRequests: 100}
	s := o.split(&target{uri: "s3://lake/", source: l}, stats.Options{}, time.Unix(1_700_100_000, 0), false)
	s.kept, s.partial = tables.NewRecording(room), partial
	first := stats.NewCollector(stats.Options{})
	if err := l.List(t.Context(), func(objects []lister.Object) error { first.Add(objects); s.see(objects); return nil }); err != nil {
		t.Fatal(err)
	}
	seen := 0
	c, warnings, err := s.finish(t.Context(), first, func(objects []lister.Object) { seen += len(objects) })
	if err != nil {
		t.Fatal(err)
	}
	return c.Profile(), warnings, seen
}

// A target whose first listing was too long to keep, or went on from a checkpoint, is listed once more: the profile is the
// same, and says so when that listing fails.
func TestSecondListing(t *testing.T) {
	spell := func(p *stats.Profile) string {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	l := newTableLake(t)
	want, warnings, seen := judged(t, l, recordedBytes, false)
	if b := want.TableFormats; l.lists != 1 || seen != 0 || len(warnings) != 0 || len(b) != 1 || b[0].Basis != "metadata" || b[0].Objects.Dead().Objects == 0 {
		t.Fatalf("listed %d times, %v, %+v", l.lists, warnings, b)
	}
	for _, tt := range []struct {
		room    int
		partial bool
	}{{1, false}, {1000, false}, {recordedBytes, true}} {
		l.lists = 0
		got, warnings, seen := judged(t, l, tt.room, tt.partial)
		if l.lists != 2 || seen != len(l.objects) || len(warnings) != 0 {
			t.Errorf("%+v: listed %d times, %d objects again, %v", tt, l.lists, seen, warnings)
		}
		if spell(got) != spell(want) {
			t.Errorf("%+v:\n%s\nwant\n%s", tt, spell(got), spell(want))
		}
	}
	l.lists, l.err = 0, errors.New("the server is gone")
	got, warnings, _ := judged(t, l, 1, false)
	if got.Totals.Objects <= want.Totals.Objects || len(warnings) != 1 || warnings[0].Code != "table_by_listing" || !strings.Contains(warnings[0].Message, "the server is gone") {
		t.Errorf("%d objects of %d live, %+v", got.Totals.Objects, want.Totals.Objects, warnings)
	}
}
