package codec

import "encoding/binary"

// hadoopLargest is the largest block that is believed: Hadoop writes 256 KiB unless io.compression.codec.*.buffersize says
// otherwise.
const hadoopLargest = 16 << 20

// inflateHadoop walks what Hadoop's BlockCompressorStream writes: the size of a block's plain bytes, big-endian, then
// chunks, each behind its own size, until that many came out. Source: Hadoop 3,
// org.apache.hadoop.io.compress.BlockDecompressorStream.
func inflateHadoop(head []byte, limit int, decode blockDecoder) (inflated, error) {
	out := inflated{plain: buffer(len(head), limit), truncated: true}
	left := 0 // plain bytes that the block still owes
	for {
		rest := head[out.consumed:]
		if len(rest) == 0 && left == 0 {
			out.truncated = false
			return out, nil
		}
		at := 0
		if left == 0 {
			if len(rest) < 4 {
				return out, nil
			}
			size := binary.BigEndian.Uint32(rest)
			if size > hadoopLargest {
				return out, errLength
			}
			if left, at = int(size), 4; left == 0 {
				out.consumed += at
				continue
			}
		}
		if len(rest) < at+4 || len(out.plain) == limit {
			return out, nil
		}
		size := binary.BigEndian.Uint32(rest[at:])
		if size == 0 || size > uint32(left+left/6+left/255+64) {
			return out, errLength
		}
		chunk, _ := cut(rest[at+4:], int(size))
		out.plain = room(out.plain, min(left, limit-len(out.plain)), limit)
		used, err := out.addChunk(chunk, decode, min(limit, len(out.plain)+left), &left)
		if err != nil {
			return out, err
		}
		if len(chunk) < int(size) || used < len(chunk) {
			if out.consumed += at + 4 + used; len(out.plain) < limit && used < len(chunk) && len(chunk) == int(size) {
				return out, errBlock
			}
			return out, nil
		}
		out.consumed += at + 4 + used
	}
}

// addChunk appends what a chunk inflates to, and takes it off what its block owes.
func (out *inflated) addChunk(chunk []byte, decode blockDecoder, limit int, left *int) (int, error) {
	before := len(out.plain)
	plain, used, ok := decode(out.plain, chunk, before, limit)
	if out.plain = plain; !ok {
		return used, errBlock
	}
	*left -= len(plain) - before
	return used, nil
}

// isHadoop tells whether head begins with blocks that decode understands: a first block whose sizes make sense, and no
// broken rule to the end of it or of head. Few bytes prove little, so that some must have been inflated.
func isHadoop(head []byte, decode blockDecoder) bool {
	const enough = 16
	if len(head) < 8+2 || head[0] != 0 {
		return false
	}
	out, err := inflateHadoop(head, 64<<10, decode)
	return err == nil && len(out.plain) > 0 && (len(out.plain) >= enough || !out.truncated)
}
