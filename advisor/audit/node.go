package audit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds on a file: its bytes, how deep it nests, and its values once aliases are followed.
const (
	MaxBytes  = 4 << 20
	maxDepth  = 20
	maxValues = 200_000
	maxErrors = 20
)

// FileError is all that is wrong with a file, the first lines first.
type FileError struct {
	Problems []Problem
	// More is how many problems are left out.
	More int
}

// Problem is one thing that is wrong, and where.
type Problem struct {
	File         string
	Line, Column int
	Message      string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%q: %s", p.File, p.Message)
	}
	return fmt.Sprintf("%q:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

func (e *FileError) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", e.More))
	}
	return strings.Join(lines, "\n  ")
}

// A reader walks a file and collects what is wrong.
type reader struct {
	file     string
	problems []Problem
	values   int
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	p := Problem{File: r.file, Message: fmt.Sprintf(format, args...)}
	if n != nil {
		p.Line, p.Column = max(n.Line, 1), max(n.Column, 1)
	}
	r.problems = append(r.problems, p)
}

// err is nil, or a *FileError.
func (r *reader) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	e := &FileError{Problems: slices.Compact(r.problems)}
	if e.More = len(e.Problems) - maxErrors; e.More > 0 {
		e.Problems = e.Problems[:maxErrors]
	}
	return e
}

var syntaxLine = regexp.MustCompile(`^yaml: line ([0-9]+): (.*)$`)

// document is the one mapping of a file; nil where there is none.
func (r *reader) document(b []byte) *yaml.Node {
	if len(b) > MaxBytes {
		r.fail(nil, "it is larger than %d MiB", MaxBytes>>20)
		return nil
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	var root, second yaml.Node
	err := d.Decode(&root)
	switch {
	case errors.Is(err, io.EOF):
		r.fail(nil, "it is empty")
		return nil
	case err != nil:
		r.syntax(err)
		return nil
	}
	switch err := d.Decode(&second); {
	case err == nil:
		r.fail(&second, "there is a second document: it must be one")
	case !errors.Is(err, io.EOF):
		r.syntax(err)
	}
	top := root.Content[0]
	if top.Kind != yaml.MappingNode {
		r.fail(top, "it must be a mapping with version, defaults and targets")
		return nil
	}
	return top
}

func (r *reader) syntax(err error) {
	if m := syntaxLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		r.fail(&yaml.Node{Line: line}, "%q", m[2])
		return
	}
	r.fail(nil, "%q", strings.TrimPrefix(err.Error(), "yaml: "))
}

// A pair is one key of a mapping with its value, aliases followed.
type pair struct{ key, value *yaml.Node }

// pairs returns the keys of a mapping in their order: merged ones (<<) first, unless the mapping has them itself. A key that
// is there twice, or is no text, is a problem.
func (r *reader) pairs(n *yaml.Node, depth int) []pair {
	n = r.follow(n)
	if n.Kind != yaml.MappingNode {
		r.fail(n, "it must be a mapping, not %s", kindOf(n))
		return nil
	}
	if r.values += len(n.Content) + 1; depth > maxDepth || r.values > maxValues {
		r.fail(n, "it nests too deep, or aliases make too much of it")
		return nil
	}
	var own, merged []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.ShortTag() == "!!merge":
			for _, from := range r.merges(value) {
				merged = append(merged, r.pairs(from, depth+1)...)
			}
		case key.Kind != yaml.ScalarNode:
			r.fail(key, "a key must be a name")
		case seen[key.Value]:
			r.fail(key, "%q is there twice", key.Value)
		default:
			seen[key.Value] = true
			own = append(own, pair{key, r.follow(value)})
		}
	}
	merged = slices.DeleteFunc(merged, func(p pair) bool {
		again := seen[p.key.Value]
		seen[p.key.Value] = true
		return again
	})
	return append(merged, own...)
}

func (r *reader) merges(n *yaml.Node) []*yaml.Node {
	if n = r.follow(n); n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// follow returns what an alias stands for.
func (r *reader) follow(n *yaml.Node) *yaml.Node {
	for hops := 0; n.Kind == yaml.AliasNode && n.Alias != nil && hops < maxDepth; hops++ {
		n = n.Alias
	}
	return n
}

// items returns the values of a list; a scalar stands for a list of one.
func (r *reader) items(n *yaml.Node) []*yaml.Node {
	if n = r.follow(n); n.Kind == yaml.ScalarNode {
		return []*yaml.Node{n}
	}
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "it must be a list, not %s", kindOf(n))
		return nil
	}
	if r.values += len(n.Content); r.values > maxValues {
		r.fail(n, "aliases make too much of it")
		return nil
	}
	out := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		out[i] = r.follow(item)
	}
	return out
}

// text is a scalar that is not null.
func (r *reader) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		r.fail(n, "%s must be a text, not %s", what, kindOf(n))
		return ""
	}
	return n.Value
}

func (r *reader) texts(n *yaml.Node, what string) []string {
	out := []string{}
	for _, item := range r.items(n) {
		out = append(out, r.text(item, what))
	}
	return out
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(n):
		return "null"
	case n.ShortTag() == "!!int", n.ShortTag() == "!!float":
		return "a number"
	case n.ShortTag() == "!!bool":
		return "true or false"
	}
	return "a text"
}

// unknown reports a key that is none of the known ones, with the nearest of them.
func (r *reader) unknown(key *yaml.Node, what string, known []string) {
	message := fmt.Sprintf("unknown %s %q", what, key.Value)
	if near := Nearest(key.Value, known); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	} else if len(known) <= 12 {
		message += "; it is " + strings.Join(known, ", ")
	}
	r.fail(key, "%s", message)
}
