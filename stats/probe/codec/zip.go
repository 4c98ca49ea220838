package codec

import "encoding/binary"

// inflateZip inflates the first file with content of an archive, from its local header: a sample has no central directory.
// Consumed counts that file alone. Source: APPNOTE.TXT 6.3.10, section 4.3.7.
func inflateZip(head []byte, limit int) (inflated, error) {
	const header, encrypted, descriptor, stored, deflate = 30, 1, 8, 0, 8
	at := 0
	for {
		rest := head[at:]
		if len(rest) < 4 {
			return inflated{truncated: true}, nil
		}
		if string(rest[:4]) != "PK\x03\x04" {
			return inflated{consumed: len(head)}, nil // the directory: no file has content
		}
		if len(rest) < header {
			return inflated{truncated: true}, nil
		}
		flags, method := binary.LittleEndian.Uint16(rest[6:]), binary.LittleEndian.Uint16(rest[8:])
		size := int64(binary.LittleEndian.Uint32(rest[18:]))
		start := header + int(binary.LittleEndian.Uint16(rest[26:])) + int(binary.LittleEndian.Uint16(rest[28:]))
		if start >= len(rest) {
			return inflated{truncated: true}, nil
		}
		if flags&descriptor == 0 && size == 0 {
			at += start // a folder, or an empty file
			continue
		}
		if flags&encrypted != 0 || method != deflate && (method != stored || flags&descriptor != 0) {
			return inflated{truncated: true}, ErrUnsupported
		}
		body := rest[start:]
		if flags&descriptor == 0 && size < int64(len(body)) {
			body = body[:size]
		}
		if method == stored {
			plain, more := cut(body, limit)
			return inflated{plain, len(plain), more || int64(len(plain)) < size}, nil
		}
		return inflateStream(body, limit, openDeflate)
	}
}
