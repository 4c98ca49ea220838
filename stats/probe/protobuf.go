package probe

import "google.golang.org/protobuf/encoding/protowire"

// eachField calls each for every field of a message: v is the value of a varint, body that of a string or message, a
// part of b. It returns false where b is no message, or each returned false. Groups, which nothing here uses, are none.
func eachField(b []byte, each func(field protowire.Number, v uint64, body []byte) bool) bool {
	for len(b) > 0 {
		field, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return false
		}
		b = b[n:]
		var v uint64
		var body []byte
		switch typ {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			body, n = protowire.ConsumeBytes(b)
		case protowire.Fixed32Type:
			_, n = protowire.ConsumeFixed32(b)
		case protowire.Fixed64Type:
			_, n = protowire.ConsumeFixed64(b)
		default:
			return false
		}
		if n < 0 || !each(field, v, body) {
			return false
		}
		b = b[n:]
	}
	return true
}
