package tables

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A deltaAction is a line of a commit, or a row of a checkpoint. Other actions and fields are passed over.
// Source: delta-io/delta PROTOCOL.md, "Actions".
type deltaAction struct {
	Add      *deltaFile     `json:"add"`
	Remove   *deltaFile     `json:"remove"`
	Protocol *deltaProtocol `json:"protocol"`
	MetaData *deltaMetaData `json:"metaData"`
	Sidecar  *deltaSidecar  `json:"sidecar"`
}

type deltaFile struct {
	Path            string             `json:"path"`
	Size            int64              `json:"size"`
	PartitionValues map[string]*string `json:"partitionValues"`
	Vector          *deltaVector       `json:"deletionVector"`
}

type deltaVector struct {
	Storage string `json:"storageType"`
	Path    string `json:"pathOrInlineDv"`
	Offset  *int64 `json:"offset"`
}

type deltaProtocol struct {
	MinReader int64    `json:"minReaderVersion"`
	Features  []string `json:"readerFeatures"`
}

type deltaMetaData struct {
	SchemaString     string             `json:"schemaString"`
	PartitionColumns []string           `json:"partitionColumns"`
	Configuration    map[string]*string `json:"configuration"`
}

type deltaSidecar struct {
	Path string `json:"path"`
}

// unique tells the deletion vectors of a file apart.
func (v *deltaVector) unique() string {
	if v == nil {
		return ""
	}
	if v.Offset == nil {
		return v.Storage + v.Path
	}
	return v.Storage + v.Path + "@" + strconv.FormatInt(*v.Offset, 10)
}

// file returns the file of the vector: a path to resolve; "" where it is inline.
func (v *deltaVector) file() (path string, err error) {
	switch {
	case v == nil || v.Storage == "i":
		return "", nil
	case v.Storage == "p":
		return v.Path, nil
	case v.Storage == "u" && len(v.Path) >= z85Length:
		prefix, encoded := v.Path[:len(v.Path)-z85Length], v.Path[len(v.Path)-z85Length:]
		id, err := decodeZ85(encoded)
		if err != nil {
			return "", err
		}
		name := fmt.Sprintf("deletion_vector_%x-%x-%x-%x-%x.bin", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
		return join(prefix, name), nil
	}
	return "", fmt.Errorf("a deletion vector of the unknown storage type %.20q", v.Storage)
}

// z85Length is how long the encoding of a UUID is.
const z85Length = 20

const z85Alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// decodeZ85 decodes a UUID. Source: rfc.zeromq.org/spec/32.
func decodeZ85(s string) ([]byte, error) {
	var out []byte
	for at := 0; at+5 <= len(s); at += 5 {
		var v uint64
		for i := range 5 {
			digit := strings.IndexByte(z85Alphabet, s[at+i])
			if digit < 0 {
				return nil, fmt.Errorf("a deletion vector whose name is no Z85: %.40q", s)
			}
			v = 85*v + uint64(digit)
		}
		if v >= 1<<32 {
			return nil, fmt.Errorf("a deletion vector whose name is no Z85: %.40q", s)
		}
		out = append(out, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
	}
	return out, nil
}

// maxLine is the longest line of a commit, bytes: metadata of a schema of thousands of columns.
const maxLine = 64 << 20

// eachAction calls do for every line of a commit or of a checkpoint in JSON.
func eachAction(r io.Reader, do func(*deltaAction) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var a deltaAction
		if err := json.Unmarshal(line, &a); err != nil {
			return fmt.Errorf("a line that is no action: %w", err)
		}
		if err := do(&a); err != nil {
			return err
		}
	}
	return lines.Err()
}

// readerFeatures are those that leave the list of files as it is.
// Source: delta-io/delta PROTOCOL.md, "Valid Feature Names in Table Features".
var readerFeatures = []string{
	"columnMapping", "deletionVectors", "timestampNtz", "v2Checkpoint", "vacuumProtocolCheck", "typeWidening", "typeWidening-preview",
	"variantType", "variantType-preview", "variantShredding", "variantShredding-preview", "collations", "collations-preview",
	"geospatial", "geospatial-preview",
}

// supported reports why a table of the protocol cannot be read.
func (p *deltaProtocol) supported() error {
	if p == nil {
		return errors.New("its log has no protocol")
	}
	if p.MinReader > 3 {
		return fmt.Errorf("it needs a reader of version %d, and this is one of 3", p.MinReader)
	}
	for _, f := range p.Features {
		if f == "catalogManaged" || f == "catalogOwned-preview" {
			return errors.New("its catalog holds the newest commits: the log on storage may lag behind")
		}
		if !slices.Contains(readerFeatures, f) {
			return fmt.Errorf("it needs the feature %.60q of its readers, which is not known here", f)
		}
	}
	return nil
}

// physicalColumns are the partition columns as partitionValues spells them, which is by the physical name where columns
// are mapped.
func (m *deltaMetaData) physicalColumns() ([]string, error) {
	mode := m.Configuration["delta.columnMapping.mode"]
	if mode == nil || *mode == "none" || len(m.PartitionColumns) == 0 {
		return m.PartitionColumns, nil
	}
	var schema struct {
		Fields []struct {
			Name     string `json:"name"`
			Metadata struct {
				Physical string `json:"delta.columnMapping.physicalName"`
			} `json:"metadata"`
		} `json:"fields"`
	}
	if err := json.Unmarshal([]byte(m.SchemaString), &schema); err != nil {
		return nil, fmt.Errorf("a schema that is no JSON: %w", err)
	}
	out := slices.Clone(m.PartitionColumns)
	for i, name := range out {
		for _, f := range schema.Fields {
			if f.Name == name && f.Metadata.Physical != "" {
				out[i] = f.Metadata.Physical
			}
		}
	}
	return out, nil
}

// defaultRetention is delta.deletedFileRetentionDuration where nothing sets it, days.
const defaultRetention = 7

// retentionDays is the table's own delta.deletedFileRetentionDuration in days, rounded up.
func (m *deltaMetaData) retentionDays() int64 {
	set := m.Configuration["delta.deletedFileRetentionDuration"]
	if set == nil {
		return defaultRetention
	}
	words := strings.Fields(strings.ToLower(*set))
	if len(words) == 3 && words[0] == "interval" {
		words = words[1:]
	}
	if len(words) != 2 {
		return defaultRetention
	}
	n, err := strconv.ParseInt(words[0], 10, 32)
	if err != nil || n < 0 {
		return defaultRetention
	}
	hours := map[string]int64{"hour": 1, "day": 24, "week": 24 * 7}[strings.TrimSuffix(words[1], "s")]
	if hours == 0 {
		return defaultRetention
	}
	return (n*hours + 23) / 24
}
