package probe

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Files that are as large as is let in stay within the bounds, and are read.
func TestLarge(t *testing.T) {
	var columns []string
	for i := range 2000 {
		columns = append(columns, fmt.Sprintf(`{"name":"c%d","type":"int"}`, i))
	}
	avro := `{"type":"record","name":"r","fields":[` + strings.Join(columns, ",") + `]}`
	zeros := string(deflated(t, make([]byte, maxSample)))
	for _, tt := range []struct {
		name   string
		body   []byte
		leaves int64
		blocks int64
	}{
		{"99,999 columns.parquet", parquetFile(wideFooter(99_999)), 99_999, 0},
		{"a million row groups.parquet", parquetFile(manyGroups(1 << 20)), 0, 1 << 20},
		{"many columns and row groups.parquet", parquetFile(columnsAndGroups(3000, 30)), 3000, 30},
		{"stripes and columns.orc", orcStripes(1<<14, 7000), 7000, 1 << 14},
		{"columns and a block.avro", avroFileOf(avro, "deflate", avroBlockOf(1, int64(len(zeros)), zeros)), 2000, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := checked(t, tt.name, tt.body)
			if got.Problem != nil {
				t.Fatal(got.Problem)
			}
			blocks := int64(0)
			if got.Blocks != nil {
				blocks = got.Blocks.Count
			}
			if got.Schema.Leaves != tt.leaves || blocks != tt.blocks || int64(len(got.Schema.Columns)) != min(tt.leaves, maxColumns) {
				t.Errorf("%d leaves, %d listed, %d blocks", got.Schema.Leaves, len(got.Schema.Columns), blocks)
			}
		})
	}
}

// manyGroups has no column, and n row groups.
func manyGroups(n int) []byte {
	b := append([]byte("\x15\x04\x19\x1c\x48\x01r\x00"+rowsOfZero+"\x19\xfc"), binary.AppendUvarint(nil, uint64(n))...)
	b = append(b, bytes.Repeat([]byte("\x19\x0c\x16\x00\x16\x00\x00"), n)...)
	return append(b, 0)
}

// columnsAndGroups has n columns in each of m row groups.
func columnsAndGroups(n, m int) []byte {
	chunk := "\x3c\x45\x02\x26\x02\x16\x00\x00\x00"
	b := bytes.TrimSuffix(wideFooter(n), []byte("\x19\x0c\x00"))
	b = append(append(b, "\x19\xfc"...), binary.AppendUvarint(nil, uint64(m))...)
	for range m {
		b = append(append(b, "\x19\xfc"...), binary.AppendUvarint(nil, uint64(n))...)
		b = append(append(b, strings.Repeat(chunk, n)...), "\x16\x00\x16\x02\x00"...)
	}
	return append(b, 0)
}

// orcStripes has an uncompressed footer of n stripes and m columns.
func orcStripes(n, m int) []byte {
	ids, names := []byte{}, []any{1, orcStruct}
	for i := range m {
		ids = binary.AppendUvarint(ids, uint64(i+1))
		names = append(names, 3, fmt.Sprintf("c%d", i))
	}
	root := slices.Concat(message(names...), message(2, ids))
	footer := slices.Concat(
		bytes.Repeat(message(3, message(1, 3, 2, 0, 3, 0, 4, 0, 5, 0)), n),
		message(4, root), bytes.Repeat(message(4, message(1, 3)), m), orcRows)
	return orcFile(footer, 0, len(footer))
}
