package codec

import (
	"bytes"
	"encoding/binary"
)

// signatures are the codecs that announce themselves in their first bytes. Sources: RFC 1952, RFC 8878, the lz4 frame and
// snappy framing descriptions, the xz file format, APPNOTE.TXT, and file(1) for the rest.
var signatures = []struct {
	magic string
	codec Codec
}{
	{"\x1f\x8b\x08", Gzip},
	{"BZh", Bzip2},
	{"\x28\xb5\x2f\xfd", Zstd},
	{"\x04\x22\x4d\x18", LZ4},
	{"\x02\x21\x4c\x18", LZ4}, // the legacy frame of lz4 -l
	{"\xff\x06\x00\x00sNaPpY", Snappy},
	{"\xfd7zXZ\x00", XZ},
	{"PK\x03\x04", Zip},
	{"PK\x05\x06", Zip}, // an empty archive
	{"\x89LZO\x00\r\n\x1a\n", LZO},
	{"\x1f\x9d", Compress},
	{"7z\xbc\xaf\x27\x1c", SevenZip},
}

// Detect tells the codec of a file from its first bytes, of which it wants 64 KiB or all. What has no signature (zlib,
// lzma alone, Hadoop's lz4 and snappy) is believed only after its structure was followed through head.
func Detect(head []byte) Codec {
	body := skipSkippable(head)
	for _, s := range signatures {
		if !bytes.HasPrefix(body, []byte(s.magic)) {
			continue
		}
		switch {
		case s.codec == Bzip2 && !isBzip2(body):
			continue
		case s.codec == Gzip && isBGZF(body):
			return BGZF
		}
		return s.codec
	}
	switch {
	case len(body) < len(head):
		return Zstd // nothing but skippable frames is in sight: lz4 has them, too, but does not begin with them
	case isHadoop(head, snappyBlock):
		return HadoopSnappy
	case isHadoop(head, lz4Block):
		return HadoopLZ4
	case isZlib(head):
		return Zlib
	case isLZMA(head):
		return LZMA
	}
	return None
}

// skipSkippable returns what follows the skippable frames that zstd and lz4 share. Source: RFC 8878, section 3.1.2.
func skipSkippable(head []byte) []byte {
	for len(head) >= 8 && isSkippable(head) {
		size := uint64(binary.LittleEndian.Uint32(head[4:])) + 8
		if size > uint64(len(head)) {
			return head[len(head):]
		}
		head = head[size:]
	}
	return head
}

func isSkippable(frame []byte) bool {
	return len(frame) >= 4 && frame[0]&0xf0 == 0x50 && string(frame[1:4]) == "\x2a\x4d\x18"
}

// isBzip2 wants the level and the magic of a block, or of the end of an empty stream, so that a text that begins with BZh
// is left alone.
func isBzip2(head []byte) bool {
	if len(head) < 10 {
		return false
	}
	block := string(head[4:10])
	return '1' <= head[3] && head[3] <= '9' && (block == "1AY&SY" || block == "\x17\x72\x45\x38\x50\x90")
}

// isBGZF finds the extra field BC, of two bytes, in the first member's header. Source: SAM specification, section 4.1.
func isBGZF(head []byte) bool {
	const hasExtra = 4
	if len(head) < 18 || head[3]&hasExtra == 0 {
		return false
	}
	extra := head[12:]
	extra = extra[:min(len(extra), int(binary.LittleEndian.Uint16(head[10:])))]
	for len(extra) >= 4 {
		size := int(binary.LittleEndian.Uint16(extra[2:]))
		if extra[0] == 'B' && extra[1] == 'C' && size == 2 {
			return true
		}
		extra = extra[min(len(extra), 4+size):]
	}
	return false
}

// isZlib wants a valid header and a deflate stream that goes on without an error to the end of head, or ends with the
// right checksum: the two bytes of the header are too easily text ("x^").
func isZlib(head []byte) bool {
	const deflate, largestWindow, dictionary = 8, 7, 0x20
	if len(head) < 6 || head[0]&0xf != deflate || head[0]>>4 > largestWindow || head[1]&dictionary != 0 ||
		binary.BigEndian.Uint16(head)%31 != 0 {
		return false
	}
	plain, consumed, _, err := Inflate(head, Zlib, Limits{Inflated: 64 << 10})
	return err == nil && consumed > 0 && (len(plain) > 0 || consumed == len(head))
}

// isLZMA goes by the header of 13 bytes that lzma alone has: properties of the presets, a dictionary of a size that
// encoders write, an unknown size or one below 1 TiB, and the zero with which the range coder begins.
func isLZMA(head []byte) bool {
	if len(head) < 14 || head[0] != 0x5d || head[13] != 0 {
		return false
	}
	dictionary := binary.LittleEndian.Uint32(head[1:])
	top := dictionary & (dictionary - 1) // of 2^n nothing is left, of 2^n + 2^(n-1) the higher bit
	size := binary.LittleEndian.Uint64(head[5:])
	return dictionary >= 1<<12 && top&(top-1) == 0 && (top == 0 || dictionary == top+top>>1) &&
		(size == 1<<64-1 || size < 1<<40)
}

// IsSeekableZstd tells from a file's last bytes, nine at least, whether a zstd file ends in a seek table. Source: zstd,
// contrib/seekable_format/zstd_seekable_compression_format.md.
func IsSeekableZstd(tail []byte) bool {
	return len(tail) >= 9 && binary.LittleEndian.Uint32(tail[len(tail)-4:]) == 0x8f92eab1
}
