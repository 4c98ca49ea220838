package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"s3layout/advisor/audit"
	"s3layout/lister/s3"
)

// didYouMean is a question with a space after it, where one of the names is close to what was given; "" where none is.
func didYouMean(given string, names []string) string {
	if name := audit.Nearest(given, names); name != "" {
		return "did you mean " + name + "? "
	}
	return ""
}

// notKnown is the error of a flag whose value is none of the names.
func notKnown(flag, given string, names []string) error {
	return fmt.Errorf("%s %q is not known; %sit is one of %s", flag, given, didYouMean(given, names), strings.Join(names, ", "))
}

// flagError says what is wrong with a flag on the command line, and what to type instead.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	see := "see " + cmd.CommandPath() + " --help"
	switch {
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, "--"+f.Name)
			}
		})
		return &exitError{exitUsage, fmt.Errorf("%w; %s%s", err, didYouMean(unknown.GetSpecifiedName(), names), see)}
	case errors.As(err, &invalid):
		if kind, ok := valueKinds[invalid.GetFlag().Value.Type()]; ok {
			return &exitError{exitUsage, fmt.Errorf("--%s %q: it is %s; %s", invalid.GetFlag().Name, invalid.GetValue(), kind, see)}
		}
	}
	return &exitError{exitUsage, fmt.Errorf("%w; %s", err, see)}
}

// valueKinds name what flags of a type take.
var valueKinds = map[string]string{
	"int": "a whole number", "int64": "a whole number", "uint64": "a whole number from 0", "float64": "a number",
	"duration": "a time, such as 30s or 24h", "bool": "true or false",
}

// runRoot is the program without a command: its help, or what was meant.
func runRoot(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	if info, err := os.Stat(args[0]); s3.IsURI(args[0]) || err == nil && info.IsDir() {
		return &exitError{exitUsage, fmt.Errorf("%q is a target, not a command; did you mean s3layout profile %s?", args[0], shellWord(args[0]))}
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return &exitError{exitUsage, fmt.Errorf("there is no command %q; %ssee s3layout --help", args[0], didYouMean(args[0], names))}
}
