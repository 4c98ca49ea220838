package stats

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"
	"testing/iotest"

	"s3layout/lister"
)

// written returns a Collector's state.
func written(t testing.TB, c *Collector) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteState(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read returns a Collector with a state.
func read(t testing.TB, state []byte, opts Options) *Collector {
	t.Helper()
	c, err := ReadState(bytes.NewReader(state), opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// stateOptions are Options under which something of everything happens, with some partitions told apart, or all.
func stateOptions(t testing.TB, apart int) Options {
	t.Helper()
	skip, err := lister.ParseGlob("skip/**")
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Exclude: []*lister.Glob{skip}, MaxPartitions: apart, Where: "hour < 4", Draw: apart,
		Select: func(columns []Value) bool {
			return !slices.ContainsFunc(columns, func(v Value) bool { return v.Key == "hour" && v.Value != nil && *v.Value == "04" })
		},
	}
}

// A listing that is left and taken up again, any number of times, is measured as if it had not been.
func TestStateGoesOn(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 31))
	lake := mixedLake(r)
	for _, apart := range []int{0, 1, 20, 1000} {
		opts := stateOptions(t, apart)
		c := NewCollector(opts)
		c.Add(lake)
		want := facts(t, c.Profile())
		for range 6 {
			c := NewCollector(opts)
			rest := shuffled(r, lake)
			for len(rest) > 0 {
				n := min(r.IntN(2500), len(rest))
				c.Add(rest[:n])
				rest = rest[n:]
				state := written(t, c)
				if again := written(t, c); !bytes.Equal(again, state) {
					t.Fatal("writing the state changes it")
				}
				if r.IntN(2) == 0 {
					c = read(t, state, opts)
				}
				if again := written(t, c); !bytes.Equal(again, state) {
					t.Fatal("reading the state changes it")
				}
			}
			if got := facts(t, c.Profile()); got != want {
				t.Fatalf("%d apart:\n got %.3000s\nwant %.3000s", apart, got, want)
			}
		}
	}
}

// notInState are fields that a Profile does not depend on, each with why.
var notInState = map[string]string{
	"Collector.opts": "whoever keeps the state compares them", "Collector.last": "found again", "Collector.live": "found again", "tableLogs.full": "read with the count",
	"TableLog.Excluded": "a table's that a pattern leaves out", "Collector.kind": "found again",
	"partitionDraw.entered": "found again", "partitionDraw.path": "found again", "partitionDraw.at": "found again",
	"Collector.class": "found again", "Collector.classSeen": "found again",
	"table.index": "its hash is another one in each process", "table.text": "holds the paths, which are compared",
	"SizeSet.fresh": "becomes a run", "SizeSet.spare": "room", "SizeSet.error": "only of a set that was read from a document",
}

// Every field of a Collector, and of what is in it, is in its state: this fails for one that is added and not written.
func TestStateHasEverything(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	seen := map[string]bool{}
	for _, apart := range []int{0, 20} {
		opts := stateOptions(t, apart)
		c := NewCollector(opts)
		c.Add(mixedLake(r))
		for i := range 4000 {
			c.Add([]lister.Object{{Key: fmt.Sprintf("large/x=1/%d.csv", i), Size: r.Int64N(1 << 40)}, {Key: fmt.Sprintf("f%d.csv", i), Size: 1 + r.Int64N(9)}})
		}
		c.Profile()
		c.other.overflow()
		back := read(t, written(t, c), opts)
		compareFields(t, "Collector", reflect.ValueOf(c), reflect.ValueOf(back), seen)
	}
	for _, v := range []any{Collector{}, formatStats{}, count{}, ignoredKind{}, ignoredStats{}, unusual{}, partition{}, extra{}, kindCount{},
		partitionType{}, sketch{}, sketchCounts{}, SizeSet{}, sizeRun{}, folded{}, mark{}, shape{}, instant{}, FileType{}, tableLogs{}, tableID{}, TableLog{}, table{}, draw{}, typeDraw{}, lowest{}, partitionDraw{}, Pick{}} {
		for i := range reflect.TypeOf(v).NumField() {
			if name := reflect.TypeOf(v).Name() + "." + reflect.TypeOf(v).Field(i).Name; !seen[name] && notInState[name] == "" {
				t.Errorf("%s is zero everywhere: the test does not show that it is in the state", name)
			}
		}
	}
}

// overflow has the set of folded partitions overflow.
func (f *folded) overflow() {
	if f != nil {
		f.hashes.drop()
	}
}

