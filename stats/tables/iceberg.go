package tables

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"s3layout/stats"
)

// An icebergReader reads the current snapshot of an Iceberg table, and the older ones as far as that is cheap.
type icebergReader struct {
	lake  *Lake
	fetch *fetcher
	t     *table
	meta  *icebergMetadata
	move  rebase
	// manifests that were read, by place.
	manifests map[string]bool

	data, deletes, bytes int64 // of the current snapshot
}

// icebergMetadata is what counts of table metadata.
// Source: apache/iceberg format/spec.md, "Table Metadata Fields".
type icebergMetadata struct {
	Format   int64             `json:"format-version"`
	Location string            `json:"location"`
	Current  json.Number       `json:"current-snapshot-id"`
	Snaps    []icebergSnapshot `json:"snapshots"`
	Refs     map[string]struct {
		Snapshot json.Number `json:"snapshot-id"`
	} `json:"refs"`
	Specs []struct {
		ID     int            `json:"spec-id"`
		Fields []icebergField `json:"fields"`
	} `json:"partition-specs"`
	DefaultSpec int               `json:"default-spec-id"`
	Keys        []json.RawMessage `json:"encryption-keys"`
	Properties  map[string]string `json:"properties"`
}

type icebergSnapshot struct {
	ID        json.Number       `json:"snapshot-id"`
	Time      int64             `json:"timestamp-ms"`
	List      string            `json:"manifest-list"`
	Manifests []string          `json:"manifests"`
	Key       string            `json:"key-id"`
	Summary   map[string]string `json:"summary"`
}

type icebergField struct {
	Name      string `json:"name"`
	Transform string `json:"transform"`
	ID        int    `json:"field-id"`
}

// orphanDays is older_than of remove_orphan_files where nothing sets it.
// Source: apache/iceberg docs/maintenance.md.
const orphanDays = 3

func (d *icebergReader) key(name string) string { return join(d.t.dir, "metadata/"+name) }

func (d *icebergReader) read(ctx context.Context, files []stats.LogFile) error {
	names := icebergNames(files)
	if len(names) == 0 {
		return errors.New("it has no table metadata")
	}
	chosen, how, err := d.choose(ctx, names, files)
	if err != nil {
		return err
	}
	if err := d.readMetadata(ctx, chosen); err != nil {
		return fmt.Errorf("%s: %w", chosen.Name, err)
	}
	d.manifests = map[string]bool{}
	b := &d.t.block
	b.Chosen = chosen.Name + ", " + how
	b.OldAfterDays, b.Check = orphanDays, "absent"
	if err := d.locate(); err != nil {
		return err
	}
	current := d.current()
	if current != nil {
		if err := d.readCurrent(ctx, current); err != nil {
			return fmt.Errorf("snapshot %s: %w", current.ID, err)
		}
	}
	d.namePartitions()
	d.noteRefs()
	return d.history(ctx, current)
}

func (d *icebergReader) readMetadata(ctx context.Context, at icebergName) error {
	text, err := d.fetch.whole(ctx, d.key(at.Name), at.Size)
	if err != nil {
		return err
	}
	if text, err = gunzipped(text); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	d.meta = &icebergMetadata{}
	if err := decoder.Decode(d.meta); err != nil {
		return fmt.Errorf("it is no table metadata: %w", err)
	}
	switch m := d.meta; {
	case m.Format < 1 || m.Format > 3:
		return fmt.Errorf("it is of format version %d, and 1 to 3 are known here", m.Format)
	case len(m.Keys) > 0:
		return errors.New("the table is encrypted")
	case m.Location == "":
		return errors.New("it has no location")
	}
	return nil
}

// current is the current snapshot; nil where the table is empty.
func (d *icebergReader) current() *icebergSnapshot {
	if id := d.meta.Current.String(); id != "" && id != "-1" {
		for i := range d.meta.Snaps {
			if d.meta.Snaps[i].ID.String() == id {
				return &d.meta.Snaps[i]
			}
		}
	}
	return nil
}

