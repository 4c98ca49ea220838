package codec

// inflateSnappy walks the chunks of the framing format. Source: github.com/google/snappy, framing_format.txt.
func inflateSnappy(head []byte, limit int) (inflated, error) {
	const compressed, stored, firstSkippable, largest, checksum = 0, 1, 0x80, 1 << 16, 4
	out := inflated{plain: buffer(len(head), limit), truncated: true}
	for {
		rest := head[out.consumed:]
		if len(rest) == 0 {
			out.truncated = false
			return out, nil
		}
		if len(rest) < 4 {
			return out, nil
		}
		kind, size := rest[0], int(rest[1])|int(rest[2])<<8|int(rest[3])<<16
		chunk, _ := cut(rest[4:], size)
		short := len(chunk) < size
		if kind != compressed && kind != stored {
			if kind < firstSkippable {
				return out, errReserved
			}
			if short {
				return out, nil
			}
			out.consumed += 4 + size
			continue
		}
		if size < checksum || size > checksum+largest+largest/6+32 {
			return out, errLength
		}
		if len(chunk) < checksum || len(out.plain) == limit {
			return out, nil
		}
		chunk = chunk[checksum:]
		used := min(len(chunk), limit-len(out.plain))
		if kind == stored {
			out.plain = append(room(out.plain, used, limit), chunk[:used]...)
		} else {
			var ok bool
			out.plain, used, ok = snappyBlock(out.plain, chunk, 0, limit)
			if !ok || !short && used < len(chunk) && len(out.plain) < limit {
				return out, errBlock
			}
		}
		if short || used < len(chunk) {
			out.consumed += 4 + checksum + used
			return out, nil
		}
		out.consumed += 4 + size
	}
}
