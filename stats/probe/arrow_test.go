package probe

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// An Arrow file with no batch in what is read is Arrow all the same.
func TestArrowWithoutBatch(t *testing.T) {
	for _, body := range []string{arrowMagic, arrowMagic + "ARROW1", arrowMagic + arrowMessage, arrowMagic + arrowMessage + strings.Repeat("\xff", 40)} {
		got := checked(t, "a.arrow", []byte(body))
		if got.Format != "arrow" || got.Compression != "unknown" || got.Problem != nil {
			t.Errorf("%q: %s, %s, %v", body, got.Format, got.Compression, got.Problem)
		}
	}
}

// Bytes that begin as a stream does, and do not go on as one, are not Arrow.
func TestNoArrowStream(t *testing.T) {
	for _, n := range []uint32{0, 7, 8, 40, 1000, math.MaxUint32} {
		body := append(binary.LittleEndian.AppendUint32([]byte(arrowMessage), n), make([]byte, 40)...)
		if got := checked(t, "a", body); got.Format != "unknown" {
			t.Errorf("a message of %d: %s", n, got.Format)
		}
	}
}

func FuzzArrow(f *testing.F) {
	eachFixture(f, func(name string, body []byte) {
		if strings.HasSuffix(name, ".arrow") {
			f.Add(body)
		}
	})
	f.Fuzz(func(t *testing.T, body []byte) { checked(t, "a.arrow", body) })
}
