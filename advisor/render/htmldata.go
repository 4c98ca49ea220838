package render

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"s3layout/advisor"
	"s3layout/stats"
)

// pageData is what the page's script reads: sizes, partitions and days. Lists of one length run side by side, since names
// that repeat ten thousand times would be most of the page.
type pageData struct {
	Bands      []band         `json:"bands"`
	TargetBand int            `json:"target_band"`
	Histogram  []stats.Bin    `json:"histogram"`
	Median     int64          `json:"median"` // bytes of the median partition; 0 is unknown
	Partitions partitionsData `json:"partitions"`
	Days       []dayData      `json:"days"`
}

type band struct {
	Name string `json:"name"`
	LE   int64  `json:"le"`
}

// partitionsData is partitions sorted by path.
type partitionsData struct {
	// How many bytes, ASCII all of them, a path has in common with the one before, and what follows them.
	Common []int    `json:"common"`
	Rest   []string `json:"rest"`
	// Counts and bytes.
	Objects []int64 `json:"objects"`
	Bytes   []int64 `json:"bytes"`
	Small   []int64 `json:"small"`
	P50     []int64 `json:"p50"`
	Max     []int64 `json:"max"`
	// Minutes since 1970 of the newest file; -1 is unknown.
	Newest []int64 `json:"newest"`
	// A sparkline: a digit for each column, 0 for nothing, 8 for the fullest; "" is unknown.
	Spark []string `json:"spark"`
}

// dayData is what was written for a day.
type dayData struct {
	Day        string `json:"day"`
	Partitions int64  `json:"partitions"`
	Objects    int64  `json:"objects"`
	Bytes      int64  `json:"bytes"`
}

// partitionsView is the table that the page has without its script, and what it says of the rest.
type partitionsView struct {
	Rows []partitionRow
	// Described is how many the script shows.
	Described int
	Notes     []string
	Months    []monthRow
	MonthNote string
	Columns   string
	Treemap   bool
	Calendar  bool
}

type partitionRow struct {
	Path, Files, Bytes, Over, Small, Median, Max, Newest string
	Spark                                                sparkView
}

type monthRow struct{ Month, Days, Files, Bytes, Bar string }

// staticPartitions are in the page's table before its script runs.
const staticPartitions = 100

func newPartitionsView(p *stats.Profile, room *budget) (partitionsView, pageData) {
	d := pageData{TargetBand: targetBand, Histogram: append([]stats.Bin{}, p.Sizes.Histogram...)}
	for _, b := range bands {
		d.Bands = append(d.Bands, band{b.name, b.le})
	}
	if p.Skew != nil {
		d.Median = p.Skew.MedianBytes
	}
	v := partitionsView{Columns: sparkBands}
	for _, part := range p.Partitions[:min(len(p.Partitions), staticPartitions)] {
		if !room.take(1200 + 2*len(part.Path)) {
			break
		}
		v.Rows = append(v.Rows, newPartitionRow(p, part))
	}
	var shown []stats.Partition
	shown, d.Partitions = fitting(p.Partitions, room)
	v.Described = len(shown)
	d.Days = days(shown)
	if len(d.Days) > 3000 {
		d.Days = d.Days[len(d.Days)-3000:]
	}
	v.Months, v.MonthNote = months(d.Days)
	v.Calendar, v.Treemap = len(d.Days) > 1, len(shown) > 1
	v.Notes = partitionNotes(p, len(shown))
	return v, d
}

// partitionNotes say what is not shown.
func partitionNotes(p *stats.Profile, shown int) []string {
	var out []string
	if more := p.Totals.Partitions - int64(shown); p.Other == nil && more > 0 {
		out = append(out, advisor.Count(more)+" smaller partitions are not on this page: --format csv has all of them.")
	} else if p.Other != nil {
		if more -= p.Other.Partitions; more > 0 {
			out = append(out, advisor.Count(more)+" smaller partitions are not on this page: --format csv has all of them.")
		}
		about := ""
		if p.Other.Estimated {
			about = "about "
		}
		out = append(out, about+plural(p.Other.Partitions, "partition")+" with "+plural(p.Other.Objects, "file")+", "+advisor.Size(p.Other.Bytes)+", are not told apart.")
	}
	return out
}

