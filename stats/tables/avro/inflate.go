package avro

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// maxBlock is how many bytes a block may inflate to: pyiceberg writes a manifest as one block.
const maxBlock = 64 << 20

// An inflater inflates blocks into a buffer that it uses again.
type inflater struct {
	codec string
	buf   []byte
}

func (i *inflater) inflate(block []byte) ([]byte, error) {
	var err error
	switch i.codec {
	case "", "null":
		return block, nil
	case "deflate":
		i.buf, err = readAll(i.buf[:0], flate.NewReader(bytes.NewReader(block)))
	case "snappy":
		err = i.snappy(block)
	case "zstandard":
		err = i.zstd(block)
	default:
		return nil, fmt.Errorf("%w: the codec %.40q", ErrUnsupported, i.codec)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: a block that does not inflate as %s: %v", ErrMalformed, i.codec, err)
	}
	return i.buf, nil
}

// snappy inflates a block that ends in the CRC-32 of what it holds.
func (i *inflater) snappy(block []byte) error {
	if len(block) < crc32.Size {
		return io.ErrUnexpectedEOF
	}
	body, sum := block[:len(block)-crc32.Size], block[len(block)-crc32.Size:]
	n, err := snappy.DecodedLen(body)
	// An element of three bytes copies at most 64.
	if err != nil || n > min(maxBlock, 64+22*len(body)) {
		return fmt.Errorf("it claims %d bytes (%v)", n, err)
	}
	if i.buf, err = snappy.Decode(i.buf[:cap(i.buf)], body); err != nil {
		return err
	}
	if crc32.ChecksumIEEE(i.buf) != binary.BigEndian.Uint32(sum) {
		return fmt.Errorf("its checksum differs")
	}
	return nil
}

func (i *inflater) zstd(block []byte) error {
	r, err := zstd.NewReader(bytes.NewReader(block), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		return err
	}
	defer r.Close()
	i.buf, err = readAll(i.buf[:0], r)
	return err
}

// readAll appends what r holds, at most maxBlock bytes.
func readAll(dst []byte, r io.Reader) ([]byte, error) {
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		switch {
		case err == io.EOF:
			return dst, nil
		case err != nil:
			return dst, err
		case len(dst) > maxBlock:
			return dst, fmt.Errorf("more than %d bytes", maxBlock)
		}
	}
}
