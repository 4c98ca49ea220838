package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"s3layout/advisor/render"
)

// Help is for a terminal of 80 columns, and --help for one of 24 lines.
const (
	helpColumns = 80
	helpLines   = 24
	flagColumns = 26 // of the column of flags
)

// flagGroups part the flags of commands that have many. A flag that none names is in the last group.
var flagGroups = []struct {
	title string
	names []string
}{
	{"audit", []string{"file", "select", "history", "known", "write", "parallel"}},
	{"what counts", []string{"exclude", "include", "where", "max-partitions"}},
	{"report", []string{"format", "output", "brief", "no-color", "color", "ascii", "plain", "width", "csv-raw", "bytes-as-string", "deterministic", "partitions", "quiet"}},
	{"gate", []string{"fail-on", "fail-on-empty", "allow-partial", "gate"}},
	{"in files", []string{"probe", "probe-requests", "table-requests"}},
	{"engine", []string{"engine", "worker-type", "workers", "cores", "driver-memory", "group-files", "group-size", "conf"}},
	{"s3", []string{"profile", "region", "endpoint-url", "no-sign-request", "request-payer", "ca-bundle", "no-verify-ssl"}},
	{"listing", []string{"checkpoint", "restart", "checkpoint-max-age", "concurrency", "max-requests", "max-attempts", "timeout", "cli-read-timeout", "verify", "list-price", "get-price"}},
	{"more", nil},
}

// mainCommands are those that the first help describes, in this order; it only names the others.
var mainCommands = []string{"profile", "explore", "advise", "show", "diff", "audit", "trend", "rules", "explain", "demo"}

// addHelp makes --help a screen, and the help command all there is.
func addHelp(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		w := cmd.OutOrStdout()
		if full := fullHelp(cmd); strings.Count(full, "\n") <= helpLines && cmd.HasParent() {
			io.WriteString(w, full)
			return
		}
		io.WriteString(w, shortHelp(cmd))
	})
	root.SetHelpCommand(&cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Tell all about a command",
		Long:    "Help tells all about a command: every flag, and what it does. --help is one screen.",
		Example: "  s3layout help profile\n  s3layout help profile | less",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return runRoot(root, rest)
			}
			_, err = io.WriteString(cmd.OutOrStdout(), fullHelp(about))
			return err
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return commandNames(root), cobra.ShellCompDirectiveNoFileComp
		},
	})
}

func commandNames(root *cobra.Command) []string {
	var out []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			out = append(out, cobra.CompletionWithDesc(c.Name(), c.Short))
		}
	}
	return out
}

// fullHelp is all there is to say about a command.
func fullHelp(cmd *cobra.Command) string {
	var b strings.Builder
	writeHead(&b, cmd)
	text, status := splitStatus(cmd.Long)
	if text != "" && cmd.HasParent() {
		fmt.Fprintf(&b, "\n%s", reflow(text))
	}
	writeCommands(&b, cmd)
	for _, g := range groupFlags(cmd) {
		fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(g.title))
		for _, f := range g.flags {
			writeFlag(&b, f)
		}
	}
	if status != "" {
		fmt.Fprintf(&b, "\nEXIT STATUS\n%s\n", status)
	}
	return b.String()
}

// shortHelp is what fits on a screen: the flags without what they do, and as many examples as there is room for.
func shortHelp(cmd *cobra.Command) string {
	examples := strings.Split(strings.TrimRight(cmd.Example, "\n"), "\n")
	for {
		text := shortHelpWith(cmd, strings.Join(examples, "\n"))
		if strings.Count(text, "\n") <= helpLines || len(examples) <= 1 {
			return text
		}
		examples = examples[:len(examples)-1]
	}
}

func shortHelpWith(cmd *cobra.Command, examples string) string {
	var b strings.Builder
	more := cmd.Root().Name() + " help COMMAND"
	if cmd.HasParent() {
		more = cmd.Root().Name() + " help " + strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
	}
	fmt.Fprintf(&b, "%s\n", strings.Join(render.Wrap(cmd.Short, helpColumns), "\n"))
	if cmd.HasParent() {
		fmt.Fprintf(&b, "  %s\n", cmd.UseLine())
	}
	fmt.Fprintf(&b, "\nEXAMPLES\n%s\n", examples)
	writeCommands(&b, cmd)
	if groups := groupFlags(cmd); cmd.HasParent() && len(groups) > 0 {
		fmt.Fprintf(&b, "\nFLAGS (what each does: %s)\n", more)
		for _, g := range groups {
			words := make([]string, len(g.flags))
			for i, f := range g.flags {
				words[i] = "--" + f.Name
			}
			title, column := "  "+g.title, 14
			if len(groups) == 1 {
				title, column = "", 2
			}
			hang(&b, title, column, strings.Join(words, " "))
		}
	} else {
		fmt.Fprintf(&b, "\nmore: %s\n", more)
	}
	if _, status := splitStatus(cmd.Long); status != "" {
		fmt.Fprintf(&b, "\nEXIT STATUS\n%s\n", status)
	}
	return b.String()
}

