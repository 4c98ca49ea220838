package spark

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every engine has a file of its own, which holds nothing else, and is named in Engines; every Spark inside was asked.
func TestEngines(t *testing.T) {
	files, err := filepath.Glob("*[0-9][0-9].go")
	if err != nil || len(files) != len(Engines) {
		t.Errorf("%d files for %d engines, %v: %v", len(files), len(Engines), err, files)
	}
	seen := map[string]bool{}
	for _, e := range Engines {
		file := strings.NewReplacer("-", "", ".", "").Replace(e.Name) + ".go"
		if _, err := os.Stat(file); err != nil || seen[e.Name] {
			t.Errorf("%s is there twice, or not in %s: %v", e.Name, file, err)
		}
		seen[e.Name] = true
		block := map[string]int64{"s3a": s3aBlock, "emrfs": emrfsBlock}[e.Connector]
		if e.BlockSize != block || block == 0 || e.TasksPerVCPU < 1 || len(e.Sources) == 0 {
			t.Errorf("%+v", e)
		}
		if e.DynamicFrames != strings.HasPrefix(e.Name, "glue-") {
			t.Errorf("%s: DynamicFrames %t", e.Name, e.DynamicFrames)
		}
		if e.Spark == "2.4.3" { // pyspark 2.4 wants Java 8; its arithmetic is that of 3.1 without settings
			continue
		}
		recorded, _, _ := strings.Cut(strings.TrimPrefix(e.Spark, e.Spark[:2]), ".")
		if _, err := os.Stat("../../testdata/spark/" + e.Spark[:2] + recorded + ".jsonl"); err != nil {
			t.Errorf("%s: Spark %s was not asked: %v", e.Name, e.Spark, err)
		}
	}
	if _, ok := FindEngine(DefaultEngine); !ok {
		t.Errorf("no engine %s", DefaultEngine)
	}
	if _, ok := FindEngine("glue-9.9"); ok {
		t.Error("there is an engine glue-9.9")
	}
}

func TestWorkers(t *testing.T) {
	for _, w := range Workers {
		if w.VCPU != 4*w.DPU || w.MemoryGB != 16*w.DPU && w.MemoryGB != 32*w.DPU || (w.MemoryGB == 32*w.DPU) != (w.Name[0] == 'R') {
			t.Errorf("a DPU is 4 vCPU and 16 GB, an M-DPU twice the memory: %+v", w)
		}
		if found, ok := FindWorker(w.Name); !ok || found != w {
			t.Errorf("%s: %+v", w.Name, found)
		}
	}
	if _, ok := FindWorker(DefaultWorker); !ok {
		t.Errorf("no worker %s", DefaultWorker)
	}
}
