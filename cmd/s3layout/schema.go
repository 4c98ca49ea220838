package main

import (
	"github.com/spf13/cobra"

	"s3layout/advisor"
)

func newSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the report document",
		Long: `Schema prints the JSON Schema of the document that profile --format json writes.
Fields may be added to it, and are never renamed or removed.
`,
		Example: "  s3layout schema > report.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(advisor.Schema)
			return err
		},
	}
}
