package main

import (
	"fmt"
	"strings"

	"s3layout/lister"
	"s3layout/lister/predicate"
	"s3layout/stats"
)

// selection is which keys of a target count.
type selection struct {
	exclude, include []*lister.Glob
	where            *predicate.Predicate // nil selects all
}

func (o *profileOptions) selection() (s selection, err error) {
	if s.exclude, err = parseGlobs("--exclude", o.exclude); err != nil {
		return s, err
	}
	if s.include, err = parseGlobs("--include", o.include); err != nil {
		return s, err
	}
	if strings.TrimSpace(o.where) != "" {
		if s.where, err = predicate.Parse(o.where); err != nil {
			return s, fmt.Errorf("--where: %w", err)
		}
	}
	return s, nil
}

func parseGlobs(flag string, patterns []string) ([]*lister.Glob, error) {
	var globs []*lister.Glob
	for _, p := range patterns {
		g, err := lister.ParseGlob(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		globs = append(globs, g)
	}
	return globs, nil
}

// options is the selection as a Collector applies it, to every key that is listed; partitions is how many a profile
// describes, and apart how many it tells apart.
func (s selection) options(partitions, apart int) stats.Options {
	o := stats.Options{Exclude: s.exclude, Include: s.include, Partitions: partitions, MaxPartitions: apart}
	if s.where != nil {
		o.Where = s.where.String()
		o.Select = func(columns []stats.Value) bool { return s.judge(columns, true) == predicate.True }
	}
	return o
}

// skips is the selection as a lister applies it, to directories that it need not list; nil where there are none.
func (s selection) skips() func(dir string) bool {
	if len(s.exclude) == 0 && len(s.include) == 0 && s.where == nil {
		return nil
	}
	return func(dir string) bool {
		for _, g := range s.exclude {
			if g.MatchesAll(dir) {
				return true
			}
		}
		if stats.HoldsLog(dir) { // which says what the files in other directories are
			return false
		}
		if s.where != nil && s.judge(stats.ColumnValues(strings.TrimSuffix(dir, "/")), false) == predicate.False {
			return true
		}
		for _, g := range s.include {
			if g.CouldMatch(dir) {
				return false
			}
		}
		return len(s.include) > 0
	}
}

// judge evaluates the predicate on the columns of a directory. Others are NULL where there are no more to come.
func (s selection) judge(columns []stats.Value, whole bool) predicate.Verdict {
	return s.where.Eval(func(name string) (value string, null, known bool) {
		for _, c := range columns {
			if strings.EqualFold(c.Key, name) {
				if c.Value == nil {
					return "", true, true
				}
				return *c.Value, false, true
			}
		}
		return "", whole, whole
	})
}