func newPartitionRow(p *stats.Profile, part stats.Partition) partitionRow {
	newest := "–"
	if part.Newest != nil {
		newest = part.Newest.UTC().Format("2006-01-02 15:04")
	}
	return partitionRow{
		Path: pathName(part.Path), Files: advisor.Count(part.Objects), Bytes: advisor.Size(part.Bytes), Over: overMedian(p, part.Bytes),
		Small: advisor.Percent(part.SmallObjects, part.Objects), Median: advisor.Size(part.Sizes.P50), Max: advisor.Size(part.Sizes.Max), Newest: newest, Spark: newSparkView(part.Sizes.Histogram),
	}
}

// fitting are the partitions whose data have room, the first ones, sorted by path.
func fitting(all []stats.Partition, room *budget) ([]stats.Partition, partitionsData) {
	const least = 30 // bytes of a partition's data
	n := min(len(all), max(room.left, 0)/least)
	names := make([]string, n)
	at := make([]int, n)
	for i := range n {
		names[i], at[i] = pathName(all[i].Path), i
	}
	slices.SortFunc(at, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	for {
		at = slices.DeleteFunc(at, func(i int) bool { return i >= n })
		shown, paths := make([]stats.Partition, n), make([]string, n)
		for i, k := range at {
			shown[i], paths[i] = all[k], names[k]
		}
		d := newPartitionsData(shown, paths)
		takes := d.bytes()
		if n == 0 || room.take(takes) {
			return shown, d
		}
		n = min(n-1, int(float64(n)*0.95*float64(max(room.left, 0))/float64(takes)))
	}
}

// bytes is how many the data take in a page.
func (d partitionsData) bytes() int {
	n := 0
	for i := range d.Rest {
		n += jsonLen(d.Rest[i]) + len(d.Spark[i]) + 4
		for _, v := range []int64{int64(d.Common[i]), d.Objects[i], d.Bytes[i], d.Small[i], d.P50[i], d.Max[i], d.Newest[i]} {
			n += len(strconv.FormatInt(v, 10)) + 1
		}
	}
	return n
}

// jsonLen is how many bytes printable text takes in a page's JSON.
func jsonLen(s string) int {
	n := len(s) + 2
	for i := range len(s) {
		switch s[i] {
		case '<', '>', '&':
			n += 5
		case '"', '\\':
			n++
		}
	}
	return n
}

func newPartitionsData(shown []stats.Partition, paths []string) partitionsData {
	n := len(shown)
	d := partitionsData{make([]int, n), make([]string, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]string, n)}
	last := ""
	for i, p := range shown {
		path := paths[i]
		d.Common[i] = common(last, path)
		d.Rest[i], last = path[d.Common[i]:], path
		d.Objects[i], d.Bytes[i], d.Small[i], d.P50[i], d.Max[i], d.Newest[i] = p.Objects, p.Bytes, p.SmallObjects, p.Sizes.P50, p.Sizes.Max, -1
		if p.Newest != nil {
			d.Newest[i] = int64(math.Floor(float64(p.Newest.Unix()) / 60))
		}
		d.Spark[i] = sparkDigits(p.Sizes.Histogram)
	}
	return d
}

// common is how many ASCII bytes two strings have in common at their start.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] && a[n] < 0x80 {
		n++
	}
	return n
}

// sparkDigits is a sparkline as digits: 0 for nothing, 8 for the fullest; "" is unknown.
func sparkDigits(histogram []stats.SizeCount) string {
	counts, most := sparkCounts(histogram)
	if most == 0 {
		return ""
	}
	out := make([]byte, len(counts))
	for i, n := range counts {
		if out[i] = '0'; n > 0 {
			out[i] = '1' + byte(sparkLevel(n, most))
		}
	}
	return string(out)
}

