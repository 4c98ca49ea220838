package spark

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"s3layout/lister"
	"s3layout/stats"
)

var recording = flag.String("recording", "", "hold plans to this file of testdata/spark/record.py, not to those that are committed")

// A layout is a line of a recording: files, how Spark read them, and how it planned that.
type layout struct {
	version Version // of the recording

	ID            string
	Reader        string
	Cores         int64
	Runs          []fileRun
	Conf, Options map[string]string
	MinPartitions int64 `json:"min_partitions"`

	Tasks, Median, Largest int64
	Order, Ranges          string
}

// fileRun is what layouts.py calls a Run.
type fileRun struct {
	Name              string
	Count, Size       int64
	Spread, Seed, Fan uint64
}

func (r fileRun) files(yield func(name string, size int64) bool) {
	for i := range uint64(r.Count) {
		name := strings.ReplaceAll(r.Name, "{i}", strconv.FormatUint(i, 10))
		name = strings.ReplaceAll(name, "{part}", strconv.FormatUint(i%max(r.Fan, 1), 10))
		if !yield(name, r.Size+int64(splitmix64(r.Seed+i)%(r.Spread+1))) {
			return
		}
	}
}

func splitmix64(x uint64) uint64 {
	z := x + 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// hadoop reports whether FileInputFormat cuts.
func (l layout) hadoop() bool { return l.Reader == "textFile" || l.Reader == "newAPIHadoopFile" }

func (l layout) lists(name string) bool {
	if l.hadoop() {
		return ListsSplits(name)
	}
	return Lists(name, l.version.AtLeast(Version{4, 0}) && l.Conf["spark.sql.sources.useListFilesFileSystemList"] == "file")
}

// keepsEmpty reports whether a file without a byte makes a task.
func (l layout) keepsEmpty() bool { return l.hadoop() && !l.version.AtLeast(IgnoresEmptySplits) }

// read returns the size of every file that the reader reads, by path.
func (l layout) read() map[string]int64 {
	out := map[string]int64{}
	partitioned := false
	for _, r := range l.Runs {
		for name, size := range r.files {
			if l.lists(name) && (size > 0 || l.keepsEmpty()) {
				out[name] = size
				partitioned = partitioned || strings.Contains(path.Dir(name), "=")
			}
		}
	}
	if !l.hadoop() && l.Options["recursiveFileLookup"] != "true" {
		// Spark reads the directories that name partitions; where there are none, the files in the target alone.
		maps.DeleteFunc(out, func(name string, _ int64) bool {
			return strings.Contains(path.Dir(name), "=") != partitioned || !partitioned && path.Dir(name) != "."
		})
	}
	return out
}

func (l layout) cuts(name string) bool {
	r := Reader{Spark: l.version, Format: l.Reader, Options: l.Options}
	if l.hadoop() {
		r.Format = "rdd"
	}
	return r.Cuts(path.Base(name))
}

func (l layout) input(files map[string]int64) Input {
	sizes := map[bool]map[int64]int64{true: {}, false: {}}
	empty := int64(0)
	for name, size := range files {
		sizes[l.cuts(name)][size]++
		if size == 0 {
			empty++
		}
	}
	return Input{Splittable: maps.All(sizes[true]), Whole: maps.All(sizes[false]), Empty: empty}
}

// splits are the settings that FileInputFormat was given; the block size of local files is 32 MiB.
func (l layout) splits(t *testing.T) Splits {
	t.Helper()
	number := func(name string, otherwise int64) int64 {
		value, set := l.Conf["spark.hadoop."+name]
		if !set {
			return otherwise
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	s := Splits{BlockSize: number("fs.local.block.size", 32*mib), KeepEmpty: l.keepsEmpty()}
	s.MinSize = number("mapreduce.input.fileinputformat.split.minsize", 0)
	s.MaxSize = number("mapreduce.input.fileinputformat.split.maxsize", 0)
	if l.Reader == "textFile" {
		scan, err := ScanConf(Version{3, 5}, l.Cores, map[string]string{DefaultParallelism: cmp.Or(l.Conf[DefaultParallelism], strconv.FormatInt(l.Cores, 10))})
		if err != nil {
			t.Fatal(err)
		}
		s.MinPartitions = cmp.Or(l.MinPartitions, min(scan.Parallelism, TextFilePartitions))
	}
	return s
}

// TestRecorded holds plans to those of real Spark: how many tasks, the bytes of each chunk of each task in order, and
// which bytes of which file.
func TestRecorded(t *testing.T) {
	files := []string{*recording}
	if *recording == "" {
		var err error
		if files, err = filepath.Glob("../../testdata/spark/*.jsonl"); err != nil || len(files) < 2 {
			t.Fatalf("%d recordings, %v", len(files), err)
		}
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
			t.Parallel()
			version, layouts := readRecording(t, file)
			for _, l := range layouts {
				l.check(t)
			}
			t.Logf("%d plans of Spark %v", len(layouts), version)
		})
	}
}

func readRecording(t *testing.T, file string) (Version, []layout) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := json.NewDecoder(bufio.NewReader(f))
	var header struct {
		Spark string
		Count int
	}
	if err := lines.Decode(&header); err != nil {
		t.Fatal(err)
	}
	version, err := ParseVersion(header.Spark)
	if err != nil {
		t.Fatal(err)
	}
	var layouts []layout
	for lines.More() {
		l := layout{version: version}
		if err := lines.Decode(&l); err != nil {
			t.Fatal(err)
		}
		layouts = append(layouts, l)
	}
	if len(layouts) == 0 || len(layouts) < header.Count/2 {
		t.Fatalf("%d plans of %d", len(layouts), header.Count)
	}
	return version, layouts
}

