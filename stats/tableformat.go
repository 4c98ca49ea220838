package stats

import (
	"time"

	"s3layout/lister"
)

// TableFormat is a directory with the log of a table format in it. Where its metadata was read, what an engine reads of it is
// told from what it keeps for its history and from what nothing refers to: each object that is listed in the directory, or
// that the table refers to elsewhere in the target, is counted in one of the classes from Live to Passed.
type TableFormat struct {
	// delta, hudi or iceberg.
	Format string `json:"format"`
	Path   string `json:"path"`
	// metadata: the figures of the profile are of its live files; listing: of all of its files, dead ones too.
	Basis string `json:"basis"`
	// Why its metadata was not read; absent where it was.
	Reason string `json:"reason,omitempty"`
	// Version of a Delta table, or the ID of the current snapshot of an Iceberg table; "" where it has none.
	Version string `json:"version,omitempty"`
	// When that version was written.
	Time *time.Time `json:"time,omitempty"`
	// How the version was chosen.
	Chosen string `json:"chosen,omitempty"`
	// GET requests that reading the metadata took.
	Requests int64 `json:"requests,omitempty"`
	// Whether the files that were found add up to what the table says of itself: agrees, differs, or absent where it says
	// nothing.
	Check string `json:"check,omitempty"`
	// Columns that the table is partitioned by, in its own order.
	PartitionColumns []string `json:"partition_columns,omitempty"`
	// Classes of objects; absent where the metadata was not read.
	Objects *TableObjects `json:"objects,omitempty"`
	// Live files that the listing does not show; absent where patterns left something out.
	Missing int64 `json:"missing,omitempty"`
	// Live files that lie outside the target, by the table's own account.
	Outside *TableCount `json:"outside,omitempty"`
	// Days after which an unreferenced file is called old: the table's retention, or its format's default.
	OldAfterDays int64 `json:"old_after_days,omitempty"`
	// What the figures do not show.
	Notes []string `json:"notes,omitempty"`
}

// TableObjects counts the objects of a table by class; their sum is what is listed of it.
type TableObjects struct {
	// Data files of the current version: what the profile measures.
	Live TableCount `json:"live"`
	// Files with deletes, and deletion vectors, of the current version.
	Deletes TableCount `json:"deletes"`
	// The log, metadata, manifests and statistics.
	Metadata TableCount `json:"metadata"`
	// Delta's _change_data.
	ChangeData TableCount `json:"change_data"`
	// Files that older snapshots refer to, or that the log has tombstones of: time travel reads them.
	History TableCount `json:"history"`
	// Files that are not live, where older snapshots were not read: history, or unreferenced.
	Unchecked TableCount `json:"unchecked"`
	// Files that nothing refers to that was read, and that are too young to tell a failed write from a running one.
	Young TableCount `json:"unreferenced_young"`
	// Files that nothing refers to that was read, and that are older than OldAfterDays.
	Old TableCount `json:"unreferenced_old"`
	// Hidden names and markers that the table does not refer to.
	Passed TableCount `json:"passed_over"`
}

// TableCount counts objects, as the listing has their sizes.
type TableCount struct {
	Objects int64 `json:"objects"`
	Bytes   int64 `json:"bytes"`
}

// Add counts one object of that many bytes.
func (c *TableCount) Add(bytes int64) {
	c.Objects++
	c.Bytes = addSaturating(c.Bytes, max(bytes, 0))
}

// Dead sums the files that the current version does not read: history, unchecked and unreferenced.
func (o *TableObjects) Dead() TableCount {
	var sum TableCount
	for _, c := range []TableCount{o.History, o.Unchecked, o.Young, o.Old} {
		sum.Objects += c.Objects
		sum.Bytes = addSaturating(sum.Bytes, c.Bytes)
	}
	return sum
}

// All sums every class.
func (o *TableObjects) All() TableCount {
	sum := o.Dead()
	for _, c := range []TableCount{o.Live, o.Deletes, o.Metadata, o.ChangeData, o.Passed} {
		sum.Objects += c.Objects
		sum.Bytes = addSaturating(sum.Bytes, c.Bytes)
	}
	return sum
}

// A FileClass says what an object is to the table that it belongs to.
type FileClass uint8

// Classes of objects, as TableObjects has them.
const (
	NoTable FileClass = iota // it belongs to no table of which the metadata was read
	LiveData
	LiveDeletes
	MetadataFile
	ChangeData
	HistoryFile
	UncheckedFile
	YoungFile
	OldFile
	PassedOver
)

// Tables tells the files of tables apart, for a Collector. stats/tables makes them from their metadata.
type Tables interface {
	// Judge says what an object is, and counts it. It is called once for each object that no pattern left out, on one
	// goroutine. dir is the directory of the object's key, and hidden whether an engine that knows of no table passes over
	// it. Of live data, partition is the directory that stands for its partition: below the table's, of key=value names.
	Judge(o *lister.Object, dir string, hidden bool) (class FileClass, partition string)
	// Describe returns the account of a table.
	Describe(format, path string) (TableFormat, bool)
}

// A TableLog is what a listing shows of a table's metadata.
type TableLog struct {
	// delta, hudi or iceberg, and the table's directory: its exact bytes.
	Format, Path string
	// Files with the metadata, by name below _delta_log or metadata, in no order. None where there are too many to keep.
	Files []LogFile
	// A pattern leaves some of them out.
	Excluded bool

	known bool // there is more than a hint, and not all of it is excluded
}

// A LogFile is an object of a TableLog.
type LogFile struct {
	Name     string
	Size     int64
	Modified time.Time
}
