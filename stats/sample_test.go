package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"s3layout/lister"
)

// A lakeFile is a file and the codec that is in it.
type lakeFile struct {
	lister.Object
	codec string
}

// codecLake is a lake of up to a few thousand files in codecs that their names do not tell: sizes of any spread, with and
// without giants, codecs that go with the size, with the partition or with nothing, and several types.
func codecLake(seed uint64) []lakeFile {
	dice := rand.New(rand.NewPCG(seed, 1))
	codecs := []string{"snappy", "zstd", "gzip", "none"}[:1+dice.IntN(4)]
	suffixes := []string{".parquet", ".orc", ".avro", ".json.gz"}[:1+dice.IntN(4)]
	spread, how, n := dice.Float64()*3, dice.IntN(4), 1<<(3+dice.IntN(10))
	bias := math.Pow(10, -3*dice.Float64())
	var out []lakeFile
	for i := range n + dice.IntN(n) {
		size := int64(math.Exp(14+spread*dice.NormFloat64())) + 1
		if how == 3 && dice.IntN(200) == 0 {
			size *= 1000
		}
		day := dice.IntN(30)
		at := 0
		switch {
		case how == 0 && size > 1<<20, how == 1 && day > 25, how > 1 && dice.Float64() < bias:
			at = dice.IntN(len(codecs))
		}
		out = append(out, lakeFile{lister.Object{Key: fmt.Sprintf("day=%02d/part-%05d-%08x%s", day, i, dice.Uint32(), suffixes[dice.IntN(len(suffixes))]), Size: size}, codecs[at]})
	}
	return out
}

// drawn runs a sample of so many requests over the files, in batches of any order.
func drawn(files []lakeFile, limit, requests int, shuffle *rand.Rand) *Sample {
	files = slices.Clone(files)
	if shuffle != nil {
		shuffle.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	}
	codecs := map[string]string{}
	c := NewCollector(Options{Draw: limit})
	for _, f := range files {
		codecs[f.Key] = f.codec
		c.Add([]lister.Object{f.Object})
	}
	s := c.Sample()
	for {
		round := s.Next(requests, func(p *Pick) int { return 1 + int(p.Size%2) })
		if len(round) == 0 {
			return s
		}
		for _, d := range round {
			requests--
			d.Found = codecs[d.Key]
		}
	}
}

// TestShares holds the intervals to what they promise: in 95 % of lakes at least, the true shares of all codecs lie in
// theirs, and no codec that was not seen has more than is said.
func TestShares(t *testing.T) {
	const lakes = 200
	missed := map[string]int{}
	for seed := range uint64(lakes) {
		files := codecLake(seed)
		truth, byType, total, totals := map[string]float64{}, map[FileType]map[string]float64{}, 0.0, map[FileType]float64{}
		for _, f := range files {
			kind := TypeOf(f.Key)
			if byType[kind] == nil {
				byType[kind] = map[string]float64{}
			}
			truth[f.codec] += float64(f.Size)
			byType[kind][f.codec] += float64(f.Size)
			total += float64(f.Size)
			totals[kind] += float64(f.Size)
		}
		s := drawn(files, 200, 200, nil)
		shares, unseen := s.Shares()
		if !holdsAll(shares, unseen, truth, total) {
			missed["all"]++
		}
		for kind := range byType {
			shares, unseen := s.SharesOf(kind)
			if !holdsAll(shares, unseen, byType[kind], totals[kind]) {
				missed["type"]++
			}
		}
		if n := len(s.Drawn()); n > 200 || n < min(len(files), 200) && len(files) <= 200 {
			t.Errorf("lake %d: %d of %d files drawn", seed, n, len(files))
		}
	}
	t.Logf("missed %v", missed)
	for what, n := range missed {
		if n > lakes*5/100 {
			t.Errorf("%s: %d of %d intervals miss", what, n, lakes)
		}
	}
}

