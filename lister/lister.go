// Package lister says what a listing is: objects, where they come from, and which of them a pattern leaves out.
//
// A [Source] delivers an [Object] for each key, in batches of any size and in any order, to one function on one goroutine. Sizes
// are bytes, times are what the storage says, keys are any bytes below the target. Its error says how much of the target
// there is: nil is all of it, an [*IncompleteError] names the ranges of keys that are missing, anything else means that
// nothing could be listed. What a source can do beyond that (read objects, count its requests, go on where it stopped) are
// the optional interfaces [Reader], [Meter], [Warner] and [Resumer].
//
// A [Glob] is a pattern as AWS Glue takes it for exclusions.
//
// It knows no storage. The sources live below it (s3, file), each in a room of its own, so that whoever measures a
// listing gets no AWS code. It keeps no keys and decides nothing about what an engine would read: that is stats.
package lister

import (
	"context"
	"errors"
	"time"
)

// Object is one key as a listing shows it.
type Object struct {
	// Key is the object's key below the target, '/'-separated: for the target s3://b/data/ the object s3://b/data/x=1/f
	// has the key "x=1/f", and the folder marker s3://b/data/ itself has the key "". Any bytes may occur in it.
	Key string
	// Size is in bytes, never negative.
	Size int64
	// Modified is when the object was last written; the zero time where the source does not say.
	Modified time.Time
	// StorageClass is the class as S3 spells it, for example "GLACIER"; "" means STANDARD.
	StorageClass string
}

// A Source lists one target.
type Source interface {
	// List calls fn with every object of the target, each exactly once, in batches of any size and in any order.
	//
	// fn runs on the goroutine that called List, never concurrently. The slice belongs to the source and is used
	// again after fn returns; the strings in it may be kept, but keep their whole page alive: clone what is kept long.
	// An error from fn ends the listing and is returned.
	//
	// List returns nil only when everything was delivered. When a part is missing it delivers what it can and returns
	// an *IncompleteError that names the missing ranges. When nothing could be listed at all, it returns another error.
	// When ctx ends it returns within a second, with an error for which errors.Is(err, context.Cause(ctx)) holds.
	List(ctx context.Context, fn func([]Object) error) error
}

// A Reader is a Source whose objects can be read. It may be called from many goroutines, during List and after.
type Reader interface {
	// ReadRange fills p with the bytes of an object from offset off on, and returns how many there were; fewer than
	// len(p) only with an error. key is as in Object.Key.
	//
	// The error wraps fs.ErrNotExist where there is no such object, fs.ErrPermission where it may not be read,
	// ErrArchived where it must be restored before, and io.ErrUnexpectedEOF where the object ends before p does: then, and
	// only then, what was read is all that there is. It names the key.
	ReadRange(ctx context.Context, key string, p []byte, off int64) (int, error)
}

// ErrArchived is why an object in an archive cannot be read: it must be restored first.
var ErrArchived = errors.New("the object is archived")

// A Meter is a Source that can say, at any time and from any goroutine, what the listing has cost so far.
type Meter interface {
	Usage() Usage
}

// Usage is what a listing has cost so far. All are counts since List was called.
type Usage struct {
	Requests  int64 // sent to the server, retries and reads included
	Gets      int64 // of these, requests that read an object
	BytesRead int64 // of objects
	Retries   int64 // requests that repeated one that had failed
	Throttled int64 // answers that asked to slow down (503 SlowDown, 429)
	InFlight  int64 // requests under way now
	Jumps     int64 // directories that were jumped over, since nothing in them was wanted
}

// A Warner is a Source that can say what List noticed: facts about the target, not failures.
type Warner interface {
	Warnings() []Warning
}

// Warning is one such fact.
type Warning struct {
	Code    string
	Message string
	Objects int64 // concerned, 0 where that is not known
}
