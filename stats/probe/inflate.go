package probe

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"errors"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

var (
	errFull        = errors.New("it inflates to more than is let in")
	errUnsupported = errors.New("its codec is not read here")
)

// appendInflated appends what one block of a codec holds, bare, to the spare capacity of dst: never to more. A block
// that holds more is errFull where its codec can tell.
func appendInflated(dst []byte, codec string, block []byte) ([]byte, error) {
	spare := dst[len(dst):cap(dst)]
	switch codec {
	case "none":
		if len(block) > len(spare) {
			return dst, errFull
		}
		return append(dst, block...), nil
	case "zlib", "deflate": // in both formats without zlib's header
		return appendStream(dst, flate.NewReader(bytes.NewReader(block)))
	case "bzip2":
		return appendStream(dst, bzip2.NewReader(bytes.NewReader(block)))
	case "snappy":
		n, err := snappy.DecodedLen(block)
		if err != nil {
			return dst, err
		}
		if n > len(spare) {
			return dst, errFull
		}
		_, err = snappy.Decode(spare, block)
		return dst[:len(dst)+n], err
	case "lz4":
		n, err := lz4.UncompressBlock(block, spare)
		if err != nil {
			return dst, err
		}
		return dst[:len(dst)+n], nil
	case "zstd", "zstandard":
		return appendZstd(dst, block)
	}
	return dst, errUnsupported
}

func appendStream(dst []byte, r io.Reader) ([]byte, error) {
	for len(dst) < cap(dst) {
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if err == io.EOF {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
	var one [1]byte
	switch n, err := io.ReadFull(r, one[:]); {
	case n > 0:
		return dst, errFull
	case err != io.EOF:
		return dst, err
	}
	return dst, nil
}

// appendZstd decodes into dst itself, which serves as the window: none is allocated, whatever the frame claims.
func appendZstd(dst []byte, block []byte) ([]byte, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return dst, err
	}
	defer decoder.Close()
	out, err := decoder.DecodeAll(block, dst)
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return out, errFull
	}
	return out, err
}
