package tables

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"s3layout/stats"
	"s3layout/stats/tables/parquet"
)

// checkpoint applies the rows of one, and of its sidecars.
func (d *deltaReader) checkpoint(ctx context.Context, cp deltaCheckpoint) error {
	if err := d.parts(ctx, cp.parts); err != nil {
		return err
	}
	sidecars := make([]stats.LogFile, len(d.sidecars))
	for i, at := range d.sidecars {
		name, err := url.PathUnescape(at[strings.LastIndexByte(at, '/')+1:])
		if err != nil {
			return fmt.Errorf("a sidecar whose path is no URI: %w", err)
		}
		size, ok := d.log.sidecars[name]
		if !ok {
			return fmt.Errorf("its sidecar %.80q is missing", name)
		}
		sidecars[i] = stats.LogFile{Name: "_sidecars/" + name, Size: size}
	}
	d.sidecars = nil
	if err := d.parts(ctx, sidecars); err != nil {
		return err
	}
	if len(d.sidecars) > 0 {
		return fmt.Errorf("a sidecar of a sidecar")
	}
	return nil
}

func (d *deltaReader) parts(ctx context.Context, files []stats.LogFile) error {
	readers := make([]io.ReaderAt, len(files))
	return inBatches(ctx, len(files), func(ctx context.Context, i int) (err error) {
		readers[i], err = d.fetch.at(ctx, d.key(files[i].Name), files[i].Size)
		return err
	}, func(i int) error {
		r, f := readers[i], files[i]
		readers[i] = nil
		if large, ok := r.(object); ok { // whose context ended with the batch
			large.ctx = ctx
			r = large
		}
		if strings.HasSuffix(f.Name, ".json") {
			return eachAction(io.NewSectionReader(r, 0, f.Size), func(a *deltaAction) error { return d.apply(a, true) })
		}
		return d.parquet(ctx, r, f.Size)
	})
}

// A checkpointColumn is a leaf of a checkpoint: a path, where a star stands for the names that writers give to the inside of
// lists and maps.
type checkpointColumn int

const (
	addPath checkpointColumn = iota
	addSize
	addKeys
	addValues
	addVectorStorage
	addVectorPath
	addVectorOffset
	removePath
	removeVectorStorage
	removeVectorPath
	removeVectorOffset
	protocolReader
	protocolFeatures
	metaSchema
	metaPartitions
	metaKeys
	metaValues
	sidecarPath
)

// checkpointColumns are the paths, and the physical types.
var checkpointColumns = []struct {
	path string
	kind int64
}{
	addPath: {"add.path", parquet.ByteArray}, addSize: {"add.size", parquet.Int64},
	addKeys: {"add.partitionValues.*.key", parquet.ByteArray}, addValues: {"add.partitionValues.*.value", parquet.ByteArray},
	addVectorStorage: {"add.deletionVector.storageType", parquet.ByteArray}, addVectorPath: {"add.deletionVector.pathOrInlineDv", parquet.ByteArray},
	addVectorOffset: {"add.deletionVector.offset", parquet.Int32},
	removePath:      {"remove.path", parquet.ByteArray}, removeVectorStorage: {"remove.deletionVector.storageType", parquet.ByteArray},
	removeVectorPath: {"remove.deletionVector.pathOrInlineDv", parquet.ByteArray}, removeVectorOffset: {"remove.deletionVector.offset", parquet.Int32},
	protocolReader: {"protocol.minReaderVersion", parquet.Int32}, protocolFeatures: {"protocol.readerFeatures.*", parquet.ByteArray},
	metaSchema: {"metaData.schemaString", parquet.ByteArray}, metaPartitions: {"metaData.partitionColumns.*", parquet.ByteArray},
	metaKeys: {"metaData.configuration.*.key", parquet.ByteArray}, metaValues: {"metaData.configuration.*.value", parquet.ByteArray},
	sidecarPath: {"sidecar.path", parquet.ByteArray},
}

// matches reports whether a leaf is the column of a path.
func matches(path string, leaf []string) bool {
	words := strings.Split(path, ".")
	star := slices.Index(words, "*")
	if star < 0 {
		return slices.Equal(words, leaf)
	}
	last := words[star+1:]
	return len(leaf) > star && slices.Equal(words[:star], leaf[:star]) && len(leaf) >= star+len(last) &&
		(len(last) == 0 || strings.TrimSuffix(leaf[len(leaf)-1], "s") == last[0]) // keys and values, in some writers
}

