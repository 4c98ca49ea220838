//go:build !unix

package main

import "os"

// peakBytes is 0 where the system does not say.
func peakBytes(*os.ProcessState) int64 { return 0 }

// loadAverage is "" where the system does not say.
func loadAverage() string { return "" }
