package codec

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// The bounds that no limit lifts. What is read and what comes out are bounded in bytes, and so time is: no codec here
// spends more than a few microseconds a byte of either.
const (
	MaxCompressed = 64 << 10
	MaxInflated   = 1 << 20
)

// ErrUnsupported is returned for bytes whose codec is known and cannot be inflated here: LZO, Brotli, an encrypted archive.
var ErrUnsupported = errors.New("not inflated by this program")

// ErrCorrupt is wrapped by the errors about bytes that break the rules of their codec.
var ErrCorrupt = errors.New("corrupt")

// Limits bounds Inflate. Zero, negative and larger values stand for MaxCompressed and MaxInflated. Zstd inflates to 640 KiB,
// xz and lzma to 512 KiB at most, for what their decoders need beside.
type Limits struct {
	Compressed, Inflated int
}

// Inflate decompresses the beginning of a file. Head may be cut anywhere: a sample of a longer file.
//
// Plain is what the first consumed bytes of head inflate to, so that len(plain)/consumed is the file's expansion as far as
// it was seen. Some codecs come in units that cannot be cut, and count whole ones only: a bzip2 or a zstd block, a chunk of
// xz; where head ends in the first of them, plain is empty and consumed says nothing. A first unit that inflates to more
// than the limit is cut, and its expansion is then a lower bound.
//
// Truncated says that the stream goes on: head or the limit ended first. Members, frames and streams that follow each other
// are inflated as one; of a zip archive the first file with content is. None returns head itself.
//
// An error wraps ErrCorrupt or is ErrUnsupported; plain and consumed tell what came before it.
func Inflate(head []byte, codec Codec, limits Limits) (plain []byte, consumed int, truncated bool, err error) {
	head, rest := cut(head, bound(limits.Compressed, MaxCompressed))
	limit := bound(limits.Inflated, MaxInflated)
	var in inflated
	switch codec {
	case None:
		plain, more := cut(head, limit)
		return plain, len(plain), rest || more, nil
	case Gzip, BGZF:
		in, err = inflateStream(head, limit, func(r *bytes.Reader) (io.Reader, error) { return gzip.NewReader(r) })
	case Zlib:
		in, err = inflateStream(head, limit, func(r *bytes.Reader) (io.Reader, error) { return zlib.NewReader(r) })
	case Bzip2:
		in, err = inflateBzip2(head, limit)
	case Zstd:
		in, err = inflateZstd(head, limit)
	case LZ4:
		in, err = inflateLZ4(head, limit)
	case Snappy:
		in, err = inflateSnappy(head, limit)
	case HadoopLZ4:
		in, err = inflateHadoop(head, limit, lz4Block)
	case HadoopSnappy:
		in, err = inflateHadoop(head, limit, snappyBlock)
	case XZ:
		in, err = inflateXZ(head, limit)
	case LZMA:
		in, err = inflateLZMA(head, limit)
	case Zip:
		in, err = inflateZip(head, limit)
	default:
		return nil, 0, true, ErrUnsupported
	}
	if err != nil && err != ErrUnsupported {
		err = fmt.Errorf("inflate %s: %w: %v", codec, ErrCorrupt, err)
	}
	return in.plain, in.consumed, in.truncated || rest, err
}

func bound(n, most int) int {
	if n <= 0 {
		return most
	}
	return min(n, most)
}

func cut(b []byte, n int) ([]byte, bool) {
	if len(b) > n {
		return b[:n:n], true
	}
	return b, false
}

type inflated struct {
	plain     []byte
	consumed  int
	truncated bool
}

// buffer returns room for what size bytes usually inflate to, so that a small file costs little; or for all, where that
// takes little more.
func buffer(size, limit int) []byte {
	const usual = 16
	if usual*size > limit/4 {
		return make([]byte, 0, limit)
	}
	return make([]byte, 0, usual*size+64)
}

// room makes place for n more bytes in b, up to limit. Going to the limit at once, instead of doubling, bounds what is
// allocated in all.
func room(b []byte, n, limit int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	return append(make([]byte, 0, max(limit, len(b)+n)), b...)
}

func inflateStream(head []byte, limit int, open func(*bytes.Reader) (io.Reader, error)) (inflated, error) {
	in := bytes.NewReader(head)
	r, err := open(in)
	if isCut(err) {
		return inflated{truncated: true}, nil
	}
	if err != nil {
		return inflated{}, err
	}
	return drain(r, in, buffer(len(head), limit), limit)
}

func isCut(err error) bool {
	return err == io.EOF || err == io.ErrUnexpectedEOF
}

// drain appends what r yields to plain until r's end, an error or plain being limit bytes long. R takes its input byte by
// byte from in, and only when it has nothing left to hand out, so that the two agree whenever the position of in changes.
func drain(r io.Reader, in *bytes.Reader, plain []byte, limit int) (inflated, error) {
	start, size := len(plain), int(in.Size())
	agreed, consumed := start, 0 // plain[:agreed] came from the first consumed bytes of in
	for len(plain) < limit {
		before := size - in.Len()
		plain = room(plain, 1, limit)
		n, err := r.Read(plain[len(plain):min(cap(plain), limit)])
		at := size - in.Len()
		if n > 0 && at != before {
			agreed, consumed = len(plain), before
		}
		plain = plain[:len(plain)+n]
		if err == io.EOF {
			return inflated{plain: plain, consumed: at}, nil
		}
		if err != nil {
			if n == 0 {
				at = before
			}
			if isCut(err) {
				err = nil
			}
			return inflated{plain: plain, consumed: at, truncated: true}, err
		}
	}
	at := size - in.Len()
	var one [1]byte
	n, err := r.Read(one[:])
	if n == 0 && err == io.EOF {
		return inflated{plain: plain, consumed: size - in.Len()}, nil
	}
	if n > 0 && size-in.Len() == at && agreed > start {
		plain, at = plain[:agreed], consumed // the limit cut the last unit, and the ones before it are whole
	}
	return inflated{plain: plain, consumed: at, truncated: true}, nil
}

// inflateBzip2 takes the level in the header for what it is, a claim: the decoder allocates 400 KB for each, and few blocks
// fill theirs. A block of more than 100,000 bytes is tried again as the header has it: 3.6 MB at level 9.
//
// Note: a block that head cuts says nothing. Its Huffman codes could be counted, but they come sorted by what follows each
// byte, the regular parts together: 64 KiB of a file of JSON lines that expands 9.4 times gave 5.7, and 4 KiB of it 23.
func inflateBzip2(head []byte, limit int) (inflated, error) {
	if len(head) < 4 {
		return inflated{truncated: true}, nil
	}
	const level = 3
	small := bytes.Clone(head)
	small[level] = '1'
	in := bytes.NewReader(small)
	out, err := drain(bzip2.NewReader(in), in, buffer(len(head), limit), limit)
	if err != nil && head[level] != '1' {
		in = bytes.NewReader(head)
		out, err = drain(bzip2.NewReader(in), in, out.plain[:0], limit)
	}
	return out, err
}

// openDeflate reads the raw deflate stream that a zip entry is.
func openDeflate(r *bytes.Reader) (io.Reader, error) {
	return flate.NewReader(r), nil
}
