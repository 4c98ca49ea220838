package audit_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"s3layout/advisor"
	"s3layout/advisor/audit"
)

var update = flag.Bool("update", false, "rewrite schema.json")

// made are the documents that have a schema made from their type.
var made = []struct {
	file, id, title string
	embedded        []byte
	value           any
	enums           map[string][]any
}{
	{"schema.json", "urn:s3layout:audit:v1", "s3layout audit of many targets, version 1", audit.Schema, &audit.Summary{}, map[string][]any{
		"Summary.schema": {audit.SchemaID}, "Summary.state": states, "Result.state": states, "Check.state": states, "Check.kind": {"metric", "rule", "listing"},
		"Check.change":   {advisor.New, advisor.Worse, advisor.Unchanged, advisor.Better, advisor.Gone},
		"Check.severity": {advisor.Info, advisor.Warning, advisor.Critical},
	}},
	{"trend.schema.json", "urn:s3layout:trend:v1", "s3layout trend of metrics, version 1", audit.TrendSchema, &audit.Trend{}, map[string][]any{
		"Trend.schema": {audit.TrendSchemaID}, "Series.unit": {advisor.UnitCount, advisor.UnitBytes, advisor.UnitSeconds, advisor.UnitRatio, advisor.UnitDollars},
	}},
}

var states = []any{audit.Pass, audit.Warn, audit.Error, audit.Unknown}

func TestSchema(t *testing.T) {
	for _, d := range made {
		r := &jsonschema.Reflector{AllowAdditionalProperties: true, Anonymous: true}
		for pkg, dir := range map[string]string{"s3layout/advisor": "..", "s3layout/advisor/audit": "."} {
			if err := r.AddGoComments(pkg, dir); err != nil {
				t.Fatal(err)
			}
		}
		s := r.Reflect(d.value)
		s.ID, s.Title = jsonschema.ID(d.id), d.title
		for path, values := range d.enums {
			kind, name, _ := strings.Cut(path, ".")
			field, ok := s.Definitions[kind].Properties.Get(name)
			if !ok {
				t.Fatalf("no field %s", path)
			}
			field.Enum = values
		}
		got, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		if *update {
			if err := os.WriteFile(d.file, got, 0o666); err != nil {
				t.Fatal(err)
			}
		} else if !bytes.Equal(got, d.embedded) {
			t.Errorf("%s is not what the types say: go test ./advisor/audit -run TestSchema -update, and read the difference", d.file)
		}
	}
}

func policySchema(t *testing.T) *validator.Schema {
	t.Helper()
	text, err := audit.PolicySchema(known)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := validator.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("policy.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("policy.json")
}

// follows reports whether a policy file is what its schema says.
func follows(t *testing.T, s *validator.Schema, file string) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(file), &v); err != nil {
		return err
	}
	// A date is a text to JSON.
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	doc, err := validator.UnmarshalJSON(strings.NewReader(strings.ReplaceAll(string(b), "T00:00:00Z", "")))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}
