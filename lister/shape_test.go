package lister

import (
	"fmt"
	"testing"
)

func TestBetweenTinyShares(t *testing.T) {
	s := NewShape("")
	for i := range 400 {
		s.Learn(fmt.Sprintf("events/dt=2016-%02d-%02d/part-%09d-e220a8397b1dcdaf-c000.snappy.parquet", i%12+1, i%28+1, i))
	}
	r := Range{"events/dt=2016-05-1", "events/dt=2016-05-15/part-0005"}
	from, to, ok := s.Between(r, "events/dt=2016-05-15/part-000001000-e2", "events/dt=2016-05-15/part-000001999-e2")
	if !ok || to <= from || to >= 1 {
		t.Errorf("between %v and %v, %v", from, to, ok)
	}
	s.Miss("events/dt=2016-05-15/part-0005")
	from, to, ok = s.Between(r, "events/dt=2016-05-15/part-000001000-e2", "events/dt=2016-05-15/part-000001999-e2")
	if !ok || to <= from || to >= 1 {
		t.Errorf("after a miss: between %v and %v, %v", from, to, ok)
	}
}
