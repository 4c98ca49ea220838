// Package render turns a report into bytes, one format a file. A renderer computes nothing and decides nothing: all of
// it is in the report.
package render

import (
	"io"

	"s3layout/advisor"
)

// Options are how a report is shown. They change no fact.
type Options struct {
	// Width is the columns of the terminal; 0 means 80.
	Width int
	// Color allows ANSI colours.
	Color bool
	// Brief stops the text after the first screen.
	Brief bool
	// Next is the command to run next, "" for none.
	Next string
}

// A Format is one way to write a report.
type Format struct {
	Name string
	// What it is for, one line.
	Doc string
	// Saves is set where the report can be read back, to be judged again.
	Saves bool
	Write func(w io.Writer, r *advisor.Report, o Options) error
}

// Formats lists them; the first is the default.
var Formats = []Format{
	{"text", "for people: one screen, then details", false, Text},
	{"json", "the report document, for programs", true, JSON},
}

// Find returns the format of that name.
func Find(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}
