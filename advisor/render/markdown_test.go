package render

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	mdtext "github.com/yuin/goldmark/text"

	"s3layout/advisor"
	"s3layout/stats"
)

// GitHub's dialect: tables, autolinks, strikethrough and task lists.
var github = goldmark.New(goldmark.WithExtensions(extension.GFM))

// checkMarkdown reads Markdown as GitHub does. Nothing in it links, shows an image or is HTML but the folds and ends of lines in cells; prose mentions
// nobody; tables are as wide in each row as in their head.
func checkMarkdown(t *testing.T, out string) {
	t.Helper()
	if len(out) > maxMarkdown {
		t.Errorf("%d bytes", len(out))
	}
	source := []byte(out)
	depth := 0
	err := ast.Walk(github.Parser().Parse(mdtext.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.RawHTML:
			if s := string(n.Segments.Value(source)); s != "<br>" { // a line of a cell
				t.Errorf("%s in %q", s, lineOf(source, n))
			}
		case *ast.Link, *ast.AutoLink, *ast.Image, *east.Strikethrough, *east.TaskCheckBox, *ast.CodeBlock:
			t.Errorf("%s in %q", n.Kind(), lineOf(source, n))
		case *ast.Heading:
			if n.Level != 3 || n.PreviousSibling() != nil {
				t.Errorf("a heading in %q", lineOf(source, n))
			}
		case *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				at := n.Lines().At(i)
				switch l := strings.TrimSpace(string(at.Value(source))); l {
				case "<details><summary>What to do, and how sure that is</summary>", "<details><summary>To paste</summary>":
					depth++
				case "</details>":
					depth--
				default:
					t.Errorf("HTML: %q", l)
				}
			}
		case *east.TableRow:
			if n.ChildCount() != n.Parent().FirstChild().ChildCount() {
				t.Errorf("a row of %d cells in %q", n.ChildCount(), lineOf(source, n))
			}
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if s := string(n.Value(source)); strings.ContainsAny(s, "@") || strings.Contains(s, "://") || strings.Contains(s, "www.") {
				t.Errorf("prose: %q", s)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil || depth != 0 {
		t.Errorf("%v, %d folds open", err, depth)
	}
}

func lineOf(source []byte, n ast.Node) string {
	for ; n != nil && (n.Type() == ast.TypeInline || n.Lines().Len() == 0); n = n.Parent() {
	}
	if n == nil {
		return ""
	}
	at := n.Lines().At(0)
	return string(at.Value(source))
}

// A key in a code span, in a table too, is that key to whoever reads the page.
func TestCodeSpan(t *testing.T) {
	keys := append([]string{"a|b", `a\`, "`", "`a", "a`", "``", " a ", "a  b", "a`b``c", "<b>", "&amp;", "*", "日本"}, hostileStrings...)
	for _, key := range keys {
		want := Printable(key)
		if strings.TrimSpace(want) == "" || strings.Contains(want, `\|`) {
			continue // a space is shown, and a bar behind a backslash is spelled
		}
		for _, document := range []string{"| a | b |\n| - | - |\n| %s | c |\n", "- x: %s\n"} {
			if strings.Contains(want, "|") && document[0] == '-' {
				continue
			}
			source := fmt.Appendf(nil, document, codeSpan(want))
			var got []string
			_ = ast.Walk(github.Parser().Parse(mdtext.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
				if _, ok := n.(*ast.CodeSpan); ok && entering {
					s := ""
					for c := n.FirstChild(); c != nil; c = c.NextSibling() {
						s += string(c.(*ast.Text).Value(source))
					}
					got = append(got, s)
				}
				return ast.WalkContinue, nil
			})
			if !reflect.DeepEqual(got, []string{strings.ReplaceAll(want, "|", `\|`)}) && !reflect.DeepEqual(got, []string{want}) {
				t.Errorf("%q in %q is read as %q", want, source, got)
			}
		}
	}
}

// A report of whatever size has a comment that GitHub takes, which says what it left out; and one byte less leaves less out.
func TestMarkdownBound(t *testing.T) {
	r := decode(t, read(t, "testdata/demo.json"))
	if whole := rendered(t, Format{Write: Markdown}, r, Options{}); strings.Contains(whole, "left out") {
		t.Errorf("left out of the demonstration's %d bytes", len(whole))
	}
	for i := range 200 {
		a := r.Advice[0]
		a.Why = strings.Repeat(fmt.Sprintf("reason %d ", i), 50)
		a.Snippets = []advisor.Snippet{{Kind: fmt.Sprint("kind-", i%26), Language: "python", Code: strings.Repeat("x = 1\n", 1000)}}
		r.Advice = append(r.Advice, a)
		r.Warnings = append(r.Warnings, stats.Warning{Code: "x", Message: strings.Repeat("word ", 100)})
	}
	out := rendered(t, Format{Write: Markdown}, r, Options{})
	checkMarkdown(t, out)
	if !strings.Contains(out, "_Cut to 64 KiB; left out: findings, ") || !strings.Contains(out, "**Largest partitions**") {
		t.Errorf("%d bytes: %s", len(out), out[max(0, len(out)-500):])
	}
	m := &markdown{}
	room := maxMarkdown - markdownReserve
	m.section("fits", func(m *markdown) { m.b.WriteString(strings.Repeat("x", room-1)) })
	m.section("fits exactly", func(m *markdown) { m.b.WriteString("x") })
	m.section("does not", func(m *markdown) { m.b.WriteString("x") })
	if m.b.Len() != room || !reflect.DeepEqual(m.omitted, []string{"does not"}) {
		t.Errorf("%d bytes, left out %q", m.b.Len(), m.omitted)
	}
}