func (l layout) check(t *testing.T) {
	t.Helper()
	files := l.read()
	in := l.input(files)
	var plan Plan
	var order, ranges digest
	var limit int64
	if l.hadoop() {
		s := l.splits(t)
		plan, limit = s.Plan(in), s.Bytes(in)
		var chunks []int64
		s.each(in, func(r run) { chunks = append(chunks, slices.Repeat([]int64{r.bytes}, int(r.n))...) })
		slices.SortFunc(chunks, func(a, b int64) int { return cmp.Compare(b, a) })
		for _, c := range chunks {
			order.line(strconv.FormatInt(c, 10))
		}
	} else {
		s, err := ScanConf(l.version, l.Cores, l.Conf)
		if err != nil {
			t.Fatal(err)
		}
		plan, limit = s.Plan(in), s.MaxSplitBytes(in)
		s.each(in, func(chunks []run, n int64) {
			line := spelled(chunks)
			for range n {
				order.line(line)
			}
		})
	}
	for name, size := range files {
		ranges.lines = append(ranges.lines, l.ranges(name, size, limit)...)
	}
	slices.Sort(ranges.lines)
	got := layout{Tasks: plan.Tasks, Median: plan.MedianBytes, Largest: plan.MaxBytes, Order: order.sum(), Ranges: ranges.sum()}
	if got.Tasks != l.Tasks || got.Median != l.Median || got.Largest != l.Largest || got.Order != l.Order || got.Ranges != l.Ranges {
		t.Errorf("%s (%s): %d tasks, median %d, largest %d, order %s, ranges %s; Spark has %d, %d, %d, %s, %s", l.ID, l.Reader,
			got.Tasks, got.Median, got.Largest, got.Order, got.Ranges, l.Tasks, l.Median, l.Largest, l.Order, l.Ranges)
	}
	if plan.MaxExpanded != plan.MaxBytes || plan.MedianExpanded != plan.MedianBytes {
		t.Errorf("%s: expanded to %d and %d without a factor", l.ID, plan.MedianExpanded, plan.MaxExpanded)
	}
}

// ranges are the byte ranges that the reader cuts one file into.
func (l layout) ranges(name string, size, limit int64) []string {
	if !l.cuts(name) || size == 0 {
		return []string{fmt.Sprint(name, " 0 ", size)}
	}
	full := (size - 1) / limit
	if l.hadoop() {
		full, _ = splitsOf(size, limit)
	}
	var out []string
	for i := range full {
		out = append(out, fmt.Sprint(name, " ", i*limit, " ", limit))
	}
	return append(out, fmt.Sprint(name, " ", full*limit, " ", size-full*limit))
}

func spelled(chunks []run) string {
	var b strings.Builder
	for _, c := range chunks {
		b.WriteString(strings.Repeat(" "+strconv.FormatInt(c.bytes, 10), int(c.n)))
	}
	return b.String()[1:]
}

// digest hashes lines as record.py does.
type digest struct{ lines []string }

func (d *digest) line(s string) { d.lines = append(d.lines, s) }

func (d *digest) sum() string {
	h := sha256.New()
	for _, l := range d.lines {
		h.Write([]byte(l + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// What a listing makes of the recorded layouts is what Spark reads, and cuts, of them: the same hidden names, the same
// codecs, wherever a reader reads files that are named for it. A listing's verdict on codecs is that of Spark 3.
func TestListingAgrees(t *testing.T) {
	own := map[string][]string{"csv": {".csv"}, "json": {".json", ".jsonl"}, "text": {".txt", ".log"}, "parquet": {".parquet"}, "orc": {".orc"}}
	for _, file := range []string{"3.5", "4.1"} {
		_, layouts := readRecording(t, "../../testdata/spark/"+file+".jsonl")
		compared := 0
		for _, l := range layouts {
			suffixes, scan := own[l.Reader]
			plain := l.Options["multiLine"] != "true" && l.Options["wholetext"] != "true"
			if !scan || !plain {
				continue
			}
			l.version = Version{3, 5}
			c := stats.NewCollector(stats.Options{})
			want := map[bool]map[int64]int64{true: {}, false: {}}
			for _, r := range l.Runs {
				if !slices.ContainsFunc(suffixes, func(s string) bool { return strings.Contains(r.Name, s) }) {
					continue
				}
				for name, size := range r.files {
					c.Add([]lister.Object{{Key: name, Size: size}})
					if Lists(name, false) && size > 0 {
						want[l.cuts(name)][size]++
					}
				}
			}
			p := c.Profile()
			for _, splittable := range []bool{true, false} {
				sizes, exact := p.FileSizes(splittable)
				if got := maps.Collect(sizes); !exact || !maps.Equal(got, want[splittable]) {
					t.Errorf("%s (%s): the listing has %d sizes of files that are cut: %t; Spark %d", l.ID, l.Reader, len(got), splittable, len(want[splittable]))
				}
			}
			compared++
		}
		if compared < 30 {
			t.Errorf("only %d layouts were compared", compared)
		}
	}
}
