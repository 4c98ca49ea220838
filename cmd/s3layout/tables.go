package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"s3layout/lister"
	"s3layout/stats"
	"s3layout/stats/tables"
)

// tableOptions bound what is read of the metadata of tables.
type tableOptions struct {
	tableRequests int64
}

func (o *tableOptions) addFlags(f *pflag.FlagSet) {
	f.Int64Var(&o.tableRequests, "table-requests", 1000, "`N` GETs at most for the metadata of Delta and Iceberg tables; 0 reads none")
}

func (o *tableOptions) validate() error {
	if o.tableRequests < 0 {
		return fmt.Errorf("--table-requests %d: it is a number from 0", o.tableRequests)
	}
	return nil
}

// recordedBytes is how much is kept of a listing while it is not known whether there are tables in it: about 100,000 objects
// of a table. A larger target with tables is listed twice.
const recordedBytes = 4 << 20

// A tableSplit tells the files of tables apart, in a second pass over the objects.
type tableSplit struct {
	target  *target
	options stats.Options
	most    int64
	begun   time.Time
	reader  lister.Reader // nil where nothing is to be read
	kept    *tables.Recording
	partial bool // the first pass went on from a checkpoint: kept is not whole
}

func (o *tableOptions) split(t *target, options stats.Options, begun time.Time, off bool) *tableSplit {
	s := &tableSplit{target: t, options: options, most: o.tableRequests, begun: begun}
	if reader, ok := t.source.(lister.Reader); ok && !off && o.tableRequests > 0 {
		s.reader, s.kept = reader, tables.NewRecording(recordedBytes)
	}
	return s
}

// see keeps a batch of the first pass.
func (s *tableSplit) see(objects []lister.Object) {
	if s.kept != nil {
		s.kept.Add(objects)
	}
}

// finish returns a Collector that measures live files, where there are tables whose metadata can be read: else the first one,
// in which they say why not. An error is why the run ends; each is called with what a second listing delivers.
func (s *tableSplit) finish(ctx context.Context, first *stats.Collector, each func([]lister.Object)) (*stats.Collector, []stats.Warning, error) {
	logs := first.TableLogs()
	if s.reader == nil || len(logs) == 0 {
		return first, nil, nil
	}
	lake, err := tables.Read(ctx, s.reader, logs, tables.Options{Root: s.target.root(), Now: s.begun, MaxRequests: s.most})
	if err != nil {
		return first, nil, err
	}
	if !lake.Reads() {
		first.Explain(lake)
		return first, nil, nil
	}
	options := s.options
	options.Tables = lake
	second := stats.NewCollector(options)
	if !s.partial && s.kept.Replay(func(objects []lister.Object) error { second.Add(objects); return nil }) == nil {
		return second, nil, nil
	}
	err = s.target.source.List(ctx, func(objects []lister.Object) error {
		second.Add(objects)
		each(objects)
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return first, nil, context.Cause(ctx)
	case err != nil:
		return first, []stats.Warning{{Code: "table_by_listing", Message: "tables are judged by their listing, dead files too: the second listing failed: " + stats.Spell(err.Error())}}, nil
	}
	return second, nil, nil
}

// root is the target as the metadata of tables spells places.
func (t *target) root() string {
	if t.kind != "file" {
		return t.uri
	}
	if path, err := filepath.Abs(t.uri); err == nil {
		return filepath.ToSlash(path)
	}
	return t.uri
}

// warningsOf are what a source noticed, each once: it may have listed twice.
func warningsOf(source lister.Source) []stats.Warning {
	w, ok := source.(lister.Warner)
	if !ok {
		return nil
	}
	var out []stats.Warning
	for _, warning := range w.Warnings() {
		if v := stats.Warning(warning); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
