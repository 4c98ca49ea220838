package probe

import "math"

// decoded sums up what the values of a Parquet file take without any encoding.
type decoded struct {
	// widths has the bytes of a value for each leaf; 0 is a byte array.
	widths []int32
	bytes  int64
	// unknown is set where some chunk tells too little.
	unknown bool
}

// parquetWidths are those of parquetTypes. An INT96 is a timestamp, which no engine keeps as it is.
var parquetWidths = [...]int32{1, 4, 8, 8, 4, 8, 0, 0}

const parquetFixed = 7

// leaf takes the next one's type.
func (d *decoded) leaf(typ, length int64) {
	width := parquetWidths[typ]
	if typ == parquetFixed {
		if length == 0 || length > math.MaxInt32 {
			d.unknown = true
		}
		width = int32(min(length, math.MaxInt32))
	}
	d.widths = append(d.widths, width)
}

func (d *decoded) add(ordinal int64, c *chunk) {
	if d.unknown || ordinal >= int64(len(d.widths)) {
		return
	}
	n, width := c.byteArrays, int64(d.widths[ordinal])
	if width > 0 {
		n = -1
		if values := c.values - c.nulls; c.nulls >= 0 && values >= 0 && values <= math.MaxInt64/width {
			n = values * width
		}
	}
	if n < 0 || n > math.MaxInt64-d.bytes {
		d.unknown = true
		return
	}
	d.bytes += n
}
