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

const (
	// maxBlock is how many bytes a block may inflate to, and maxGrowth how many times its own size beyond 1 MiB: that bounds
	// time. pyiceberg writes a manifest as one block, and manifests inflate to some twenty times their size.
	maxBlock  = 256 << 20
	maxGrowth = 256
	// zstdWindow is how far back a match may reach, which is held in memory: that of zstd's levels up to 19.
	zstdWindow = 8 << 20
)

// An inflater opens blocks, and uses its buffers again.
type inflater struct {
	codec  string
	buf    []byte
	window []byte
	flate  io.ReadCloser
	zstd   *zstd.Decoder
}

// close gives back what the codecs hold.
func (i *inflater) close() {
	if i.zstd != nil {
		i.zstd.Close()
	}
}

// open returns a decoder of what a block holds, good until the next is opened. Deflate and zstd are inflated through a window,
// whatever the block holds in all; of snappy, which grows 22-fold at most, the block is held whole.
func (i *inflater) open(block []byte) (*decoder, error) {
	switch i.codec {
	case "", "null":
		return memory(block), nil
	case "deflate":
		if i.flate == nil {
			i.flate = flate.NewReader(bytes.NewReader(block))
		} else if err := i.flate.(flate.Resetter).Reset(bytes.NewReader(block), nil); err != nil {
			return nil, err
		}
		return i.through(block, i.flate), nil
	case "snappy":
		if err := i.snappy(block); err != nil {
			return nil, fmt.Errorf("%w: a block that does not inflate as snappy: %v", ErrMalformed, err)
		}
		return memory(i.buf), nil
	case "zstandard":
		var err error
		if i.zstd == nil {
			i.zstd, err = zstd.NewReader(bytes.NewReader(block), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		} else {
			err = i.zstd.Reset(bytes.NewReader(block))
		}
		if err != nil {
			return nil, fmt.Errorf("%w: a block that does not inflate as zstandard: %v", ErrMalformed, err)
		}
		return i.through(block, i.zstd), nil
	}
	return nil, fmt.Errorf("%w: the codec %.40q", ErrUnsupported, i.codec)
}

func (i *inflater) through(block []byte, r io.Reader) *decoder {
	if i.window == nil {
		i.window = make([]byte, firstWindow)
	}
	most := min(maxBlock, 1<<20+maxGrowth*int64(len(block)))
	return &decoder{more: r, window: i.window, b: i.window[:0], steps: stepsPerByte, most: most}
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
