package render

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"s3layout/advisor"
	"s3layout/stats"
)

// csvColumns come before one column for each partition column. An empty cell is unknown, or not there; 0 is none.
var csvColumns = []string{
	"row", "path", "objects", "bytes", "small_objects", "min_bytes", "p50_bytes", "p95_bytes", "max_bytes", "relative_error", "formats", "oldest",
	"newest", "note", "path_base64",
}

// CSV writes the partitions of a report as RFC 4180 has it: a line for each, most bytes first, under a header. The first
// column says what a line is: partition; other, for those that are not told apart; omitted, for those that the report does
// not describe; missing, for a range of keys that could not be listed.
//
// Keys are spelled as in text: what does not print is escaped. A cell that a spreadsheet would take for a formula has a '
// before it, unless Options.Raw is set.
func CSV(w io.Writer, r *advisor.Report, o Options) error {
	if r.Profile == nil {
		return errNoProfile
	}
	c := csvWriter{csv.NewWriter(w), r.Profile.Partitioning.Keys, o.Raw}
	c.UseCRLF = true
	header := slices.Clone(csvColumns)
	for _, k := range c.keys {
		header = append(header, Printable(k.Name))
	}
	c.write(header)
	for i := range r.Profile.Partitions {
		c.partition(&r.Profile.Partitions[i])
	}
	c.rest(r)
	c.Flush()
	return c.Error()
}

var errNoProfile = errors.New("the report has no profile")

type csvWriter struct {
	*csv.Writer
	keys []stats.PartitionKey
	raw  bool
}

// write writes a line. Writer keeps the first error.
func (c csvWriter) write(cells []string) {
	if !c.raw {
		for i, s := range cells {
			cells[i] = defused(s)
		}
	}
	_ = c.Write(cells)
}

// defused puts a ' before what a spreadsheet would take for a formula. They pass over spaces, and take full-width signs for
// the others.
func defused(s string) string {
	if at := strings.TrimLeft(s, " '\"\u3000"); at != "" && strings.ContainsAny(at[:1], "=+-@\t\r\x00") || startsFullWidth(at) {
		return "'" + s
	}
	return s
}

func startsFullWidth(s string) bool {
	return strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠")
}

func (c csvWriter) partition(p *stats.Partition) {
	n := func(n int64) string { return strconv.FormatInt(n, 10) }
	cells := []string{
		"partition", Printable(p.Path), n(p.Objects), n(p.Bytes), n(p.SmallObjects), n(p.Sizes.Min), n(p.Sizes.P50), n(p.Sizes.P95), n(p.Sizes.Max),
		strconv.FormatFloat(p.Sizes.RelativeError, 'f', -1, 64), formatCounts(p.Formats), timestamp(p.Oldest), timestamp(p.Newest), "", Printable(p.PathBase64),
	}
	for _, k := range c.keys {
		cells = append(cells, columnValue(p.Values, k.Name))
	}
	c.write(cells)
}

// rest are the lines of what is not described.
func (c csvWriter) rest(r *advisor.Report) {
	line := func(row, path, objects, bytes, note string) {
		cells := make([]string, len(csvColumns)+len(c.keys))
		cells[0], cells[1], cells[2], cells[3] = row, path, objects, bytes
		cells[slices.Index(csvColumns, "note")] = note
		c.write(cells)
	}
	if o := r.Profile.Other; o != nil {
		about := ""
		if o.Estimated {
			about = "about "
		}
		line("other", "", strconv.FormatInt(o.Objects, 10), strconv.FormatInt(o.Bytes, 10), fmt.Sprintf("%s%d partitions, not told apart", about, o.Partitions))
	}
	if n := r.Profile.PartitionsOmitted; n > 0 {
		line("omitted", "", "", "", fmt.Sprintf("%d partitions that the report does not describe; profile --partitions all describes them", n))
	}
	for _, m := range r.Incomplete {
		line("missing", "", "", "", span(m)+": "+Printable(m.Cause))
	}
	if !r.Complete && len(r.Incomplete) == 0 {
		line("missing", "", "", "", "the listing is incomplete")
	}
}

// formatCounts is "json.gzip 4; json 100".
func formatCounts(formats []stats.PartitionFormat) string {
	parts := make([]string, len(formats))
	for i, f := range formats {
		parts[i] = fmt.Sprintf("%s %d", Printable(foundName(f.Format, f.Compression)), f.Objects)
	}
	return strings.Join(parts, "; ")
}

// columnValue is the value of a partition column as Hive spells it, "" where the partition has no such column.
func columnValue(values []stats.Value, key string) string {
	for _, v := range values {
		switch {
		case v.Key != key:
		case v.Value == nil:
			return "__HIVE_DEFAULT_PARTITION__"
		default:
			return Printable(*v.Value)
		}
	}
	return ""
}

func timestamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
