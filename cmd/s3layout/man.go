package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func newManCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual's pages into a directory",
		Long: `Man writes a page for the program and one for each command: s3layout.1,
s3layout-profile.1 and so on. They hold no date, and are the same from every build of
a version.
`,
		Example: `  s3layout man /usr/local/share/man/man1
  s3layout man . && man ./s3layout-profile.1`,
		Args: exactlyOne("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error { return writeManual(cmd.Root(), args[0]) },
	}
}

// writeManual writes a page for each command, every one at once or not at all.
func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &exitError{exitUsage, fmt.Errorf("write the manual: %w", err)}
	}
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		if cmd.Hidden || cmd.Name() == "help" {
			continue
		}
		if err := writeFile(filepath.Join(dir, pageName(cmd)+".1"), manPage(cmd)); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	return nil
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage is fullHelp in man(7).
//
// Note: cobra's own generator makes Markdown of a command's text first, in which the globs '**.csv' and '*_tmp*' turn bold.
func manPage(cmd *cobra.Command) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"s3layout %s\" \"s3layout\"\n", roffArgument(strings.ToUpper(pageName(cmd))), version())
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(pageName(cmd)), roff(strings.ToLower(cmd.Short[:1])+cmd.Short[1:]))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(cmd.CommandPath()))
	if _, arguments, ok := strings.Cut(strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath()), " "); ok {
		fmt.Fprintf(&b, ".I %s\n", roff(arguments))
	}
	text, status := splitStatus(cmd.Long)
	if text != "" {
		fmt.Fprintf(&b, ".SH DESCRIPTION\n")
		roffText(&b, text)
	}
	roffCommands(&b, cmd)
	for _, g := range groupFlags(cmd) {
		fmt.Fprintf(&b, ".SH %s\n", strings.ToUpper(roffArgument("options: "+g.title)))
		for _, f := range g.flags {
			kind, usage := flagKind(f)
			fmt.Fprintf(&b, ".TP\n\\fB\\-\\-%s\\fR \\fI%s\\fR\n%s\n", roff(f.Name), roff(kind), roff(usage+flagDefault(f)))
		}
	}
	for _, part := range []struct{ title, text string }{{"EXIT STATUS", status}, {"EXAMPLES", cmd.Example}} {
		if part.text != "" {
			fmt.Fprintf(&b, ".SH %s\n.nf\n%s\n.fi\n", part.title, roff(strings.Trim(part.text, "\n")))
		}
	}
	return b.Bytes()
}

// roffCommands names the pages of the commands below one, or the page above it.
func roffCommands(b *bytes.Buffer, cmd *cobra.Command) {
	if cmd.HasParent() {
		return
	}
	fmt.Fprintf(b, ".SH COMMANDS\n")
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			fmt.Fprintf(b, ".TP\n\\fB%s\\fR(1)\n%s\n", roff(pageName(c)), roff(c.Short))
		}
	}
}

// roffText fills paragraphs, and leaves lines that are indented as they are.
func roffText(b *bytes.Buffer, text string) {
	kept := false
	for line := range strings.SplitSeq(text, "\n") {
		if indented := strings.HasPrefix(line, " "); indented != kept && line != "" {
			kept = indented
			fmt.Fprintln(b, map[bool]string{true: ".nf", false: ".fi"}[kept])
		}
		if line == "" {
			line = ".PP"
		} else {
			line = roff(line)
		}
		fmt.Fprintln(b, line)
	}
	if kept {
		fmt.Fprintln(b, ".fi")
	}
}

// roff escapes text: backslashes, what a line may not begin with, and the dashes and quotes that are pasted as they stand.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", "\\`", "^", `\(ha`, "~", `\(ti`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

func roffArgument(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\(dq`) + `"` }
