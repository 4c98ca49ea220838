package predicate

import "testing"

func TestSmoke(t *testing.T) {
	row := map[string]string{"year": "2026", "month": "4", "day": "18"}
	p, err := Parse("date_format(to_date(concat(year, '-', month, '-', day)), 'E') in ('Sat', 'Sun')")
	if err != nil {
		t.Fatal(err)
	}
	if v := p.Eval(func(c string) (string, bool, bool) { v, ok := row[c]; return v, false, ok }); v != True {
		t.Error(v, p.Columns())
	}
}
