package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// The decoder of xz keeps a window beside what it hands out, so that the two share the bound.
const xzInflated = MaxInflated / 2

// errFilter is returned for filters other than LZMA2 (delta, and those for executables) and for unusual properties.
var errFilter = errors.New("a filter that is not read here")

// inflateXZ walks streams and blocks itself, and leaves LZMA2 to the library: the window that a block claims, up to 4 GiB,
// is made no larger than what may come out. Checksums are not looked at. Source: the .xz file format 1.2.1.
func inflateXZ(head []byte, limit int) (inflated, error) {
	limit = min(limit, xzInflated)
	out := inflated{plain: buffer(len(head), limit), truncated: true}
	inStream, checkSize, windows := false, 0, 0
	for {
		rest := head[out.consumed:]
		switch {
		case len(rest) == 0 && !inStream:
			out.truncated = false
			return out, nil
		case len(rest) < 12:
			return out, nil
		case !inStream && binary.LittleEndian.Uint32(rest) == 0:
			out.consumed += 4 // padding between streams
			continue
		case !inStream:
			if string(rest[:6]) != "\xfd7zXZ\x00" || rest[6] != 0 || rest[7] > 15 {
				return out, errNoMagic
			}
			inStream, checkSize = true, []int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}[rest[7]]
			out.consumed += 12
			continue
		case rest[0] == 0:
			size, err := xzIndex(rest)
			if err != nil || size == 0 {
				return out, err
			}
			inStream = false
			out.consumed += size
			continue
		}
		if len(out.plain) == limit || windows > 2*limit {
			return out, nil // thousands of blocks that each claim a window cost no more than one
		}
		size, err := out.addXZ(rest, checkSize, limit, &windows)
		if err != nil || size == 0 {
			return out, err
		}
		out.consumed += size
	}
}

// xzIndex returns the size of the index and the stream's footer, 0 where head ends first.
func xzIndex(index []byte) (int, error) {
	records, n := binary.Uvarint(index[1:])
	if n < 0 {
		return 0, errLength
	}
	at := 1 + n
	for i := uint64(0); i < 2*records && n > 0; i++ {
		if _, n = binary.Uvarint(index[at:]); n < 0 {
			return 0, errLength
		}
		at += n
	}
	const padding, checksum, footer = 3, 4, 12
	if at = (at+padding)&^padding + checksum + footer; n == 0 || at > len(index) {
		return 0, nil
	}
	return at, nil
}

// addXZ appends what a block inflates to and returns its size, 0 where head or the limit ends first; then consumed has
// moved on as far as whole chunks go.
func (out *inflated) addXZ(block []byte, checkSize, limit int, windows *int) (int, error) {
	header := 4 * (int(block[0]) + 1)
	if len(block) < header {
		return 0, nil
	}
	window, err := xzWindow(block[:header])
	if err != nil {
		return 0, err
	}
	window = max(min(window, limit-len(out.plain), lzma2Most(block[header:])), lzma.MinDictCap)
	*windows += window
	in := bytes.NewReader(block[header:])
	r, err := lzma.Reader2Config{DictCap: window}.NewReader2(in)
	if err != nil {
		return 0, err
	}
	got, err := drain(r, in, out.plain, limit)
	out.plain = got.plain
	if err != nil || got.truncated {
		if got.consumed > 0 {
			out.consumed += header + got.consumed
		}
		return 0, err
	}
	const padding = 3
	size := header + (got.consumed+padding)&^padding + checkSize
	if size > len(block) {
		out.consumed += len(block)
		return 0, nil
	}
	return size, nil
}

// xzWindow reads the size of LZMA2's dictionary from a block's header.
func xzWindow(header []byte) (int, error) {
	const filters, packed, unpacked, lzma2 = 3, 0x40, 0x80, 0x21
	flags, at := header[1], 2
	for _, flag := range []byte{packed, unpacked} {
		if flags&flag != 0 {
			_, n := binary.Uvarint(header[at:])
			if n <= 0 {
				return 0, errLength
			}
			at += n
		}
	}
	if flags&filters != 0 || len(header) < at+3+4 || header[at] != lzma2 || header[at+1] != 1 {
		return 0, errFilter
	}
	bits := int(header[at+2])
	if bits > 40 {
		return 0, errLength
	}
	return int(min(uint64(2|bits&1)<<(bits/2+11), MaxInflated)), nil
}

// lzma2Most adds up what the chunks that begin in body say they inflate to.
func lzma2Most(body []byte) int {
	const end, lzma, newProperties = 0, 0x80, 0xc0
	most := 0
	for len(body) >= 6 && body[0] != end {
		control := body[0]
		plain := int(binary.BigEndian.Uint16(body[1:])) + 1
		size := 3 + plain
		if control >= lzma {
			plain += int(control&0x1f) << 16
			size = 5 + int(binary.BigEndian.Uint16(body[3:])) + 1
		}
		if control >= newProperties {
			size++
		}
		most += plain
		body = body[min(size, len(body)):]
	}
	return most + len(body)
}

// inflateLZMA decodes lzma alone. Its decoder hands out nothing of what comes after the last full window.
func inflateLZMA(head []byte, limit int) (inflated, error) {
	const header, windowAt = 13, 1
	limit = min(limit, xzInflated)
	if len(head) <= header {
		return inflated{truncated: true}, nil
	}
	if literal, low := head[0]%9, head[0]/9%5; head[0] >= 9*5*5 || literal+low > 4 {
		return inflated{truncated: true}, errFilter // tables of megabytes, which no preset asks for
	}
	head = bytes.Clone(head)
	window := min(binary.LittleEndian.Uint32(head[windowAt:]), uint32(limit))
	binary.LittleEndian.PutUint32(head[windowAt:], max(window, lzma.MinDictCap))
	return inflateStream(head, limit, func(r *bytes.Reader) (io.Reader, error) { return lzma.NewReader(r) })
}
