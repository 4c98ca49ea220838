package probe

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// avroFileOf has a header of one block of metadata, and what is given after it.
func avroFileOf(schema, codec string, blocks ...[]byte) []byte {
	b := avroMetadata(2, "avro.schema", schema, "avro.codec", codec)
	b = append(b, 0)
	b = append(b, avroMark...)
	return append(b, bytes.Join(blocks, nil)...)
}

func avroMetadata(count int64, texts ...string) []byte {
	b := binary.AppendVarint([]byte(avroMagic), count)
	for _, text := range texts {
		b = append(binary.AppendVarint(b, int64(len(text))), text...)
	}
	return b
}

const avroMark = "0123456789abcdef"

// avroBlockOf claims rows and a length of its data, which the sync marker follows.
func avroBlockOf(rows, length int64, data string) []byte {
	b := binary.AppendVarint(binary.AppendVarint(nil, rows), length)
	return append(append(b, data...), avroMark...)
}

func hostileAvro(t testing.TB) []hostile {
	schema := func(s string) []byte { return avroFileOf(s, "null") }
	record := func(fields string) []byte { return schema(`{"type":"record","name":"r","fields":[` + fields + `]}`) }
	block := func(codec, data string) []byte {
		return avroFileOf(`"int"`, codec, avroBlockOf(1, int64(len(data)), data))
	}
	long := func(n int) string { return strings.Repeat("n", n) }
	lists := func(n int) string {
		return strings.Repeat(`{"type":"array","items":`, n) + `"int"` + strings.Repeat("}", n)
	}
	var references []string
	for range 1000 {
		references = append(references, `{"name":"f","type":"R"}`)
	}
	namespaced := `{"type":"record","name":"R","namespace":"` + long(30_000) + `","fields":[` + strings.Join(references, ",") + `]}`
	nested := strings.Repeat(`{"type":"record","name":"R","fields":[{"name":"`+long(1000)+`","type":`, 50) +
		`{"type":"record","name":"S","fields":[` + strings.Join(references[:500], ",") + `]}` + strings.Repeat(`}]}`, 50)
	bomb := string(deflated(t, make([]byte, 10<<20)))
	return []hostile{
		{"cut in the header.avro", []byte(avroMagic + "\x04\x16avro.sch"), Malformed},
		{"nothing but magic.avro", []byte(avroMagic), Truncated},
		{"metadata by the 2^62.avro", avroMetadata(math.MaxInt64/2, "a", "b"), Malformed},
		{"metadata of -2^63.avro", avroMetadata(math.MinInt64, "a", "b"), Malformed},
		{"a key of 2^62 bytes.avro", append(avroMetadata(1), binary.AppendVarint(nil, 1<<62)...), Malformed},
		{"a key of -1 bytes.avro", append(avroMetadata(1), binary.AppendVarint(nil, -1)...), Malformed},
		{"an endless integer.avro", []byte(avroMagic + strings.Repeat("\xff", 100)), Malformed},
		{"no sync marker.avro", append(avroMetadata(2, "avro.schema", `"int"`, "avro.codec", "null"), 0, 1, 2), Truncated},
		{"a header beyond the sample.avro", schema(`{"type":"int","doc":"` + long(70_000) + `"}`), Oversized},
		{"no schema.avro", schema(``), Malformed},
		{"no JSON.avro", schema(`{"type":`), Malformed},
		{"a schema of 1.avro", schema(`1`), Malformed},
		{"a schema of nothing.avro", schema(`{}`), Malformed},
		{"an array of nothing.avro", schema(`{"type":"array"}`), Malformed},
		{"a field of nothing.avro", record(`{"name":"a"}`), Malformed},
		{"a field that is none.avro", record(`1,"a",[]`), Malformed},
		{"lists in lists.avro", schema(lists(2000)), Oversized},
		{"brackets.avro", schema(strings.Repeat("[", 60_000)), Malformed},
		{"unions in unions.avro", schema(strings.Repeat("[", 9000) + strings.Repeat("]", 9000)), Oversized},
		{"types in types.avro", schema(strings.Repeat(`{"type":`, 5000) + `"int"` + strings.Repeat("}", 5000)), Oversized},
		{"a long namespace.avro", schema(namespaced), Oversized},
		{"long paths.avro", schema(nested), Oversized},
		{"an unknown codec.avro", block("lzma\xff", "a"), Unsupported},
		{"a block of no sync marker.avro", avroFileOf(`"int"`, "null", avroBlockOf(1, 1, "aa")), Malformed},
		{"a block beyond the file.avro", avroFileOf(`"int"`, "null", avroBlockOf(1, 1000, "a")), Truncated},
		{"a block of -1 bytes.avro", avroFileOf(`"int"`, "null", avroBlockOf(1, -1, "a")), Malformed},
		{"a block of -1 rows.avro", avroFileOf(`"int"`, "null", avroBlockOf(-1, 1, "a")), Malformed},
		{"more rows than 64 bits.avro", avroFileOf(`"int"`, "null", avroBlockOf(math.MaxInt64, 1, "a"), avroBlockOf(1, 1, "a")), Malformed},
		{"cut in a block's first bytes.avro", avroFileOf(`"int"`, "null", []byte{0x80}), Truncated},
		{"no deflate.avro", block("deflate", "\xff\xff\xff"), Malformed},
		{"no snappy.avro", block("snappy", "\x05\xff\xff\xff\xff\xff"), Malformed},
		{"snappy of three bytes.avro", block("snappy", "\x00\x00\x00"), Malformed},
		{"snappy of the wrong sum.avro", block("snappy", "\x01\x00a\x00\x00\x00\x00"), Malformed},
		{"no bzip2.avro", block("bzip2", "BZ"), Malformed},
		{"no xz.avro", block("xz", "\xfd7zXZ\x00"+strings.Repeat("\x00", 30)+"YZ"), Malformed},
		{"no zstd.avro", block("zstandard", "\xff\xff\xff\xff"), Malformed},
		{"a bomb.avro", block("deflate", bomb), ""},
		{"snappy of 4 GiB.avro", block("snappy", "\xff\xff\xff\xff\x0f\x00aaaa"), ""},
		{"zstd that claims 4 GiB.avro", block("zstandard", "\x28\xb5\x2f\xfd\xa0\xff\xff\xff\xff\x01\x00\x00"), ""},
	}
}

