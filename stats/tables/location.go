package tables

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// A root is where the target lies, as the metadata of tables spells places: s3://bucket/prefix/ or /a/directory/. It ends
// in a slash.
type root string

// newRoot takes a target's URI, or the absolute path of a directory.
func newRoot(uri string) root { return root(strings.TrimSuffix(normalize(uri), "/") + "/") }

var schemes = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:/`)

// isAbsolute reports whether a place is more than a path below a table.
func isAbsolute(place string) bool {
	return strings.HasPrefix(place, "/") || schemes.MatchString(place)
}

// normalize gives one spelling to the same place: s3a and s3n are s3, file: is a path.
// Source: Iceberg's remove_orphan_files, equal_schemes.
func normalize(place string) string {
	for _, scheme := range []string{"s3a://", "s3n://"} {
		if rest, ok := strings.CutPrefix(place, scheme); ok {
			return "s3://" + rest
		}
	}
	if rest, ok := strings.CutPrefix(place, "file:"); ok {
		return "/" + strings.TrimLeft(rest, "/")
	}
	return place
}

// key returns the key below the target of an absolute place, and whether it is in the target at all.
func (r root) key(place string) (string, bool) { return strings.CutPrefix(normalize(place), string(r)) }

// place is where a table of that directory lies, without a slash at its end.
func (r root) place(dir string) string { return strings.TrimSuffix(string(r)+dir, "/") }

// deltaKey returns the key of a path that a Delta log names: a URI, escaped once, absolute or relative to the table. Outside
// the target it returns the place.
// Source: delta-io/delta PROTOCOL.md, "Add File and Remove File".
func (r root) deltaKey(dir, name string) (key string, inside bool, err error) {
	decoded, err := url.PathUnescape(name)
	if err != nil {
		return "", false, fmt.Errorf("a path that is no URI: %w", err)
	}
	if !isAbsolute(name) {
		return join(dir, decoded), true, nil
	}
	if key, ok := r.key(decoded); ok {
		return key, true, nil
	}
	return normalize(decoded), false, nil
}

func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// A rebase maps places of a table that was written elsewhere to where it lies now. The zero value maps nothing.
type rebase struct{ from, to string }

// icebergKey returns the key of a place that Iceberg metadata names, which is literal. Outside the target it returns the
// place.
// Source: apache/iceberg format/spec.md: locations are full URIs.
func (r root) icebergKey(move rebase, place string) (key string, inside bool) {
	place = normalize(place)
	if move.from != "" {
		if rest, ok := strings.CutPrefix(place, move.from); ok {
			return move.to + rest, true
		}
	}
	if key, ok := r.key(place); ok {
		return key, true
	}
	return place, false
}

// escaped is a partition value as a directory spells it.
// Source: Hive FileUtils.escapePathName.
func escaped(value string) string {
	if !strings.ContainsFunc(value, mustEscape) {
		return value
	}
	var b strings.Builder
	for i := range len(value) {
		if c := value[i]; c < 0x80 && mustEscape(rune(c)) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func mustEscape(c rune) bool {
	return c < 0x20 || c == 0x7f || strings.ContainsRune("\"#%'*/:=?\\{[]^", c)
}

// nullValue is how a directory spells a value that is null.
const nullValue = "__HIVE_DEFAULT_PARTITION__"

// partitionDir is the directory that stands for a partition. values has nil for null.
func partitionDir(dir string, columns []string, values []*string) string {
	parts := []string{dir}
	for i, column := range columns {
		value := nullValue
		if i < len(values) && values[i] != nil && *values[i] != "" {
			value = escaped(*values[i])
		}
		parts = append(parts, escaped(column)+"="+value)
	}
	if dir == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, "/")
}
