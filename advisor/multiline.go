package advisor

import "slices"

// MultiLine counts opened files in which records go over several lines.
type MultiLine struct {
	// Files of Opened have such records. Formats are those of Files, json, csv or tsv; Opened counts all of these formats.
	Files, Opened int64
	Formats       []string
	// Examples has a key for each format.
	Examples []string
}

// MultiLine is what the files that were opened show of records over several lines, for which readers must be told.
func (f *Facts) MultiLine() MultiLine {
	var m MultiLine
	if f.Profile.Probe == nil {
		return m
	}
	for _, t := range f.Profile.Probe.Text {
		if t.MultiLine && slices.Contains(lined, t.Format) {
			m.Files += t.Objects
			if !slices.Contains(m.Formats, t.Format) {
				m.Formats = append(m.Formats, t.Format)
				m.Examples = append(m.Examples, t.Example)
			}
		}
	}
	for _, t := range f.Profile.Probe.Text {
		if slices.Contains(m.Formats, t.Format) {
			m.Opened += t.Objects
		}
	}
	return m
}

// lined are the formats that readers take line by line unless multiLine is set.
var lined = []string{"json", "csv", "tsv"}

// scansMultiLine reports whether spark.read must be told multiLine for most files, so that it cuts none; and whether for some.
// One option serves all files of a read.
func (f *Facts) scansMultiLine() (most, some bool) {
	m := f.MultiLine()
	for _, t := range f.Profile.Formats {
		if t.Splittable && !slices.Contains(m.Formats, t.Format) {
			return false, m.Files > 0
		}
	}
	return 2*m.Files > m.Opened, m.Files > 0
}