// writeHead is the first thing to read: what it is for, and examples.
func writeHead(w io.Writer, cmd *cobra.Command) {
	fmt.Fprintf(w, "%s\n", strings.Join(render.Wrap(cmd.Short, helpColumns), "\n"))
	if cmd.HasExample() {
		fmt.Fprintf(w, "\nEXAMPLES\n%s\n", strings.TrimRight(cmd.Example, "\n"))
	}
	if cmd.HasParent() {
		fmt.Fprintf(w, "\nUSAGE\n  %s\n", cmd.UseLine())
	}
}

// writeCommands lists the commands of the program, or of a command.
func writeCommands(w io.Writer, cmd *cobra.Command) {
	var others []string
	listed := map[string]bool{}
	if names := commandsOf(cmd); len(names) > 0 {
		fmt.Fprint(w, "\nCOMMANDS\n")
		for _, name := range names {
			if c, _, err := cmd.Find([]string{name}); err == nil && c != cmd {
				hang(w, "  "+name, 12, c.Short)
				listed[name] = true
			}
		}
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && !listed[c.Name()] {
			others = append(others, c.Name())
		}
	}
	if len(others) > 0 {
		hang(w, "  also", 12, strings.Join(others, ", "))
	}
}

func commandsOf(cmd *cobra.Command) (names []string) {
	for _, name := range mainCommands {
		if slices.ContainsFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == name && c.IsAvailableCommand() }) {
			names = append(names, name)
		}
	}
	return names
}

type flagGroup struct {
	title string
	flags []*pflag.Flag
}

// groupFlags are the flags of a command, in groups; those of a command with few are in one.
func groupFlags(cmd *cobra.Command) []flagGroup {
	groups := make([]flagGroup, len(flagGroups))
	var all []*pflag.Flag
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		all = append(all, f)
		at := slices.IndexFunc(flagGroups[:len(flagGroups)-1], func(g struct {
			title string
			names []string
		}) bool {
			return slices.Contains(g.names, f.Name)
		})
		if at < 0 {
			at = len(flagGroups) - 1
		}
		groups[at].title = flagGroups[at].title
		groups[at].flags = append(groups[at].flags, f)
	})
	const few = 8
	if len(all) <= few && len(all) > 0 {
		return []flagGroup{{"flags", all}}
	}
	return slices.DeleteFunc(groups, func(g flagGroup) bool { return len(g.flags) == 0 })
}

// writeFlag says what a flag takes, does, and is where it is not set.
func writeFlag(w io.Writer, f *pflag.Flag) {
	kind, usage := flagKind(f)
	name := "  --" + f.Name
	if kind != "" {
		name += " " + kind
	}
	hang(w, name, flagColumns, usage+flagDefault(f))
}

// flagKind is the name of what a flag takes, "" for a switch, and what it does.
func flagKind(f *pflag.Flag) (kind, usage string) {
	kind, usage = pflag.UnquoteUsage(f)
	if named, ok := kindNames[kind]; ok {
		kind = named
	}
	if f.NoOptDefVal != "" && f.Value.Type() != "bool" {
		kind = "[=" + kind + "]"
	}
	return kind, usage
}

// kindNames are for flags whose usage names nothing in backquotes.
var kindNames = map[string]string{
	"string": "TEXT", "stringArray": "TEXT", "strings": "LIST", "int": "N", "uint": "N", "float": "X", "duration": "TIME",
}

func flagDefault(f *pflag.Flag) string {
	switch value := f.DefValue; value {
	case "", "0", "false", "[]", "0s":
		return ""
	default:
		value = strings.Trim(value, "[]")
		if f.Value.Type() == "duration" {
			value = strings.TrimSuffix(strings.TrimSuffix(value, "0s"), "0m")
		}
		return " (default " + strings.ReplaceAll(value, ",", ", ") + ")"
	}
}

// hang writes text in a column of its own beside a name, which takes a line by itself where it is too long.
func hang(w io.Writer, name string, column int, text string) {
	lines := render.Wrap(text, helpColumns-column)
	if len(name)+1 > column {
		fmt.Fprintln(w, name)
		name = ""
	}
	for i, line := range lines {
		if i > 0 {
			name = ""
		}
		fmt.Fprintf(w, "%-*s%s\n", column, name, line)
	}
}

// splitStatus parts a command's text from what it exits with.
func splitStatus(long string) (text, status string) {
	text, status, _ = strings.Cut(long, "EXIT STATUS\n")
	return strings.TrimSpace(text), strings.Trim(status, "\n")
}

// reflow breaks paragraphs into lines that fit; lines that are indented stay as they are.
func reflow(text string) string {
	var b strings.Builder
	var paragraph []string
	flush := func() {
		for _, line := range render.Wrap(strings.Join(paragraph, " "), helpColumns) {
			b.WriteString(line + "\n")
		}
		paragraph = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || line[0] == ' ' {
			flush()
			b.WriteString(line + "\n")
			continue
		}
		paragraph = append(paragraph, line)
	}
	flush()
	return b.String()
}
