package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"s3layout/lister"
	"s3layout/stats"
)

// A checkpoint file is the magic, which has the version of the form, a header as one line of JSON, a collector's state, and
// the CRC-32C of all before it, little endian. It holds names and counts of what was listed, and no credentials.
const (
	checkpointName  = "s3layout checkpoint "
	checkpointForm  = 1
	checkpointMagic = checkpointName + "1\n"
)

// checkpointHeader is what a checkpoint says of itself.
type checkpointHeader struct {
	// Tool is the version of the program: another one may count the same names otherwise.
	Tool string `json:"tool"`
	// Scope is what is listed, for people; ScopeHash decides.
	Scope     scope  `json:"scope"`
	ScopeHash string `json:"scope_sha256"`
	// Started is when the first run began, Saved when this was written.
	Started time.Time `json:"started"`
	Saved   time.Time `json:"saved"`
	// Resumed is how often the listing has been taken up again.
	Resumed int64 `json:"resumed"`
	Spent   spent `json:"spent"`
	// Source is how far the listing has come, as the source spells it.
	Source json.RawMessage `json:"source"`
}

// spent is what a listing has taken, over all its runs.
type spent struct {
	Objects    int64        `json:"objects"`
	Usage      lister.Usage `json:"usage"`
	CPUSeconds float64      `json:"cpu_seconds"`
	Modified   int64        `json:"modified_during_scan,omitempty"`
}

// errNotCheckpoint is a file that somebody else wrote. It is never overwritten.
var errNotCheckpoint = errors.New("it is not a checkpoint of s3layout")

// errDamaged is a file that was written by s3layout, and not as it is.
var errDamaged = errors.New("it is damaged")

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// writeCheckpoint writes a checkpoint, in memory that does not grow with it.
func writeCheckpoint(w io.Writer, h checkpointHeader, c *stats.Collector) error {
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	sum := crc32.New(castagnoli())
	both := io.MultiWriter(w, sum)
	if _, err := both.Write(append(append([]byte(checkpointMagic), line...), '\n')); err != nil {
		return err
	}
	if err := c.WriteState(both); err != nil {
		return err
	}
	_, err = w.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

// maxCheckpointHeader bounds the line: a thousand ranges between keys of 1 KiB need less.
const maxCheckpointHeader = 16 << 20

// readCheckpoint reads a checkpoint of size bytes. state reads the collector's; it is to be called while file is open.
func readCheckpoint(file io.ReaderAt, size int64) (h checkpointHeader, state io.Reader, err error) {
	magic := make([]byte, len(checkpointMagic))
	n, err := file.ReadAt(magic, 0)
	if err != nil && err != io.EOF {
		return h, nil, err
	}
	form, ours := strings.CutPrefix(string(magic[:n]), checkpointName)
	switch {
	case size == 0:
		return h, nil, fmt.Errorf("%w: it is empty", errDamaged)
	case !ours:
		return h, nil, errNotCheckpoint
	case form != checkpointMagic[len(checkpointName):]:
		return h, nil, fmt.Errorf("it has a form that this version does not know (%q, and not %d): another version of s3layout wrote it", form, checkpointForm)
	}
	end := size - crc32.Size
	if err := checkSum(file, end); err != nil {
		return h, nil, err
	}
	body := bufio.NewReader(io.NewSectionReader(file, int64(n), max(end-int64(n), 0)))
	line, err := headerLine(body, maxCheckpointHeader)
	if err != nil {
		return h, nil, err
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, nil, fmt.Errorf("%w: its header: %v", errDamaged, err)
	}
	if s, u := h.Spent, h.Spent.Usage; min(s.Objects, u.Requests, u.Gets, u.BytesRead, u.Retries, u.Throttled, u.Jumps, h.Resumed) < 0 || !(s.CPUSeconds >= 0) || h.Started.IsZero() || h.Started.Year() > 9999 {
		return h, nil, fmt.Errorf("%w: its header has numbers that cannot be", errDamaged)
	}
	return h, body, nil
}

// checkSum holds all before end to the checksum behind it.
func checkSum(file io.ReaderAt, end int64) error {
	if end < int64(len(checkpointMagic)) {
		return fmt.Errorf("%w: it ends early", errDamaged)
	}
	sum := crc32.New(castagnoli())
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, end)); err != nil {
		return err
	}
	var want [crc32.Size]byte
	if _, err := file.ReadAt(want[:], end); err != nil && err != io.EOF {
		return err
	}
	if sum.Sum32() != binary.LittleEndian.Uint32(want[:]) {
		return fmt.Errorf("%w: its checksum is another one, so that it was cut off or changed", errDamaged)
	}
	return nil
}

// headerLine reads up to a line feed, which it leaves out.
func headerLine(r *bufio.Reader, longest int) ([]byte, error) {
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case err == nil:
			return bytes.TrimSuffix(line, []byte("\n")), nil
		case err != bufio.ErrBufferFull || len(line) > longest:
			return nil, fmt.Errorf("%w: its header does not end", errDamaged)
		}
	}
}

// A replacement is a file that takes the place of another at once. Until then it stands beside it, under a name that is
// always the same: a process that is killed leaves one such file, and the next one writes over it.
type replacement struct {
	*os.File
	name string // of the file whose place it takes
}

// replace begins a file for name, which only the user may read.
func replace(name string) (replacement, error) {
	beside := name + ".tmp"
	if err := os.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return replacement{}, err
	}
	f, err := os.OpenFile(beside, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	return replacement{f, name}, err
}

// place puts the file in its place: whatever becomes of this process, it is there.
func (r replacement) place() error {
	err := os.Rename(r.Name(), r.name)
	if err != nil {
		r.abandon()
	}
	return err
}

// settle has the disk take a file that is in its place, so that it is there after a power failure, too. It closes it.
func (r replacement) settle() error {
	if err := errors.Join(r.Sync(), r.Close()); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(r.name)); err == nil {
		_ = dir.Sync() // where a directory cannot be synced, its file system needs no such thing
		_ = dir.Close()
	}
	return nil
}

// abandon removes the file.
func (r replacement) abandon() {
	_ = r.Close() // it is not wanted, whatever is in it
	_ = os.Remove(r.Name())
}
