package tables

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"s3layout/stats"
)

// A deltaLog is what the names below _delta_log say.
// Source: delta-io/delta PROTOCOL.md, "Delta Log Entries", "Checkpoints" and "V2 Spec".
type deltaLog struct {
	commits  map[int64]stats.LogFile
	sums     map[int64]stats.LogFile // NNN.crc, the account of a version
	sidecars map[string]int64        // sizes
	// checkpoints that have all their parts, the newest first.
	checkpoints []deltaCheckpoint
	latest      int64 // -1 where there is no version
}

// A deltaCheckpoint is one checkpoint of a version. There may be several.
type deltaCheckpoint struct {
	version int64
	parts   []stats.LogFile
}

const digits = 20 // of a version in a name

func readDeltaNames(files []stats.LogFile) *deltaLog {
	l := &deltaLog{commits: map[int64]stats.LogFile{}, sums: map[int64]stats.LogFile{}, sidecars: map[string]int64{}, latest: -1}
	parts := map[string][]stats.LogFile{} // of one checkpoint, by version and number of parts
	for _, f := range files {
		if dir, name := path.Split(f.Name); dir != "" {
			if dir == "_sidecars/" {
				l.sidecars[name] = f.Size
			}
			continue
		}
		version, rest, ok := cutVersion(f.Name)
		if !ok || f.Size == 0 {
			continue
		}
		switch {
		case rest == ".json":
			l.commits[version] = f
			l.latest = max(l.latest, version)
		case rest == ".crc":
			l.sums[version] = f
		case strings.HasPrefix(rest, ".checkpoint."):
			l.addCheckpoint(version, strings.TrimPrefix(rest, ".checkpoint."), f, parts)
		}
	}
	for _, c := range l.checkpoints {
		l.latest = max(l.latest, c.version)
	}
	slices.SortFunc(l.checkpoints, func(a, b deltaCheckpoint) int {
		if a.version != b.version {
			return int(min(max(b.version-a.version, -1), 1))
		}
		return strings.Compare(a.parts[0].Name, b.parts[0].Name)
	})
	return l
}

func cutVersion(name string) (version int64, rest string, ok bool) {
	if len(name) < digits {
		return 0, "", false
	}
	version, err := strconv.ParseInt(name[:digits], 10, 64)
	return version, name[digits:], err == nil && version >= 0
}

// addCheckpoint takes a checkpoint's name behind its version: parquet; N.M.parquet, a part; UUID.parquet or UUID.json.
// Checkpoints with missing parts do not count.
func (l *deltaLog) addCheckpoint(version int64, name string, f stats.LogFile, parts map[string][]stats.LogFile) {
	words := strings.Split(name, ".")
	switch {
	case name == "parquet", len(words) == 2 && len(words[0]) == 36 && (words[1] == "parquet" || words[1] == "json"):
		l.checkpoints = append(l.checkpoints, deltaCheckpoint{version, []stats.LogFile{f}})
	case len(words) == 3 && words[2] == "parquet":
		part, err := strconv.Atoi(words[0])
		of, bad := strconv.Atoi(words[1])
		if err != nil || bad != nil || part < 1 || part > of {
			return
		}
		set := strconv.FormatInt(version, 10) + "." + words[1]
		parts[set] = append(parts[set], f)
		if len(parts[set]) == of {
			l.checkpoints = append(l.checkpoints, deltaCheckpoint{version, parts[set]})
		}
	}
}

// written is when the latest version was.
func (l *deltaLog) written() time.Time {
	if f, ok := l.commits[l.latest]; ok {
		return f.Modified
	}
	return l.checkpoints[0].parts[0].Modified
}