// What inflates beyond the bounds is not the file's fault: the rest of the finding stands, and the expansion is what
// the block says of itself, or unknown.
func TestAvroBombs(t *testing.T) {
	for _, h := range hostileAvro(t) {
		if h.kind != "" {
			continue
		}
		got := checked(t, h.name, h.body)
		if got.Problem != nil || got.Schema == nil || got.Blocks.Count != 1 || got.Expansion.Basis == "inflated_sample" {
			t.Errorf("%s: %v, %+v", h.name, got.Problem, got.Expansion)
		}
	}
}

// Some forms of a schema that reference writers do not write.
func TestAvroSchemaForms(t *testing.T) {
	plain := probe(t, "a.avro", avroFileOf(`{"type":"record","name":"n.r","fields":[{"name":"a","type":"int"},{"name":"b","type":"n.r"}]}`, ""))
	for _, same := range []string{
		` { "fields" : [ {"type":{"type":"int"},"name":"a","default":"}],"} , {"name":"b","type":"r"}],"namespace":"n","type":"record","name":"r"}`,
		`{"type":"error","n\u0061me":"r","namespace":"n","aliases":[],"fields":[{"name":"\u0061","type":"int"},{"name":"b","type":{"type":"r"}}]}`,
		`{"type":"record","name":"n.r","namespace":"other","fields":[{"name":"a","type":"int"},{"name":"b","type":"r"}]}`,
	} {
		got := checked(t, "a.avro", avroFileOf(same, ""))
		if got.Problem != nil || got.Schema.Fingerprint != plain.Schema.Fingerprint {
			t.Errorf("%s: %v, fingerprint %s", same, got.Problem, got.Schema.Fingerprint)
		}
	}
	for _, other := range []string{
		`{"type":"record","name":"r","fields":[{"name":"a","type":"int"},{"name":"b","type":"r"}]}`,
		`{"type":"record","name":"n.r","fields":[{"name":"b","type":"n.r"},{"name":"a","type":"int"}]}`,
		`{"type":"record","name":"n.r","fields":[{"name":"a","type":"long"},{"name":"b","type":"n.r"}]}`,
		`{"type":"record","name":"n.r","fields":[{"name":"a","type":["int"]},{"name":"b","type":"n.r"}]}`,
	} {
		got := checked(t, "a.avro", avroFileOf(other, ""))
		if got.Problem != nil || got.Schema.Fingerprint == plain.Schema.Fingerprint {
			t.Errorf("%s: %v, the same fingerprint", other, got.Problem)
		}
	}
}

func FuzzAvro(f *testing.F) {
	eachFixture(f, func(name string, body []byte) {
		if strings.HasSuffix(name, ".avro") && len(body) < 8000 {
			f.Add(body)
		}
	})
	for _, h := range hostileAvro(f) {
		if len(h.body) < 10_000 {
			f.Add(h.body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) { checked(t, "a.avro", body) })
}

// The schema alone, which a mutated file seldom reaches.
func FuzzAvroSchema(f *testing.F) {
	for _, s := range []string{
		`"int"`, `["null",{"type":"map","values":"n.R"}]`, `{"type":"fixed","name":"a","size":"4"}`,
		`{"type":"record","name":"r","namespace":"n","fields":[{"name":"\u00e9","type":{"type":"enum","name":"e","symbols":["A","B"]}}]}`,
		`{"type":"bytes","logicalType":"decimal","precision":9,"scale":{}}`, `[[],{},[{}]]`, ` { "type" : [ "a" , 1 ] } `,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, schema string) { checked(t, "a.avro", avroFileOf(schema, "null")) })
}
