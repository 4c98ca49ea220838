package probe

import (
	"bytes"
	"encoding/binary"
)

const (
	arrowMagic   = "ARROW1\x00\x00"
	featherMagic = "FEA1\x00\x00\x00\x00"
	// arrowMessage opens every message of the IPC format, before its length.
	arrowMessage = "\xff\xff\xff\xff"
)

// Kinds of message, the values of MessageHeader.
const (
	arrowSchema     = 1
	arrowDictionary = 2
	arrowRecords    = 3
)

// isArrow knows IPC files, Feather of both versions, and IPC streams, which have no magic: a message that is a schema.
func isArrow(head, _ []byte) bool {
	if bytes.HasPrefix(head, []byte(arrowMagic)) || bytes.HasPrefix(head, []byte(featherMagic)) {
		return true
	}
	message, _, ok := readArrowMessage(head)
	return ok && message.byte(1) == arrowSchema
}

// readArrow tells the compression alone, from the first batch of the head: Spark reads no Arrow files.
// Source: arrow.apache.org/docs/format/Columnar.html, and format/Message.fbs of apache/arrow.
func readArrow(f *file, out *Finding) error {
	out.Evidence = EvidenceHeader
	out.Expansion = &Expansion{Basis: unknown, Reason: "Arrow is recognised, and not measured"}
	if bytes.HasPrefix(f.head, []byte(featherMagic)) {
		out.Compression = "none" // version 1 of Feather has no other
		return nil
	}
	rest := bytes.TrimPrefix(f.head, []byte(arrowMagic))
	for len(rest) > 0 {
		message, length, ok := readArrowMessage(rest)
		if !ok {
			return nil // no batch in the sample: what is said of compression stays unknown
		}
		switch batch := message.table(2); message.byte(1) {
		case arrowRecords:
			out.Compression = arrowCompression(batch)
			return nil
		case arrowDictionary:
			out.Compression = arrowCompression(batch.table(1))
			return nil
		}
		rest = rest[length:]
	}
	return nil
}

// arrowCompression reads BodyCompression of a RecordBatch.
func arrowCompression(batch flatTable) string {
	switch compression := batch.table(3); {
	case compression.b == nil:
		return "none"
	case compression.byte(0) == 0:
		return "lz4"
	case compression.byte(0) == 1:
		return "zstd"
	}
	return unknown
}

// readArrowMessage reads the message that b begins with, and its length with its body, which b may cut short.
func readArrowMessage(b []byte) (message flatTable, length int, ok bool) {
	const prefix = 8
	if len(b) < prefix || !bytes.HasPrefix(b, []byte(arrowMessage)) {
		return flatTable{}, 0, false
	}
	n := uint64(binary.LittleEndian.Uint32(b[4:]))
	if n < 8 || n > uint64(len(b)-prefix) {
		return flatTable{}, 0, false
	}
	message, ok = flatAt(b[prefix:prefix+int(n)], 0)
	body := uint64(0)
	if at := message.field(3, 8); at > 0 {
		body = binary.LittleEndian.Uint64(message.b[at:])
	}
	return message, prefix + int(n) + int(min(body, uint64(len(b)-prefix-int(n)))), ok
}

// A flatTable is a table of FlatBuffers; the zero value has no fields. Source: flatbuffers.dev/internals.
type flatTable struct {
	b  []byte
	at int
}

// flatAt follows the offset at a position to a table.
func flatAt(b []byte, at int) (flatTable, bool) {
	n := int64(binary.LittleEndian.Uint32(b[at:]))
	if n == 0 || n+int64(at)+4 > int64(len(b)) {
		return flatTable{}, false
	}
	return flatTable{b, at + int(n)}, true
}

// field is the position of a field of so many bytes; 0 where the table has none, or it lies outside.
func (t flatTable) field(i, size int) int {
	if t.b == nil {
		return 0
	}
	vtable := int64(t.at) - int64(int32(binary.LittleEndian.Uint32(t.b[t.at:])))
	slot := vtable + 4 + 2*int64(i)
	if vtable < 0 || slot+2 > int64(len(t.b)) || 4+2*int64(i)+2 > int64(binary.LittleEndian.Uint16(t.b[vtable:])) {
		return 0
	}
	offset := int(binary.LittleEndian.Uint16(t.b[slot:]))
	if offset == 0 || t.at+offset+size > len(t.b) {
		return 0
	}
	return t.at + offset
}

// byte is a field of one byte, 0 by default.
func (t flatTable) byte(i int) byte {
	if at := t.field(i, 1); at > 0 {
		return t.b[at]
	}
	return 0
}

// table is a field that is a table.
func (t flatTable) table(i int) flatTable {
	at := t.field(i, 4)
	if at == 0 {
		return flatTable{}
	}
	inner, _ := flatAt(t.b, at)
	return inner
}
