package rules_test

import (
	"bytes"
	"os"
	"testing"

	"s3layout/advisor/rules"
)

// The page of this directory is what the rules say.
func TestPage(t *testing.T) {
	const file = "README.md"
	got := rules.Page()
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("README.md is not what the rules say: go test ./advisor/rules -run TestPage -update, and read the difference")
	}
}
