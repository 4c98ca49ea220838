package s3sim

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
)

// The computed bytes of an object begin and end as its name promises, where nothing else is said, so that whoever looks into
// it finds what a listing makes one expect: lines of JSON or CSV, gzip of either, a Parquet footer. What lies between is
// noise, and so is everything under a name that is none of these.

// headBytes of text are computed; who reads further reads noise.
const headBytes = 64 << 10

var heads = sync.OnceValue(func() map[string][]byte {
	out := map[string][]byte{}
	for kind, line := range map[string]string{
		"json": `{"id":%d,"user":"u%05x","at":"2026-01-01T%02d:%02d:00Z","kind":"view","value":%d.%02d,"session":"%016x"}` + "\n",
		"csv":  "%d,u%05x,2026-01-01 %02d:%02d,view,%d.%02d,%016x\n",
	} {
		var b bytes.Buffer
		if kind == "csv" {
			b.WriteString("id,user,at,kind,value,session\n")
		}
		for i := uint64(0); b.Len() < 8*headBytes; i++ {
			r := mix(i)
			fmt.Fprintf(&b, line, i, r&0xfffff, r>>20%24, r>>25%60, r>>31%1000, r>>41%100, mix(r))
		}
		out[kind] = b.Bytes()[:headBytes:headBytes]
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, _ = w.Write(b.Bytes()) // to memory
		_ = w.Flush()
		out[kind+".gz"] = z.Bytes()[:min(z.Len(), headBytes)]
	}
	return out
})

// contentEnds returns how the bytes of such an object begin and end.
func contentEnds(key string, size int64) (head, tail []byte) {
	name := strings.ToLower(key[strings.LastIndexByte(key, '/')+1:])
	kind, zipped := strings.CutSuffix(name, ".gz")
	suffix := ""
	switch at := strings.LastIndexByte(kind, '.'); {
	case at < 0:
		return nil, nil
	case strings.HasPrefix(kind[at:], ".json"), strings.HasSuffix(kind, ".ndjson"):
		suffix = "json"
	case kind[at:] == ".csv":
		suffix = "csv"
	case kind[at:] == ".parquet" && !zipped:
		if tail = parquetTail(size, strings.Contains(kind, ".snappy")); int64(len(tail)) > size-4 {
			return nil, nil
		}
		return []byte("PAR1"), tail
	default:
		return nil, nil
	}
	if zipped {
		suffix += ".gz"
	}
	return heads()[suffix], nil
}

// parquetTail is the footer of a file of that size: two columns, in row groups of about 128 MiB.
// Source: apache/parquet-format, parquet.thrift, in Thrift's compact protocol.
func parquetTail(size int64, snappy bool) []byte {
	groups := max((size+(64<<20))/(128<<20), 1)
	bytes, rows := max(size-1024, 64)/groups, max(size/groups/64, 1)
	var t thrift
	t.field(1, 5).zigzag(1) // version
	t.field(2, 9).list(3, 12)
	t.element(0, "schema", 2)
	t.element(2, "id", 0)
	t.element(6, "payload", 0)
	t.field(3, 6).zigzag(rows * groups)
	t.field(4, 9).list(int(groups), 12)
	for g := range groups {
		t.group(4+g*bytes, bytes, rows, snappy)
	}
	t.field(6, 8).text("parquet-mr version 1.15.2")
	t.stop()
	t.b = binary.LittleEndian.AppendUint32(t.b, uint32(len(t.b)))
	return append(t.b, "PAR1"...)
}

// thrift writes the compact protocol. Each struct's fields ascend by less than 16.
type thrift struct {
	b    []byte
	last []int
}

func (t *thrift) field(id, kind int) *thrift {
	if len(t.last) == 0 {
		t.last = []int{0}
	}
	at := &t.last[len(t.last)-1]
	t.b = append(t.b, byte((id-*at)<<4|kind))
	*at = id
	return t
}

func (t *thrift) zigzag(v int64)      { t.b = binary.AppendVarint(t.b, v) }
func (t *thrift) list(n int, of byte) { t.b = binary.AppendUvarint(append(t.b, 0xf0|of), uint64(n)) }
func (t *thrift) open()               { t.last = append(t.last, 0) }

func (t *thrift) text(s string) {
	t.b = append(binary.AppendUvarint(t.b, uint64(len(s))), s...)
}

// stop ends a struct.
func (t *thrift) stop() {
	t.b = append(t.b, 0)
	t.last = t.last[:max(len(t.last)-1, 0)]
}

// element is a SchemaElement: a column of the physical type, or the root of so many.
func (t *thrift) element(kind int64, name string, children int64) {
	t.open()
	if children == 0 {
		t.field(1, 5).zigzag(kind)
		t.field(3, 5).zigzag(0) // required
	}
	t.field(4, 8).text(name)
	if children > 0 {
		t.field(5, 5).zigzag(children)
	}
	t.stop()
}

// group is a RowGroup of two equal column chunks that grow 2.5-fold.
func (t *thrift) group(offset, bytes, rows int64, snappy bool) {
	t.open()
	t.field(1, 9).list(2, 12)
	for i, name := range []string{"id", "payload"} {
		codec, grown := int64(0), bytes/2
		if snappy {
			codec, grown = 1, bytes/4*5
		}
		t.open() // ColumnChunk
		t.field(2, 6).zigzag(offset + int64(i)*(bytes/2))
		t.field(3, 12)
		t.open() // ColumnMetaData
		t.field(1, 5).zigzag(int64(2 + 4*i))
		t.field(2, 9).list(1, 5)
		t.zigzag(0)
		t.field(3, 9).list(1, 8)
		t.text(name)
		t.field(4, 5).zigzag(codec)
		t.field(5, 6).zigzag(rows)
		t.field(6, 6).zigzag(grown)
		t.field(7, 6).zigzag(bytes / 2)
		t.field(9, 6).zigzag(offset + int64(i)*(bytes/2))
		t.stop()
		t.stop()
	}
	t.field(2, 6).zigzag(bytes)
	t.field(3, 6).zigzag(rows)
	t.stop()
}
