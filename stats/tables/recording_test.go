package tables_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"s3layout/lister"
	"s3layout/stats/tables"
)

func TestRecording(t *testing.T) {
	var want []lister.Object
	for i := range 2500 {
		o := lister.Object{Key: fmt.Sprintf("t/x=%d/part-%05d.parquet", i/7, i*i%991), Size: int64(i) << (i % 40), StorageClass: []string{"", "GLACIER"}[i%2]}
		if i%3 > 0 {
			o.Modified = time.Unix(int64(1700000000-i*i), int64(i)).UTC()
		}
		want = append(want, o)
	}
	want = append(want, lister.Object{}, lister.Object{Key: "\xff\x00"}, lister.Object{Key: "\xff\x00"})
	r := tables.NewRecording(1 << 20)
	for at := 0; at < len(want); at += 700 {
		r.Add(want[at:min(at+700, len(want))])
	}
	var got []lister.Object
	if err := r.Replay(func(objects []lister.Object) error { got = append(got, objects...); return nil }); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%d objects of %d come back, %v", len(got), len(want), err)
	}
	stop := errors.New("stop")
	if err := r.Replay(func([]lister.Object) error { return stop }); err != stop {
		t.Error(err)
	}
}

func TestRecordingIsBounded(t *testing.T) {
	r := tables.NewRecording(1000)
	r.Add([]lister.Object{{Key: "a"}})
	if err := r.Replay(func([]lister.Object) error { return nil }); err != nil {
		t.Error(err)
	}
	for i := range 1000 {
		r.Add([]lister.Object{{Key: fmt.Sprint("object ", i)}})
	}
	if err := r.Replay(func([]lister.Object) error { return nil }); !errors.Is(err, tables.ErrForgotten) {
		t.Error(err)
	}
}
