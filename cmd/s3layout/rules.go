package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
)

func newRulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List what s3layout looks for",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, r := range rules.All {
				fmt.Fprintf(cmd.OutOrStdout(), "%-20s %s\n", r.ID, r.Title)
			}
			return nil
		},
	}
}

func newExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE",
		Short:   "Tell all about a rule: what it sees, why that costs, what to do",
		Example: "  s3layout explain unsplittable-files",
		Args:    exactlyOne("RULE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, ok := rules.Find(args[0])
			if !ok {
				return &exitError{exitUsage, fmt.Errorf("there is no rule %q; s3layout rules lists them", args[0])}
			}
			explain(cmd.OutOrStdout(), r)
			return nil
		},
	}
}

var confidenceMeans = map[advisor.Confidence]string{
	advisor.Exact:     "it follows from the listing and a public rule of the engine",
	advisor.Estimate:  "the engine's rule is not public, or a figure is assumed",
	advisor.Heuristic: "this has proved bad elsewhere",
}

func explain(w io.Writer, r *advisor.Rule) {
	fmt.Fprintf(w, "%s: %s (since %s)\n", r.ID, r.Title, r.Since)
	for _, part := range []struct{ name, text string }{
		{"what", r.Doc.Saw}, {"why", r.Doc.Costs}, {"do", r.Doc.Do}, {"ignore it if", r.Doc.Ignore},
	} {
		fmt.Fprintf(w, "\n%s\n", part.name)
		for _, line := range render.Wrap(part.text, 76) {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	fmt.Fprintf(w, "\nfor\n  %s\n", r.Scope)
	fmt.Fprintf(w, "\nconfidence\n  %s: %s\n", r.Confidence, confidenceMeans[r.Confidence])
	if len(r.Limits) > 0 {
		fmt.Fprintf(w, "\nthresholds\n")
	}
	for _, l := range r.Limits {
		fmt.Fprintf(w, "  %s = %s\n", l.Name, rules.Threshold(l))
		for _, line := range render.Wrap(l.Reason, 72) {
			fmt.Fprintf(w, "      %s\n", line)
		}
	}
	fmt.Fprintf(w, "\na running job confirms it\n")
	for _, c := range r.Confirm {
		fmt.Fprintf(w, "  %s\n", c.Metric)
		for _, line := range render.Wrap(c.Shows, 72) {
			fmt.Fprintf(w, "      %s\n", line)
		}
	}
	fmt.Fprintf(w, "\nsources\n")
	for _, s := range r.Sources {
		fmt.Fprintf(w, "  %s (read %s)\n", s.URL, strings.TrimSpace(s.Read))
	}
}
