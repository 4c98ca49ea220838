package rules_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"s3layout/advisor"
	"s3layout/advisor/spark"
	"s3layout/lister"
	"s3layout/stats"
)

// A testLake is what the lines of a case describe:
//
//	# a comment
//	engine glue-5.1 workers=10 worker=G.1X cores=0 groupFiles=inPartition groupSize=1MiB
//	target s3://bucket/data/
//	apart 5                                          tell so many partitions apart; before the objects
//	table delta live=100x1GiB dead=5x1MiB log=9x1KiB    a table whose metadata was read; beside the objects
//	code                                             show the snippets
//	probe {"objects": 9, "mismatches": [...]}        what the files that were opened showed, a stats.Probe
//	grows json gzip 8.5 20                           what files of a format and codec grow, in so many of them
//	1GiB+1 year=2026/a.csv.gz                        one object
//	500 x 64KiB-1 year=2026/part-%d.json GLACIER     500, numbered from 0, of a storage class
//	120 x 500 x 256KiB day=%d/part-%d.json           120 days of 500
type testLake struct {
	target    string
	engine    advisor.Engine
	code      bool
	tables    []stats.TableFormat
	collector *stats.Collector
	probe     *stats.Probe
	grows     map[[2]string]stats.FileExpansion
	batch     []lister.Object
	keys      []string       // some, of every directory and suffix, to lay a small lake out
	inDir     map[string]int // how many of them
}

// Of so many files of a directory, and of so many directories, keys are kept.
const keptFiles, keptDirectories = 3, 130

// keep notes a few keys of each suffix in the first directories.
func (l *testLake) keep(key string) {
	name := key[strings.LastIndexByte(key, '/')+1:]
	_, suffix, _ := strings.Cut(name, ".")
	kind := strings.TrimSuffix(key, name) + suffix
	if n, seen := l.inDir[kind]; n < keptFiles && (seen || len(l.inDir) < keptDirectories) {
		l.inDir[kind]++
		l.keys = append(l.keys, key)
	}
}

// described is how many partitions a profile describes, as the command has it.
const described = 100

var written = time.Date(2026, 4, 19, 0, 0, 0, 0, time.UTC)

func parseLake(text string) (*testLake, error) {
	l := &testLake{target: "s3://bucket/data/", collector: stats.NewCollector(stats.Options{Partitions: described}), inDir: map[string]int{}}
	if err := l.setEngine(nil); err != nil {
		return nil, err
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if err := l.line(words); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	l.flush()
	return l, nil
}

func (l *testLake) line(words []string) error {
	switch words[0] {
	case "engine":
		return l.setEngine(words[1:])
	case "target":
		l.target = words[1]
		return nil
	case "apart":
		n, err := strconv.Atoi(words[1])
		l.collector = stats.NewCollector(stats.Options{Partitions: described, MaxPartitions: n})
		return err
	case "table":
		return l.table(words[1:])
	case "code":
		l.code = true
		return nil
	case "probe":
		l.probe = &stats.Probe{
			Mode: "sample", Failed: []stats.ProbeFailure{}, Problems: []stats.ProbeProblem{}, Codecs: []stats.CodecShare{},
			Mismatches: []stats.Mismatch{}, Blocks: []stats.BlockHealth{}, Schemas: []stats.SchemaDrift{}, Text: []stats.TextLayout{},
		}
		return json.Unmarshal([]byte(strings.Join(words[1:], " ")), l.probe)
	case "grows":
		ratio, err := strconv.ParseFloat(words[3], 64)
		files, err2 := strconv.ParseInt(words[4], 10, 64)
		if l.grows == nil {
			l.grows = map[[2]string]stats.FileExpansion{}
		}
		l.grows[[2]string{words[1], words[2]}] = stats.FileExpansion{Ratio: ratio, Min: ratio, Max: ratio, Files: files, Origin: "inflated_sample"}
		return errors.Join(err, err2)
	}
	return l.objects(words)
}

func (l *testLake) setEngine(words []string) error {
	e, _ := spark.FindEngine(spark.DefaultEngine)
	w, _ := spark.FindWorker(spark.DefaultWorker)
	c := advisor.Cluster{Workers: spark.DefaultWorkers}
	var err error
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		n, _ := strconv.ParseInt(value, 10, 64)
		ok := true
		switch name {
		case "worker":
			w, ok = spark.FindWorker(value)
		case "workers":
			c.Workers = n
		case "cores":
			c.Cores = n
		case "groupFiles":
			c.GroupFiles = value
		case "groupSize":
			if c.GroupSize, err = parseSize(value); err != nil {
				return err
			}
		default:
			e, ok = spark.FindEngine(name)
		}
		if !ok {
			return fmt.Errorf("%s is not known", word)
		}
	}
	c.Worker = w
	l.engine, err = advisor.NewEngine(e, c)
	return err
}

