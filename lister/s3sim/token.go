package s3sim

import (
	"encoding/base64"
	"encoding/binary"
)

// token is what a continuation token says: base64 of a checksum, two numbers and a key, so that every other string is
// known to be none of ours.
type token struct {
	after string // the last entry that was listed
	pos   uint64 // of unordered listings: how many keys were listed
	nonce uint64 // tells tokens apart that would begin the same page
}

func (t token) String() string {
	b := make([]byte, 4, 24+len(t.after))
	b = binary.AppendUvarint(b, t.pos)
	b = binary.AppendUvarint(b, t.nonce)
	b = append(b, t.after...)
	binary.BigEndian.PutUint32(b, uint32(hashString(string(b[4:]))))
	return base64.StdEncoding.EncodeToString(b)
}

func parseToken(s string) (t token, ok bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) < 6 || binary.BigEndian.Uint32(b) != uint32(hashString(string(b[4:]))) {
		return token{}, false
	}
	b = b[4:]
	pos, n := binary.Uvarint(b)
	nonce, m := binary.Uvarint(b[max(n, 0):])
	if n <= 0 || m <= 0 {
		return token{}, false
	}
	return token{after: string(b[n+m:]), pos: pos, nonce: nonce}, true
}
