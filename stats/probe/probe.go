// Package probe tells what is inside a file from a few of its bytes: format, compression, schema, the blocks that an
// engine can cut it into, and how large it becomes in memory. It reads through io.ReaderAt, a few ranges a file, in
// bounded memory, and it takes every byte for hostile: no length is trusted, and a file that lies is a finding.
//
// Columnar and Avro files tell it themselves; of all others the first bytes are inflated, by what they are and not by what
// the name says, and looked at as text. It decodes no values, follows no reference out of the file, and does not know where
// the bytes come from.
package probe

import (
	"errors"
	"fmt"
	"io"

	"s3layout/stats"
)

// Limits bound what one probe reads, in bytes. A zero field stands for its default.
type Limits struct {
	// End is how much of either end of a file one request reads: 64 KiB.
	End int64
	// Footer is the longest footer that is read: 16 MiB.
	Footer int64
	// Inflated is how much of a compressed file is inflated, to tell what it holds and how much it grows: 256 KiB, which is
	// the most, too, but for a file that is read whole: up to 528 KiB, unless this is set. Of a file that less is inflated of,
	// how much it grows is not told, unless that is all of it.
	Inflated int64
	// Text is how much of the content is looked at as text: 64 KiB, which is the most, too. Where that much leaves doubts, the
	// most is looked at.
	Text int64
	// Requests bounds the calls of ReadAt; 0 is no bound. See Finding.Unread.
	Requests int
	// FromEnd reads the end of a file first, whatever its name promises.
	FromEnd bool
}

const (
	defaultEnd    = 64 << 10
	defaultFooter = 16 << 20
	maxInflated   = 256 << 10
)

func (l Limits) orDefault() Limits {
	if l.End <= 0 {
		l.End = defaultEnd
	}
	if l.Footer <= 0 {
		l.Footer = defaultFooter
	}
	if l.Inflated <= 0 || l.Inflated > maxInflated {
		l.Inflated = maxInflated
	}
	if l.Text <= 0 || l.Text > maxPlain {
		l.Text = maxPlain
	}
	return l
}

// File probes one file of the given size, in bytes; name is the last component of its key. It calls r.ReadAt once for
// a format that is told from its head, and twice at most for one with a footer; one call more where the bytes are not
// what the name promised. Ranges do not overlap.
//
// A malformed, truncated or oversized file is a Finding with a Problem. An error is a failed or short read, and wraps
// that of r.
func File(r io.ReaderAt, size int64, name string, limits Limits) (*Finding, error) {
	named := stats.TypeOf(name)
	f := &file{r: r, size: size, limits: limits.orDefault()}
	out := &Finding{Format: unknown, Compression: unknown, Evidence: EvidenceNone, Named: named.Format}
	if size <= 0 {
		out.Problem = &Problem{Kind: Empty, What: "the file is empty"}
		return out, nil
	}
	format, err := f.recognise(limits.FromEnd || readsFromEnd(named))
	if format != nil {
		out.Format, out.Evidence = format.Name, EvidenceMagic
	}
	if format != nil && err == nil {
		err = format.read(f, out)
	}
	if errors.Is(err, errRequests) {
		out.Unread, err = true, nil
	}
	if err != nil {
		return nil, err
	}
	if format == nil && !out.Unread {
		f.readContent(out)
	}
	out.Mismatch = out.mismatch(named)
	out.Requests, out.BytesRead = f.requests, f.bytesRead
	return out, nil
}

// readsFromEnd reports whether the name promises a format with a footer. In x.parquet.gz the footer is not at the end.
func readsFromEnd(named stats.FileType) bool {
	for _, format := range Formats {
		if format.Name == named.Format {
			return format.Footer && !named.Misread
		}
	}
	return false
}

// A file is what has been read of one: its head and its tail, which are one and the same where the file is short.
type file struct {
	r          io.ReaderAt
	size       int64
	limits     Limits
	head, tail []byte
	requests   int
	bytesRead  int64
}

// recognise reads one end, and the other where that tells nothing or the format found is read from there.
func (f *file) recognise(fromEnd bool) (*Format, error) {
	for _, readEnd := range []bool{fromEnd, !fromEnd} {
		if err := f.readEnd(readEnd); err != nil {
			return nil, err
		}
		for i := range Formats {
			if Formats[i].match(f.head, f.tail) {
				if !Formats[i].Footer || f.tail != nil {
					return &Formats[i], nil
				}
				return &Formats[i], f.readEnd(true)
			}
		}
		if !fromEnd {
			return nil, nil
		}
	}
	return nil, nil
}

func (f *file) readEnd(tail bool) error {
	n := min(f.size, f.limits.End)
	switch {
	case tail && f.tail == nil:
		// Bytes of the head that the tail would repeat are not asked for twice.
		have := int64(len(f.head))
		if f.size-n >= have {
			b, err := f.read(f.size-n, n)
			f.tail = b
			return err
		}
		b, err := f.read(have, f.size-have)
		f.tail = append(f.head[f.size-n:have:have], b...)
		return err
	case !tail && f.head == nil:
		have := int64(len(f.tail))
		if n = min(n, f.size-have); n > 0 {
			b, err := f.read(0, n)
			f.head = b
			return err
		}
	}
	return nil
}

// errRequests is why a read was not made.
var errRequests = errors.New("Limits.Requests is used up")

// read asks for n bytes at an offset, one request.
func (f *file) read(offset, n int64) ([]byte, error) {
	if f.limits.Requests > 0 && f.requests >= f.limits.Requests {
		return nil, errRequests
	}
	b := make([]byte, n)
	f.requests++
	got, err := f.r.ReadAt(b, offset)
	f.bytesRead += int64(got)
	if got < len(b) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read %d bytes at %d of %d: %w", n, offset, f.size, err)
	}
	if offset == 0 && n == f.size {
		f.head, f.tail = b, b
	}
	return b, nil
}

// beforeEnd returns the n bytes that end where the last skip bytes begin, and reads what the tail lacks of them.
func (f *file) beforeEnd(skip, n int64) ([]byte, error) {
	have := int64(len(f.tail))
	if skip+n <= have {
		return f.tail[have-skip-n : have-skip], nil
	}
	front, err := f.read(f.size-skip-n, skip+n-have)
	if err != nil {
		return nil, err
	}
	return append(front, f.tail[:have-skip]...), nil
}

// HasFooter reports whether a name of that type promises a format that is read from its end.
func HasFooter(named stats.FileType) bool { return readsFromEnd(named) }
