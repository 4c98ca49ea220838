package audit

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"s3layout/advisor"
)

// Schema is the JSON Schema (2020-12) of Summary. It is made from the types: go test ./advisor/audit -update.
//
//go:embed schema.json
var Schema []byte

type object = map[string]any

// PolicySchema is the JSON Schema (2020-12) of a policy file: editors complete and check by it. It refuses what Parse refuses,
// but for what takes a look at values (names that are there twice, globs, predicates).
func PolicySchema(known Known) ([]byte, error) {
	target := targetProperties(known)
	named := object{"name": object{"type": "string", "pattern": targetName.String(), "description": "Name in outputs and in the history; made of the uri where it is left out."}, "uri": text("s3://bucket/prefix/, an access point's ARN, or a local directory.")}
	for key, value := range target {
		named[key] = value
	}
	schema := object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:s3layout:policy:v1", "title": "s3layout policy file, version 1",
		"type": "object", "additionalProperties": false, "required": []string{"version", "targets"},
		"properties": object{
			"version":  object{"const": 1},
			"defaults": orNull(object{"type": "object", "additionalProperties": false, "properties": target, "description": "What every target begins with."}),
			"targets":  object{"type": "array", "minItems": 1, "items": object{"type": "object", "additionalProperties": false, "required": []string{"uri"}, "properties": named}},
			"suppress": orNull(list(suppressionSchema(known))),
			"history":  historySchema(),
			"outputs":  orNull(object{"type": "object", "additionalProperties": false, "properties": filesOf(known.Formats), "description": "Files that every run writes, relative to this one."}),
			"fail_on":  choiceOf("The state from which a target fails.", string(Error), string(Warn), "never"),
			"gate":     choiceOf("What fails: what is new or worse since the last complete run, or all.", "new", "all"),
		},
		"$defs": object{
			"policy":     policySchema(known),
			"severities": severitiesSchema(),
		},
	}
	b, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the schema: %w", err)
	}
	return append(b, '\n'), nil
}

func text(doc string) object { return object{"type": "string", "description": doc} }

func list(items object) object { return object{"type": "array", "items": items} }

func orNull(schema object) object { return object{"anyOf": []any{schema, object{"type": "null"}}} }

func choiceOf(doc string, words ...string) object {
	return object{"enum": append(anys(words), nil), "description": doc}
}

func anys(words []string) []any {
	var out []any
	for _, w := range words {
		out = append(out, w)
	}
	return out
}

func filesOf(formats []string) object {
	out := object{}
	for _, f := range formats {
		out[f] = text("The file.")
	}
	return out
}

func targetProperties(known Known) object {
	out := object{
		"owner": orNull(text("Who looks after it.")), "tags": textsSchema("Words to select it by."), "policy": orNull(object{"$ref": "#/$defs/policy"}),
		"fail_on_empty": object{"type": "boolean", "description": "Whether a target without files fails: true where it is left out."},
	}
	for _, s := range known.Settings {
		schema := map[string]object{
			"text": {"type": []any{"string", "number", "boolean", "null"}}, "list": {"anyOf": []any{textsSchema(""), object{"type": "null"}}},
			"integer": {"anyOf": []any{object{"type": []any{"integer", "null"}}, object{"const": "auto"}}}, "number": {"type": []any{"number", "null"}},
			"boolean": {"type": []any{"boolean", "null"}},
		}[s.Kind]
		schema["description"] = s.Doc
		out[s.Name] = schema
	}
	return out
}

func textsSchema(doc string) object {
	out := object{"anyOf": []any{object{"type": "string"}, list(object{"type": "string"})}}
	if doc != "" {
		out["description"] = doc
	}
	return out
}

func suppressionSchema(known Known) object {
	return object{
		"type": "object", "additionalProperties": false, "required": []string{"rule", "reason"},
		"properties": object{
			"rule": object{"enum": anys(spellings(known)), "description": "A rule's ID, or a metric."}, "target": text("Names of targets, with * and ?; all where it is left out."),
			"partition": text("Partitions, with * and ?: that which the finding names, or else all that the target has."),
			"reason":    object{"type": "string", "minLength": 1}, "expires": object{"type": "string", "format": "date", "description": "The last day of it, UTC."},
		},
	}
}

// spellings are the names of metrics and rules; a rule's may have _ for -.
func spellings(known Known) []string {
	var out []string
	for _, m := range advisor.Metrics {
		out = append(out, m.Name)
	}
	for _, r := range known.Rules {
		out = append(out, r.ID)
		if under := underscored(r.ID); under != r.ID {
			out = append(out, under)
		}
	}
	return out
}

func historySchema() object {
	return object{"anyOf": []any{
		object{"type": []any{"string", "null"}, "description": "A directory, relative to this file, or s3://bucket/prefix/."},
		object{"type": "object", "additionalProperties": false, "required": []string{"path"}, "properties": object{
			"path": text("A directory, relative to this file, or s3://bucket/prefix/."), "keep_runs": object{"type": "integer", "minimum": 1, "description": "Runs of a target to keep. Directories only."},
			"keep_for": object{"type": []any{"string", "integer"}, "description": "How long to keep a run, such as 90d. Directories only."},
		}},
	}}
}

func policySchema(known Known) object {
	properties := object{
		"small_file_bytes": object{"type": []any{"string", "integer", "null"}, "description": "Size below which a file is small, such as 32MiB."},
		"findings":         object{"$ref": "#/$defs/severities", "description": "For rules that are not named: {warn: warning, error: critical} where it is left out."},
	}
	for _, m := range advisor.Metrics {
		properties[m.Name] = orNull(limitsSchema(m))
	}
	for _, r := range known.Rules {
		rule := object{"$ref": "#/$defs/severities", "description": r.Title}
		properties[r.ID], properties[underscored(r.ID)] = rule, rule
	}
	return object{"type": "object", "additionalProperties": false, "properties": properties}
}

func limitsSchema(m advisor.Metric) object {
	threshold := object{"type": []any{"number", "string", "null"}}
	properties := object{"max_increase": orNull(object{"type": "object", "additionalProperties": false, "properties": object{
		"pct": object{"type": []any{"number", "string"}}, "abs": threshold, "state": choiceOf("", string(Error), string(Warn)),
	}, "description": "Fails where there is more since the last complete run, by both."})}
	for _, key := range limitKeys[:4] {
		properties[key] = threshold
	}
	return object{"type": "object", "additionalProperties": false, "properties": properties, "description": m.Doc + " (" + m.Unit + ")"}
}

func severitiesSchema() object {
	severity := object{"enum": []any{string(advisor.Info), string(advisor.Warning), string(advisor.Critical), true, false, nil}}
	return object{
		"anyOf": []any{
			object{"type": "object", "additionalProperties": false, "properties": object{"warn": severity, "error": severity}},
			object{"enum": []any{string(Warn), string(Error), false, nil}},
		},
		"description": "From which severity on a finding gives the state: true is any, null none. warn or error alone is any severity.",
	}
}

// underscored is a rule's ID as a policy may spell it, too.
func underscored(id string) string { return strings.ReplaceAll(id, "-", "_") }
