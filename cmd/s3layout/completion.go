package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"s3layout/advisor"
	"s3layout/advisor/render"
	"s3layout/advisor/rules"
	"s3layout/advisor/spark"
	"s3layout/lister/s3sim"
	"s3layout/stats/survey"
)

// shells are those that completion is made for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletionCommand() *cobra.Command {
	var plain bool
	cmd := &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion of a shell: bash, zsh, fish or powershell",
		Long: `Completion prints a script that lets a shell complete commands, flags and what
flags take: engines, worker types, formats, rules, settings of Spark, AWS profiles.
Bash needs its package bash-completion.

For good:
  bash       echo 'source <(s3layout completion bash)' >> ~/.bashrc
  zsh        s3layout completion zsh > "${fpath[1]}/_s3layout"
  fish       s3layout completion fish > ~/.config/fish/completions/s3layout.fish
  powershell s3layout completion powershell >> $PROFILE
`,
		Example: `  source <(s3layout completion bash)                      # this bash
  source <(s3layout completion zsh)                       # this zsh
  s3layout completion fish | source                       # this fish
  s3layout completion powershell | Out-String | Invoke-Expression`,
		Args:      exactlyOne("SHELL"),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			return writeCompletion(cmd.Root(), args[0], plain, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&plain, "no-descriptions", false, "complete words alone, without what they are")
	return cmd
}

func writeCompletion(root *cobra.Command, shell string, plain bool, w io.Writer) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, !plain)
	case "zsh":
		if plain {
			return root.GenZshCompletionNoDesc(w)
		}
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, !plain)
	case "powershell":
		if plain {
			return root.GenPowerShellCompletion(w)
		}
		return root.GenPowerShellCompletionWithDesc(w)
	}
	return &exitError{exitUsage, notKnown("completion: shell", shell, shells)}
}

// addCompletion lets shells complete what flags and arguments take, wherever a command has not said so itself.
func addCompletion(cmd *cobra.Command) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if _, done := cmd.GetFlagCompletionFunc(f.Name); done || f.Value.Type() == "bool" {
			return
		}
		if complete := completionOf(f.Name); complete != nil {
			cobra.CheckErr(cmd.RegisterFlagCompletionFunc(f.Name, complete)) // there is such a flag, and it has none
		}
	})
	if cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil {
		cmd.ValidArgsFunction = argumentsOf(cmd.Use)
	}
	for _, c := range cmd.Commands() {
		addCompletion(c)
	}
}

// completionOf is how what a flag takes is completed; nil for names of files.
func completionOf(flag string) cobra.CompletionFunc {
	switch flag {
	case "output", "checkpoint", "ca-bundle", "file", "baseline":
		return nil
	case "format":
		return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			switch cmd.Name() {
			case "rules":
				return []string{"text", "json", "markdown"}, cobra.ShellCompDirectiveNoFileComp
			case "version":
				return []string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp
			}
			return formats(), cobra.ShellCompDirectiveNoFileComp
		}
	case "conf":
		return sparkSettings
	case "profile":
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return awsProfiles(os.Getenv), cobra.ShellCompDirectiveNoFileComp
		}
	}
	values := flagValues(flag)
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// flagValues are the words that a flag takes, each with what it is; none where it takes anything.
func flagValues(flag string) []string {
	switch flag {
	case "engine":
		return described(spark.Engines, func(e spark.Engine) (string, string) { return e.Name, "Spark " + e.Spark })
	case "worker-type":
		return described(spark.Workers, func(w spark.Worker) (string, string) {
			return w.Name, fmt.Sprintf("%d vCPU, %d GB, %d DPU", w.VCPU, w.MemoryGB, w.DPU)
		})
	case "group-files":
		return groupings
	case "fail-on":
		return []string{string(advisor.Info), string(advisor.Warning), string(advisor.Critical)}
	case "probe":
		return []string{
			cobra.CompletionWithDesc(survey.Some, "files drawn by a hash of their keys"),
			cobra.CompletionWithDesc(survey.Every, "every file"), cobra.CompletionWithDesc(survey.Off, "none"),
		}
	case "partitions", "max-partitions":
		return []string{"all"}
	case "request-payer":
		return []string{"requester"}
	case "keyspaces":
		return s3sim.Names()
	}
	return nil
}

func described[T any](list []T, of func(T) (name, doc string)) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = cobra.CompletionWithDesc(of(v))
	}
	return out
}

func formats() []string {
	return described(render.Formats, func(f render.Format) (string, string) { return f.Name, f.Doc })
}

// sparkSettings completes name= of Spark's, after which a value is typed.
func sparkSettings(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(typed, "=") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	out := make([]string, len(spark.Settings))
	for i, name := range spark.Settings {
		out[i] = name + "="
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// argumentsOf completes the arguments that a command's usage names.
func argumentsOf(use string) cobra.CompletionFunc {
	nothing := func([]string) ([]string, cobra.ShellCompDirective) { return nil, cobra.ShellCompDirectiveNoFileComp }
	first := nothing
	most := 1
	switch {
	case strings.Contains(use, "REPORT.json|TARGET"):
		first = func([]string) ([]string, cobra.ShellCompDirective) {
			return []string{"s3://"}, cobra.ShellCompDirectiveDefault | cobra.ShellCompDirectiveNoSpace
		}
	case strings.Contains(use, "TARGET"):
		first = func([]string) ([]string, cobra.ShellCompDirective) { return nil, cobra.ShellCompDirectiveFilterDirs }
	case strings.Contains(use, "REPORT"), strings.Contains(use, "OLD NEW"):
		most = strings.Count(use, " ")
		first = func([]string) ([]string, cobra.ShellCompDirective) {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		}
	case strings.Contains(use, "DIR"):
		first = func([]string) ([]string, cobra.ShellCompDirective) { return nil, cobra.ShellCompDirectiveFilterDirs }
	case strings.Contains(use, "RULE"):
		first = func([]string) ([]string, cobra.ShellCompDirective) {
			return described(rules.All, func(r *advisor.Rule) (string, string) { return r.ID, r.Title }), cobra.ShellCompDirectiveNoFileComp
		}
	}
	return func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		switch {
		case len(args) >= most:
			return nothing(args)
		case strings.Contains(use, "TARGET") && typed != "" && strings.HasPrefix("s3://", typed) && typed != "s3://":
			return []string{"s3://"}, cobra.ShellCompDirectiveNoSpace
		}
		return first(args)
	}
}

// awsProfiles are the profiles that the AWS CLI's files name; none where there are no files.
func awsProfiles(env func(string) string) []string {
	home, _ := os.UserHomeDir()
	var names []string
	for _, file := range []struct{ variable, name, before string }{
		{"AWS_CONFIG_FILE", "config", "profile "}, {"AWS_SHARED_CREDENTIALS_FILE", "credentials", ""},
	} {
		f, err := os.Open(cmp.Or(env(file.variable), filepath.Join(home, ".aws", file.name)))
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			section, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "[")
			section, closed := strings.CutSuffix(section, "]")
			name, named := strings.CutPrefix(section, file.before)
			if ok && closed && (named || section == "default") && name != "" && render.Printable(name) == name {
				names = append(names, strings.TrimSpace(name))
			}
		}
		f.Close()
	}
	slices.Sort(names)
	return slices.Compact(names)
}
