package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
)

func newRulesCommand() *cobra.Command {
	var seed bool
	var format string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List what s3layout looks for",
		Long: `Rules lists what s3layout looks for. --seed answers, point by point, the advice
on Glue and S3 that has been handed around since 2020: which rule judges it, what
holds today, what is obsolete and from which version, and what this tool cannot
see of it, with the metric, code or parameter that would tell.
` + exitStatus,
		Example: "  s3layout rules\n  s3layout rules --seed --format json\n  s3layout rules --format markdown > RULES.md",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return writeRules(cmd.OutOrStdout(), format, seed)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&seed, "seed", false, "answer the points of the notes that s3layout started from")
	f.StringVar(&format, "format", "text", "`FORMAT`: text, json or markdown")
	return cmd
}

func writeRules(w io.Writer, format string, seed bool) error {
	switch {
	case format == "text" && seed:
		writePoints(w)
	case format == "text":
		for _, r := range rules.All {
			fmt.Fprintf(w, "%-20s %s\n", r.ID, r.Title)
		}
	case format == "json" && seed:
		return writeJSON(w, rules.Points)
	case format == "json":
		return writeJSON(w, rules.All)
	case format == "markdown":
		_, err := w.Write(rules.Page())
		return err
	default:
		return &exitError{exitUsage, notKnown("--format", format, []string{"text", "json", "markdown"})}
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// writePoints is a table of two columns: the number of a point, and all that there is to it.
func writePoints(w io.Writer) {
	for _, p := range rules.Points {
		number := p.Number
		for _, part := range []struct{ name, text string }{
			{"", p.Says}, {"rules", strings.Join(p.Rules, ", ")}, {"today", p.Answer}, {"obsolete", p.Obsolete}, {"not seen", p.Cannot},
		} {
			if part.text == "" {
				continue
			}
			if part.name == "" {
				fmt.Fprintf(w, "%-5s %s\n", number, part.text)
				continue
			}
			for i, line := range render.Wrap(part.text, 64) {
				name := part.name
				if i > 0 {
					name = ""
				}
				fmt.Fprintf(w, "      %-9s %s\n", name, line)
			}
		}
	}
	fmt.Fprintf(w, "\nnot seen: what this tool cannot see of it, and what would tell\n")
}

func newExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE",
		Short:   "Tell all about a rule: what it sees, why that costs, what to do",
		Long:    "Explain tells what a rule sees, why that costs, what to do, when to ignore it, and\nfrom which thresholds and sources. s3layout rules lists the rules.\n",
		Example: "  s3layout explain unsplittable-files\n  s3layout explain small-files",
		Args:    exactlyOne("RULE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, ok := rules.Find(args[0])
			if !ok {
				return &exitError{exitUsage, fmt.Errorf("there is no rule %q; %ss3layout rules lists them", args[0], didYouMean(args[0], ruleIDs()))}
			}
			explain(cmd.OutOrStdout(), r)
			return nil
		},
	}
}

func ruleIDs() []string {
	ids := make([]string, len(rules.All))
	for i, r := range rules.All {
		ids[i] = r.ID
	}
	return ids
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
