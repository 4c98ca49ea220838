package predicate

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// beyond are the expressions of the oracle that Spark reads and that are refused here on purpose; refusing the parts that
// are supported would otherwise pass for agreement.
var beyond = []string{
	`x like 'a!bc' escape '!'`, // Spark fails on every row
	`x like 'abc\\'`,           // likewise
	`year like 2026`,
	`x rlike '^eu'`,
	`x like any ('a%', 'e%')`,
	`cast(x as double) = double('NaN')`,
	`date '2026-04-18' + 1 = date '2026-04-19'`,
	`1.5BD = 1.5`,
	`10S = 10`,
	`1F = 1`,
	`r'a\b' = 'a\\b'`,
	`year in (select 1)`,
	`exists (select 1)`,
	`case when year = '2026' then true else false end`,
	`if(year = '2026', true, false)`,
	`coalesce(x, 'a') = 'a'`,
	`year % 4 = 0`,
	`year * 2 = 4052`,
	`year / 2 = 1013`,
	`year is true`,
	`(year = '2026') is true`,
	`x is distinct from 'a'`,
	`x ilike 'EU%'`,
	`split(x, '-')[0] = 'eu'`,
	`year = 2026 -- comment`,
	`year = /* 1 */ 2026`,
	`(year, month) in (('2026', '04'))`,
	`cast(date '2026-04-18' as int) is null`,
	`cast(5 as timestamp) is null`,
}

// accepted is read here, as a table's column, and refused by Spark, as a field of a column that is called like the table.
const accepted = "year.x = 5"

// TestOracle holds the verdicts to those of Spark. testdata/oracle.py tells what is in the file.
func TestOracle(t *testing.T) {
	f, err := os.Open("testdata/oracle.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []map[string]*string
	expressions, verdicts := 0, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		first, second, _ := strings.Cut(lines.Text(), "\t")
		if first == "row" {
			rows = append(rows, decode[map[string]*string](t, second))
			continue
		}
		text := decode[string](t, first)
		expressions++
		p, err := Parse(text)
		if (err != nil) != (second == "refused") {
			explainRefusal(t, text, second, err)
			continue
		}
		if err != nil {
			continue
		}
		for i, letter := range second {
			if letter == 'x' {
				continue // The package comment says so.
			}
			verdicts++
			checkVerdict(t, p, rows[i], letter)
		}
	}
	t.Logf("%d expressions, %d verdicts", expressions, verdicts)
	if expressions < 500 {
		t.Errorf("the oracle has only %d expressions", expressions)
	}
}

func decode[T any](t *testing.T, s string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

func explainRefusal(t *testing.T, text, spark string, err error) {
	t.Helper()
	for _, b := range append(beyond, accepted) {
		if text == b {
			return
		}
	}
	t.Errorf("%s: Spark says %s, we %v", text, spark, err)
}

func checkVerdict(t *testing.T, p *Predicate, values map[string]*string, letter rune) {
	t.Helper()
	got := p.root.eval(&row{lookupIn(values)}).may
	if want := map[rune]outcome{'t': isTrue, 'f': isFalse, 'n': isNull}[letter]; got != want {
		rowText, _ := json.Marshal(values)
		t.Errorf("%s on %s: got %03b, Spark says %c", p, rowText, got, letter)
	}
	if v := p.Eval(lookupIn(values)); (v == True) != (letter == 't') {
		t.Errorf("%s: Eval says %v, Spark %c", p, v, letter)
	}
	checkSound(t, p, values)
}

// lookupIn finds columns in a map, in which nil is null and what is missing is not known.
func lookupIn(values map[string]*string) func(string) (string, bool, bool) {
	return func(column string) (string, bool, bool) {
		v, ok := values[column]
		if v == nil {
			return "", ok, ok
		}
		return *v, false, ok
	}
}
