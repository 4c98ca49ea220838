package advisor

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// sizeUnits are the units that ParseSize reads, bytes each.
var sizeUnits = map[string]float64{
	"": 1, "b": 1, "k": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mib": 1 << 20, "g": 1 << 30, "gib": 1 << 30, "t": 1 << 40, "tib": 1 << 40,
	"p": 1 << 50, "pib": 1 << 50, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15,
}

// ParseSize reads a number of bytes as people write it: 32MiB, 1.5 GiB, 64m (binary), 10MB (decimal), 1048576.
func ParseSize(s string) (int64, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	end := strings.LastIndexAny(text, "0123456789.") + 1
	unit, ok := sizeUnits[strings.TrimSpace(text[end:])]
	if !ok {
		return 0, errors.New("it is a size, such as 32MiB")
	}
	if strings.Trim(text[:end], "0123456789.") != "" {
		return 0, errors.New("it is a size, such as 32MiB")
	}
	if n, err := strconv.ParseInt(text[:end], 10, 64); err == nil && unit == 1 && n >= 0 {
		return n, nil
	}
	x, err := strconv.ParseFloat(text[:end], 64)
	if err != nil || !(x >= 0) || x*unit >= math.MaxInt64 {
		return 0, errors.New("it is a size, such as 32MiB")
	}
	return int64(x * unit), nil
}
