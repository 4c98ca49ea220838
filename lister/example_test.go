package lister_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"s3layout/lister"
)

// listing is a Source of objects that are known. It shows the contract: batches of any size, and what is missing named in
// the error.
type listing struct {
	objects []lister.Object
	broken  error // why keys after the last one are missing; nil where none are
}

func (l listing) List(ctx context.Context, fn func([]lister.Object) error) error {
	for _, o := range l.objects {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := fn([]lister.Object{o}); err != nil {
			return err
		}
	}
	if l.broken == nil {
		return nil
	}
	rest := lister.Range{After: l.objects[len(l.objects)-1].Key}
	return &lister.IncompleteError{Missing: []lister.Missing{{Range: rest, Err: l.broken}}}
}

// A listing that could not be finished delivers what it can, and says what is missing: it never looks whole.
func Example() {
	source := listing{
		objects: []lister.Object{{Key: "dt=1/a.json", Size: 10}, {Key: "dt=1/b.json", Size: 32}},
		broken:  fs.ErrPermission,
	}
	var files, bytes int64
	err := source.List(context.Background(), func(batch []lister.Object) error {
		for _, o := range batch {
			files, bytes = files+1, bytes+o.Size
		}
		return nil
	})
	fmt.Println(files, "files,", bytes, "bytes")
	var partial *lister.IncompleteError
	if errors.As(err, &partial) {
		fmt.Println("missing:", partial.Missing[0].Range)
	}
	fmt.Println(errors.Is(err, fs.ErrPermission))
	// Output:
	// 2 files, 42 bytes
	// missing: keys after "dt=1/b.json"
	// true
}

// A Glob is what Glue's exclusions are: Java's globs over the whole key below the target, in which * stays within a
// directory and ** does not.
func ExampleParseGlob() {
	for _, pattern := range []string{"*.csv", "**.csv", "{a,b}/*", "year=2019/**"} {
		g, err := lister.ParseGlob(pattern)
		if err != nil {
			panic(err)
		}
		fmt.Println(pattern, g.Match("x.csv"), g.Match("a/x.csv"), g.Match("year=2019/m=1/x.parquet"))
	}
	_, err := lister.ParseGlob("[b-a]")
	fmt.Println(err)
	// Output:
	// *.csv true false false
	// **.csv true true false
	// {a,b}/* false true false
	// year=2019/** false false true
	// glob "[b-a]": range "b-a" at offset 1 is reversed; write "a-b"
}

// A directory that a pattern matches whole need not be listed; one that it could match must be.
func ExampleGlob_MatchesAll() {
	g, err := lister.ParseGlob("year=2019/**")
	if err != nil {
		panic(err)
	}
	fmt.Println(g.MatchesAll("year=2019/"), g.MatchesAll("year=2020/"), g.CouldMatch("year=2019/"), g.CouldMatch("year=2020/"))
	// Output: true false true false
}
