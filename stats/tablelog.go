package stats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"s3layout/lister"
)

const (
	// maxTables bounds the table directories that are named: the smallest, whatever the order in which they come.
	maxTables = 10_000
	// maxLogFiles bounds the files of table metadata that are remembered, about 120 bytes each. Where there are more no
	// table's are.
	maxLogFiles = 400_000
)

// tableLogs are the tables that a listing has shown.
type tableLogs struct {
	logs  map[tableID]*TableLog
	files int
	full  bool
}

type tableID struct{ format, path string }

func (id tableID) compare(other tableID) int {
	return cmp.Or(strings.Compare(id.path, other.path), strings.Compare(id.format, other.format))
}

// mayHoldLog reports whether what is in a directory may be in the log of a table.
func mayHoldLog(dir string) bool {
	return strings.HasSuffix(dir, "metadata") || strings.Contains(dir, "_delta_log") || strings.Contains(dir, ".hoodie")
}

// logOf tells which table's metadata a key is: the outermost log, and the name below it. A log lies in a directory that no
// engine passes over. Only names that readers of tables go by are wanted.
func logOf(key string) (id tableID, name string, wanted, ok bool) {
	for start := 0; ; {
		component, rest, more := strings.Cut(key[start:], "/")
		if !more {
			return tableID{}, "", false, false
		}
		dir := key[:max(start-1, 0)]
		switch {
		case component == "_delta_log":
			return tableID{"delta", dir}, rest, wantedDelta(rest), true
		case component == ".hoodie":
			return tableID{"hudi", dir}, rest, false, true
		case component == "metadata" && isIcebergName(rest):
			return tableID{"iceberg", dir}, rest, true, true
		case hiddenDirKind(component) != "":
			return tableID{}, "", false, false
		}
		start += len(component) + 1
	}
}

func wantedDelta(name string) bool {
	return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".parquet") || strings.HasSuffix(name, ".crc") && name[0] != '.'
}

func isIcebergName(name string) bool {
	return !strings.Contains(name, "/") && (strings.HasSuffix(name, ".metadata.json") || strings.HasSuffix(name, ".metadata.json.gz"))
}

// note remembers an object, if it is a table's metadata. One that is excluded makes no table known.
func (t *tableLogs) note(o *lister.Object, excluded bool) {
	id, name, wanted, ok := logOf(o.Key)
	if !ok {
		if dir, hint := strings.CutSuffix(o.Key, "metadata/version-hint.text"); hint && (dir == "" || strings.HasSuffix(dir, "/")) {
			id, name, wanted = tableID{"iceberg", strings.TrimSuffix(dir, "/")}, "version-hint.text", true
		} else {
			return
		}
	}
	log := t.logs[id]
	if log == nil {
		log = &TableLog{Format: id.format, Path: strings.Clone(id.path)}
		t.logs[tableID{id.format, log.Path}] = log
		t.bound()
	}
	log.known = log.known || ok && !excluded
	log.Excluded = log.Excluded || excluded && wanted
	if !wanted || t.full {
		return
	}
	if t.files++; t.files > maxLogFiles {
		t.full = true
		for _, l := range t.logs {
			l.Files = nil
		}
		return
	}
	log.Files = append(log.Files, LogFile{Name: strings.Clone(name), Size: o.Size, Modified: o.Modified})
}

// bound drops the largest directories where there are too many.
func (t *tableLogs) bound() {
	if len(t.logs) < 2*maxTables {
		return
	}
	for _, id := range t.sorted()[maxTables:] {
		t.files -= len(t.logs[id].Files)
		delete(t.logs, id)
	}
}

func (t *tableLogs) sorted() []tableID {
	return slices.SortedFunc(maps.Keys(t.logs), tableID.compare)
}

// TableLogs returns what has been listed of the metadata of tables, by directory. The files belong to the Collector.
func (c *Collector) TableLogs() []TableLog {
	var out []TableLog
	for _, id := range c.tables.sorted() {
		if log := c.tables.logs[id]; log.known && !c.skips(log.Path) && len(out) < maxTables {
			out = append(out, *log)
		}
	}
	return out
}

