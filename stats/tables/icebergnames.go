package tables

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"s3layout/stats"
)

// An icebergName is a file of table metadata: vN.metadata.json of a file-system table, or N-anything.metadata.json of a
// table with a catalog; compressed, with .gz before or behind .metadata.json.
// Source: apache/iceberg format/spec.md, "File System Tables", "Metastore Tables" and "Naming for GZIP compressed files".
type icebergName struct {
	stats.LogFile
	version int64 // -1 where the name has none
	hadoop  bool  // vN
}

var icebergVersion = regexp.MustCompile(`^(v?)(\d{1,18})(?:-.*)?$`)

// stemOf is a name without the suffixes of table metadata.
func stemOf(name string) (stem string, ok bool) {
	for _, suffix := range []string{".gz.metadata.json", ".metadata.json.gz", ".metadata.json"} {
		if stem, ok := strings.CutSuffix(name, suffix); ok {
			return stem, true
		}
	}
	return name, false
}

func icebergNames(files []stats.LogFile) []icebergName {
	var out []icebergName
	for _, f := range files {
		stem, ok := stemOf(f.Name)
		if !ok {
			continue
		}
		n := icebergName{LogFile: f, version: -1}
		if m := icebergVersion.FindStringSubmatch(stem); m != nil && (m[1] == "" || !strings.Contains(stem, "-")) {
			n.version, _ = strconv.ParseInt(m[2], 10, 64)
			n.hadoop = m[1] == "v"
		}
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b icebergName) int {
		return cmp.Or(cmp.Compare(b.version, a.version), b.Modified.Compare(a.Modified), strings.Compare(a.Name, b.Name))
	})
	return out
}

const versionHint = "version-hint.text"

// choose picks the file of the current version as readers without a catalog do: by the hint, from which they walk up, else
// the highest version. It notes what makes the choice doubtful.
func (d *icebergReader) choose(ctx context.Context, names []icebergName, files []stats.LogFile) (chosen icebergName, how string, err error) {
	highest := names[0]
	chosen, how = highest, "the highest version in metadata: a catalog may point elsewhere"
	if i := slices.IndexFunc(files, func(f stats.LogFile) bool { return f.Name == versionHint }); i >= 0 && files[i].Size <= 4096 {
		text, err := d.fetch.whole(ctx, d.key(versionHint), files[i].Size)
		if err != nil {
			return chosen, how, err
		}
		if hinted, ok := followHint(strings.TrimSpace(string(text)), names); ok {
			chosen, how = hinted, versionHint
		} else {
			d.t.note("%s names no file of metadata", versionHint)
		}
	}
	d.noteDoubts(names, chosen)
	return chosen, how, nil
}

// followHint finds what a hint names: a number, from which file-system tables walk up, or a file.
func followHint(hint string, names []icebergName) (icebergName, bool) {
	find := func(is func(n icebergName) bool) (icebergName, bool) {
		i := slices.IndexFunc(names, is)
		return names[max(i, 0)], i >= 0
	}
	if version, err := strconv.ParseInt(hint, 10, 64); err == nil {
		at := func(v int64) (icebergName, bool) {
			return find(func(n icebergName) bool { return n.hadoop && n.version == v })
		}
		found, ok := at(version)
		for ok {
			next, more := at(version + 1)
			if !more {
				return found, true
			}
			found, version = next, version+1
		}
	}
	return find(func(n icebergName) bool {
		stem, _ := stemOf(n.Name)
		return n.Name == hint || stem == hint || stem == "v"+hint
	})
}

func (d *icebergReader) noteDoubts(names []icebergName, chosen icebergName) {
	highest := names[0]
	if len(names) > 1 && highest.version >= 0 && names[1].version == highest.version {
		d.t.note("several files of metadata have version %d: one of them lost a race, and its catalog knows which", highest.version)
	}
	if slices.ContainsFunc(names, func(n icebergName) bool { return n.version >= 0 && n.hadoop != highest.hadoop }) {
		d.t.note("its metadata has names of both kinds, vN and N-UUID: two catalogs may have written it")
	}
	if chosen.version < highest.version {
		d.t.note("%s is newer than what %s names", highest.Name, versionHint)
	}
	for _, n := range names {
		if n.version < 0 && n.Name != chosen.Name && !n.Modified.Before(chosen.Modified) {
			d.t.note("%s is as new as %s, and its name has no version", n.Name, chosen.Name)
			break
		}
	}
}
