package probe

import (
	"bytes"
	"compress/flate"
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// message builds a message from pairs of field number and value.
func message(pairs ...any) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		field := protowire.Number(pairs[i].(int))
		switch v := pairs[i+1].(type) {
		case int:
			b = protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
		case string:
			b = protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), v)
		case []byte:
			b = protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
		}
	}
	return b
}

// orcFile is a file of nothing but its tail; the postscript may claim another length of the footer.
func orcFile(footer []byte, codec, length int) []byte {
	return orcFileBy(1, footer, codec, length)
}

// orcFileBy is an orcFile by a certain version of the writer.
func orcFileBy(writer int, footer []byte, codec, length int) []byte {
	postscript := message(1, length, 2, codec, 3, 1<<18, 6, writer, 8000, orcMagic)
	b := append([]byte(orcMagic), footer...)
	return append(append(b, postscript...), byte(len(postscript)))
}

// orcChunk is a chunk of a compressed footer.
func orcChunk(b []byte, stored bool) []byte {
	header := len(b) << 1
	if stored {
		header |= 1
	}
	return append([]byte{byte(header), byte(header >> 8), byte(header >> 16)}, b...)
}

func deflated(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// orcSchema is a root of one column, and orcRows a footer's rows.
var (
	orcSchema = message(4, message(1, orcStruct, 2, "\x01", 3, "a"), 4, message(1, 3))
	orcRows   = message(6, 0)
)

func hostileORC(t testing.TB) []hostile {
	whole := func(parts ...[]byte) []byte {
		footer := bytes.Join(parts, nil)
		return orcFile(footer, 0, len(footer))
	}
	compressed := func(codec int, parts ...[]byte) []byte {
		footer := bytes.Join(parts, nil)
		return orcFile(footer, codec, len(footer))
	}
	root := func(ids string) []byte { return message(4, message(1, orcStruct, 2, ids, 3, "a")) }
	stripe := func(pairs ...any) []byte { return whole(orcSchema, orcRows, message(3, message(pairs...))) }
	lists := []byte{}
	for i := range 300 {
		lists = append(lists, message(4, message(1, orcList, 2, protowire.AppendVarint(nil, uint64(i+1))))...)
	}
	bomb := make([]byte, 10<<20)
	return []hostile{
		{"no postscript.orc", append([]byte("ORC\x00"), make([]byte, 100)...), Truncated},
		{"cut short.orc", append([]byte("ORC\x0a\x06"), bytes.Repeat([]byte("data"), 100)...), Truncated},
		{"a postscript longer than the file.orc", []byte("\x82\xf4\x03\x03ORC\xff"), Truncated},
		{"a footer of nothing.orc", orcFile(nil, 0, 0), Malformed},
		{"a footer longer than the file.orc", orcFile(nil, 0, 1000), Malformed},
		{"a footer of 206 GB.orc", orcFile(orcSchema, 0, 206e9), Malformed},
		{"a footer of negative length.orc", orcFile(orcSchema, 0, -1), Malformed},
		{"an unknown codec.orc", orcFile(orcSchema, 77, len(orcSchema)), Unsupported},
		{"no message.orc", whole([]byte("\xff\xff\xff")), Malformed},
		{"nested groups.orc", whole(bytes.Repeat([]byte{0x0b}, 60_000)), Malformed},
		{"no types.orc", whole(orcRows), Malformed},
		{"negative rows.orc", whole(orcSchema, message(6, -1)), Malformed},
		{"a type of itself.orc", whole(root("\x00"), orcRows), Malformed},
		{"a child twice.orc", whole(root("\x01\x01"), message(4, message(1, 3)), orcRows), Malformed},
		{"a child that never comes.orc", whole(root("\x01"), orcRows), Malformed},
		{"a child without a name.orc", whole(message(4, message(1, orcStruct, 2, "\x01")), message(4, message(1, 3)), orcRows), Malformed},
		{"a type of no parent.orc", whole(orcSchema, message(4, message(1, 3)), orcRows), Malformed},
		{"an unknown type.orc", whole(root("\x01"), message(4, message(1, 99)), orcRows), Malformed},
		{"lists in lists.orc", whole(lists, orcRows), Oversized},
		{"100,001 types.orc", whole(bytes.Repeat(message(4, ""), 100_001)), Oversized},
		{"16,385 stripes.orc", whole(orcSchema, orcRows, bytes.Repeat(message(3, ""), 1<<14+1)), Oversized},
		{"a stripe beyond the file.orc", stripe(2, 1, 3, 1000, 4, 1, 5, 1), Malformed},
		{"a stripe of negative length.orc", stripe(2, 1, 3, -1, 4, 1, 5, 1), Malformed},
		{"a stripe of three halves.orc", stripe(2, math.MaxInt64, 3, math.MaxInt64, 4, 2, 5, 1), Malformed},
		{"a stripe of negative rows.orc", stripe(2, 1, 3, 1, 4, 1, 5, -1), Malformed},
		{"a bomb.orc", compressed(1, orcChunk(deflated(t, bomb), false)), Oversized},
		{"a bomb in parts.orc", compressed(1, bytes.Repeat(orcChunk(deflated(t, bomb[:1<<18]), false), 50)), Oversized},
		{"half a chunk header.orc", compressed(1, []byte{1, 0}), Malformed},
		{"a chunk longer than the footer.orc", compressed(1, []byte{0xff, 0xff, 0xff, 1}), Malformed},
		{"no zlib.orc", compressed(1, orcChunk([]byte("\xff\xff\xff\xff"), false)), Malformed},
		{"no snappy.orc", compressed(2, orcChunk([]byte("\x05\xff\xff\xff\xff"), false)), Malformed},
		{"snappy of 4 GiB.orc", compressed(2, orcChunk([]byte("\xff\xff\xff\xff\x0f\x00"), false)), Oversized},
		{"lzo.orc", compressed(3, orcChunk([]byte("\x11\x00\x00"), false)), Unsupported},
		{"no lz4.orc", compressed(4, orcChunk([]byte("\xff\xff\xff\xff"), false)), Malformed},
		{"no zstd.orc", compressed(5, orcChunk([]byte("\xff\xff\xff\xff"), false)), Malformed},
		{"zstd that claims 4 GiB.orc", compressed(5, orcChunk([]byte("\x28\xb5\x2f\xfd\xa0\xff\xff\xff\xff\x01\x00\x00"), false)), Oversized},
		{"brotli.orc", compressed(6, orcChunk([]byte("\x3b\x00"), false)), Unsupported},
	}
}

// Chunks that are stored as they are need no codec.
func TestORCStoredChunks(t *testing.T) {
	footer := append(orcChunk(orcSchema, true), orcChunk(orcRows, true)...)
	got := checked(t, "a.orc", orcFile(footer, 3, len(footer)))
	if got.Problem != nil || got.Compression != "lzo" || got.Schema.Leaves != 1 {
		t.Errorf("%v, %s", got.Problem, got.Compression)
	}
}

// A footer that does not count its rows has those of its stripes.
func TestORCRows(t *testing.T) {
	stripe := message(3, message(2, 1, 3, 1, 4, 1, 5, 21))
	got := checked(t, "a.orc", orcFile(slices.Concat(stripe, stripe, orcSchema), 0, 2*len(stripe)+len(orcSchema)))
	if got.Problem != nil || *got.Rows != 42 {
		t.Errorf("%v, %d rows", got.Problem, *got.Rows)
	}
}

// A column without statistics leaves the expansion unknown.
func TestORCStatistics(t *testing.T) {
	schema := message(4, message(1, orcStruct, 2, "\x01\x02", 3, "a", 3, "b"), 4, message(1, 3), 4, message(1, orcString))
	text := func(n int) []byte { return message(1, 5, 4, message(3, int(protowire.EncodeZigZag(int64(n))))) }
	for name, tt := range map[string]struct {
		statistics []byte
		want       int64
	}{
		"whole":            {message(7, message(1, 9), 7, message(1, 10), 7, text(7)), 10*4 + 7},
		"one missing":      {message(7, message(1, 9), 7, message(1, 10)), 0},
		"one too many":     {message(7, message(1, 9), 7, message(1, 10), 7, text(7), 7, text(7)), 0},
		"no length":        {message(7, message(1, 9), 7, message(1, 10), 7, message(1, 5)), 0},
		"no values":        {message(7, message(1, 9), 7, message(1, 10), 7, message(1, 0)), 40},
		"negative length":  {message(7, message(1, 9), 7, message(1, 10), 7, text(-7)), 0},
		"too many values":  {message(7, message(1, 9), 7, message(1, math.MaxInt64), 7, text(7)), 0},
		"length of 2^63-1": {message(7, message(1, 9), 7, message(1, 10), 7, text(math.MaxInt64)), 0},
	} {
		footer := bytes.Join([][]byte{message(3, message(2, 1, 3, 1, 4, 1, 5, 1)), schema, orcRows, tt.statistics}, nil)
		if got := checked(t, "a.orc", orcFileBy(0, footer, 0, len(footer))); got.Expansion.Basis == "column_statistics" && name != "no values" {
			t.Errorf("%s: the first writers are believed", name)
		}
		got := checked(t, "a.orc", orcFile(footer, 0, len(footer)))
		if got.Problem != nil || got.Expansion.UncompressedBytes != tt.want || (got.Expansion.Basis == "column_statistics") != (tt.want > 0) {
			t.Errorf("%s: %v, %+v, want %d", name, got.Problem, got.Expansion, tt.want)
		}
	}
}

// Text that begins with the three letters is no ORC.
func TestORCLikeText(t *testing.T) {
	for _, body := range []string{"ORC", "ORCHID,PRICE\n1,2\n", "ORC\r\n\tORC\n", "ORC,1,23\nORC\n"} {
		if got := checked(t, "a.csv", []byte(body)); got.Format == "orc" {
			t.Errorf("%q is %s", body, got.Format)
		}
	}
}

func FuzzORC(f *testing.F) {
	eachFixture(f, func(name string, body []byte) {
		if strings.HasSuffix(name, ".orc") && len(body) < 8000 {
			f.Add(body)
		}
	})
	for _, h := range hostileORC(f) {
		if len(h.body) < 10_000 {
			f.Add(h.body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) { checked(t, "a.orc", body) })
}
