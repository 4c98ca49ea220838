package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"s3layout/advisor"
	"s3layout/advisor/render"
)

// benchTable is what bench prints.
type benchTable struct {
	options *benchOptions
	begun   time.Time
	load    string // load average when it began
	rows    []benchRow
	missing []string // peers that are not installed
	stopped error    // why keyspaces are missing
}

// benchColumn is a figure of a sample. One that is another one divided by a constant has no range of its own.
type benchColumn struct {
	title   string
	derived bool
	value   func(benchRow, sample) float64
	format  func(float64) string
}

var benchColumns = []benchColumn{
	{"wall s", false, func(_ benchRow, s sample) float64 { return s.wallSeconds }, decimals(2)},
	{"CPU s", false, func(_ benchRow, s sample) float64 { return s.cpuSeconds }, decimals(2)},
	{"CPU s/M", true, func(r benchRow, s sample) float64 { return s.cpuSeconds * 1e6 / float64(r.objects) }, decimals(2)},
	{"requests", false, func(_ benchRow, s sample) float64 { return s.requests }, count},
	{"/1,000", true, func(r benchRow, s sample) float64 { return s.requests * 1e3 / float64(r.objects) }, decimals(3)},
	{"peak MiB", false, func(_ benchRow, s sample) float64 { return float64(s.peakBytes) / (1 << 20) }, decimals(0)},
	{"× serial", true, func(r benchRow, s sample) float64 { return r.serial / s.wallSeconds }, decimals(1)},
}

func decimals(n int) func(float64) string {
	return func(x float64) string { return fmt.Sprintf("%.*f", n, x) }
}

func count(x float64) string { return advisor.Count(int64(x + 0.5)) }

// String is the table with its heading and notes.
func (t *benchTable) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "s3layout %s bench · %s %s/%s · %d cores%s · %s\n", version(),
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), t.loaded(), t.begun.UTC().Format("2006-01-02 15:04 UTC"))
	fmt.Fprintf(&b, "%s objects a bucket · %s latency · %d in flight · %s\n\n",
		advisor.Count(t.options.objects), t.options.latency, t.options.concurrency, t.sampled())
	cells := [][]string{t.heading()}
	for _, r := range t.rows {
		cells = append(cells, r.cells())
		if len(r.samples) > 1 {
			cells = append(cells, r.ranges())
		}
	}
	writeAligned(&b, cells)
	t.notes(&b)
	return b.String()
}

func (t *benchTable) loaded() string {
	if t.load == "" {
		return ""
	}
	return ", load " + t.load
}

func (t *benchTable) sampled() string {
	if t.options.runs == 1 {
		return "one run"
	}
	return fmt.Sprintf("medians of %d runs, min–max below", t.options.runs)
}

func (t *benchTable) heading() []string {
	out := []string{"keyspace", "objects"}
	for _, c := range benchColumns {
		out = append(out, c.title)
	}
	if t.scaled() > 0 {
		out[len(out)-1] += "*"
	}
	return out
}

// scaled is how many objects were listed serially, where not all were.
func (t *benchTable) scaled() int64 {
	for _, r := range t.rows {
		if r.scaled > 0 {
			return r.scaled
		}
	}
	return 0
}

func (t *benchTable) notes(b *strings.Builder) {
	fmt.Fprintf(b, "\nCPU: user and system of the lister alone; /M: per million objects · requests: the server's count\n")
	if n := t.scaled(); n > 0 {
		fmt.Fprintf(b, "* scaled from the first %s objects\n", advisor.Count(n))
	}
	if t.options.serial {
		fmt.Fprintf(b, "serial: page by page with aws-sdk-go-v2\n")
	}
	if t.options.peers {
		fmt.Fprintf(b, "peers: %s\n", peerCommands())
	}
	if len(t.missing) > 0 {
		fmt.Fprintf(b, "not installed: %s\n", strings.Join(t.missing, ", "))
	}
	for _, r := range t.rows {
		if r.wrong != "" {
			fmt.Fprintf(b, "WRONG: %s, %s: %s\n", r.keyspace, r.lister, render.Printable(r.wrong))
		}
	}
	if t.stopped != nil {
		fmt.Fprintf(b, "INCOMPLETE: %v; keyspaces are missing\n", t.stopped)
	}
}

// cells are the row's medians.
func (r benchRow) cells() []string {
	out := []string{r.title(), advisor.Count(r.objects)}
	if r.wrong != "" {
		out[1] = "WRONG"
	}
	for _, c := range benchColumns {
		out = append(out, r.cell(c, func(sorted []float64) string { return c.format(median(sorted)) }))
	}
	return out
}

// ranges are the least and most of each figure that is not derived.
func (r benchRow) ranges() []string {
	out := []string{"  min–max", ""}
	for _, c := range benchColumns {
		if c.derived {
			out = append(out, "")
			continue
		}
		out = append(out, r.cell(c, func(sorted []float64) string {
			least, most := c.format(sorted[0]), c.format(sorted[len(sorted)-1])
			if least == most {
				return least
			}
			return least + "–" + most
		}))
	}
	return out
}

func (r benchRow) title() string {
	switch {
	case r.lister == "s3layout":
		return r.keyspace
	case r.scaled > 0:
		return "  " + r.lister + "*"
	}
	return "  " + r.lister
}

// cell spells a column of the row, and "-" where there is nothing to spell.
func (r benchRow) cell(c benchColumn, spell func(sorted []float64) string) string {
	values := make([]float64, len(r.samples))
	for i, s := range r.samples {
		values[i] = c.value(r, s)
	}
	slices.Sort(values)
	if len(values) == 0 || values[len(values)-1] == 0 {
		return "-"
	}
	return spell(values)
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// writeAligned writes the first column to the left and the others to the right, two spaces apart.
func writeAligned(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line.WriteString(cell + space)
			} else {
				line.WriteString("  " + space + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}
