package tables

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"s3layout/stats"
)

// A deltaReader replays the log of a Delta table, the newest version first: what is said of a file first is what holds.
// So only the commits behind the checkpoint are kept, and the rows of the checkpoint pass by.
//
// Compacted logs (x.y.compacted.json) are optional and left alone: some writers break their rules.
type deltaReader struct {
	lake  *Lake
	fetch *fetcher
	t     *table
	log   *deltaLog

	protocol *deltaProtocol
	metaData *deltaMetaData
	decided  map[fileKey]fileState
	sidecars []string

	live, liveBytes int64
}

// A fileKey is what tells the files of a log apart: the file and its deletion vector.
// Source: delta-io/delta PROTOCOL.md, "Action Reconciliation".
type fileKey struct{ file, vector uint64 }

type fileState struct {
	place
	add    bool
	size   int64
	part   uint32
	vector place // of the file of the deletion vector; its hash is 0 where there is none
}

// A place is a file as the set knows it.
type place struct {
	hash   uint64
	inside bool // in the target
	away   bool // in the target, and not in the table's directory
}

// maxDecided bounds the files that the commits behind a checkpoint may name, about 100 bytes each.
const maxDecided = 2_000_000

func (d *deltaReader) read(ctx context.Context, files []stats.LogFile) error {
	d.log = readDeltaNames(files)
	if d.log.latest < 0 {
		return errors.New("its log has neither a commit nor a whole checkpoint")
	}
	d.decided = map[fileKey]fileState{}
	if err := d.replay(ctx); err != nil {
		return err
	}
	if err := d.protocol.supported(); err != nil {
		return err
	}
	if d.metaData == nil {
		return errors.New("its log has no metaData")
	}
	for key, state := range d.decided {
		if err := d.keep(key, state); err != nil {
			return err
		}
	}
	return d.describe(ctx)
}

// replay reads the commits, from the latest version down to the newest checkpoint that can be read.
func (d *deltaReader) replay(ctx context.Context) error {
	next := d.log.latest
	for _, cp := range d.log.checkpoints {
		if err := d.commits(ctx, next, cp.version); err != nil {
			return err
		}
		next = cp.version
		before := *d
		err := d.checkpoint(ctx, cp)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || errors.Is(err, ErrTooMany) {
			return err
		}
		*d = before
		d.t.reset()
		d.t.note("the checkpoint of version %d cannot be read (%v): an older one was taken", cp.version, err)
	}
	return d.commits(ctx, next, -1)
}

// commits applies those of the versions from, from-1, ... above until.
func (d *deltaReader) commits(ctx context.Context, from, until int64) error {
	for v := from; v > until; v-- {
		if _, ok := d.log.commits[v]; !ok {
			return fmt.Errorf("version %d of its log is missing", v)
		}
	}
	bodies := make([][]byte, from-until)
	version := func(i int) int64 { return from - int64(i) }
	return inBatches(ctx, len(bodies), func(ctx context.Context, i int) (err error) {
		f := d.log.commits[version(i)]
		bodies[i], err = d.fetch.whole(ctx, d.key(f.Name), f.Size)
		return err
	}, func(i int) error {
		err := eachAction(bytes.NewReader(bodies[i]), func(a *deltaAction) error { return d.apply(a, false) })
		bodies[i] = nil
		if err != nil {
			return fmt.Errorf("version %d: %w", version(i), err)
		}
		return nil
	})
}

