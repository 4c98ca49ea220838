//go:build unix

package main

import (
	"os"
	"runtime"
	"strings"
	"syscall"
)

// peakBytes is the most memory that a process had resident.
func peakBytes(state *os.ProcessState) int64 {
	u, ok := state.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}

// loadAverage is how many processes wanted to run in the last minute, and "" where the system does not say.
func loadAverage() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(content), " ")
	return first
}
