package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"s3layout/lister/s3"
)

// longestGuess bounds what is compared: nobody mistypes a longer name.
const longestGuess = 64

// didYouMean is a question with a space after it, where one of the names is close to what was given; "" where none is.
func didYouMean(given string, names []string) string {
	if name := nearest(given, names); name != "" {
		return "did you mean " + name + "? "
	}
	return ""
}

// nearest returns the first of the names that differ least from what was given, case, dashes, dots and underscores apart;
// "" where all differ in more than a third of it: glue51 is glue-5.1, small-fiels is small-files, and zebra is nothing.
func nearest(given string, names []string) string {
	folded := fold(given)
	if folded == "" || len(folded) > longestGuess {
		return ""
	}
	best, least := "", max(utf8.RuneCountInString(folded)/3, 1)+1
	for _, name := range names {
		other := fold(name)
		d := distance(folded, other)
		if len(folded) >= 3 && strings.HasPrefix(other, folded) {
			d = min(d, 1)
		}
		if d < least {
			best, least = name, d
		}
	}
	return best
}

func fold(name string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(name))
}

// distance counts the characters to insert, drop, change or swap with the next one, each at most once, that make b of a:
// Damerau and Levenshtein's, as optimal string alignment.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := last[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
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
