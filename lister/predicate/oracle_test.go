package predicate

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// beyond lists expressions that Spark reads and that are refused here on purpose, or the other way round.
var beyond = map[string]string{}

// TestOracle compares with what Spark says, see testdata/oracle.py.
func TestOracle(t *testing.T) {
	name := "testdata/oracle.tsv.gz"
	if n := os.Getenv("ORACLE"); n != "" {
		name = n
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines *bufio.Scanner
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		lines = bufio.NewScanner(z)
	} else {
		lines = bufio.NewScanner(f)
	}
	lines.Buffer(nil, 1<<20)
	rows, refused := 0, map[string]bool{}
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		var text string
		var row map[string]*string
		if json.Unmarshal([]byte(fields[0]), &text) != nil || json.Unmarshal([]byte(fields[1]), &row) != nil {
			t.Fatalf("line %q", lines.Text())
		}
		rows++
		p, err := Parse(text)
		if (err != nil) != (fields[2] == "refused") {
			if !refused[text] {
				t.Logf("REFUSAL %s: Spark says %s, we %v", text, fields[2], err)
			}
			refused[text] = true
			continue
		}
		if err != nil || fields[2] == "fails" {
			continue
		}
		got := p.root.eval(&rowOf(row).row).may
		want := map[string]outcome{"true": isTrue, "false": isFalse, "null": isNull}[fields[2]]
		if got != want {
			t.Errorf("%s on %s: got %v, Spark says %s", text, fields[1], got, fields[2])
		}
	}
	t.Logf("%d rows", rows)
}

type mapRow struct{ row }

func rowOf(values map[string]*string) *mapRow {
	return &mapRow{row{func(c string) (string, bool, bool) {
		v, ok := values[c]
		if v == nil {
			return "", ok, ok
		}
		return *v, false, ok
	}}}
}
