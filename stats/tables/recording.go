package tables

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"s3layout/lister"
)

// A Recording keeps the objects of a small listing, so that they can be judged once the metadata of their tables was read,
// without listing them again. A key takes what it does not share with the one before: about 50 bytes of a table's file.
type Recording struct {
	most    int
	b       []byte
	last    string
	lastAt  int64
	classes []string
	full    bool
}

// NewRecording returns a Recording that holds most bytes. Beyond them it forgets everything.
func NewRecording(most int) *Recording { return &Recording{most: most} }

// Add records a batch of objects.
func (r *Recording) Add(objects []lister.Object) {
	for i := range objects {
		if r.full {
			return
		}
		r.add(&objects[i])
	}
	r.last = strings.Clone(r.last)
}

func (r *Recording) add(o *lister.Object) {
	shared := 0
	for shared < min(len(r.last), len(o.Key)) && r.last[shared] == o.Key[shared] {
		shared++
	}
	r.last = o.Key
	r.b = binary.AppendUvarint(r.b, uint64(shared))
	r.b = binary.AppendUvarint(r.b, uint64(len(o.Key)-shared))
	r.b = append(r.b, o.Key[shared:]...)
	r.b = binary.AppendVarint(r.b, o.Size)
	class := slices.Index(r.classes, o.StorageClass)
	if class < 0 {
		class = len(r.classes)
		r.classes = append(r.classes, strings.Clone(o.StorageClass))
	}
	at := int64(0)
	if !o.Modified.IsZero() {
		class += maxClasses
		at = o.Modified.UnixNano()
	}
	r.b = binary.AppendUvarint(r.b, uint64(class))
	r.b = binary.AppendVarint(r.b, at-r.lastAt)
	r.lastAt = at
	if len(r.b) > r.most || len(r.classes) > maxClasses {
		*r = Recording{full: true}
	}
}

// maxClasses is more storage classes than there are.
const maxClasses = 64

// ErrForgotten is what Replay fails with where there were more objects than a Recording holds.
var ErrForgotten = errors.New("there were more objects than were kept")

// Replay calls fn with the objects, in batches, in the order in which they came. See lister.Source.List.
func (r *Recording) Replay(fn func([]lister.Object) error) error {
	if r.full {
		return ErrForgotten
	}
	var batch []lister.Object
	key, at := "", int64(0)
	for b := r.b; len(b) > 0; {
		shared, rest := number(b)
		size, rest := number(rest)
		key = key[:shared] + string(rest[:size])
		o := lister.Object{Key: key}
		var n int
		o.Size, n = binary.Varint(rest[size:])
		class, rest := number(rest[int(size)+n:])
		delta, n := binary.Varint(rest)
		b = rest[n:]
		if at += delta; class >= maxClasses {
			o.Modified = time.Unix(0, at).UTC()
			class -= maxClasses
		}
		o.StorageClass = r.classes[class]
		if batch = append(batch, o); len(batch) == 1000 {
			if err := fn(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return fn(batch)
}

func number(b []byte) (uint64, []byte) {
	v, n := binary.Uvarint(b)
	return v, b[n:]
}