// inBatches fetches some of n things at a time, and uses them in order.
func inBatches(ctx context.Context, n int, fetch func(ctx context.Context, i int) error, use func(i int) error) error {
	for start := 0; start < n; start += parallel {
		size := min(parallel, n-start)
		if err := each(ctx, size, func(ctx context.Context, i int) error { return fetch(ctx, start+i) }); err != nil {
			return err
		}
		for i := range size {
			if err := use(start + i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *deltaReader) key(name string) string { return join(d.t.dir, "_delta_log/"+name) }

// apply takes an action. Those of a checkpoint are the oldest, so that nothing has to be kept of them.
func (d *deltaReader) apply(a *deltaAction, checkpoint bool) error {
	if a.Protocol != nil && d.protocol == nil {
		d.protocol = a.Protocol
	}
	if a.MetaData != nil && d.metaData == nil {
		d.metaData = a.MetaData
	}
	if a.Sidecar != nil && checkpoint {
		d.sidecars = append(d.sidecars, a.Sidecar.Path)
	}
	for _, f := range []*deltaFile{a.Add, a.Remove} {
		if f == nil {
			continue
		}
		if err := d.file(f, f == a.Add, checkpoint); err != nil {
			return err
		}
	}
	return nil
}

func (d *deltaReader) file(f *deltaFile, add, checkpoint bool) error {
	if f.Path == "" {
		return errors.New("a file without a path")
	}
	at, err := d.resolve(f.Path)
	if err != nil {
		return err
	}
	key := fileKey{file: at.hash}
	if f.Vector != nil {
		key.vector = d.lake.hash(f.Vector.unique())
	}
	if _, ok := d.decided[key]; ok {
		return nil
	}
	s := fileState{place: at, add: add, size: f.Size}
	if s.vector, err = d.vectorFile(f.Vector); err != nil {
		return err
	}
	if add && len(f.PartitionValues) > 0 {
		if s.part, err = d.t.partition(f.PartitionValues); err != nil {
			return err
		}
	}
	if checkpoint {
		return d.keep(key, s)
	}
	d.decided[key] = s
	if len(d.decided) > maxDecided {
		return fmt.Errorf("%w: more than %d files in the commits behind its checkpoint", ErrTooMany, maxDecided)
	}
	return nil
}

func (d *deltaReader) resolve(path string) (place, error) {
	key, inside, err := d.lake.root.deltaKey(d.t.dir, path)
	return d.lake.placeOf(d.t, key, inside), err
}

func (d *deltaReader) vectorFile(v *deltaVector) (place, error) {
	path, err := v.file()
	if err != nil || path == "" {
		return place{}, err
	}
	if v.Storage == "p" {
		return d.resolve(path)
	}
	return d.lake.placeOf(d.t, join(d.t.dir, path), true), nil
}

// keep puts a file into the table's set.
func (d *deltaReader) keep(key fileKey, s fileState) error {
	role, vectorRole := uint64(isHistory), uint64(isHistory)
	if s.add {
		role, vectorRole = isLive, isDeletes
		d.live++
		d.liveBytes += s.size
		if !s.inside {
			d.t.outside(s.size)
		}
	}
	if err := d.t.put(s.place, role, s.part); err != nil || key.vector == 0 || s.vector.hash == 0 {
		return err
	}
	return d.t.put(s.vector, vectorRole, 0)
}

// describe fills in the table's account once everything is read.
func (d *deltaReader) describe(ctx context.Context) error {
	columns, err := d.metaData.physicalColumns()
	if err != nil {
		return err
	}
	d.t.name(columns, d.metaData.PartitionColumns)
	b := &d.t.block
	b.Version = fmt.Sprint(d.log.latest)
	b.Time = stamp(d.log.written())
	b.Chosen = "the newest version in _delta_log"
	b.PartitionColumns = spelled(d.metaData.PartitionColumns)
	b.OldAfterDays = d.metaData.retentionDays()
	if b.Outside != nil {
		d.t.note("%d live files lie outside the target: a shallow clone, or files that were added by their full path", b.Outside.Objects)
	}
	b.Check, err = d.check(ctx)
	return err
}

// check compares what was found with the account that the writer left of the latest version, which is optional.
// Source: delta-io/delta PROTOCOL.md, "Version Checksum File".
func (d *deltaReader) check(ctx context.Context) (string, error) {
	f, ok := d.log.sums[d.log.latest]
	if !ok {
		return "absent", nil
	}
	text, err := d.fetch.whole(ctx, d.key(f.Name), f.Size)
	if err != nil {
		return "absent", ctx.Err()
	}
	var sum struct {
		Bytes *int64 `json:"tableSizeBytes"`
		Files *int64 `json:"numFiles"`
	}
	if json.Unmarshal(text, &sum) != nil || sum.Bytes == nil || sum.Files == nil {
		return "absent", nil
	}
	if *sum.Files != d.live || *sum.Bytes != d.liveBytes {
		d.t.note("%s says %d files of %d bytes, and the log holds %d of %d", f.Name, *sum.Files, *sum.Bytes, d.live, d.liveBytes)
		return "differs", nil
	}
	return "agrees", nil
}

func spelled(names []string) []string {
	out := slices.Clone(names)
	for i, name := range out {
		out[i] = strings.ToValidUTF8(stats.Spell(name), "")
	}
	return out
}
