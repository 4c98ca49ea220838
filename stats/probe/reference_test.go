package probe

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// eachFixture takes what reference writers wrote; beside each is what the reference reader says. testdata/make.py wrote
// both.
func eachFixture(t testing.TB, each func(name string, body []byte)) {
	t.Helper()
	for _, format := range Formats {
		expected, err := filepath.Glob(filepath.Join("testdata", format.Name, "*.json"))
		if err != nil || len(expected) == 0 {
			t.Fatalf("format %s has no fixtures: %v", format.Name, err)
		}
		if _, err := os.Stat(format.Name + ".go"); err != nil {
			t.Errorf("format %s has no file of its own: %v", format.Name, err)
		}
		for _, name := range expected {
			name = strings.TrimSuffix(name, ".json")
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			each(name, body)
		}
	}
}

var corpus = flag.String("corpus", "", "a directory of files with findings beside them, as testdata/corpus.py writes them, to compare, too")

// Every field of the finding equals what the reference reader says.
func TestReference(t *testing.T) {
	eachFixture(t, func(name string, body []byte) { compareFile(t, name, body) })
	if *corpus == "" {
		return
	}
	err := filepath.WalkDir(*corpus, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".json") {
			return err
		}
		name = strings.TrimSuffix(name, ".json")
		body, err := os.ReadFile(name)
		if err == nil {
			compareFile(t, name, body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func compareFile(t *testing.T, name string, body []byte) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		got := probe(t, filepath.Base(name), body)
		if footerRead := 2; got.Requests > footerRead || got.BytesRead > int64(len(body)) {
			t.Errorf("%d requests for %d bytes of %d", got.Requests, got.BytesRead, len(body))
		}
		got.Requests, got.BytesRead = 0, 0
		text, err := os.ReadFile(name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		want := &Finding{}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(want); err != nil {
			t.Fatal(err)
		}
		compare(t, "", reflect.ValueOf(*got), reflect.ValueOf(*want))
	})
}

// compare reports the fields that differ, not the whole.
func compare(t *testing.T, at string, got, want reflect.Value) {
	t.Helper()
	switch {
	case got.Kind() == reflect.Pointer && !got.IsNil() && !want.IsNil():
		compare(t, at, got.Elem(), want.Elem())
	case got.Kind() == reflect.Struct:
		for i := range got.NumField() {
			compare(t, at+"."+got.Type().Field(i).Name, got.Field(i), want.Field(i))
		}
	case got.Kind() == reflect.Slice && got.Len() == want.Len():
		for i := range got.Len() {
			compare(t, at, got.Index(i), want.Index(i))
		}
	case !reflect.DeepEqual(got.Interface(), want.Interface()):
		t.Errorf("%s: %s, the reference says %s", at, spelled(got), spelled(want))
	}
}

func spelled(v reflect.Value) string {
	text, err := json.Marshal(v.Interface())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func probe(t testing.TB, name string, body []byte) *Finding {
	t.Helper()
	got, err := File(bytes.NewReader(body), int64(len(body)), name, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
