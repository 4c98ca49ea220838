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
	// Plain is for a screen reader: no bars, signs or columns, figures in sentences.
	Plain bool
	// ASCII leaves nothing else in the text.
	ASCII bool
	// Brief stops the text after the first screen.
	Brief bool
	// Next is the command to run next, "" for none.
	Next string
	// Rules explain findings, and are those that a report without a finding passed.
	Rules []*advisor.Rule
	// BytesAsString writes sizes in JSON as strings, for readers that keep numbers in a double.
	BytesAsString bool
	// Known shows what an audit found before, too.
	Known bool
	// Previous is what the file held that the bytes will replace, for formats that take something over from it.
	Previous []byte
	// Raw leaves cells of CSV as they are that a spreadsheet would take for formulas.
	Raw bool
}

// A Format is one way to write a report.
type Format struct {
	Name string
	// What it is for, one line.
	Doc string
	// Saves is set where the report can be read back, to be judged again.
	Saves bool
	// Failures is set where a run is written that could list nothing, too.
	Failures bool
	// Partitions is how many partitions a report describes for it where nobody says otherwise: 0 stands for 100, AllPartitions
	// for all.
	Partitions int
	Write      func(w io.Writer, r *advisor.Report, o Options) error
}

// AllPartitions is all of them.
const AllPartitions = -1

// Formats lists them; the first is the default.
var Formats = []Format{
	{Name: "text", Doc: "for people: one screen, then details", Write: Text},
	{Name: "json", Doc: "the report document, for programs", Saves: true, Partitions: 10_000, Write: JSON},
	{Name: "html", Doc: "a page for a browser: charts, tables, snippets; one file", Partitions: 10_000, Write: HTML},
	{Name: "markdown", Doc: "for pull requests and comments, at most 64 KiB", Write: Markdown},
	{Name: "csv", Doc: "all partitions, for spreadsheets", Partitions: AllPartitions, Write: CSV},
	{Name: "ndjson", Doc: "all partitions, one JSON object a line", Partitions: AllPartitions, Write: NDJSON},
	{Name: "prometheus", Doc: "gauges, for node_exporter's textfile collector", Failures: true, Write: Prometheus},
	{Name: "sarif", Doc: "findings, for code scanning", Write: SARIF},
	{Name: "junit", Doc: "a test case for each rule, for CI", Write: JUnit},
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
