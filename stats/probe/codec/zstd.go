package codec

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	zstdMagic    = "\x28\xb5\x2f\xfd"
	zstdMaxBlock = 128 << 10
	zstdInflated = 5 * zstdMaxBlock // of MaxInflated: the decoder takes a larger buffer before it refuses a block too many
	zstdMost     = 1024             // blocks of a frame that are looked at: a sample of 64 KiB needs no more
	zstdWindow   = 10 << 3          // the descriptor of a window of 1 MiB
)

var (
	errDictionary = errors.New("a dictionary is needed")
	errReserved   = errors.New("a reserved bit is set")
	errNoMagic    = errors.New("no frame begins here")
)

// A zstdFrame is a frame as far as head shows it. Source: RFC 8878, section 3.1.1.
type zstdFrame struct {
	window byte
	header int    // bytes before the blocks
	blocks []byte // whole ones only
	ends   []int  // of each block in blocks
	most   []int  // what the blocks up to each inflate to, at most
	least  []int  // and at least
	size   int    // of all the frame; 0 where head ends first
}

// inflateZstd decodes the whole blocks of each frame behind a frame header of our own: without the size of the content, of
// which a sample holds a part, and with a window of 1 MiB at most, where the file may claim 3.75 TiB. As less than that
// comes out, no match reaches back further.
func inflateZstd(head []byte, limit int) (inflated, error) {
	limit = min(max(limit, zstdMaxBlock), zstdInflated)
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(MaxInflated), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return inflated{}, err
	}
	defer decoder.Close()
	out := inflated{truncated: true}
	for out.consumed < len(head) {
		rest := head[out.consumed:]
		if isSkippable(rest) {
			if len(rest) < 8 || uint64(binary.LittleEndian.Uint32(rest[4:]))+8 > uint64(len(rest)) {
				return out, nil
			}
			out.consumed += 8 + int(binary.LittleEndian.Uint32(rest[4:]))
			continue
		}
		frame, err := parseZstd(rest)
		if isCut(err) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		used, err := out.addZstd(decoder, frame, limit)
		if used > 0 && (used < len(frame.ends) || frame.size == 0) {
			out.consumed += frame.header + frame.ends[used-1]
		}
		if err != nil || used < len(frame.ends) || frame.size == 0 {
			return out, err
		}
		out.consumed += frame.size
	}
	out.truncated = false
	return out, nil
}

// addZstd appends what the first used blocks of frame inflate to: all, or as many as fit. The decoder does not say where
// it stopped, so that it gets as many as must fit, whatever they hold, then twice as many until some do not.
func (out *inflated) addZstd(decoder *zstd.Decoder, frame zstdFrame, limit int) (used int, err error) {
	n := 0
	for n < len(frame.most) && frame.most[n] <= limit-len(out.plain) {
		n++
	}
	if n == 0 {
		return 0, nil
	}
	if size := len(out.plain) + frame.most[n-1]; cap(out.plain) < size {
		if size < limit && (len(out.plain) > 0 || n < len(frame.ends)) {
			size = limit // once, and not again for each frame or try
		}
		out.plain = append(make([]byte, 0, size), out.plain...)
	}
	start, scratch := out.plain, make([]byte, 0, 6+len(frame.blocks))
	for {
		scratch = append(append(scratch[:0], zstdMagic...), 0, frame.window)
		scratch = append(scratch, frame.blocks[:frame.ends[n-1]]...)
		last := 0
		if n > 1 {
			last = frame.ends[n-2]
		}
		scratch[6+last] |= 1
		plain, err := decoder.DecodeAll(scratch, start[:len(start):min(limit, cap(start))])
		if err != nil {
			if used > 0 && errors.Is(err, zstd.ErrDecoderSizeExceeded) {
				err = nil
			}
			return used, err
		}
		out.plain, used = plain, n
		if n == len(frame.ends) {
			return used, nil
		}
		for n = min(2*n, len(frame.ends)); n > used && frame.least[n-1] > limit-len(start); {
			n--
		}
		if n == used {
			return used, nil
		}
	}
}

// parseZstd reads a frame's header and finds its blocks. It returns io.ErrUnexpectedEOF where head ends in the header.
func parseZstd(head []byte) (zstdFrame, error) {
	const single, reserved, checksum = 1 << 5, 1 << 3, 1 << 2
	if len(head) < 6 {
		return zstdFrame{}, io.ErrUnexpectedEOF
	}
	flags := head[4]
	if string(head[:4]) != zstdMagic {
		return zstdFrame{}, errNoMagic
	}
	if flags&reserved != 0 {
		return zstdFrame{}, errReserved
	}
	if flags&3 != 0 {
		return zstdFrame{}, errDictionary
	}
	f := zstdFrame{window: zstdWindow, header: 5 + []int{0, 2, 4, 8}[flags>>6]}
	block := zstdMaxBlock
	if flags&single == 0 {
		f.header++
		f.window = min(head[5], zstdWindow)
		block = min(block, 1<<(10+f.window>>3)+1<<(7+f.window>>3)*int(f.window&7))
	} else if flags>>6 == 0 {
		f.header++
	}
	if len(head) < f.header {
		return zstdFrame{}, io.ErrUnexpectedEOF
	}
	return f, f.findBlocks(head, block, flags&checksum != 0)
}

func (f *zstdFrame) findBlocks(head []byte, largest int, checksum bool) error {
	const raw, rle, compressed = 0, 1, 2
	body, at, most, least := head[f.header:], 0, 0, 0
	for at+3 <= len(body) && len(f.ends) < zstdMost {
		header := int(body[at]) | int(body[at+1])<<8 | int(body[at+2])<<16
		size, inflates, surely := header>>3, header>>3, header>>3
		switch header >> 1 & 3 {
		case rle:
			size = 1
		case compressed:
			inflates, surely = largest, 0
		case raw:
		default:
			return errReserved
		}
		if header>>3 > zstdMaxBlock {
			return zstd.ErrCompressedSizeTooBig
		}
		if at+3+size > len(body) {
			break
		}
		at, most, least = at+3+size, most+inflates, least+surely
		f.ends, f.most, f.least = append(f.ends, at), append(f.most, most), append(f.least, least)
		if header&1 == 0 {
			continue
		}
		if checksum {
			at += 4
		}
		if at <= len(body) {
			f.size = f.header + at
		}
		break
	}
	if len(f.ends) > 0 {
		f.blocks = body[:f.ends[len(f.ends)-1]]
	}
	return nil
}
