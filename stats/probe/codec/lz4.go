package codec

import (
	"encoding/binary"
	"errors"
)

var (
	errBlock  = errors.New("a block breaks the format's rules")
	errLength = errors.New("a length is out of range")
)

// lz4Window is how far an LZ4 match reaches back.
const lz4Window = 64 << 10

// inflateLZ4 walks frames, legacy frames among them. Source: github.com/lz4/lz4, doc/lz4_Frame_format.md.
func inflateLZ4(head []byte, limit int) (inflated, error) {
	out := inflated{plain: buffer(len(head), limit), truncated: true}
	for {
		rest := head[out.consumed:]
		if len(rest) == 0 {
			out.truncated = false
			return out, nil
		}
		var size int
		var err error
		switch {
		case len(rest) < 8:
			return out, nil
		case isSkippable(rest):
			if uint64(binary.LittleEndian.Uint32(rest[4:]))+8 > uint64(len(rest)) {
				return out, nil
			}
			size = 8 + int(binary.LittleEndian.Uint32(rest[4:]))
		case binary.LittleEndian.Uint32(rest) == 0x184c2102:
			size, err = out.addLZ4(rest, 4, lz4Frame{independent: true, legacy: true}, limit)
		case binary.LittleEndian.Uint32(rest) == 0x184d2204:
			size, err = out.addLZ4Frame(rest, limit)
		default:
			err = errNoMagic
		}
		if err != nil || size == 0 {
			return out, err
		}
		out.consumed += size
	}
}

type lz4Frame struct {
	independent, checksums, checksum, legacy bool
}

// addLZ4Frame and addLZ4 return the frame's size where all of it was inflated, and else 0 with consumed moved on.
func (out *inflated) addLZ4Frame(frame []byte, limit int) (int, error) {
	const version, reserved = 1, 2
	flags := frame[4]
	header := 7
	if flags&8 != 0 {
		header += 8 // the content's size
	}
	if flags&1 != 0 {
		return 0, errDictionary
	}
	if flags>>6 != version || flags&reserved != 0 {
		return 0, errReserved
	}
	if len(frame) < header {
		return 0, nil
	}
	return out.addLZ4(frame, header, lz4Frame{independent: flags&32 != 0, checksums: flags&16 != 0, checksum: flags&4 != 0}, limit)
}

func (out *inflated) addLZ4(frame []byte, at int, f lz4Frame, limit int) (int, error) {
	const stored = 1 << 31
	start := len(out.plain)
	for at+4 <= len(frame) {
		size := binary.LittleEndian.Uint32(frame[at:])
		if size == 0 && !f.legacy {
			if f.checksum {
				at += 4
			}
			if at+4 > len(frame) {
				break
			}
			return at + 4, nil
		}
		if f.legacy && isLZ4Magic(size) {
			return at, nil
		}
		plain := size&stored != 0 && !f.legacy
		if size &^= stored; size > 8<<20+8<<20/255+16 {
			return 0, errLength
		}
		if len(out.plain) == limit {
			break
		}
		block, short := cut(frame[at+4:], int(size))
		short = !short && len(block) < int(size)
		if f.independent {
			start = len(out.plain)
		}
		used, err := out.addBlock(block, max(start, len(out.plain)-lz4Window), limit, plain, short)
		if err != nil {
			return 0, err
		}
		if used < len(block) || short {
			out.consumed += at + 4 + used
			return 0, nil
		}
		at += 4 + len(block)
		if f.checksums {
			at += 4
		}
	}
	if f.legacy && at == len(frame) {
		return at, nil
	}
	out.consumed += min(at, len(frame))
	return 0, nil
}

func isLZ4Magic(word uint32) bool {
	return word == 0x184c2102 || word == 0x184d2204 || word&^0xf == 0x184d2a50
}

// addBlock appends what an LZ4 block inflates to, with matches back to start, or the block itself where it is stored. A
// block that is not short is used whole, but for the limit.
func (out *inflated) addBlock(block []byte, start, limit int, stored, short bool) (int, error) {
	if stored {
		n := min(len(block), limit-len(out.plain))
		out.plain = append(room(out.plain, n, limit), block[:n]...)
		return n, nil
	}
	plain, used, ok := lz4Block(out.plain, block, start, limit)
	out.plain = plain
	if !ok || !short && used < len(block) && len(plain) < limit {
		return used, errBlock
	}
	return used, nil
}
