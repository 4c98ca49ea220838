package stats

import (
	"fmt"
	"testing"

	"s3layout/lister"
)

// What a listing may have jumped over is not counted, so that a report does not depend on where pages end; a target that
// fits on a page has nothing jumped over.
func TestUncounted(t *testing.T) {
	dir, err := lister.ParseGlob("**_temporary/**")
	if err != nil {
		t.Fatal(err)
	}
	file, err := lister.ParseGlob("**.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		objects   int
		jumps     bool
		uncounted bool
	}{{999, true, false}, {1000, true, true}, {1001, true, true}, {1001, false, false}} {
		o := Options{Exclude: []*lister.Glob{dir, file}}
		if test.jumps {
			o.Skips = dir.MatchesAll
		}
		c := NewCollector(o)
		objects := []lister.Object{{Key: "_temporary/0/x", Size: 7}, {Key: "a.csv", Size: 9}}
		for i := len(objects); i < test.objects; i++ {
			objects = append(objects, lister.Object{Key: fmt.Sprintf("%d.json", i), Size: 1})
		}
		c.Add(objects)
		got := map[string]Ignored{}
		for _, i := range c.Profile().Ignored {
			got[i.Kind] = i
		}
		if i := got["**_temporary/**"]; i.Uncounted != test.uncounted || (i.Objects == 0) != test.uncounted {
			t.Errorf("%+v: a directory is %+v", test, i)
		}
		if i := got["**.csv"]; i.Uncounted || i.Objects != 1 || i.Bytes != 9 {
			t.Errorf("%+v: a file is %+v", test, i)
		}
	}
}
