package tables

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"s3layout/lister"
	"s3layout/stats"
)

// A table is one table of which the metadata was read, or could not be.
type table struct {
	lake  *Lake
	dir   string // below the target
	block stats.TableFormat
	read  bool

	files fileSet
	away  map[uint64]bool // files in the target that are not in dir
	count stats.TableObjects
	// unchecked is set where older snapshots were not read: what is not live may be history.
	unchecked bool

	values    []map[string]*string // of the partitions, the first being number 1
	numbers   map[string]uint32
	partNames []string // directories that stand for them
}

// maxPartitions bounds how many partitions of a table are told apart.
const maxPartitions = 1_000_000

// maxNotes bounds what is said of a table beside its figures.
const maxNotes = 8

func (t *table) note(format string, args ...any) {
	if len(t.block.Notes) < maxNotes {
		t.block.Notes = append(t.block.Notes, stats.Spell(fmt.Sprintf(format, args...)))
	}
}

// reset forgets the files and partitions that were read.
func (t *table) reset() {
	t.lake.files -= t.files.n
	t.files = fileSet{seed: t.lake.seed}
	t.away, t.block.Outside = nil, nil
}

func (t *table) outside(bytes int64) {
	if t.block.Outside == nil {
		t.block.Outside = &stats.TableCount{}
	}
	t.block.Outside.Add(bytes)
}

// put gives a file a role, if it lies in the target.
func (t *table) put(at place, role uint64, part uint32) error {
	if !at.inside {
		return nil
	}
	if at.away && role != isHistory {
		if t.away == nil {
			t.away = map[uint64]bool{}
		}
		t.away[at.hash] = true
	}
	before := t.files.n
	t.files.add(at.hash, role, part)
	if t.lake.files += t.files.n - before; t.lake.files > t.lake.opts.MaxFiles {
		return fmt.Errorf("%w: more than %d files in all tables", ErrTooMany, t.lake.opts.MaxFiles)
	}
	return nil
}

// partition numbers a partition, from 1 on.
func (t *table) partition(values map[string]*string) (uint32, error) {
	var key []byte
	for _, name := range sortedNames(values) {
		key = append(strconv.AppendInt(key, int64(len(name)), 10), ':')
		key = append(key, name...)
		if v := values[name]; v != nil {
			key = append(strconv.AppendInt(key, int64(len(*v)), 10), ':')
			key = append(key, *v...)
		} else {
			key = append(key, '-')
		}
	}
	if n, ok := t.numbers[string(key)]; ok {
		return n, nil
	}
	if len(t.values) == maxPartitions {
		return 0, fmt.Errorf("%w: more than %d partitions", ErrTooMany, maxPartitions)
	}
	if t.numbers == nil {
		t.numbers = map[string]uint32{}
	}
	t.values = append(t.values, values)
	n := uint32(len(t.values))
	t.numbers[string(key)] = n
	return n, nil
}

// name gives partitions the directories that stand for them: keys are the names of columns as the values have them, shown as
// people know them.
func (t *table) name(keys, shown []string) {
	t.partNames = make([]string, len(t.values))
	for i, values := range t.values {
		ordered := make([]*string, len(keys))
		for j, key := range keys {
			ordered[j] = values[key]
		}
		t.partNames[i] = partitionDir(t.dir, shown, ordered)
	}
	t.values, t.numbers = nil, nil
}

// judge says what an object is to the table, and counts it.
func (t *table) judge(o *lister.Object, hash uint64, name string, hidden bool) (stats.FileClass, string) {
	roles, part := t.files.see(hash)
	switch {
	case roles&isLive != 0:
		t.count.Live.Add(o.Size)
		if part == 0 {
			return stats.LiveData, t.dir
		}
		return stats.LiveData, t.partNames[part-1]
	case roles&isDeletes != 0:
		t.count.Deletes.Add(o.Size)
		return stats.LiveDeletes, ""
	case t.isMetadata(name):
		t.count.Metadata.Add(o.Size)
		return stats.MetadataFile, ""
	case roles&isHistory != 0:
		t.count.History.Add(o.Size)
		return stats.HistoryFile, ""
	case t.block.Format == "delta" && strings.HasPrefix(name, "_change_data/"):
		t.count.ChangeData.Add(o.Size)
		return stats.ChangeData, ""
	case hidden:
		t.count.Passed.Add(o.Size)
		return stats.PassedOver, ""
	case t.unchecked:
		t.count.Unchecked.Add(o.Size)
		return stats.UncheckedFile, ""
	case o.Modified.Before(t.lake.opts.Now.Add(-time.Duration(t.block.OldAfterDays) * 24 * time.Hour)):
		t.count.Old.Add(o.Size)
		return stats.OldFile, ""
	}
	t.count.Young.Add(o.Size)
	return stats.YoungFile, ""
}

// isMetadata goes by where a file lies: both formats keep theirs in one directory. A Delta table that is read as Iceberg,
// too (UniForm), has both.
func (t *table) isMetadata(name string) bool {
	return t.block.Format == "delta" && strings.HasPrefix(name, "_delta_log/") ||
		(t.block.Format == "iceberg" || t.lake.alsoIceberg[t.dir]) && strings.HasPrefix(name, "metadata/")
}

func stamp(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC().Truncate(time.Second)
	return &at
}