// sparkView draws a sparkline: bars in a box of 54 by 16.
type sparkView struct {
	Label string
	Bars  []sparkBar
}

type sparkBar struct{ X, Y, Height int }

func newSparkView(histogram []stats.SizeCount) sparkView {
	digits := sparkDigits(histogram)
	v := sparkView{Label: "Files by size: unknown"}
	var said []string
	counts, _ := sparkCounts(histogram)
	for i := range digits {
		if h := int(digits[i]-'0') * 2; h > 0 {
			v.Bars = append(v.Bars, sparkBar{i * 6, 16 - h, h})
			said = append(said, sparkNames[i]+" "+advisor.Count(counts[i]))
		}
	}
	if len(said) > 0 {
		v.Label = "Files by size: " + strings.Join(said, ", ")
	}
	return v
}

// days sums partitions by the day that their columns spell, in order; nil where they spell none.
func days(shown []stats.Partition) []dayData {
	by := map[string]*dayData{}
	for _, p := range shown {
		day := dayOf(p.Values)
		if day == "" {
			continue
		}
		if by[day] == nil {
			by[day] = &dayData{Day: day}
		}
		d := by[day]
		d.Partitions++
		d.Objects += p.Objects
		d.Bytes += p.Bytes
	}
	out := []dayData{}
	for _, d := range by {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b dayData) int { return strings.Compare(a.Day, b.Day) })
	return out
}

var (
	dayPattern  = regexp.MustCompile(`^((?:19|20)[0-9]{2})-?([0-9]{2})-?([0-9]{2})(?:[ T_-].*|[0-9]{2})?$`)
	yearNames   = []string{"year", "yr", "yyyy", "y"}
	monthNames  = []string{"month", "mon", "mm", "m"}
	dayNames    = []string{"day", "dd", "d", "dom"}
	yearPattern = regexp.MustCompile(`^(?:19|20)[0-9]{2}$`)
)

// dayOf is the day that the values of partition columns spell, as 2026-04-19: in one of them, or as year, month and day.
func dayOf(values []stats.Value) string {
	var year, month, day string
	for _, v := range values {
		if v.Value == nil {
			continue
		}
		if m := dayPattern.FindStringSubmatch(*v.Value); m != nil {
			if d := validDay(m[1], m[2], m[3]); d != "" {
				return d
			}
		}
		switch name := strings.ToLower(v.Key); {
		case slices.Contains(yearNames, name) && yearPattern.MatchString(*v.Value):
			year = *v.Value
		case slices.Contains(monthNames, name):
			month = *v.Value
		case slices.Contains(dayNames, name):
			day = *v.Value
		}
	}
	return validDay(year, month, day)
}

// validDay is "" where there is no such day.
func validDay(year, month, day string) string {
	y, err1 := strconv.Atoi(year)
	m, err2 := strconv.Atoi(month)
	d, err3 := strconv.Atoi(day)
	if err1 != nil || err2 != nil || err3 != nil || y < 1900 || y > 2099 {
		return ""
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return ""
	}
	return t.Format(time.DateOnly)
}

// months sums days, the newest month first.
func months(all []dayData) (rows []monthRow, note string) {
	const show = 36
	type sum struct{ days, objects, bytes int64 }
	by := map[string]*sum{}
	most := int64(0)
	for _, d := range all {
		m := d.Day[:7]
		if by[m] == nil {
			by[m] = &sum{}
		}
		by[m].days++
		by[m].objects += d.Objects
		by[m].bytes += d.Bytes
		most = max(most, by[m].bytes)
	}
	names := []string{}
	for m := range by {
		names = append(names, m)
	}
	slices.Sort(names)
	slices.Reverse(names)
	for i, m := range names {
		if i == show {
			note = plural(int64(len(names)-i), "earlier month")
			break
		}
		rows = append(rows, monthRow{m, advisor.Count(by[m].days), advisor.Count(by[m].objects), advisor.Size(by[m].bytes), share(by[m].bytes, most)})
	}
	return rows, note
}
