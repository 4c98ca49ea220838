package spark

import (
	"maps"
	"math"
	"testing"
)

func files(sizes map[int64]int64) Files { return maps.All(sizes) }

func input(splittable, whole map[int64]int64) Input {
	return Input{Splittable: files(splittable), Whole: files(whole)}
}

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// The tasks are those of Spark's own FileSourceStrategySuite (3.5.1) and of a reference implementation of
// FilePartition, recorded with 128 MiB and 4 MiB unless the case says otherwise.
func TestScanPlan(t *testing.T) {
	small := Scan{MaxPartitionBytes: 11, OpenCostBytes: 1, Parallelism: 1}
	tests := []struct {
		name              string
		scan              Scan
		splittable, whole map[int64]int64
		maxSplit, tasks   int64
		largest           int64
	}{
		{"ten bytes", Scan{MaxPartitionBytes: 128 * mib, OpenCostBytes: 4 * mib, Parallelism: 1}, map[int64]int64{1: 10}, nil, 41943050, 1, 10},
		{"three of five", small, map[int64]int64{5: 3}, nil, 11, 2, 10},
		{"one cut", Scan{MaxPartitionBytes: 10, OpenCostBytes: 1, Parallelism: 1}, map[int64]int64{15: 1, 3: 1}, nil, 10, 2, 10},
		{"twos and ones", Scan{MaxPartitionBytes: 4, OpenCostBytes: 1, Parallelism: 1}, map[int64]int64{2: 2, 1: 4}, nil, 4, 4, 3},
		{"min partition num 8", Scan{MaxPartitionBytes: 2 * mib, OpenCostBytes: 4 * mib, Parallelism: 8}, map[int64]int64{2 * mib: 12}, nil, 2 * mib, 12, 2 * mib},
		{"min partition num 16", Scan{MaxPartitionBytes: 2 * mib, OpenCostBytes: 4 * mib, Parallelism: 16}, map[int64]int64{4 * mib: 12}, nil, 2 * mib, 24, 2 * mib},
		{"100 000 of 10 KiB", DefaultScan(36), map[int64]int64{10 * kib: 100000}, nil, 128 * mib, 3125, 32 * 10 * kib},
		{"100 000 of 1 MiB", DefaultScan(36), map[int64]int64{mib: 100000}, nil, 128 * mib, 3847, 26 * mib},
		{"1 000 of 128 MiB", DefaultScan(36), map[int64]int64{128 * mib: 1000}, nil, 128 * mib, 1000, 128 * mib},
		{"1 000 of 129 MiB", DefaultScan(36), map[int64]int64{129 * mib: 1000}, nil, 128 * mib, 1039, 128 * mib},
		{"ten gzip of 1 GiB", DefaultScan(36), nil, map[int64]int64{gib: 10}, 128 * mib, 10, gib},
		{"ten csv of 1 GiB", DefaultScan(36), map[int64]int64{gib: 10}, nil, 128 * mib, 80, 128 * mib},
		{"one large, many small", DefaultScan(36), map[int64]int64{100 * kib: 5000}, map[int64]int64{gib: 1}, 128 * mib, 158, gib},
		{"650 000 of 64 KiB", DefaultScan(68), map[int64]int64{64 * kib: 650000}, nil, 128 * mib, 20313, 32 * 64 * kib},
		{"48 626 gzip of 200 KiB", DefaultScan(36), nil, map[int64]int64{200 * kib: 48626}, 128 * mib, 1569, 31 * 200 * kib},
		{"nothing", DefaultScan(36), nil, nil, 4 * mib, 0, 0},
		{"empty files", DefaultScan(36), map[int64]int64{0: 5}, map[int64]int64{0: 5}, 4 * mib, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.scan.MaxSplitBytes(input(tt.splittable, tt.whole)); got != tt.maxSplit {
				t.Errorf("max split bytes %d, want %d", got, tt.maxSplit)
			}
			p := tt.scan.Plan(input(tt.splittable, tt.whole))
			if p.Tasks != tt.tasks || p.MaxBytes != tt.largest {
				t.Errorf("%d tasks, largest %d; want %d, %d", p.Tasks, p.MaxBytes, tt.tasks, tt.largest)
			}
		})
	}
}

// A size is whatever a server says: the plan must end, and not overflow.
func TestScanPlanHugeSizes(t *testing.T) {
	p := DefaultScan(36).Plan(input(map[int64]int64{math.MaxInt64: 3}, map[int64]int64{math.MaxInt64: 2}))
	if p.Tasks <= 0 || p.MaxBytes != math.MaxInt64 {
		t.Errorf("got %+v", p)
	}
}

func TestPlanSplits(t *testing.T) {
	const block = 32 * mib
	cut := Splits{BlockSize: block}
	tests := []struct {
		size, tasks, largest int64
	}{
		{0, 0, 0},
		{1, 1, 1},
		{block, 1, block},
		{block * 11 / 10, 1, block * 11 / 10},
		{block*11/10 + 1, 2, block},
		{2 * block, 2, block},
		{2*block + block/10, 2, block + block/10},
		{2*block + block/10 + 1, 3, block},
		{gib, 32, block},
	}
	for _, tt := range tests {
		p := cut.Plan(input(map[int64]int64{tt.size: 1}, nil))
		if p.Tasks != tt.tasks || p.MaxBytes != tt.largest {
			t.Errorf("%d bytes: %d tasks, largest %d; want %d, %d", tt.size, p.Tasks, p.MaxBytes, tt.tasks, tt.largest)
		}
	}
	if p := cut.Plan(input(nil, map[int64]int64{gib: 428})); p.Tasks != 428 {
		t.Errorf("428 gzip files: %d tasks", p.Tasks)
	}
	if p := cut.Plan(input(map[int64]int64{math.MaxInt64: 2}, nil)); p.Tasks <= 0 {
		t.Errorf("huge: %+v", p)
	}
}

func TestPlanGrouped(t *testing.T) {
	bundles := func(yield func(Bundle) bool) {
		for _, b := range []Bundle{{500, 100 * mib, 0}, {1, 1, 0}, {0, 0, 0}, {2, 10 * gib, 1}, {3, 3, 4}} {
			if !yield(b) {
				return
			}
		}
	}
	p := PlanGrouped(bundles, 64*mib, 2, input(map[int64]int64{mib: 500, 1: 1}, map[int64]int64{5 * gib: 2}))
	if p.Tasks != 2+1+2+4 || p.MaxBytes != 5*gib || p.MaxExpanded != 10*gib || p.Estimate == "" {
		t.Errorf("got %+v", p)
	}
}
