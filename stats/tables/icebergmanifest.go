package tables

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"s3layout/stats/tables/avro"
)

// Field IDs of manifest lists and manifests. Names differ between writers and versions.
// Source: apache/iceberg format/spec.md, "Manifest Lists" and "Manifests".
const (
	listPath    = 500
	listLength  = 501
	listContent = 517
	listKey     = 519

	entryStatus    = 0
	entryContent   = 134
	entryPath      = 100
	entrySize      = 104
	entryPartition = 102
	entryPuffin    = 145 // content_size_in_bytes: of a deletion vector in a Puffin file
)

// An icebergManifest is an entry of a manifest list.
type icebergManifest struct {
	place  string
	length int64 // -1 where it is not known
}

// list reads which manifests a snapshot has.
func (d *icebergReader) list(ctx context.Context, s *icebergSnapshot) ([]icebergManifest, error) {
	if s.Key != "" {
		return nil, errors.New("its manifest list is encrypted")
	}
	if s.List == "" {
		var out []icebergManifest
		for _, place := range s.Manifests { // as version 1 may have them
			out = append(out, icebergManifest{place, -1})
		}
		if out == nil && s.Summary["total-data-files"] != "0" {
			return nil, errors.New("it has neither a manifest list nor manifests")
		}
		return out, nil
	}
	text, err := d.open(ctx, icebergManifest{s.List, -1})
	if err != nil {
		return nil, err
	}
	f, err := avro.Open(text)
	if err != nil {
		return nil, fmt.Errorf("manifest list %.200q: %w", s.List, err)
	}
	var out []icebergManifest
	err = f.Records([]int{listPath, listLength, listKey}, func(v []avro.Value) error {
		if v[0].Kind != avro.Bytes || v[1].Kind != avro.Long {
			return errors.New("an entry without a path or a length")
		}
		if v[2].Kind != avro.Null {
			return errors.New("an encrypted manifest")
		}
		out = append(out, icebergManifest{string(v[0].B), v[1].I})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("manifest list %.200q: %w", s.List, err)
	}
	return out, nil
}

// open reads a file that metadata names.
func (d *icebergReader) open(ctx context.Context, m icebergManifest) ([]byte, error) {
	key, inside := d.lake.root.icebergKey(d.move, m.place)
	if !inside {
		return nil, fmt.Errorf("%.200q lies outside the target", m.place)
	}
	if m.length < 0 {
		return d.fetch.unknown(ctx, key)
	}
	return d.fetch.whole(ctx, key, m.length)
}

// readManifests reads what manifests hold: of the current snapshot, or of older ones.
func (d *icebergReader) readManifests(ctx context.Context, manifests []icebergManifest, current bool) error {
	texts := make([][]byte, len(manifests))
	return inBatches(ctx, len(manifests), func(ctx context.Context, i int) (err error) {
		texts[i], err = d.open(ctx, manifests[i])
		return err
	}, func(i int) error {
		if d.manifests[manifests[i].place] {
			return nil
		}
		err := d.manifest(texts[i], current)
		texts[i] = nil
		if err != nil {
			return fmt.Errorf("manifest %.200q: %w", manifests[i].place, err)
		}
		d.manifests[manifests[i].place] = true
		return nil
	})
}

func (d *icebergReader) manifest(text []byte, current bool) error {
	f, err := avro.Open(text)
	if err != nil {
		return err
	}
	ids := []int{entryStatus, entryContent, entryPath, entrySize, entryPuffin}
	var spec *icebergSpec
	if current {
		if spec, err = newIcebergSpec(f); err != nil {
			return err
		}
		ids = append(ids, spec.ids...)
	}
	return f.Records(ids, func(v []avro.Value) error {
		if v[0].Kind != avro.Long || v[2].Kind != avro.Bytes {
			return errors.New("an entry without a status or a path")
		}
		if v[0].I == 2 { // deleted: what is told of it is not of this snapshot
			return nil
		}
		return d.entry(spec, v, current)
	})
}

// entry takes a file that a snapshot has. Many deletion vectors may be in one Puffin file.
func (d *icebergReader) entry(spec *icebergSpec, v []avro.Value, current bool) error {
	key, inside := d.lake.root.icebergKey(d.move, string(v[2].B))
	at := d.lake.placeOf(d.t, key, inside)
	if !current {
		return d.t.put(at, isHistory, 0)
	}
	size := v[3].I
	if v[4].Kind == avro.Long {
		size = v[4].I
	}
	d.bytes += size
	if v[1].I != 0 {
		d.deletes++
		return d.t.put(at, isDeletes, 0)
	}
	d.data++
	if !inside {
		d.t.outside(v[3].I)
	}
	part := uint32(0)
	if len(spec.ids) > 0 {
		var err error
		if part, err = d.t.partition(spec.values(v[len(v)-len(spec.ids):])); err != nil {
			return err
		}
	}
	return d.t.put(at, isLive, part)
}

// namePartitions gives the tuples of partitions their names, in the order of the current spec, and of the older specs behind.
func (d *icebergReader) namePartitions() {
	var names []string
	seen := map[string]bool{}
	add := func(fields []icebergField) {
		for _, f := range fields {
			if f.Transform != "void" && !seen[f.Name] {
				seen[f.Name] = true
				names = append(names, f.Name)
			}
		}
	}
	for _, s := range d.meta.Specs {
		if s.ID == d.meta.DefaultSpec {
			add(s.Fields)
		}
	}
	d.t.block.PartitionColumns = spelled(names)
	d.t.nameTuples(names)
}

// nameTuples names each partition by the columns that it has: those of names first, the others behind in order.
func (t *table) nameTuples(names []string) {
	t.partNames = make([]string, len(t.values))
	for i, values := range t.values {
		var columns []string
		var ordered []*string
		take := func(name string) {
			if v, ok := values[name]; ok {
				columns, ordered = append(columns, name), append(ordered, v)
				delete(values, name)
			}
		}
		for _, name := range names {
			take(name)
		}
		for _, name := range sortedNames(values) {
			take(name)
		}
		t.partNames[i] = partitionDir(t.dir, columns, ordered)
	}
	t.values, t.numbers = nil, nil
}

// specOf reads the partition spec in a manifest's header: a list of fields, in some writers within a spec.
func specOf(text []byte) ([]icebergField, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var fields []icebergField
	if json.Unmarshal(text, &fields) == nil {
		return fields, nil
	}
	var spec struct {
		Fields []icebergField `json:"fields"`
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("a partition spec that is no JSON: %w", err)
	}
	return spec.Fields, nil
}
