package advisor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"s3layout/lister"
	"s3layout/stats"
)

// hiddenNames are what writers leave behind, by the kind that stats counts them as; a name that ends in / is a directory.
var hiddenNames = map[string][]string{
	"_SUCCESS":                 {"_SUCCESS"},
	"_metadata":                {"_metadata"},
	"_common_metadata":         {"_common_metadata"},
	"_committed":               {"_committed_4212399391833372071", "_committed_vacuum6214"},
	"_started":                 {"_started_4212399391833372071"},
	"_temporary":               {"_temporary/"},
	"_delta_log":               {"_delta_log/"},
	"_spark_metadata":          {"_spark_metadata/"},
	"_change_data":             {"_change_data/"},
	"_symlink_format_manifest": {"_symlink_format_manifest/"},
	".hoodie":                  {".hoodie/"},
	".metadata":                {".metadata/"},
	".spark-staging":           {".spark-staging-6f2a/"},
	".hive-staging":            {".hive-staging_hive_2026-04-19_00-00-00_1-1/", ".hive-staging/"},
	".DS_Store":                {".DS_Store"},
	".crc":                     {".part-00000.json.crc", "._SUCCESS.crc"},
	".*":                       {".git/", ".part.json.swp", ".x", "..."},
	"_$folder$":                {"x_$folder$", "_$folder$", "p=1_$folder$"},
	"._COPYING_":               {"part.json._COPYING_"},
}

// Names of data that look much like them.
var (
	dataDirs = []string{
		"year=2026", "_x=1", "_started_at=2026-04-19", "_committed_at=1", "_metadata_version=3", "_temporary=1", "_metadata", "_metadata_v1",
		"orders_temporary", "my_delta_log", "x.hoodie", "a.hive-staging", "not_SUCCESS", "b.metadata", "c.spark-staging-1", "plain", "_SUCCESS_rate=1",
	}
	dataNames = []string{
		"part-0.json", "user_metadata.json", "user_metadata", "foo_SUCCESS.json", "x_SUCCESS", "2026.crc", "part.json.crc", "a_committed_1", "b_started_2",
		"a.DS_Store", "x.hive-staging.json", "x.hoodie", "my_temporary", "a._COPYING_.json", "x_$folder$.json", "_id=1.json", "a..b", "common_metadata",
	}
)

// randomLake returns keys of data and, by kind, of what is hidden.
func randomLake(rng *rand.Rand) (data []string, hidden map[string][]string) {
	dir := func() string {
		var b strings.Builder
		for range rng.IntN(4) {
			b.WriteString(dataDirs[rng.IntN(len(dataDirs))] + "/")
		}
		return b.String()
	}
	hidden = map[string][]string{}
	for range 1 + rng.IntN(30) {
		data = append(data, dir()+dataNames[rng.IntN(len(dataNames))])
	}
	for kind, names := range hiddenNames {
		for range rng.IntN(3) {
			key := dir() + names[rng.IntN(len(names))]
			if strings.HasSuffix(key, "/") {
				key += dir() + dataNames[rng.IntN(len(dataNames))]
			}
			hidden[kind] = append(hidden[kind], key)
		}
	}
	return data, hidden
}

// What Glue holds a pattern against is not documented: every reading must give the same.
var readings = []string{"", "data/2026/", "s3://bucket/", "s3://bucket/data/"}

// TestExclusions: every recommended pattern hits something that is ignored and never data, and every key of the kinds
// that have a pattern is hit.
func TestExclusions(t *testing.T) {
	e := mustEngine(t, "glue-5.1", "G.1X", 10, 36)
	for seed := range uint64(150) {
		data, hidden := randomLake(rand.New(rand.NewPCG(seed, 1)))
		p, ignored := profileOfKeys(t, data, hidden)
		patterns := Advise("s3://bucket/data/", p, e, nil).Recommended.Exclusions
		for _, reading := range readings {
			if err := checkPatterns(reading, patterns, data, ignored); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
	}
}

// profileOfKeys checks that stats sees the lake as the generator means it.
func profileOfKeys(t *testing.T, data []string, hidden map[string][]string) (p *stats.Profile, ignored []string) {
	t.Helper()
	c := stats.NewCollector(stats.Options{})
	for _, key := range data {
		c.Add([]lister.Object{{Key: key, Size: 1}})
	}
	for _, keys := range hidden {
		for _, key := range keys {
			c.Add([]lister.Object{{Key: key, Size: 1}})
			ignored = append(ignored, key)
		}
	}
	p = c.Profile()
	if p.Totals.Objects != int64(len(data)) {
		t.Fatalf("%d objects of data, want %d: %q", p.Totals.Objects, len(data), data)
	}
	for _, i := range p.Ignored {
		if _, known := hiddenNames[i.Kind]; !known {
			t.Fatalf("stats has a kind %q that the generator does not know: %q", i.Kind, i.Examples)
		}
	}
	return p, ignored
}

func checkPatterns(reading string, patterns, data, ignored []string) error {
	missed := slices.Clone(ignored)
	for _, pattern := range patterns {
		g, err := lister.ParseGlob(pattern)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(ignored, func(key string) bool { return g.Match(reading + key) }) {
			return fmt.Errorf("%q matches nothing of %q", pattern, ignored)
		}
		for _, key := range data {
			if g.Match(reading + key) {
				return fmt.Errorf("%q matches the data %q", pattern, reading+key)
			}
		}
		missed = slices.DeleteFunc(missed, func(key string) bool { return g.Match(reading + key) })
	}
	if len(missed) > 0 {
		return fmt.Errorf("%q: no pattern of %q matches %q", reading, patterns, missed)
	}
	return nil
}

// Every kind on its own: its pattern must reach the target itself and any depth, without the help of another kind's.
func TestExclusionOfEachKind(t *testing.T) {
	for kind, names := range hiddenNames {
		reason := stats.Hidden
		if kind == "_$folder$" {
			reason = stats.Marker
		}
		pattern := Exclusion(stats.Ignored{Reason: reason, Kind: kind})
		var ignored []string
		for _, name := range names {
			if strings.HasSuffix(name, "/") {
				name += "0/part.json"
			}
			ignored = append(ignored, name, "p=1/"+name, "a/b/c/"+name)
		}
		var data []string
		for _, dir := range dataDirs {
			for _, name := range dataNames {
				data = append(data, name, dir+"/"+name, "p=1/"+dir+"/"+name)
			}
		}
		for _, reading := range readings {
			if err := checkPatterns(reading, []string{pattern}, data, ignored); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
}

func TestNoExclusion(t *testing.T) {
	for _, i := range []stats.Ignored{
		{Reason: stats.Hidden, Kind: "_*"}, {Reason: stats.Marker, Kind: "/"}, {Reason: stats.ZeroBytes}, {Reason: stats.Archived, Kind: "GLACIER"},
		{Reason: stats.Excluded, Kind: "_SUCCESS"}, {Reason: stats.NotIncluded, Kind: "_SUCCESS"}, {Reason: stats.Hidden, Kind: "a kind of a later version"},
	} {
		if p := Exclusion(i); p != "" {
			t.Errorf("%+v: %q", i, p)
		}
	}
}