// A checkpointRow gives the values of a row by column.
type checkpointRow struct {
	slots []int // of each column; -1 where the file has none
	row   [][]parquet.Value
}

func (r *checkpointRow) values(c checkpointColumn) []parquet.Value {
	if r.slots[c] < 0 {
		return nil
	}
	return r.row[r.slots[c]]
}

// text is the one value of a column, and whether it is not null.
func (r *checkpointRow) text(c checkpointColumn) (string, bool) {
	v := r.values(c)
	if len(v) != 1 || v[0].Null {
		return "", false
	}
	return string(v[0].B), true
}

func (r *checkpointRow) number(c checkpointColumn) (int64, bool) {
	v := r.values(c)
	if len(v) != 1 || v[0].Null {
		return 0, false
	}
	return v[0].I, true
}

func (r *checkpointRow) texts(c checkpointColumn) []string {
	var out []string
	for _, v := range r.values(c) {
		if !v.Null {
			out = append(out, string(v.B))
		}
	}
	return out
}

// pairs is a map of strings, nil where it is empty.
func (r *checkpointRow) pairs(keys, values checkpointColumn) (map[string]*string, error) {
	k, v := r.values(keys), r.values(values)
	if len(k) != len(v) {
		return nil, fmt.Errorf("a map of %d keys and %d values", len(k), len(v))
	}
	if len(k) == 0 || k[0].Null {
		return nil, nil
	}
	out := make(map[string]*string, len(k))
	for i := range k {
		out[string(k[i].B)] = nil
		if !v[i].Null {
			s := string(v[i].B)
			out[string(k[i].B)] = &s
		}
	}
	return out, nil
}

func (r *checkpointRow) vector(storage, path, offset checkpointColumn) *deltaVector {
	kind, ok := r.text(storage)
	if !ok {
		return nil
	}
	v := &deltaVector{Storage: kind}
	v.Path, _ = r.text(path)
	if n, ok := r.number(offset); ok {
		v.Offset = &n
	}
	return v
}

// parquet applies the rows of a checkpoint or of a sidecar.
func (d *deltaReader) parquet(ctx context.Context, r io.ReaderAt, size int64) error {
	f, err := parquet.Open(r, size)
	if err != nil {
		return err
	}
	row := &checkpointRow{slots: make([]int, len(checkpointColumns))}
	var leaves []int
	for i, c := range checkpointColumns {
		row.slots[i] = -1
		for n, leaf := range f.Leaves {
			if matches(c.path, leaf.Path) && leaf.Type == c.kind {
				row.slots[i] = len(leaves)
				leaves = append(leaves, n)
				break
			}
		}
	}
	if row.slots[addPath] < 0 && row.slots[sidecarPath] < 0 {
		return fmt.Errorf("a checkpoint without a column of paths")
	}
	n := 0
	return f.EachRow(leaves, func(values [][]parquet.Value) error {
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row.row = values
		a, err := row.action()
		if err != nil {
			return err
		}
		return d.apply(a, true)
	})
}

// action is the row as a line of a commit would have it.
func (r *checkpointRow) action() (*deltaAction, error) {
	a := &deltaAction{}
	var err error
	if path, ok := r.text(addPath); ok {
		a.Add = &deltaFile{Path: path, Vector: r.vector(addVectorStorage, addVectorPath, addVectorOffset)}
		a.Add.Size, _ = r.number(addSize)
		if a.Add.PartitionValues, err = r.pairs(addKeys, addValues); err != nil {
			return nil, err
		}
	}
	if path, ok := r.text(removePath); ok {
		a.Remove = &deltaFile{Path: path, Vector: r.vector(removeVectorStorage, removeVectorPath, removeVectorOffset)}
	}
	if version, ok := r.number(protocolReader); ok {
		a.Protocol = &deltaProtocol{MinReader: version, Features: r.texts(protocolFeatures)}
	}
	if schema, ok := r.text(metaSchema); ok {
		a.MetaData = &deltaMetaData{SchemaString: schema, PartitionColumns: r.texts(metaPartitions)}
		if a.MetaData.Configuration, err = r.pairs(metaKeys, metaValues); err != nil {
			return nil, err
		}
	}
	if path, ok := r.text(sidecarPath); ok {
		a.Sidecar = &deltaSidecar{Path: path}
	}
	return a, nil
}
