package survey

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"s3layout/stats"
	"s3layout/stats/probe"
)

// What is kept of schemas: of how many the columns, and how many columns of each, and how many of both are shown.
const (
	keptSchemas  = 100
	keptColumns  = 2000
	shownSchemas = 20
	shownColumns = 50
)

// schemaSums are the schemas of one format.
type schemaSums struct {
	files  int64
	counts map[string]*stats.SchemaCount
	// columns have the types of each path, with how many files have it so, over the kept schemas.
	columns map[string]map[string]int64
	kept    map[string][]probe.Column
	known   int64 // files of the kept schemas
}

func (s *sums) addSchema(d *stats.Drawn, f *probe.Finding) {
	if f.Schema == nil || f.Schema.Fingerprint == "" || f.Mismatch {
		return
	}
	x := s.schemas[f.Format]
	if x == nil {
		x = &schemaSums{counts: map[string]*stats.SchemaCount{}, columns: map[string]map[string]int64{}, kept: map[string][]probe.Column{}}
		s.schemas[f.Format] = x
	}
	x.files++
	key := f.Schema.Fingerprint
	c := x.counts[key]
	if c == nil {
		c = &stats.SchemaCount{Fingerprint: key, Columns: f.Schema.Leaves}
		x.counts[key] = c
		if len(x.kept) < keptSchemas {
			x.kept[key] = f.Schema.Columns[:min(len(f.Schema.Columns), keptColumns)]
		}
	}
	c.Files++
	if name := stats.Spell(d.Key); c.Example == "" || name < c.Example {
		c.Example = name
	}
	columns, ok := x.kept[key]
	if !ok {
		return
	}
	x.known++
	seen := make(map[string]bool, len(columns))
	for i := range columns {
		path := columns[i].Path
		if seen[path] {
			continue // a file may have a name twice
		}
		seen[path] = true
		if x.columns[path] == nil {
			x.columns[path] = map[string]int64{}
		}
		x.columns[path][typeName(&columns[i])]++
	}
}

func typeName(c *probe.Column) string {
	name := c.Type
	if c.Logical != "" {
		name += " " + c.Logical
	}
	if c.Repeated > 0 {
		name += " repeated"
	}
	return name
}

func (s *sums) writeSchemas() {
	for format, x := range s.schemas {
		drift := stats.SchemaDrift{
			Format: format, Files: x.files, Distinct: int64(len(x.counts)), NamesOnly: format == "json",
			Schemas: sortedBy(x.counts, func(a, b *stats.SchemaCount) int {
				return cmp.Or(cmp.Compare(b.Files, a.Files), strings.Compare(a.Fingerprint, b.Fingerprint))
			}),
			Columns: []stats.ColumnDrift{},
		}
		drift.Schemas = drift.Schemas[:min(len(drift.Schemas), shownSchemas)]
		for i := range drift.Schemas {
			drift.Schemas[i].Share = math.Round(1e4*float64(drift.Schemas[i].Files)/float64(x.files)) / 1e4
		}
		if drift.Distinct > 1 {
			drift.Columns = x.differing()
		}
		s.probe.Schemas = append(s.probe.Schemas, drift)
	}
	slices.SortFunc(s.probe.Schemas, func(a, b stats.SchemaDrift) int {
		return cmp.Or(cmp.Compare(b.Files, a.Files), strings.Compare(a.Format, b.Format))
	})
}

// differing are the columns that some files lack, or have in another type: those of most files first.
func (x *schemaSums) differing() []stats.ColumnDrift {
	out := []stats.ColumnDrift{}
	for path, types := range x.columns {
		d := stats.ColumnDrift{Path: path, Missing: x.known, Types: []stats.TypeCount{}}
		for name, n := range types {
			d.Missing -= n
			d.Types = append(d.Types, stats.TypeCount{Type: name, Files: n})
		}
		if d.Missing == 0 && len(types) == 1 {
			continue
		}
		slices.SortFunc(d.Types, func(a, b stats.TypeCount) int {
			return cmp.Or(cmp.Compare(b.Files, a.Files), strings.Compare(a.Type, b.Type))
		})
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b stats.ColumnDrift) int {
		return cmp.Or(cmp.Compare(len(b.Types), len(a.Types)), cmp.Compare(a.Missing, b.Missing), strings.Compare(a.Path, b.Path))
	})
	return out[:min(len(out), shownColumns)]
}