func holdsAll(shares []Share, unseen float64, truth map[string]float64, total float64) bool {
	seen := map[string]bool{}
	ok := true
	for _, x := range shares {
		seen[x.Found] = true
		p := truth[x.Found] / total
		ok = ok && x.Low <= p+1e-9 && p <= x.Top+1e-9 && x.Low <= x.Share && x.Share <= x.Top
	}
	for codec, bytes := range truth {
		ok = ok && (seen[codec] || bytes/total <= unseen+1e-9)
	}
	return ok
}

// TestSampleOrder draws the same files, in the same rounds, whatever the order in which they come.
func TestSampleOrder(t *testing.T) {
	for seed := range uint64(20) {
		files := codecLake(seed)
		want := drawn(files, 50, 50, nil)
		for round := range uint64(5) {
			got := drawn(files, 50, 50, rand.New(rand.NewPCG(seed, round)))
			if g, w := spellDrawn(got), spellDrawn(want); g != w {
				t.Fatalf("lake %d: drew\n%s\nand\n%s", seed, g, w)
			}
		}
	}
}

func spellDrawn(s *Sample) string {
	text := ""
	for _, d := range s.Drawn() {
		text += d.Key + " " + d.Found + "\n"
	}
	shares, unseen := s.Shares()
	return text + fmt.Sprint(shares, unseen)
}

// TestSampleReach holds that small files, types of few bytes and partitions are reached, too.
func TestSampleReach(t *testing.T) {
	var files []lakeFile
	for i := range 5000 {
		files = append(files, lakeFile{lister.Object{Key: fmt.Sprintf("day=%02d/part-%05d.parquet", i%20, i), Size: 1 << 20}, "snappy"})
	}
	for i := range 200 {
		files = append(files, lakeFile{lister.Object{Key: fmt.Sprintf("day=late/big-%05d.parquet", i), Size: 1 << 33}, "zstd"})
	}
	files = append(files, lakeFile{lister.Object{Key: "day=early/a.json", Size: 3}, "none"})
	s := drawn(files, 60, 60, nil)
	types, partitions, small := map[FileType]int{}, map[string]int{}, 0
	for _, d := range s.Drawn() {
		types[d.Type]++
		partitions[d.Key[:7]]++
		if d.Size == 1<<20 {
			small++
		}
	}
	if len(types) != 2 || small < 5 || len(partitions) < 5 {
		t.Errorf("types %v, partitions %v, %d small files", types, partitions, small)
	}
}

// TestSampleAll draws every file, and then knows the shares.
func TestSampleAll(t *testing.T) {
	files := codecLake(7)
	s := drawn(files, DrawAll, 0, nil)
	if n := len(s.Drawn()); n != len(files) {
		t.Errorf("%d of %d files", n, len(files))
	}
	shares, unseen := s.Shares()
	for _, x := range shares {
		if x.Low != x.Share && x.Share-x.Low > 2e-4 || x.Top-x.Share > 2e-4 || unseen != 0 {
			t.Errorf("%+v, unseen %g", x, unseen)
		}
	}
}

// The values are R's: binom.test(x, n)$conf.int, and qbeta for the last.
func TestClopperPearson(t *testing.T) {
	for _, tt := range []struct{ x, n, alpha, low, high float64 }{
		{0, 10, 0.05, 0, 0.30849710}, {10, 10, 0.05, 0.69150290, 1}, {3, 10, 0.05, 0.06673951, 0.65245285},
		{50, 100, 0.05, 0.39832113, 0.60167887}, {1, 200, 0.01, 0.00002506, 0.03653400}, {0, 0, 0.05, 0, 1},
	} {
		low, high := clopperPearson(tt.x, tt.n, tt.alpha)
		if math.Abs(low-tt.low) > 1e-4 || math.Abs(high-tt.high) > 1e-4 {
			t.Errorf("%g of %g at %g: %.8f to %.8f, want %.8f to %.8f", tt.x, tt.n, tt.alpha, low, high, tt.low, tt.high)
		}
	}
}
