package thrift_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"s3layout/stats/thrift"
)

// seen walks a structure of any kind and lists what it holds.
func seen(t *thrift.Walker) (out []int64) {
	t.Structure(thrift.Struct, func(id int, typ byte) {
		out = append(out, int64(id), int64(typ))
		switch typ {
		case thrift.I8, thrift.I16, thrift.I32, thrift.I64:
			out = append(out, t.Integer(typ))
		case thrift.Binary:
			out = append(out, int64(len(t.Text(typ))))
		case thrift.List:
			t.List(typ, func(n int) { out = append(out, int64(n)) }, t.Skip)
		default:
			t.Skip(typ)
		}
	})
	return out
}

func TestWalk(t *testing.T) {
	for _, tt := range []struct {
		name, bytes string
		want        []int64
	}{
		{"empty", "\x00", nil},
		{"booleans", "\x11\x12\x00", []int64{1, 1, 2, 2}},
		{"integers", "\x13\xff\x14\x01\x15\x04\x16\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00", []int64{1, 3, -1, 2, 4, -1, 3, 5, 2, 4, 6, -1 << 63}},
		{"far field", "\x08\xd0\x0f\x02ab\x00", []int64{1000, 8, 2}},
		{"field before", "\x28\x00\x08\x02\x00\x00", []int64{2, 8, 0, 1, 8, 0}},
		{"list", "\x19\x35\x02\x04\x06\x00", []int64{1, 9, 3}},
		{"long list", "\x19\xf3\x10" + strings.Repeat("a", 16) + "\x00", []int64{1, 9, 16}},
		{"skipped", "\x17abcdefgh\x1d" + strings.Repeat("u", 16) + "\x1a\x21\x01\x02\x1b\x01\x85\x01a\x02\x1b\x00\x1c\x18\x00\x00\x00",
			[]int64{1, 7, 2, 13, 3, 10, 4, 11, 5, 11, 6, 12}},
	} {
		w := &thrift.Walker{B: []byte(tt.bytes)}
		got := seen(w)
		if w.Err != nil || !slices.Equal(got, tt.want) || w.Remaining() != 0 {
			t.Errorf("%s: %v, %v, %d bytes left; want %v", tt.name, got, w.Err, w.Remaining(), tt.want)
		}
		for n := range len(tt.bytes) {
			if w := (&thrift.Walker{B: []byte(tt.bytes[:n])}); len(seen(w)) >= 0 && w.Err == nil {
				t.Errorf("%s: its first %d bytes are a whole", tt.name, n)
			}
		}
	}
}

// What nests, or claims more than there is, ends the walk.
func TestHostile(t *testing.T) {
	for name, b := range map[string][]byte{
		"structures": bytes.Repeat([]byte{0x1c}, 1000), "lists": append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 1000)...),
		"long list": []byte("\x19\xf5\xff\xff\xff\xff\x0f"), "long map": []byte("\x1b\xff\xff\xff\xff\x0f\x55"), "long text": []byte("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
		"endless integer": append([]byte{0x16}, bytes.Repeat([]byte{0xff}, 20)...), "no type": []byte("\x1e\x00"),
	} {
		w := &thrift.Walker{B: b}
		if seen(w); w.Err == nil || w.Err.Offset > len(b) {
			t.Errorf("%s: %v", name, w.Err)
		}
	}
}

// A walk ends, within its bytes, and takes nothing from the heap.
func FuzzWalk(f *testing.F) {
	f.Add([]byte("\x19\x35\x02\x04\x06\x00"))
	f.Add(bytes.Repeat([]byte{0x1c}, 40))
	f.Add([]byte("\x1b\x01\x8ca\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		w := &thrift.Walker{B: b}
		if w.Structure(thrift.Struct, func(_ int, typ byte) { w.Skip(typ) }); w.At > len(b) || w.Err != nil && w.Err.Offset > len(b) {
			t.Errorf("at %d of %d, %v", w.At, len(b), w.Err)
		}
	})
}
