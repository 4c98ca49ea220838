package s3

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// TestPageBytes takes 16 MiB of an answer, and not half as much again: buffers grow by steps.
func TestPageBytes(t *testing.T) {
	for size, fits := range map[int]bool{15 << 20: true, 24 << 20: false} {
		body, err := readAll(nil, io.MultiReader(bytes.NewReader(make([]byte, size)), errorReader{}))
		if protocol := errors.As(err, new(*ProtocolError)); protocol == fits || fits && (!errors.Is(err, errEnough) || len(body) != size) {
			t.Errorf("%d bytes: %d were read, %v", size, len(body), err)
		}
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, errEnough }
