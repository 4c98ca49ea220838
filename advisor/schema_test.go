package advisor

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"s3layout/stats"
)

var update = flag.Bool("update", false, "rewrite schema.json")

// documents are those that have a schema: the file, what is embedded of it, and the type.
var documents = []struct {
	file, id, title string
	embedded        []byte
	value           any
}{
	{"schema.json", "urn:s3layout:report:v1", "s3layout report, version 1", Schema, &Report{}},
	{"diff.schema.json", "urn:s3layout:diff:v1", "s3layout difference of two reports, version 1", DiffSchema, &Difference{}},
}

// TestSchema holds the embedded schemas to the types: field comments are their descriptions.
func TestSchema(t *testing.T) {
	for _, d := range documents {
		got := reflected(t, d.value, d.id, d.title)
		if *update {
			if err := os.WriteFile(d.file, got, 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if !bytes.Equal(got, d.embedded) {
			t.Errorf("%s is not what the types say: go test ./advisor -run TestSchema -update, and read the difference", d.file)
		}
	}
}

func reflected(t *testing.T, value any, id, title string) []byte {
	t.Helper()
	r := &jsonschema.Reflector{AllowAdditionalProperties: true, Anonymous: true}
	for pkg, dir := range map[string]string{"s3layout/advisor": ".", "s3layout/stats": "../stats"} {
		if err := r.AddGoComments(pkg, dir); err != nil {
			t.Fatal(err)
		}
	}
	s := r.Reflect(value)
	s.ID, s.Title = jsonschema.ID(id), title
	refine(t, s.Definitions)
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// enums are the values that fields of type string may have in version 1.
var enums = map[string][]any{
	"Report.schema":          {SchemaID},
	"Advice.severity":        {Info, Warning, Critical},
	"Advice.confidence":      {Exact, Estimate, Heuristic},
	"Ignored.reason":         {stats.Excluded, stats.NotIncluded, stats.NotSelected, stats.DeleteFile, stats.TableHistory, stats.Unchecked, stats.Unreferenced, stats.TableChanges, stats.TableMetadata, stats.Marker, stats.Hidden, stats.ZeroBytes, stats.Archived},
	"Plan.reader":            {"dataframe", "rdd", "dynamicframe", "dynamicframe_as_set", "dynamicframe_grouped", "dynamicframe_automatic"},
	"Recommended.groupFiles": {"inPartition", "acrossPartition", "none"},
	"Partitioning.scheme":    {"hive", "date", "mixed", "none"},
	"TableFormat.format":     {"delta", "hudi", "iceberg"},
	"Difference.schema":      {DiffSchemaID},
	"MetricChange.verdict":   {Better, Worse, "changed", "noise", Unknown},
	"MetricChange.unit":      {UnitCount, UnitBytes, UnitSeconds, UnitRatio, UnitDollars},
	"FindingChange.change":   {New, Worse, Unchanged, Better, Gone, Unknown},
	"FindingChange.old":      {Info, Warning, Critical},
	"FindingChange.new":      {Info, Warning, Critical},
	"PartitionChange.change": {"appeared", "vanished", "grew", "shrank"},
}

// refine says what reflection cannot see.
func refine(t *testing.T, defs jsonschema.Definitions) {
	t.Helper()
	field := func(path string) *jsonschema.Schema {
		kind, name, _ := strings.Cut(path, ".")
		if defs[kind] == nil {
			t.Fatalf("no type %s", kind)
		}
		p, ok := defs[kind].Properties.Get(name)
		if !ok {
			t.Fatalf("no field %s", path)
		}
		return p
	}
	for path, values := range enums {
		if kind, _, _ := strings.Cut(path, "."); defs[kind] != nil {
			field(path).Enum = values
		}
	}
	if defs["Value"] != nil {
		value := field("Value.value")
		value.Type, value.OneOf = "", []*jsonschema.Schema{{Type: "string"}, {Type: "null"}}
	}
	for name, def := range defs {
		for p := def.Properties.Oldest(); p != nil; p = p.Next() {
			if p.Value.Type == "integer" && !strings.Contains(name, "Impact") {
				p.Value.Minimum = "0"
			}
		}
	}
}

func compiled(t *testing.T) *validator.Schema { return compiledFrom(t, Schema) }

func compiledFrom(t *testing.T, text []byte) *validator.Schema {
	t.Helper()
	doc, err := validator.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	c.DefaultDraft(validator.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaDraft(t *testing.T) {
	var doc struct {
		Schema string `json:"$schema"`
	}
	if err := json.Unmarshal(Schema, &doc); err != nil || doc.Schema != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("%q, %v", doc.Schema, err)
	}
}

// Every saved report follows the schema.
func TestSchemaAccepts(t *testing.T) {
	files, err := filepath.Glob("render/testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d reports, %v", len(files), err)
	}
	s := compiled(t)
	for _, file := range files {
		if err := s.Validate(document(t, file)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func document(t *testing.T, file string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := validator.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return doc.(map[string]any)
}

// A field may be added; one that is missing, of another type or out of its values is refused.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	at := func(doc map[string]any, path ...string) map[string]any {
		for _, name := range path {
			switch v := doc[name].(type) {
			case map[string]any:
				doc = v
			case []any:
				doc = v[0].(map[string]any)
			}
		}
		return doc
	}
	for name, tt := range map[string]struct {
		spoil func(doc map[string]any)
		ok    bool
	}{
		"untouched":          {func(map[string]any) {}, true},
		"a new field":        {func(d map[string]any) { d["later"] = 1; at(d, "profile", "sizes")["p999"] = 7 }, true},
		"a value of null":    {func(d map[string]any) { at(d, "profile", "partitions", "values")["value"] = nil }, true},
		"an optional one":    {func(d map[string]any) { delete(at(d, "profile"), "skew"); delete(at(d, "advice"), "impact") }, true},
		"no schema":          {func(d map[string]any) { delete(d, "schema") }, false},
		"another schema":     {func(d map[string]any) { d["schema"] = "s3layout/report/v2" }, false},
		"no profile":         {func(d map[string]any) { delete(d, "profile") }, false},
		"profile of null":    {func(d map[string]any) { d["profile"] = nil }, false},
		"no totals":          {func(d map[string]any) { delete(at(d, "profile"), "totals") }, false},
		"no p50":             {func(d map[string]any) { delete(at(d, "profile", "sizes"), "p50") }, false},
		"no rule":            {func(d map[string]any) { delete(at(d, "advice"), "rule") }, false},
		"advice of null":     {func(d map[string]any) { d["advice"] = nil }, false},
		"snippets of null":   {func(d map[string]any) { at(d, "advice")["snippets"] = nil }, false},
		"warnings of null":   {func(d map[string]any) { d["warnings"] = nil }, false},
		"complete as string": {func(d map[string]any) { d["complete"] = "true" }, false},
		"bytes as string":    {func(d map[string]any) { at(d, "profile", "totals")["bytes"] = "1" }, false},
		"bytes as fraction":  {func(d map[string]any) { at(d, "profile", "totals")["bytes"] = json.Number("1.5") }, false},
		"bytes below zero":   {func(d map[string]any) { at(d, "profile", "totals")["bytes"] = json.Number("-1") }, false},
		"groupSize a number": {func(d map[string]any) { at(d, "recommended")["groupSize"] = json.Number("1048576") }, false},
		"another severity":   {func(d map[string]any) { at(d, "advice")["severity"] = "fatal" }, false},
		"another reason":     {func(d map[string]any) { at(d, "profile", "ignored")["reason"] = "dull" }, false},
		"a date, no time":    {func(d map[string]any) { at(d, "run")["started"] = "2026-04-19" }, false},
		"a partition's date": {func(d map[string]any) { at(d, "profile", "partitions")["oldest"] = "yesterday" }, false},
		"settings a list":    {func(d map[string]any) { at(d, "plans")["settings"] = []any{} }, false},
		"a number in them":   {func(d map[string]any) { at(d, "plans", "settings")["x"] = json.Number("1") }, false},
		"a column's number":  {func(d map[string]any) { at(d, "profile", "partitions", "values")["value"] = json.Number("1") }, false},
	} {
		doc := document(t, "render/testdata/demo.json")
		tt.spoil(doc)
		if err := s.Validate(doc); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
