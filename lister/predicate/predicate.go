package predicate

import (
	"fmt"
	"slices"
	"strings"
)

// maxText is the longest predicate that is read, in bytes, and maxDepth how deep parentheses, calls and signs nest.
// Together they bound what a hostile text costs: the tree has at most one node a byte, and each is judged once.
const (
	maxText  = 8 << 10
	maxDepth = 200
)

// A Predicate is a parsed expression. It never changes and may be used by several goroutines at once.
type Predicate struct {
	text    string
	tree    *expr
	root    node
	columns []string
}

// A SyntaxError says why a predicate is refused: because Spark would refuse it too, or because it is beyond the part of
// Spark SQL that is understood here.
type SyntaxError struct {
	Text   string
	Offset int    // in Text, of the offending byte
	Reason string // one sentence that says what to write instead
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("predicate %.*q: at offset %d: %s", maxText, e.Text, e.Offset, e.Reason)
}

// Parse reads a predicate. Its error is a *SyntaxError.
func Parse(text string) (*Predicate, error) {
	tree, err := parse(text)
	if err != nil {
		return nil, err
	}
	c := compiler{text: text}
	root, err := c.condition(tree)
	if err != nil {
		return nil, err
	}
	slices.Sort(c.columns)
	return &Predicate{text: text, tree: tree, root: root, columns: slices.Compact(c.columns)}, nil
}

// String returns the predicate as it was given, which is what a Glue job wants to be pasted.
func (p *Predicate) String() string { return p.text }

// Columns returns the names of the columns that the predicate reads, in lower case and sorted. The caller may keep it.
func (p *Predicate) Columns() []string { return slices.Clone(p.columns) }

// A Verdict is what a predicate says about a row, or about all rows that a directory may still hold.
type Verdict int

const (
	Unknown Verdict = iota // it depends on columns that are not known yet
	False                  // no value of the columns that are not known selects the row
	True                   // every value of them does
)

func (v Verdict) String() string {
	switch v {
	case False:
		return "false"
	case True:
		return "true"
	}
	return "unknown"
}

// Eval judges a row of which some columns may not be known yet. lookup returns the value of a column, whose name it gets
// in lower case: known is false where the directory has not got that far, null is true for
// __HIVE_DEFAULT_PARTITION__. A result that is NULL in SQL selects nothing, so it is False.
//
// With every column known the verdict is never Unknown. With some unknown it is sound, not complete: an Unknown may
// turn out to be the same for all rows, such as that of "x = 1 or x <> 1".
func (p *Predicate) Eval(lookup func(column string) (value string, null, known bool)) Verdict {
	may := p.root.eval(&row{lookup}).may
	switch {
	case may == isTrue:
		return True
	case may&isTrue == 0:
		return False
	}
	return Unknown
}

// foldName is how names of columns, functions and types are compared: without case.
func foldName(s string) string { return strings.ToLower(s) }
