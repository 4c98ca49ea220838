package main

import (
	"fmt"
	"strconv"
	"time"

	"s3layout/lister/s3sim"
)

// demoBucket is the bucket of the demonstration's server.
const demoBucket = "demo-lake"

// demoEpoch is when the lake's first file was written: fixed, so that the report is the same every day.
var demoEpoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

const (
	demoDays      = 120 // partitions of events/, one a day
	demoFiles     = 500 // small JSON files of an ordinary day
	demoMean      = 256 << 10
	hotDay        = 45 // holds hotFactor times as many files
	hotFactor     = 40
	backfillFiles = 2 // gzip exports of over 1 GiB, in each of backfillDays
)

var backfillDays = []int{10, 65}

// demoLake is a lake that shows why the tool exists. events/ has it all: tens of thousands of small JSON files, gzip
// exports that no task can share, a day 40 times its siblings, what a failed job left in _temporary/, a month in
// Glacier. orders/ is how it should look. Nothing of it is stored: keys and sizes are computed.
func demoLake() s3sim.Keyspace {
	return s3sim.Groups(append(demoEvents(), demoOrders()...)...)
}

func demoEvents() []s3sim.Group {
	groups := []s3sim.Group{
		named("events/_SUCCESS", 1, func(dst []byte, _ int64) []byte { return dst }, fixed(0)),
		named("events/_temporary/0/task_202604301200_0007_m_", 400, counter(6, "/part-r.json"), s3sim.LogNormal(demoMean, 0.5, 3)),
	}
	for month := range 30 {
		prefix := fmt.Sprintf("events/year=2025/month=12/day=%02d/part-", month+1)
		g := named(prefix, 10, counter(5, ".json"), s3sim.LogNormal(8<<20, 0.4, uint64(month)))
		g.Modified = writtenAt(demoEpoch.AddDate(0, 0, month-31))
		g.StorageClass = func(int64) string { return "GLACIER" }
		groups = append(groups, g)
	}
	for day := range demoDays {
		groups = append(groups, demoDay(day)...)
	}
	return groups
}

// demoDay is one partition of events/: sizes cycle through a fixed set, so that every ordinary day has the same bytes
// and the hot day exactly hotFactor times as many.
func demoDay(day int) []s3sim.Group {
	date := demoEpoch.AddDate(0, 0, day)
	prefix := fmt.Sprintf("events/year=%d/month=%02d/day=%02d/", date.Year(), date.Month(), date.Day())
	files := int64(demoFiles)
	if day == hotDay {
		files *= hotFactor
	}
	small := named(prefix+"part-", files, counter(5, ".json"), func(i int64) int64 { return demoMean/2 + (i%demoFiles)*demoMean/demoFiles })
	small.Modified = writtenAt(date)
	for _, d := range backfillDays {
		if d == day {
			export := named(prefix+"export-", backfillFiles, counter(3, ".json.gz"), func(i int64) int64 { return 1<<30 + (i+1)*(200<<20) })
			export.Modified = writtenAt(date)
			return []s3sim.Group{export, small}
		}
	}
	return []s3sim.Group{small}
}

func demoOrders() []s3sim.Group {
	var groups []s3sim.Group
	for day := range demoDays {
		date := demoEpoch.AddDate(0, 0, day)
		g := named("orders/order_date="+date.Format(time.DateOnly)+"/part-", 2, counter(5, "-9f2c.c000.snappy.parquet"), s3sim.LogNormal(240<<20, 0.08, uint64(day)))
		g.Modified = writtenAt(date)
		groups = append(groups, g)
	}
	return groups
}

func named(prefix string, n int64, name func([]byte, int64) []byte, size func(int64) int64) s3sim.Group {
	return s3sim.Group{Prefix: prefix, N: n, Name: name, Size: size, Modified: writtenAt(demoEpoch)}
}

// counter names the i-th file by its number, zero-padded.
func counter(digits int, suffix string) func([]byte, int64) []byte {
	return func(dst []byte, i int64) []byte {
		var number [20]byte
		text := strconv.AppendInt(number[:0], i, 10)
		for range digits - len(text) {
			dst = append(dst, '0')
		}
		return append(append(dst, text...), suffix...)
	}
}

func fixed(size int64) func(int64) int64 { return func(int64) int64 { return size } }

// writtenAt spreads the files of a day over it.
func writtenAt(day time.Time) func(int64) time.Time {
	return func(i int64) time.Time { return day.Add(time.Duration(i%86400) * time.Second) }
}
