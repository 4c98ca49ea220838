package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"s3layout/advisor"
	"s3layout/advisor/audit"
)

// schemas are the documents that the program writes or reads; the first is the default.
var schemas = []struct {
	name, doc string
	text      func() ([]byte, error)
}{
	{"report", "what profile, advise and show write", func() ([]byte, error) { return advisor.Schema, nil }},
	{"diff", "what diff --format json writes", func() ([]byte, error) { return advisor.DiffSchema, nil }},
	{"audit", "what audit --format json writes", func() ([]byte, error) { return audit.Schema, nil }},
	{"trend", "what trend --format json writes", func() ([]byte, error) { return audit.TrendSchema, nil }},
	{"policy", "what audit reads: s3layout.yaml", func() ([]byte, error) { return audit.PolicySchema(knownPolicy()) }},
}

func newSchemaCommand() *cobra.Command {
	var names, lines []string
	for _, s := range schemas {
		names = append(names, s.name)
		lines = append(lines, fmt.Sprintf("  %-8s %s", s.name, s.doc))
	}
	return &cobra.Command{
		Use:   "schema [" + strings.Join(names, "|") + "]",
		Short: "Print the JSON Schema of a document: of the report, where none is named",
		Long: "Schema prints the JSON Schema (2020-12) of a document:\n\n" + strings.Join(lines, "\n") + `

Fields may be added to a document, and are never renamed or removed.
`,
		Example:   "  s3layout schema > report.schema.json\n  s3layout schema diff",
		ValidArgs: names,
		Args:      cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := append(args, names[0])[0]
			at := slices.Index(names, name)
			if at < 0 {
				return &exitError{exitUsage, fmt.Errorf("schema %q is not known; it is %s", name, strings.Join(names, " or "))}
			}
			text, err := schemas[at].text()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}
