//go:build race

package s3

// racing says that the race detector is at work, and everything takes ten times as long.
const racing = true
