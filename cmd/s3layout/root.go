package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "s3layout",
		Short: "Look at how data lies on S3 before Spark or AWS Glue reads it",
		Long: `s3layout lists an S3 prefix (or a local directory), measures how its files are
laid out, predicts how Spark and AWS Glue will cut them into tasks, and says
what to set: groupFiles, groupSize, repartition, exclusions, and why.`,
		Example: `  s3layout profile s3://bucket/prefix/
  s3layout profile ./data --engine spark-4.0 --cores 64
  s3layout demo`,
		Args:              cobra.ArbitraryArgs,
		RunE:              runRoot,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fromEnvironment(cmd.Flags(), os.LookupEnv) },
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(
		newProfileCommand(), newAdviseCommand(), newShowCommand(), newDiffCommand(), newExploreCommand(),
		newAuditCommand(), newTrendCommand(),
		newRulesCommand(), newExplainCommand(), newSchemaCommand(),
		newDemoCommand(), newSimCommand(), newBenchCommand(),
		newCompletionCommand(), newManCommand(), newVersionCommand(),
	)
	root.SetFlagErrorFunc(flagError)
	addHelp(root)
	addCompletion(root)
	return root
}

// fromEnvironment sets every flag that is not on the command line from S3LAYOUT_NAME, with - as _.
func fromEnvironment(flags *pflag.FlagSet, lookup func(string) (string, bool)) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "S3LAYOUT_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := lookup(name)
		if f.Changed || !ok || f.Name == "help" || failed != nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = &exitError{exitUsage, fmt.Errorf("%s: %w", name, err)}
		}
	})
	return failed
}

const exitStatus = `
EXIT STATUS
  0 complete    1 --fail-on met    2 usage    3 incomplete, report marked
  4 nothing could be listed    5 empty, with --fail-on-empty
  130/143 interrupted, partial report marked`
