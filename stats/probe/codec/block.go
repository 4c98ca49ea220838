package codec

import "encoding/binary"

// The two block decoders are ours because a sample ends in the middle of a block, and the libraries return nothing of a
// block that is not whole; they are compared with the libraries in the tests.

// A blockDecoder appends what the block src inflates to to dst, of which matches reach back to dst[start:], until dst is
// limit bytes long, src ends, or src is broken. It returns how much of src was used, at the end of a whole element, and
// whether the bytes that were there made sense.
type blockDecoder func(dst, src []byte, start, limit int) (out []byte, used int, ok bool)

// lz4Block decodes the LZ4 block format (github.com/lz4/lz4, doc/lz4_Block_format.md).
func lz4Block(dst, src []byte, start, limit int) ([]byte, int, bool) {
	used := 0
	for used < len(src) && len(dst) < limit {
		rest := src[used:]
		token := rest[0]
		literals, at, whole := lz4Length(rest, 1, int(token>>4))
		if !whole {
			return dst, used, true
		}
		if literals > 0 {
			n := min(literals, len(rest)-at, limit-len(dst))
			dst = append(room(dst, n, limit), rest[at:at+n]...)
			if used, at = used+at+n, 0; n < literals {
				return dst, used, true
			}
			rest = src[used:]
		}
		if len(rest) == at {
			return dst, used + at, true // the last sequence has literals only
		}
		if len(rest) < at+2 {
			return dst, used, true
		}
		offset := int(binary.LittleEndian.Uint16(rest[at:]))
		length, at, _ := lz4Length(rest, at+2, int(token&0xf)) // where the length is cut, the match is at least as long
		var ok bool
		if dst, ok = appendMatch(dst, start, offset, length+4, limit); !ok {
			return dst, used, false
		}
		used += at
	}
	return dst, used, true
}

// lz4Length continues a length of 15 with the bytes from at, and returns where they end and whether they do.
func lz4Length(src []byte, at, length int) (int, int, bool) {
	if length < 15 {
		return length, at, true
	}
	for at < len(src) {
		b := src[at]
		at++
		length += int(b)
		if b < 255 {
			return length, at, true
		}
	}
	return length, at, false
}

// snappyBlock decodes the snappy format (github.com/google/snappy, format_description.txt).
func snappyBlock(dst, src []byte, _, limit int) ([]byte, int, bool) {
	size, used := binary.Uvarint(src)
	if used <= 0 || size > 1<<32-1 {
		return dst, 0, used == 0
	}
	start := len(dst)
	whole := limit // a block that inflates to more than it says is broken; one that is cut by the limit is not
	if size < uint64(limit-start) {
		whole = start + int(size)
	}
	for used < len(src) && len(dst) < whole {
		rest := src[used:]
		if rest[0]&3 == 0 {
			length, at := int(rest[0]>>2), 1
			if extra := length - 59; extra > 0 {
				if len(rest) < 1+extra {
					return dst, used, true
				}
				var wide [4]byte
				copy(wide[:], rest[1:1+extra])
				length, at = int(binary.LittleEndian.Uint32(wide[:])), 1+extra
			}
			length++
			if whole < limit && length > whole-len(dst) {
				return dst, used, false
			}
			n := min(length, len(rest)-at, whole-len(dst))
			dst = append(room(dst, n, limit), rest[at:at+n]...)
			if used += at + n; n < length {
				return dst, used, true
			}
			continue
		}
		length, offset, at := snappyCopy(rest)
		if at == 0 {
			return dst, used, true
		}
		if whole < limit && length > whole-len(dst) {
			return dst, used, false
		}
		var ok bool
		if dst, ok = appendMatch(dst, start, offset, length, limit); !ok {
			return dst, used, false
		}
		used += at
	}
	return dst, used, true
}

// snappyCopy reads one copy element; it returns at 0 where the element is cut.
func snappyCopy(src []byte) (length, offset, at int) {
	tag := int(src[0])
	switch {
	case tag&3 == 1 && len(src) >= 2:
		return 4 + tag>>2&7, tag>>5<<8 | int(src[1]), 2
	case tag&3 == 2 && len(src) >= 3:
		return 1 + tag>>2, int(binary.LittleEndian.Uint16(src[1:])), 3
	case tag&3 == 3 && len(src) >= 5:
		return 1 + tag>>2, int(binary.LittleEndian.Uint32(src[1:])), 5
	}
	return 0, 0, 0
}

// appendMatch copies length bytes from offset before the end of dst, which may overlap what it writes, up to limit.
func appendMatch(dst []byte, start, offset, length, limit int) ([]byte, bool) {
	if offset <= 0 || offset > len(dst)-start {
		return dst, false
	}
	n := min(length, limit-len(dst))
	for dst = room(dst, n, limit); n > 0; {
		from := dst[len(dst)-offset:]
		step := min(n, len(from))
		dst = append(dst, from[:step]...)
		n -= step
	}
	return dst, true
}