// skips reports whether the source jumps over a directory, or one that it lies in.
func (c *Collector) skips(path string) bool {
	if c.opts.Skips == nil || path == "" {
		return false
	}
	dir := path + "/"
	for at := range len(dir) {
		if dir[at] == '/' && c.opts.Skips(dir[:at+1]) {
			return true
		}
	}
	return false
}

func (c *Collector) tableList() []TableFormat {
	out := []TableFormat{}
	for _, log := range c.TableLogs() {
		b := TableFormat{Format: log.Format, Path: Spell(log.Path), Basis: "listing", Reason: "no metadata was read"}
		if c.opts.Tables != nil {
			if read, ok := c.opts.Tables.Describe(log.Format, log.Path); ok {
				b = read
			}
		}
		if c.selects() {
			b.Missing = 0
		}
		out = append(out, b)
	}
	return out
}

// selects reports whether patterns or a predicate leave anything out.
func (c *Collector) selects() bool {
	return len(c.opts.Exclude) > 0 || len(c.opts.Include) > 0 || c.opts.Select != nil
}

// judge asks the tables what an object is.
func (c *Collector) judge(o *lister.Object, name string) (class FileClass, partition string) {
	if c.opts.Tables == nil {
		return NoTable, ""
	}
	reason, _ := c.hides(o.Key, name)
	return c.opts.Tables.Judge(o, c.last.path, reason != "")
}

// ignoreOfTable counts an object of a table that is no live data.
func (c *Collector) ignoreOfTable(class FileClass, o *lister.Object, name string) {
	switch class {
	case LiveDeletes:
		c.ignore(DeleteFile, "", o)
	case MetadataFile:
		c.ignore(TableMetadata, "", o)
	case ChangeData:
		c.ignore(TableChanges, "", o)
	case HistoryFile:
		c.ignore(TableHistory, "", o)
	case UncheckedFile:
		c.ignore(Unchecked, "", o)
	case YoungFile:
		c.ignore(Unreferenced, "young", o)
	case OldFile:
		c.ignore(Unreferenced, "old", o)
	default: // passed over, for a name that an engine passes over, too
		reason, kind := c.hides(o.Key, name)
		c.ignore(reason, kind, o)
	}
}

// observeLive counts a table's file in the partition that its metadata has it in, whatever the directory.
func (c *Collector) observeLive(o *lister.Object, name, dir string) {
	if c.live.known && c.live.path == dir {
		c.observeIn(c.live.partition, o, name)
		return
	}
	p := c.partitionOf(layoutOf(dir))
	c.live = directory{known: true, path: strings.Clone(dir), partition: p}
	c.observeIn(p, o, name)
}

// Explain has Profile describe tables as t does, where it could not read any, so that their files were not told apart.
func (c *Collector) Explain(t Tables) { c.opts.Tables = t }

// HoldsLog reports whether a directory may be, or lie in, the log of a table. Whoever lists for a Collector must not leave
// out a part of one, or an older version would pass for the current one.
func HoldsLog(dir string) bool {
	for component := range strings.SplitSeq(dir, "/") {
		if component == "_delta_log" || component == "metadata" || component == ".hoodie" {
			return true
		}
	}
	return false
}

// maxTableWarnings bounds the tables that warnings name.
const maxTableWarnings = 20

// tableWarnings say of which tables the figures are not of live files, and what is doubtful of the others.
func tableWarnings(tables []TableFormat) []Warning {
	var out []Warning
	quiet := int64(0)
	for _, t := range tables {
		if t.Reason == "" && len(t.Notes) == 0 && t.Missing == 0 {
			continue
		}
		if len(out) >= maxTableWarnings {
			quiet++
			continue
		}
		name := fmt.Sprintf("%s table %q", t.Format, t.Path)
		if t.Reason != "" {
			out = append(out, Warning{"table_by_listing", name + " is judged by its listing, dead files too: " + t.Reason, 0})
		}
		if t.Missing > 0 {
			out = append(out, Warning{"table_missing_files", name + " has live files that the listing does not show: deleted, or written since", t.Missing})
		}
		for _, note := range t.Notes {
			out = append(out, Warning{"table_note", name + ": " + note, 0})
		}
	}
	if quiet > 0 {
		out = append(out, Warning{"table_note", fmt.Sprintf("%d more tables have notes of their own, in table_format", quiet), 0})
	}
	return out
}
