// Package tables reads the metadata of Delta Lake and Apache Iceberg tables, and tells which of the files that a listing
// shows are live: read by the current version; and which are kept for older versions, or referred to by nothing.
//
// It writes nothing and follows no catalog. All that it reads is hostile: no length is trusted, and a table whose current
// version cannot be read to its end is not told apart at all. It never calls a file safe to delete: it says what the metadata
// that it read refers to. Apache Hudi is recognised, and judged by its listing.
package tables

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"s3layout/lister"
	"s3layout/stats"
)

// Options bound what is read, and say what metadata does not.
type Options struct {
	// Root is the target as metadata spells places: its s3:// URI, or the absolute path of a directory.
	Root string
	// Now is what ages are counted to.
	Now time.Time
	// MaxRequests bounds the GET requests for all tables; 0 is no bound.
	MaxRequests int64
	// MaxFiles bounds the files of all tables that are remembered, 16 bytes each; 0 is the default.
	MaxFiles int
}

// defaultMaxFiles take up to 256 MiB.
const defaultMaxFiles = 8_000_000

// A Lake is the tables of a target. It is a stats.Tables for one listing.
type Lake struct {
	opts  Options
	root  root
	seed  maphash.Seed
	files int // in all tables

	tables      []*table
	byDir       map[string]*table
	elsewhere   map[uint64]*table // the tables of files that are not in their directory
	alsoIceberg map[string]bool   // directories of Delta tables with Iceberg's metadata, too

	// Most objects are in the directory of the one before.
	lastDir string
	last    *table
	known   bool
}

var _ stats.Tables = (*Lake)(nil)

// Read reads the metadata of the tables that a listing has shown, the smallest directory first. It returns an error only when
// ctx ends; a table that cannot be read says so in its account.
func Read(ctx context.Context, from lister.Reader, logs []stats.TableLog, opts Options) (*Lake, error) {
	if opts.MaxFiles == 0 {
		opts.MaxFiles = defaultMaxFiles
	}
	l := &Lake{
		opts: opts, root: newRoot(opts.Root), seed: maphash.MakeSeed(),
		byDir: map[string]*table{}, elsewhere: map[uint64]*table{}, alsoIceberg: map[string]bool{},
	}
	logs = slices.Clone(logs)
	slices.SortFunc(logs, func(a, b stats.TableLog) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Format, b.Format))
	})
	fetch := &fetcher{reader: from, most: opts.MaxRequests}
	for _, log := range logs {
		before := fetch.used.Load()
		t := l.add(log)
		err := l.readTable(ctx, fetch, t, log)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		l.finish(t, err)
		t.block.Requests = fetch.used.Load() - before
	}
	return l, nil
}

func (l *Lake) add(log stats.TableLog) *table {
	t := &table{lake: l, dir: log.Path, block: stats.TableFormat{Format: log.Format, Path: stats.Spell(log.Path)}}
	t.reset()
	l.tables = append(l.tables, t)
	return t
}

var (
	errHudi     = errors.New("the files of a Hudi table are told apart by its timeline, which is not read")
	errExcluded = errors.New("patterns leave out a part of its metadata")
	errTooLong  = errors.New("its metadata has more objects than are remembered")
	errSecond   = errors.New("it is a Delta table, too, and is read as one")
)

func (l *Lake) readTable(ctx context.Context, fetch *fetcher, t *table, log stats.TableLog) error {
	switch {
	case log.Format == "hudi":
		return errHudi
	case log.Excluded:
		return errExcluded
	case log.Files == nil:
		return errTooLong
	case log.Format == "delta":
		return (&deltaReader{lake: l, fetch: fetch, t: t}).read(ctx, log.Files)
	case l.byDir[t.dir] != nil: // Delta sorts first
		l.alsoIceberg[t.dir] = true
		return errSecond
	}
	return (&icebergReader{lake: l, fetch: fetch, t: t}).read(ctx, log.Files)
}

// finish makes a table that was read count, and forgets what was read of one that was not.
func (l *Lake) finish(t *table, err error) {
	if err != nil {
		t.reset()
		notes := t.block.Notes
		t.block = stats.TableFormat{Format: t.block.Format, Path: t.block.Path, Basis: "listing", Reason: stats.Spell(err.Error()), Notes: notes}
		return
	}
	t.read, t.block.Basis = true, "metadata"
	l.byDir[t.dir] = t
	for hash := range t.away {
		l.elsewhere[hash] = t
	}
	t.away = nil
}

// Reads reports whether the metadata of any table was read.
func (l *Lake) Reads() bool { return len(l.byDir) > 0 }

func (l *Lake) hash(key string) uint64 { return maphash.String(l.seed, key) }

// placeOf is where a table's file lies: key is below the target where inside, else it is the whole place.
func (l *Lake) placeOf(t *table, key string, inside bool) place {
	if !inside {
		return place{hash: l.hash("\x00" + key)}
	}
	return place{hash: l.hash(key), inside: true, away: t.dir != "" && !strings.HasPrefix(key, t.dir+"/")}
}

// owner is the table in whose directory a directory lies; of nested ones the inner one.
func (l *Lake) owner(dir string) *table {
	if l.known && dir == l.lastDir {
		return l.last
	}
	l.lastDir, l.last, l.known = strings.Clone(dir), nil, true
	for {
		if t := l.byDir[dir]; t != nil {
			l.last = t
			return t
		}
		if dir == "" {
			return nil
		}
		dir = dir[:max(strings.LastIndexByte(dir, '/'), 0)]
	}
}

// Judge says what an object is. See stats.Tables.
func (l *Lake) Judge(o *lister.Object, dir string, hidden bool) (stats.FileClass, string) {
	t := l.owner(dir)
	if t == nil && len(l.elsewhere) == 0 {
		return stats.NoTable, ""
	}
	hash := l.hash(o.Key)
	if other := l.elsewhere[hash]; other != nil && (t == nil || !t.holds(hash)) {
		return other.judge(o, hash, "", hidden)
	}
	if t == nil {
		return stats.NoTable, ""
	}
	name := o.Key
	if t.dir != "" {
		name = o.Key[len(t.dir)+1:]
	}
	return t.judge(o, hash, name, hidden)
}

// holds reports whether a file is live in the table.
func (t *table) holds(hash uint64) bool {
	if t.files.n == 0 {
		return false
	}
	at, there := t.files.find(hash)
	return there && t.files.slots[at]&(isLive|isDeletes) != 0
}

// Describe returns the account of a table, with what Judge has counted of it so far. See stats.Tables.
func (l *Lake) Describe(format, path string) (stats.TableFormat, bool) {
	for _, t := range l.tables {
		if t.block.Format != format || t.dir != path {
			continue
		}
		b := t.block
		if t.read {
			count := t.count
			b.Objects = &count
			b.Missing = t.files.unseen()
		}
		return b, true
	}
	return stats.TableFormat{}, false
}