// locate finds out how the places in the metadata map to keys. Where the table says that it lies elsewhere it was copied, or
// the bucket goes by two names, or its metadata is kept apart from its data: then places count as they are where the
// manifests are found there, and else as below the directory that was listed.
func (d *icebergReader) locate() error {
	here, there := d.lake.root.place(d.t.dir), strings.TrimSuffix(normalize(d.meta.Location), "/")
	if id := d.meta.Current.String(); id != "" && id != "-1" && d.current() == nil {
		return fmt.Errorf("its current snapshot %.30q is not among its snapshots", id)
	}
	if here == there {
		return nil
	}
	to := ""
	if d.t.dir != "" {
		to = d.t.dir + "/"
	}
	d.move = rebase{from: there + "/", to: to}
	return nil
}

func (d *icebergReader) readCurrent(ctx context.Context, s *icebergSnapshot) error {
	d.t.block.Version = s.ID.String()
	if s.Time > 0 {
		d.t.block.Time = stamp(time.UnixMilli(s.Time))
	}
	manifests, err := d.listAnywhere(ctx, s)
	if err != nil {
		return err
	}
	if err := d.readManifests(ctx, manifests, true); err != nil {
		return err
	}
	d.check(s.Summary)
	return nil
}

// listAnywhere lists the manifests of the current snapshot, and settles whether places are taken as they are.
func (d *icebergReader) listAnywhere(ctx context.Context, s *icebergSnapshot) ([]icebergManifest, error) {
	if d.move == (rebase{}) {
		return d.list(ctx, s)
	}
	moved := d.move
	d.move = rebase{}
	probe := s.List
	if probe == "" && len(s.Manifests) > 0 {
		probe = s.Manifests[0]
	}
	if _, inside := d.lake.root.icebergKey(d.move, probe); inside {
		manifests, err := d.list(ctx, s)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			d.t.note("its metadata lies apart from its location, %s", d.meta.Location)
			return manifests, err
		}
	}
	d.move = moved
	manifests, err := d.list(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("it was written for %.200q: %w", d.meta.Location, err)
	}
	d.t.note("it was written for %s: a copy, or another name of the bucket; its paths are taken to be below the directory that was listed", d.meta.Location)
	return manifests, nil
}

// check compares the entries of the current snapshot with its summary, whose totals are optional.
func (d *icebergReader) check(summary map[string]string) {
	found := []struct {
		name string
		n    int64
	}{{"total-data-files", d.data}, {"total-delete-files", d.deletes}, {"total-files-size", d.bytes}}
	d.t.block.Check = "absent"
	for _, f := range found {
		text, ok := summary[f.name]
		if !ok {
			continue
		}
		if said, err := strconv.ParseInt(text, 10, 64); err != nil || said != f.n {
			d.t.block.Check = "differs"
			d.t.note("the snapshot's summary says %s %.30s, and its manifests hold %d", f.name, text, f.n)
			continue
		}
		if d.t.block.Check == "absent" {
			d.t.block.Check = "agrees"
		}
	}
}

func (d *icebergReader) noteRefs() {
	named := 0
	for name := range d.meta.Refs {
		if name != "main" {
			named++
		}
	}
	if named > 0 {
		d.t.note("%d branches or tags besides main keep their snapshots alive", named)
	}
}

// maxHistory bounds the requests for the older snapshots of a table.
const maxHistory = 100

// history reads what older snapshots refer to. Where that takes too many requests, or one of their files is gone, nothing is
// called unreferenced.
func (d *icebergReader) history(ctx context.Context, current *icebergSnapshot) error {
	start := d.fetch.used.Load()
	for i := range d.meta.Snaps {
		s := &d.meta.Snaps[i]
		if s == current {
			continue
		}
		err := d.readOlder(ctx, s, start+maxHistory)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			d.t.unchecked = true
			d.t.note("older snapshots were not all read: %v", err)
			return nil
		}
	}
	return nil
}

func (d *icebergReader) readOlder(ctx context.Context, s *icebergSnapshot, most int64) error {
	spent := func(n int) error {
		if d.fetch.used.Load()+int64(n) > most {
			return fmt.Errorf("%d of them take more than %d requests", len(d.meta.Snaps), maxHistory)
		}
		return nil
	}
	if err := spent(1); err != nil {
		return err
	}
	manifests, err := d.list(ctx, s)
	if err != nil {
		return err
	}
	var fresh []icebergManifest
	for _, m := range manifests {
		if !d.manifests[m.place] {
			fresh = append(fresh, m)
		}
	}
	if err := spent(len(fresh)); err != nil {
		return err
	}
	return d.readManifests(ctx, fresh, false)
}
