package render

import (
	"fmt"

	"s3layout/advisor"
)

// compaction shows which partitions to rewrite, and in which order; grouped is whether a DynamicFrame may group the files.
func (t *text) compaction(c *advisor.Compaction, grouped bool) {
	const show = 10
	if c == nil {
		return
	}
	t.blank()
	if t.plain {
		t.plainCompaction(c)
		return
	}
	name := max(t.width-52, 12)
	t.linef("%s %10s %10s %10s %16s", fit("compact, files of "+advisor.Size(c.TargetBytes), name), "files", "after", "bytes", "removed per GiB")
	for _, p := range c.Partitions[:min(show, len(c.Partitions))] {
		t.linef("%s %10s %10s %10s %16s", fit(pathName(p.Path), name), advisor.Count(p.Files), advisor.Count(p.FilesAfter), advisor.Size(p.Bytes), advisor.Count(int64(p.FilesRemovedPerGiB)))
	}
	if c.Candidates > 1 {
		all := fmt.Sprintf("all %s", plural(c.Candidates, "partition"))
		t.linef("%s %10s %10s %10s", fit(all, name), advisor.Count(c.FilesBefore), advisor.Count(c.FilesAfter), advisor.Size(c.Bytes))
	}
	if c.TasksSaved > 0 {
		ungrouped := ""
		if grouped {
			ungrouped = ", ungrouped,"
		}
		t.linef("a read of all%s makes about %s fewer", ungrouped, plural(c.TasksSaved, "task"))
	}
}

// leaveAlone lists the settings that are best left as they are.
func (t *text) leaveAlone(settings []advisor.Setting) {
	if len(settings) == 0 {
		return
	}
	t.blank()
	t.line("leave alone")
	for _, s := range settings {
		for i, l := range Wrap(t.spelled(clean(s.Name+": "+s.Why)), t.width-4) {
			indent := "  "
			if i > 0 {
				indent = "    "
			}
			t.line(indent + l)
		}
	}
}
