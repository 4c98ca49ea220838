package spark

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"testing"
)

// naive is Spark's own loop, chunk by chunk: FilePartition.getFilePartitions of Spark 3.5, in words of Go.
func naive(s Scan, in Input) (tasks [][]int64) {
	var chunks []int64
	limit := s.MaxSplitBytes(in)
	for size, n := range in.splittable() {
		for range n {
			for offset := int64(0); offset < size; offset += limit {
				chunks = append(chunks, min(limit, size-offset))
			}
		}
	}
	for size, n := range in.whole() {
		chunks = append(chunks, slices.Repeat([]int64{size}, int(n))...)
	}
	slices.SortStableFunc(chunks, func(a, b int64) int { return cmp.Compare(b, a) })
	pack := func(limit int64) (tasks [][]int64) {
		var open []int64
		load := int64(0)
		for _, c := range chunks {
			if load+c > limit && len(open) > 0 {
				tasks = append(tasks, open)
				open, load = nil, 0
			} else if load+c > limit {
				load = 0
			}
			load += c + s.OpenCostBytes
			open = append(open, c)
		}
		if len(open) > 0 {
			tasks = append(tasks, open)
		}
		return tasks
	}
	tasks = pack(limit)
	if s.MaxPartitions > 0 && int64(len(tasks)) > s.MaxPartitions {
		total := int64(0)
		for _, c := range chunks {
			total += c + s.OpenCostBytes
		}
		tasks = pack((total + s.MaxPartitions - 1) / s.MaxPartitions)
	}
	return tasks
}

// FuzzScan holds the plan of runs of sizes to Spark's loop over chunks, and the median to a sorted list.
func FuzzScan(f *testing.F) {
	f.Add([]byte{15, 0, 3, 0, 3, 0}, []byte{1, 0, 1, 0}, uint16(10), uint8(1), uint8(1), uint8(0))
	f.Add([]byte{60, 0, 60, 0, 10, 0}, []byte{}, uint16(128), uint8(4), uint8(1), uint8(2))
	f.Add([]byte{3, 0}, []byte{2, 0, 2, 0}, uint16(3), uint8(0), uint8(1), uint8(2))
	f.Add([]byte{0, 0, 255, 255, 255, 255, 1, 1}, []byte{0, 0, 255, 255}, uint16(1000), uint8(255), uint8(7), uint8(0))
	f.Fuzz(func(t *testing.T, split, whole []byte, most uint16, cost, cores, partitions uint8) {
		if len(split)+len(whole) > 400 || most < 20 && len(split) > 40 {
			return
		}
		s := Scan{MaxPartitionBytes: int64(most) + 1, OpenCostBytes: int64(cost), Parallelism: int64(cores), MaxPartitions: int64(partitions)}
		in := input(sizesOf(split), sizesOf(whole))
		want := naive(s, in)
		var got [][]int64
		s.each(in, func(chunks []run, n int64) {
			for range n {
				var task []int64
				for _, c := range chunks {
					task = append(task, slices.Repeat([]int64{c.bytes}, int(c.n))...)
				}
				got = append(got, task)
			}
		})
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%v: got %v, want %v", s, got, want)
		}
		sums := make([]int64, 0, len(want))
		for _, task := range want {
			sum := int64(0)
			for _, c := range task {
				sum += c
			}
			sums = append(sums, sum)
		}
		slices.Sort(sums)
		p := s.Plan(in)
		if p.Tasks != int64(len(sums)) || p.Tasks > 0 && (p.MaxBytes != sums[len(sums)-1] || p.MedianBytes != sums[(len(sums)-1)/2]) {
			t.Fatalf("%v: %+v, want %v", s, p, sums)
		}
	})
}

func sizesOf(data []byte) map[int64]int64 {
	out := map[int64]int64{}
	for ; len(data) > 1; data = data[2:] {
		out[int64(binary.LittleEndian.Uint16(data))]++
	}
	return out
}

func FuzzSortRuns(f *testing.F) {
	f.Add([]byte{1, 2, 3, 1, 2, 9, 0, 0, 5})
	f.Add([]byte{9, 8, 7, 6, 5, 5, 4})
	f.Fuzz(func(t *testing.T, data []byte) {
		count := map[int64]int64{}
		var chunks []run
		for i, v := range data {
			chunks = append(chunks, newRun(int64(v), int64(i), 1))
			count[int64(v)] += int64(i)
		}
		got := sortRuns(chunks)
		seen := map[int64]int64{}
		for i, r := range got {
			if i > 0 && got[i-1].bytes > r.bytes {
				t.Fatalf("%v is not sorted", got)
			}
			seen[r.bytes] += r.n
		}
		if !maps.Equal(seen, count) {
			t.Fatalf("%v became %v", count, seen)
		}
	})
}
