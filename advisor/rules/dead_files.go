package rules

import (
	"fmt"

	"s3layout/advisor"
)

// DeadFiles fires when tables keep much more than their current versions read.
var DeadFiles = &advisor.Rule{
	ID:    "dead-files",
	Title: "Tables keep far more than they read",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("the table's own account: DESCRIBE DETAIL (Delta), the files metadata table (Iceberg)", "its size is that of the live files here"),
	},
	Doc: advisor.Doc{
		Saw:    "Files of older versions, and files that the metadata read refers to nowhere, several times as large as the live ones; or a log of very many objects, or of more than a twentieth of the live bytes.",
		Costs:  "Storage, and the time to list and to plan. A long log makes each query read more metadata before it starts.",
		Do:     "Let the format clean up, with a dry run first. Delta: VACUUM ... DRY RUN, then VACUUM; a checkpoint shortens the log. Iceberg: expire_snapshots, then remove_orphan_files with dry_run. Look for shallow clones, branches, tags and running writers before: they may need these files. On a versioned bucket deleted files stay as noncurrent versions, until a lifecycle rule expires them.",
		Ignore: "Time travel over that long is wanted, or clones of the table read these files.",
	},
	Limits: []advisor.Limit{
		{Name: "times", Value: 5, Unit: "times the live bytes", Reason: "where all files are five times the current ones, history is said to be costly (olake-docs #391)"},
		{Name: "bytes", Value: 1 << 30, Unit: "bytes", Reason: "less costs about a cent a month"},
		{Name: "log_percent", Value: 5, Unit: "% of the live bytes", Reason: "from here the log is called bloated (recost.io)"},
		{Name: "log_bytes", Value: 256 << 20, Unit: "bytes", Reason: "a smaller log is read in no time, whatever its share"},
		{Name: "log_objects", Value: 10_000, Unit: "objects", Reason: "from here the log is called bloated (recost.io), and takes ten pages to list"},
	},
	Sources: []advisor.Source{
		{URL: "https://docs.delta.io/latest/delta-utility.html", Read: "2026-11"},
		{URL: "https://iceberg.apache.org/docs/latest/maintenance/", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		sum, formats := sumTables(f.Profile.TableFormats)
		heavy := sum.dead.Bytes >= r.Limit("bytes") && float64(sum.live.Bytes)+float64(sum.dead.Bytes) >= float64(r.Limit("times"))*float64(sum.live.Bytes)
		long := sum.logs.Objects > r.Limit("log_objects") ||
			sum.logs.Bytes >= r.Limit("log_bytes") && moreThan(r.Limit("log_percent"), sum.logs.Bytes, sum.live.Bytes)
		if !heavy && !long {
			return nil
		}
		a := r.Found(advisor.Warning)
		a.Evidence["live_bytes"], a.Evidence["dead_bytes"], a.Evidence["dead_files"] = sum.live.Bytes, sum.dead.Bytes, sum.dead.Objects
		a.Evidence["metadata_objects"], a.Evidence["metadata_bytes"] = sum.logs.Objects, sum.logs.Bytes
		a.Evidence["times_threshold"], a.Evidence["metadata_objects_threshold"] = r.Limit("times"), r.Limit("log_objects")
		a.Evidence["metadata_percent_threshold"] = r.Limit("log_percent")
		a.Why = fmt.Sprintf("%s dead beside %s live.", size(sum.dead.Bytes), size(sum.live.Bytes))
		a.Set = "the format's own cleaning, a dry run first"
		if !heavy {
			a.Why = fmt.Sprintf("%s of metadata, %s.", plural(sum.logs.Objects, "object"), size(sum.logs.Bytes))
			a.Set = "checkpoint, expire snapshots, clean the log"
		}
		a.Snippets = maintenance(formats)
		return a
	},
}
