package probe

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

var errCorrupt = errors.New("a block that its codec cannot have written")

// A sizer tells how large blocks become, and stops with errFull where that comes to more than left, in bytes.
type sizer struct {
	codec   string
	left    int
	scratch []byte
	deflate io.ReadCloser
	done    bool
}

func (s *sizer) size(block []byte) (int64, error) {
	n, err := s.inflate(block)
	if n > int64(s.left) && err == nil {
		return 0, errFull
	}
	s.left -= int(n)
	return n, err
}

func (s *sizer) inflate(block []byte) (int64, error) {
	switch s.codec {
	case "none":
		return int64(len(block)), nil
	case "deflate":
		return s.count(s.inflater(block))
	case "bzip2":
		return s.bzip2(block)
	case "snappy":
		return s.snappy(block)
	case "zstandard":
		out, err := appendZstd(s.buffer(s.left), block)
		return int64(len(out)), err
	case "xz":
		return xzSize(block)
	}
	return 0, errFull
}

// buffer returns one of no bytes and at least that capacity: at most maxSample.
func (s *sizer) buffer(n int) []byte {
	if cap(s.scratch) < n {
		s.scratch = make([]byte, 0, n)
	}
	return s.scratch[:0:n]
}

func (s *sizer) inflater(block []byte) io.Reader {
	if s.deflate == nil {
		s.deflate = flate.NewReader(bytes.NewReader(block))
	} else {
		// The decompressors of compress/flate are Resetters, and Reset does not fail without a dictionary.
		_ = s.deflate.(flate.Resetter).Reset(bytes.NewReader(block), nil)
	}
	return s.deflate
}

// count reads to the end, and keeps nothing.
func (s *sizer) count(r io.Reader) (int64, error) {
	n, err := io.Copy(io.Discard, io.LimitReader(r, int64(s.left)+1))
	if n > int64(s.left) {
		return 0, errFull
	}
	return n, err
}

// bzip2 inflates one block alone, since each takes its work space anew: four bytes for every byte that the header says
// a block of bzip2 may hold, 900 KB by default. The header is made to say 100 KB. Data beyond fails to inflate, and
// tells nothing.
func (s *sizer) bzip2(block []byte) (int64, error) {
	if s.done {
		return 0, errFull
	}
	s.done = true
	if len(block) < 4 || string(block[:3]) != "BZh" {
		return 0, errCorrupt
	}
	small := io.MultiReader(bytes.NewReader([]byte("BZh1")), bytes.NewReader(block[4:]))
	n, err := s.count(bzip2.NewReader(small))
	if err != nil && block[3] > '1' {
		return 0, errFull
	}
	return n, err
}

// snappy holds a block to the checksum that Avro puts behind it.
func (s *sizer) snappy(block []byte) (int64, error) {
	if len(block) < crc32.Size {
		return 0, errCorrupt
	}
	body, sum := block[:len(block)-crc32.Size], block[len(block)-crc32.Size:]
	n, err := snappy.DecodedLen(body)
	if err != nil {
		return 0, err
	}
	if n > s.left {
		return 0, errFull
	}
	out, err := snappy.Decode(s.buffer(n)[:n], body)
	if err == nil && crc32.ChecksumIEEE(out) != binary.BigEndian.Uint32(sum) {
		err = errCorrupt
	}
	return int64(n), err
}

// xzSize sums the sizes that the index of an .xz stream lists: inflating would take the dictionary that its header
// asks for, eight MiB by default. Source: tukaani.org/xz/xz-file-format.txt, 2.1.2 and 4.
func xzSize(stream []byte) (int64, error) {
	const footer = 12
	n := len(stream)
	if n < 2*footer || !bytes.HasPrefix(stream, []byte("\xfd7zXZ\x00")) || !bytes.HasSuffix(stream, []byte("YZ")) {
		return 0, errCorrupt
	}
	length := (int64(binary.LittleEndian.Uint32(stream[n-8:])) + 1) * 4
	if length > int64(n-2*footer) {
		return 0, errCorrupt
	}
	index := stream[n-footer-int(length) : n-footer]
	body, sum := index[:len(index)-crc32.Size], index[len(index)-crc32.Size:]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(sum) || len(body) == 0 || body[0] != 0 {
		return 0, errCorrupt
	}
	body = body[1:]
	records, at := binary.Uvarint(body)
	total := uint64(0)
	for ; records > 0 && at > 0; records-- {
		body = body[at:]
		_, skip := binary.Uvarint(body)
		if skip <= 0 {
			return 0, errCorrupt
		}
		size, n := binary.Uvarint(body[skip:])
		if at = skip + n; n <= 0 || size > math.MaxInt64-total {
			return 0, errCorrupt
		}
		total += size
	}
	if at <= 0 {
		return 0, errCorrupt
	}
	return int64(total), nil
}

// statedSize is how large a block becomes by its own first bytes; length is the block's, where data may end early.
func statedSize(codec string, data []byte, length int64) (int64, bool) {
	switch codec {
	case "none":
		return length, true
	case "snappy":
		n, err := snappy.DecodedLen(data)
		return int64(n), err == nil
	case "zstandard":
		var h zstd.Header
		if h.Decode(data) == nil && h.HasFCS && h.FrameContentSize <= math.MaxInt64 {
			return int64(h.FrameContentSize), true
		}
	}
	return 0, false
}
