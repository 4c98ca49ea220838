package lister

import (
	"fmt"
	"math"
	"testing"
)

func TestAheadTinyShares(t *testing.T) {
	s := NewShape("")
	for i := range 400 {
		s.Learn(fmt.Sprintf("events/dt=2016-%02d-%02d/part-%09d-e220a8397b1dcdaf-c000.snappy.parquet", i%12+1, i%28+1, i))
	}
	r := Range{"events/dt=2016-05-1", "events/dt=2016-05-15/part-0005"}
	first, last := "events/dt=2016-05-15/part-000001000-e2", "events/dt=2016-05-15/part-000001999-e2"
	if n := s.Ahead(r, first, last); !(n > 0) {
		t.Errorf("%v pages ahead", n)
	}
	s.Miss("events/dt=2016-05-15/part-0005", 29)
	if n := s.Ahead(r, first, last); !(n > 0) {
		t.Errorf("after a miss: %v pages ahead", n)
	}
	if n := s.Ahead(Range{After: "a"}, "b", "c"); !math.IsInf(n, 1) {
		t.Errorf("a range without an end has %v ahead", n)
	}
}

// A counter is measured to the key, and cut to the key.
func TestCounter(t *testing.T) {
	s := NewShape("")
	key := func(i int) string { return fmt.Sprintf("part-%05d.parquet", i) }
	for i := 0; i < 100000; i += 1111 {
		s.Learn(key(i))
	}
	r := Range{"", key(50000)}
	if n := s.Ahead(r, key(10000), key(10100)); math.Abs(n-399) > 1e-3 {
		t.Errorf("%v pages ahead, want 399", n)
	}
	if n := s.Pace(key(10000), key(20000), key(20000), key(20100)); math.Abs(n-0.01) > 1e-6 {
		t.Errorf("a pace of %v, want 0.01", n)
	}
	if cut, ok := s.Split(r, key(10000), 0.5, 1e-4); !ok || cut < key(29999) || cut > key(30001) {
		t.Errorf("cut at %q, %v", cut, ok)
	}
}

// What follows a key shows how far numbers go: nothing is looked for behind the last hour of a day.
func TestFollow(t *testing.T) {
	s := NewShape("")
	hour := func(day, hour int) string { return fmt.Sprintf("day=%02d/hour=%02d/part-0", day, hour) }
	s.Learn(hour(11, 0))
	s.Learn(hour(11, 12))
	r := Range{"", "e"}
	if s.Open(r, hour(11, 0), hour(11, 12)) == 0 {
		t.Error("nothing is thought to be unknown")
	}
	before := s.Open(r, hour(11, 0), hour(11, 12))
	s.Follow(hour(11, 19), hour(12, 0))
	after := s.Open(r, hour(11, 0), hour(11, 12))
	if after >= before {
		t.Errorf("%v bits are unknown before a day ends, %v after", before, after)
	}
}