// objects reads [N x]... SIZE KEY [CLASS].
func (l *testLake) objects(words []string) error {
	var counts []int64
	for len(words) > 1 && words[1] == "x" {
		n, err := strconv.ParseInt(strings.ReplaceAll(words[0], ",", ""), 10, 64)
		if err != nil {
			return err
		}
		counts, words = append(counts, n), words[2:]
	}
	if len(words) != 2 && len(words) != 3 {
		return fmt.Errorf("want [N x]... SIZE KEY [CLASS]")
	}
	size, err := parseSize(words[0])
	if err != nil {
		return err
	}
	parts := strings.Split(words[1], "%d")
	if len(parts) != len(counts)+1 {
		return fmt.Errorf("%d counts for %d numbers in the key", len(counts), len(parts)-1)
	}
	o := lister.Object{Size: size, Modified: written, StorageClass: strings.Join(words[2:], "")}
	l.product(parts[0], parts[1:], counts, o)
	return nil
}

// product adds the objects of all numbers in a key.
func (l *testLake) product(key string, rest []string, counts []int64, o lister.Object) {
	switch len(counts) {
	case 0:
		o.Key = key
		l.keep(key)
		l.add(o)
	case 1:
		for from := int64(0); from < counts[0]; from += batchSize {
			l.numbered(key, rest[0], from, min(from+batchSize, counts[0]), o)
		}
	default:
		for i := range counts[0] {
			l.product(key+strconv.FormatInt(i, 10)+rest[0], rest[1:], counts[1:], o)
		}
	}
}

// numbered adds an object for each number, all keys in one string: millions of small ones take longer than what is tested.
func (l *testLake) numbered(before, after string, from, to int64, o lister.Object) {
	ends := make([]int, 0, batchSize)
	var keys []byte
	for i := from; i < to; i++ {
		keys = append(strconv.AppendInt(append(keys, before...), i, 10), after...)
		ends = append(ends, len(keys))
	}
	all, start := string(keys), 0
	for i, end := range ends {
		o.Key = all[start:end]
		start = end
		if from == 0 && i < keptDirectories {
			l.keep(o.Key)
		}
		l.add(o)
	}
}

const batchSize = 1000

func (l *testLake) add(o lister.Object) {
	if l.batch = append(l.batch, o); len(l.batch) == batchSize {
		l.flush()
	}
}

func (l *testLake) flush() {
	l.collector.Add(l.batch)
	l.batch = l.batch[:0]
}

// parseSize reads 17, 64KiB, 1GiB+1, 10GiB-1MiB.
func parseSize(s string) (int64, error) {
	shift := int64(0)
	if at := strings.LastIndexAny(s, "+-"); at > 0 {
		n, err := parseSize(s[at+1:])
		if err != nil {
			return 0, err
		}
		if s[at] == '-' {
			n = -n
		}
		s, shift = s[:at], n
	}
	unit := int64(1)
	for i, name := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if n, ok := strings.CutSuffix(s, name); ok {
			s, unit = n, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n*unit + shift, err
}

// table reads FORMAT CLASS=COUNTxSIZE...
func (l *testLake) table(words []string) error {
	o := &stats.TableObjects{}
	classes := map[string]*stats.TableCount{"live": &o.Live, "dead": &o.History, "log": &o.Metadata, "old": &o.Old}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		count, each, _ := strings.Cut(value, "x")
		n, err := strconv.ParseInt(count, 10, 64)
		if err != nil {
			return err
		}
		bytes, err := parseSize(each)
		if err != nil || classes[name] == nil {
			return fmt.Errorf("%s: %v", word, err)
		}
		*classes[name] = stats.TableCount{Objects: n, Bytes: n * bytes}
	}
	l.tables = append(l.tables, stats.TableFormat{Format: words[0], Basis: "metadata", Objects: o})
	return nil
}

// profile is of the objects, the tables, and what was found in files.
func (l *testLake) profile() *stats.Profile {
	p := l.collector.Profile()
	p.TableFormats = append(p.TableFormats, l.tables...)
	p.Probe = l.probe
	for i := range p.Formats {
		if e, ok := l.grows[[2]string{p.Formats[i].Format, p.Formats[i].Compression}]; ok {
			p.Formats[i].Expansion, p.Formats[i].Probed = &e, e.Files
		}
	}
	return p
}
