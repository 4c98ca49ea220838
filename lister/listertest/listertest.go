// Package listertest is the contract of lister.Source as tests. Every source passes it, against a fake and, in CI,
// against servers that others wrote.
package listertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"s3layout/lister"
)

// Run holds a source to its contract. open returns a fresh Source over a target that holds exactly the wanted objects,
// in any order; the time of an object is compared where it is set.
func Run(t *testing.T, want []lister.Object, open func(t *testing.T) lister.Source) {
	t.Helper()
	t.Run("every object once", func(t *testing.T) { everyObject(t, want, open(t)) })
	t.Run("the same again", func(t *testing.T) { everyObject(t, want, open(t)) })
	t.Run("an error from fn ends it", func(t *testing.T) { consumerFails(t, want, open(t)) })
	t.Run("cancelled before", func(t *testing.T) { cancelledBefore(t, want, open(t)) })
	t.Run("cancelled within", func(t *testing.T) { cancelledWithin(t, want, open(t)) })
}

func everyObject(t *testing.T, want []lister.Object, source lister.Source) {
	t.Helper()
	var got []lister.Object
	busy := false
	err := source.List(t.Context(), func(batch []lister.Object) error {
		if busy {
			t.Error("fn runs twice at the same time")
		}
		busy = true
		got = append(got, batch...)
		for i := range batch {
			batch[i] = lister.Object{Key: "the batch is mine until I return", Size: -1}
		}
		busy = false
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := difference(want, got); diff != "" {
		t.Error(diff)
	}
}

var errEnough = errors.New("enough")

func consumerFails(t *testing.T, want []lister.Object, source lister.Source) {
	t.Helper()
	calls := 0
	err := source.List(t.Context(), func(batch []lister.Object) error {
		if len(batch) == 0 {
			return nil
		}
		calls++
		return errEnough
	})
	if len(want) > 0 && (!errors.Is(err, errEnough) || calls != 1) {
		t.Errorf("got %v after %d calls, want %v after 1", err, calls, errEnough)
	}
}

func cancelledBefore(t *testing.T, want []lister.Object, source lister.Source) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errEnough)
	n := 0
	err := source.List(ctx, func(batch []lister.Object) error { n += len(batch); return nil })
	if err == nil && n != len(want) {
		t.Errorf("nil with %d of %d objects", n, len(want))
	}
	if err != nil && !errors.Is(err, errEnough) {
		t.Errorf("got %v, want the context's cause", err)
	}
}

func cancelledWithin(t *testing.T, want []lister.Object, source lister.Source) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	n := 0
	begun := time.Now()
	err := source.List(ctx, func(batch []lister.Object) error {
		n += len(batch)
		begun = time.Now()
		cancel(errEnough)
		return nil
	})
	if waited := time.Since(begun); waited > time.Second {
		t.Errorf("returned %v after the cancellation", waited)
	}
	if err == nil && n != len(want) {
		t.Errorf("nil with %d of %d objects", n, len(want))
	}
	if err != nil && !errors.Is(err, errEnough) {
		t.Errorf("got %v, want the context's cause", err)
	}
}

// difference describes the first few differences between two sets of objects.
func difference(want, got []lister.Object) string {
	byKey := func(a, b lister.Object) int { return cmp.Compare(a.Key, b.Key) }
	want, got = slices.SortedFunc(slices.Values(want), byKey), slices.SortedFunc(slices.Values(got), byKey)
	text, shown := "", 0
	note := func(format string, args ...any) {
		if shown++; shown <= 5 {
			text += fmt.Sprintf(format+"\n", args...)
		}
	}
	for len(want) > 0 || len(got) > 0 {
		switch {
		case len(got) == 0 || len(want) > 0 && want[0].Key < got[0].Key:
			note("missing %q", want[0].Key)
			want = want[1:]
		case len(want) == 0 || got[0].Key < want[0].Key:
			note("unexpected or twice %q", got[0].Key)
			got = got[1:]
		default:
			if !same(want[0], got[0]) {
				note("%+v, want %+v", got[0], want[0])
			}
			want, got = want[1:], got[1:]
		}
	}
	if shown > 5 {
		note("and %d more", shown-5)
	}
	return text
}

func same(want, got lister.Object) bool {
	standard := func(class string) string { return cmp.Or(class, "STANDARD") }
	return want.Size == got.Size && standard(want.StorageClass) == standard(got.StorageClass) &&
		(want.Modified.IsZero() || want.Modified.Truncate(time.Millisecond).Equal(got.Modified.Truncate(time.Millisecond)))
}
