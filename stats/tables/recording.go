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
	size    int
	chunks  [][]byte // each holds whole objects
	last    string
	seconds int64 // of the last one's time
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
	shared := lister.CommonPrefix(r.last, o.Key)
	r.last = o.Key
	at := len(r.chunks) - 1
	if at < 0 || cap(r.chunks[at])-len(r.chunks[at]) < len(o.Key)+maxNumbers {
		r.chunks = append(r.chunks, make([]byte, 0, max(chunkSize, len(o.Key)+maxNumbers)))
		at++
	}
	b := r.chunks[at]
	r.size -= len(b)
	b = binary.AppendUvarint(b, uint64(shared))
	b = binary.AppendUvarint(b, uint64(len(o.Key)-shared))
	b = append(b, o.Key[shared:]...)
	b = binary.AppendVarint(b, o.Size)
	class := slices.Index(r.classes, o.StorageClass)
	if class < 0 {
		class = len(r.classes)
		r.classes = append(r.classes, strings.Clone(o.StorageClass))
	}
	if o.Modified.IsZero() {
		b = binary.AppendUvarint(b, uint64(2*class))
	} else {
		seconds := o.Modified.Unix()
		b = binary.AppendUvarint(b, uint64(2*class+1))
		b = binary.AppendVarint(b, seconds-r.seconds)
		b = binary.AppendUvarint(b, uint64(o.Modified.Nanosecond()))
		r.seconds = seconds
	}
	r.chunks[at] = b
	if r.size += len(b); r.size > r.most || len(r.classes) > maxClasses {
		*r = Recording{full: true}
	}
}

const (
	// maxClasses is more storage classes than there are.
	maxClasses = 64
	chunkSize  = 64 << 10
	// maxNumbers is what the six numbers of an object take at most, bytes.
	maxNumbers = 6 * binary.MaxVarintLen64
)

// ErrForgotten is what Replay fails with where there were more objects than a Recording holds.
var ErrForgotten = errors.New("there were more objects than were kept")

// Replay calls fn with the objects, in batches, in the order in which they came. See lister.Source.List.
func (r *Recording) Replay(fn func([]lister.Object) error) error {
	if r.full {
		return ErrForgotten
	}
	var batch []lister.Object
	var last lister.Object
	seconds := int64(0)
	for _, b := range r.chunks {
		for len(b) > 0 {
			b = r.next(b, &last, &seconds)
			if batch = append(batch, last); len(batch) < 1000 {
				continue
			}
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

// next turns the last object into the one that b begins with, and returns the rest.
func (r *Recording) next(b []byte, o *lister.Object, seconds *int64) []byte {
	shared, b := number(b)
	size, b := number(b)
	key := o.Key[:shared] + string(b[:size])
	bytes, b := signed(b[size:])
	class, b := number(b)
	*o = lister.Object{Key: key, Size: bytes, StorageClass: r.classes[class/2]}
	if class%2 == 0 {
		return b
	}
	later, b := signed(b)
	nanos, b := number(b)
	*seconds += later
	o.Modified = time.Unix(*seconds, int64(nanos)).UTC()
	return b
}

func number(b []byte) (uint64, []byte) {
	v, n := binary.Uvarint(b)
	return v, b[n:]
}

func signed(b []byte) (int64, []byte) {
	v, n := binary.Varint(b)
	return v, b[n:]
}