// compareFields holds two values to each other, and notes the fields that are not zero.
func compareFields(t *testing.T, at string, a, b reflect.Value, seen map[string]bool) {
	t.Helper()
	if t.Failed() {
		return
	}
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() != b.IsNil() {
			t.Errorf("%s: nil %v and %v", at, a.IsNil(), b.IsNil())
		} else if !a.IsNil() {
			compareFields(t, at, a.Elem(), b.Elem(), seen)
		}
	case reflect.Struct:
		for i := range a.NumField() {
			name := a.Type().Name() + "." + a.Type().Field(i).Name
			if notInState[name] != "" {
				continue
			}
			seen[name] = seen[name] || !a.Field(i).IsZero()
			compareFields(t, at+" "+name, a.Field(i), b.Field(i), seen)
		}
	case reflect.Map:
		if a.Len() != b.Len() {
			t.Errorf("%s: %d and %d", at, a.Len(), b.Len())
		}
		for _, key := range a.MapKeys() {
			compareFields(t, at, key, key, seen)
			if !b.MapIndex(key).IsValid() {
				t.Errorf("%s: no %v", at, key)
				return
			}
			compareFields(t, at, a.MapIndex(key), b.MapIndex(key), seen)
		}
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			t.Errorf("%s: %d and %d", at, a.Len(), b.Len())
			return
		}
		for i := range a.Len() {
			compareFields(t, at, a.Index(i), b.Index(i), seen)
		}
	default:
		if !a.Equal(b) {
			t.Errorf("%s: %v and %v", at, a, b)
		}
	}
}

// smallState is the state of a few objects, with something of most.
func smallState(t testing.TB, apart int) []byte {
	t.Helper()
	c := NewCollector(stateOptions(t, apart))
	lake := mixedLake(rand.New(rand.NewPCG(1, 1)))
	for i := 0; i < len(lake); i += 40 {
		c.Add(lake[i : i+1])
	}
	for i := range int64(100) {
		c.Add([]lister.Object{object(fmt.Sprintf("many/a=1/%d", i), 1+i*i*i), object("three/a=2/x.csv", 7)})
	}
	c.Profile()
	return written(t, c)
}

// Half a state is no state, and neither is one with something behind it.
func TestStateCut(t *testing.T) {
	opts := stateOptions(t, 5)
	state := smallState(t, 5)
	for n := range state {
		if _, err := ReadState(bytes.NewReader(state[:n]), opts); !errors.Is(err, ErrState) {
			t.Fatalf("%d of %d bytes: %v", n, len(state), err)
		}
	}
	if _, err := ReadState(bytes.NewReader(append(slices.Clone(state), 0)), opts); !errors.Is(err, ErrState) {
		t.Errorf("with something behind: %v", err)
	}
	if _, err := ReadState(bytes.NewReader(state), stateOptions(t, 0)); !errors.Is(err, ErrState) {
		t.Errorf("with folded partitions where none are wanted: %v", err)
	}
	if _, err := ReadState(iotest.ErrReader(os.ErrDeadlineExceeded), opts); !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, ErrState) {
		t.Errorf("a reader that fails: %v", err)
	}
}

// A writer that fails, fails the writing, wherever it does.
func TestStateUnwritten(t *testing.T) {
	c := NewCollector(Options{})
	for i := range 9000 {
		c.Add([]lister.Object{object(fmt.Sprintf("a=%d/f", i), 1)})
	}
	for _, n := range []int{0, 100, 70_000} {
		if err := c.WriteState(&shortWriter{n}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

type shortWriter struct{ left int }

func (w *shortWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.left -= n
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// Any bytes are a state that can be gone on from, or are refused.
func FuzzReadState(f *testing.F) {
	for _, apart := range []int{0, 5} {
		state := smallState(f, apart)
		f.Add(state)
		r := rand.New(rand.NewPCG(9, 9))
		for range 40 {
			broken := slices.Clone(state)
			broken[r.IntN(len(broken))] ^= 1 << r.IntN(8)
			f.Add(broken)
		}
	}
	empty := NewCollector(Options{})
	f.Add(written(f, empty))
	more := mixedLake(rand.New(rand.NewPCG(2, 2)))[:50]
	f.Fuzz(func(t *testing.T, in []byte) {
		opts := stateOptions(t, 5)
		c, err := ReadState(bytes.NewReader(in), opts)
		if err != nil {
			return
		}
		first := written(t, c)
		if second := written(t, read(t, first, opts)); !bytes.Equal(first, second) {
			t.Error("a state that is read is written otherwise")
		}
		c.Add(more)
		facts(t, c.Profile())
	})
}

// BenchmarkWriteState is of partitions with one file, and with fifty.
func BenchmarkWriteState(b *testing.B) {
	for _, files := range []int{1, 50} {
		c := NewCollector(Options{})
		const partitions = 20_000
		for _, batch := range hiveBatches(partitions, files) {
			c.Add(batch)
		}
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			b.ReportAllocs()
			var n countingWriter
			for b.Loop() {
				n = 0
				if err := c.WriteState(&n); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/partitions, "B/partition")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/partitions, "ns/partition")
		})
	}
}

type countingWriter int64

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}
