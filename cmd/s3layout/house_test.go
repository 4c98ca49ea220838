package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"s3layout/advisor/render"
)

// edges are the imports that rooms may have of each other. The command sees all.
var edges = map[string][]string{
	"lister":               {},
	"lister/s3":            {"lister"},
	"lister/file":          {"lister"},
	"lister/listertest":    {"lister"},
	"lister/predicate":     {},
	"lister/s3sim":         {},
	"stats":                {"lister"},
	"stats/tables":         {"lister", "stats", "stats/tables/avro", "stats/tables/parquet"},
	"stats/tables/avro":    {},
	"stats/tables/parquet": {"stats/thrift"},
	"stats/thrift":         {},
	"stats/probe":          {"stats", "stats/thrift", "stats/probe/codec", "stats/probe/text"},
	"stats/probe/codec":    {"stats"},
	"stats/probe/text":     {},
	"stats/survey":         {"lister", "stats", "stats/probe", "stats/probe/codec"},
	"advisor/spark":        {},
	"advisor":              {"stats", "advisor/spark"},
	"advisor/rules":        {"stats", "advisor/spark", "advisor"},
	"advisor/audit":        {"stats", "advisor"},
	"advisor/render":       {"stats", "advisor/spark", "advisor", "advisor/audit"},
	"cmd/s3layout/explore": {"stats", "advisor", "advisor/render"},
}

// sdkRooms may import the AWS SDK; whoever imports another room gets none of it.
var sdkRooms = []string{"lister/s3", "cmd/s3layout"}

func TestEdges(t *testing.T) {
	root := "../.."
	rooms := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if base := entry.Name(); err == nil && (base == "testdata" || len(base) > 2 && base[0] == '.') {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		room := filepath.ToSlash(rel)
		rooms[room] = true
		checkImports(t, room, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range edges {
		if !rooms[room] {
			t.Errorf("room %s has edges and no files", room)
		}
	}
}

func checkImports(t *testing.T, room, name string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	allowed, known := edges[room]
	if !known && room != "cmd/s3layout" {
		t.Errorf("room %s is not in the house: add its edges here and its line to README.md", room)
	}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if inner, ours := strings.CutPrefix(imported, "s3layout/"); ours && room != "cmd/s3layout" && !slices.Contains(allowed, inner) {
			t.Errorf("%s imports %s: that edge is not in the house", name, imported)
		}
		if strings.Contains(imported, "aws-sdk-go") && !slices.Contains(sdkRooms, room) {
			t.Errorf("%s imports %s: the SDK stays in %v", name, imported, sdkRooms)
		}
	}
}

// Whoever measures or judges gets no AWS code, of whatever module.
func TestNoAWSBehindStatsAndAdvisor(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "s3layout/lister", "s3layout/stats/...", "s3layout/advisor/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	if deps := string(out); !strings.Contains(deps, "s3layout/advisor/rules\n") || strings.Contains(deps, "github.com/aws/") {
		t.Errorf("go list -deps:\n%s", deps)
	}
}

// A leaf room imports nothing but the standard library.
func TestSimulatorIsALeaf(t *testing.T) {
	files, err := filepath.Glob("../../lister/s3sim/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if imported, _ := strconv.Unquote(spec.Path.Value); strings.Contains(strings.Split(imported, "/")[0], ".") || strings.HasPrefix(imported, "s3layout") {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// The session in README.md is what the program prints.
func TestReadmeSession(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "$ s3layout demo --brief\n")
	want, _, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("README.md has no session of s3layout demo --brief")
	}
	var stdout, stderr strings.Builder
	if code := run(t.Context(), []string{"demo", "--brief"}, &stdout, &stderr); code != exitOK || stderr.Len() > 0 {
		t.Fatalf("exit %d, %s", code, stderr.String())
	}
	got := strings.ReplaceAll(stdout.String(), invocation(), "s3layout") // a test runs from go's build directory, too
	if got != want {
		t.Errorf("the demonstration prints\n%s\nREADME.md says\n%s", got, want)
	}
}

// Every output format is a file of its own, and README.md draws every room.
func TestListsAgree(t *testing.T) {
	for _, f := range render.Formats {
		if _, err := os.Stat(path.Join("../../advisor/render", f.Name+".go")); err != nil {
			t.Errorf("format %s: %v", f.Name, err)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for room := range edges {
		if !strings.Contains(string(readme), "`"+room+"`") {
			t.Errorf("README.md does not name the room `%s`", room)
		}
	}
	for _, command := range newRoot(nil, nil).Commands() {
		if !strings.Contains(string(readme), "s3layout "+command.Name()) && !slices.Contains([]string{"help", "completion"}, command.Name()) {
			t.Errorf("README.md does not show the command %s", command.Name())
		}
	}
}

// What README.md shows of audits is what a script runs.
func TestReadmeAudit(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := txtar.ParseFile("../../testdata/script/readme_audit.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range script.Files {
		text := string(f.Data)
		switch f.Name {
		case "s3layout.yaml":
			text = "```yaml\n" + text + "```\n"
		case "second":
			text = "$ s3layout audit\n" + strings.TrimSuffix(text, "1\n") + "$ echo $?\n1\n"
		default:
			continue
		}
		if !strings.Contains(string(readme), text) {
			t.Errorf("README.md does not show %s as it is:\n%s", f.Name, text)
		}
	}
}
