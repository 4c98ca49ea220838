package tables

import (
	"encoding/hex"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"time"

	"s3layout/stats/tables/avro"
)

// An icebergSpec is how the files of one manifest are partitioned.
type icebergSpec struct {
	ids    []int // of the fields of the partition tuple
	fields []icebergSpecField
}

type icebergSpecField struct {
	name      string
	transform string
	avro.Field
}

// newIcebergSpec joins the tuple's schema with the transforms in the manifest's header. Fields of the void transform are
// no partitioning.
func newIcebergSpec(f *avro.File) (*icebergSpec, error) {
	transforms, err := specOf(f.Meta["partition-spec"])
	if err != nil {
		return nil, err
	}
	s := &icebergSpec{}
	for i, field := range f.Fields(entryPartition) {
		out := icebergSpecField{name: field.Name, transform: "identity", Field: field}
		for j, t := range transforms {
			if t.ID == field.ID && t.ID > 0 || t.ID == 0 && i == j {
				out.name, out.transform = t.Name, t.Transform
			}
		}
		if out.transform == "void" {
			continue
		}
		if field.ID < 0 {
			return nil, fmt.Errorf("a partition field %.40q without an ID", field.Name)
		}
		s.ids = append(s.ids, field.ID)
		s.fields = append(s.fields, out)
	}
	return s, nil
}

func (s *icebergSpec) values(tuple []avro.Value) map[string]*string {
	out := make(map[string]*string, len(tuple))
	for i, v := range tuple {
		out[s.fields[i].name] = s.fields[i].text(v)
	}
	return out
}

// text is a value as Iceberg shows it to people; nil for null.
// Source: apache/iceberg Transforms.toHumanString.
func (f *icebergSpecField) text(v avro.Value) *string {
	var s string
	switch v.Kind {
	case avro.Null:
		return nil
	case avro.Bool:
		s = strconv.FormatBool(v.I != 0)
	case avro.Float:
		s = strconv.FormatFloat(v.F, 'g', -1, 64)
	case avro.Long:
		s = f.number(v.I)
	case avro.Bytes:
		s = f.bytes(v.B)
	}
	return &s
}

// number spells dates and times, which count from 1970.
func (f *icebergSpecField) number(n int64) string {
	epoch := time.Unix(0, 0).UTC()
	switch {
	case n > 1<<52 || n < -1<<52: // beyond what time.Time is for
	case f.transform == "year" && n < 10000:
		return epoch.AddDate(int(n), 0, 0).Format("2006")
	case f.transform == "month" && n < 100_000:
		return epoch.AddDate(0, int(n), 0).Format("2006-01")
	case (f.transform == "day" || f.Logical == "date") && n < 3_000_000:
		return epoch.AddDate(0, 0, int(n)).Format(time.DateOnly)
	case f.transform == "hour" && n < 90_000_000:
		return time.Unix(3600*n, 0).UTC().Format("2006-01-02-15")
	case f.Logical == "timestamp-micros":
		return time.UnixMicro(n).UTC().Format("2006-01-02T15:04:05.999999")
	case f.Logical == "timestamp-nanos":
		return time.Unix(0, n).UTC().Format("2006-01-02T15:04:05.999999999")
	case f.Logical == "time-micros":
		return time.UnixMicro(n).UTC().Format("15:04:05.999999")
	}
	return strconv.FormatInt(n, 10)
}

func (f *icebergSpecField) bytes(b []byte) string {
	switch {
	case f.Logical == "decimal":
		return decimal(b, f.Scale)
	case f.Logical == "uuid" && len(b) == 16:
		return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	case f.Primitive == "string":
		return string(b)
	}
	return hex.EncodeToString(b)
}

// decimal spells a two's complement integer of scale digits behind the point.
func decimal(b []byte, scale int) string {
	if len(b) > 16 || scale < 0 || scale > 38 {
		return hex.EncodeToString(b)
	}
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	r := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
	return r.FloatString(scale)
}

func sortedNames(values map[string]*string) []string { return slices.Sorted(maps.Keys(values)) }
