package advisor

import (
	"encoding/json"
	"testing"
)

// The decision list at the end of FACTS.md, on G.1X x 10: 36 cores, 108 tasks for three on each.
func TestRecommended(t *testing.T) {
	const glue, dataframe = "glue-5.1", "spark-3.5"
	for _, tt := range []struct {
		name   string
		engine string
		lake   []group
		want   string
	}{
		{"nothing", glue, nil, `{}`},
		{"json just above 50,000", glue, []group{{50001, 64 * kib, "p=1/%d.json", 0}},
			`{"groupFiles":"inPartition","groupSize":"30408704","repartition":13,"useS3ListImplementation":true}`},
		{"json at 50,000", glue, []group{{50000, 64 * kib, "p=1/%d.json", 0}},
			`{"groupFiles":"inPartition","groupSize":"30408704","repartition":13}`},
		{"csv, tsv, xml, ion and text group too", glue, []group{
			{100, mib, "%d.csv", 0}, {100, mib, "%d.tsv", 0}, {100, mib, "%d.xml", 0}, {100, mib, "%d.ion", 0}, {100, mib, "%d.log", 0}, {100, mib, "%d", 0}},
			`{"groupFiles":"inPartition","groupSize":"6291456","repartition":3}`},
		{"spark does not group", dataframe, []group{{50001, 64 * kib, "p=1/%d.json", 0}}, `{"repartition":13}`},
		{"spark excludes by itself", dataframe, []group{{10, mib, "%d.json", 0}, {1, 0, "_SUCCESS", 0}}, `{"repartition":1}`},
		{"parquet is not grouped", glue, []group{{50001, 64 * kib, "p=1/%d.parquet", 0}}, `{"repartition":13,"useS3ListImplementation":true}`},
		{"orc", glue, []group{{10000, 64 * kib, "p=1/%d.orc", 0}}, `{"repartition":3}`},
		{"avro", glue, []group{{10000, 64 * kib, "p=1/%d.avro", 0}}, `{"repartition":3}`},
		{"delta", glue, []group{{60000, 64 * kib, "p=1/%d.json", 0}, {1, 1, "_delta_log/0.json", 0}},
			`{"exclusions":["{_delta_log,**/_delta_log}/**"]}`},
		{"hudi", glue, []group{{60000, 64 * kib, "p=1/%d.json", 0}, {1, 1, ".hoodie/hoodie.properties", 0}},
			`{"exclusions":["{.hoodie,**/.hoodie}/**"]}`},
		{"iceberg", glue, []group{{60000, 64 * kib, "data/%d.json", 0}, {1, 1, "metadata/v1.metadata.json", 0}}, `{}`},
		{"iceberg on spark", dataframe, []group{{600, 64 * kib, "data/%d.parquet", 0}, {1, 1, "metadata/v1.metadata.json", 0}}, `{}`},
		{"mostly parquet", glue, []group{{500, 256 * mib, "%d.parquet", 0}, {400, mib, "%d.json", 0}}, `{}`},
		{"mostly json, the bytes in parquet", glue, []group{{4, 100 * gib, "%d.parquet", 0}, {400, mib, "%d.json", 0}},
			`{"groupFiles":"inPartition","groupSize":"4194304"}`},
		{"files equal to three a core", glue, []group{{108, mib, "%d.json", 0}}, `{"repartition":1}`},
		{"one more", glue, []group{{109, mib, "%d.json", 0}}, `{"groupFiles":"inPartition","groupSize":"2097152","repartition":1}`},
		{"files near the target", glue, []group{{1000, 64 * mib, "%d.json", 0}}, `{}`},
		{"a byte less", glue, []group{{1000, 64*mib - 1, "%d.json", 0}}, `{"groupFiles":"inPartition","groupSize":"134217728","coalesce":252}`},
		{"large files below 50,000", glue, []group{{1000, 256 * mib, "%d.json", 0}}, `{}`},
		{"large files above 50,000", glue, []group{{50001, 128 * mib, "%d.json", 0}}, `{"groupFiles":"none","useS3ListImplementation":true}`},
		{"gzip grows: half of 21 MiB", glue, []group{{1000, 21 * mib / 2, "%d.json.gz", 0}}, `{"coalesce":36}`},
		{"a byte less", glue, []group{{1000, 21*mib/2 - 1, "%d.json.gz", 0}}, `{"groupFiles":"inPartition","groupSize":"22020096","coalesce":36}`},
		{"half of the bytes are gzip: as if plain", glue, []group{{1000, 4 * mib, "%d.json", 0}, {1000, 4 * mib, "%d.json.gz", 0}},
			`{"groupFiles":"inPartition","groupSize":"78643200","repartition":32}`},
		{"tiny partitions", glue, []group{{361, 64 * kib, "p=%d/a.json", 0}},
			`{"groupFiles":"acrossPartition","groupSize":"1048576","repartition":1}`},
		{"ten partitions a core", glue, []group{{360, 64 * kib, "p=%d/a.json", 0}},
			`{"groupFiles":"inPartition","groupSize":"1048576","repartition":1}`},
		{"two files a partition", glue, []group{{722, 64 * kib, "p=%d/%d.json", 361}},
			`{"groupFiles":"acrossPartition","groupSize":"1048576","repartition":1}`},
		{"three files a partition", glue, []group{{1083, 64 * kib, "p=%d/%d.json", 361}},
			`{"groupFiles":"inPartition","groupSize":"1048576","repartition":1}`},
		{"idle cores: large gzip", glue, []group{{4, gib, "%d.csv.gz", 0}}, `{"repartition":108}`},
		{"idle cores, more to write than three a core", glue, []group{{20, 2 * gib, "%d.csv.gz", 0}}, `{"repartition":160}`},
		{"idle cores on spark, which packs small files", dataframe, []group{{20, 2 * gib, "big-%d.csv.gz", 0}, {100, mib, "%d.csv", 0}}, `{"repartition":161}`},
		{"no idle cores in a DynamicFrame of the same", glue, []group{{20, 2 * gib, "big-%d.csv.gz", 0}, {100, mib, "%d.csv", 0}}, `{}`},
		{"idle cores, nothing large: leave it", glue, []group{{2, 10 * mib, "%d.csv", 0}}, `{"repartition":1}`},
		{"one small file", glue, []group{{1, 1, "a.csv", 0}}, `{}`},
		{"as many to write as cores", dataframe, []group{{9216, mib, "%d.parquet", 0}}, `{"coalesce":36}`},
		{"fewer to write than cores", dataframe, []group{{8960, mib, "%d.parquet", 0}}, `{"repartition":35}`},
		{"as many tasks as to write", dataframe, []group{{40, 256 * mib, "%d.csv.gz", 0}}, `{}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := Advise("s3://bucket/data/", profileOf(tt.lake...), mustEngine(t, tt.engine, "G.1X", 10, 36), nil)
			got, err := json.Marshal(j.Recommended)
			if err != nil {
				t.Fatal(err)
			}
			var want Recommended
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			if again, _ := json.Marshal(want); string(got) != string(again) {
				t.Errorf("got\n%s\nwant\n%s", got, again)
			}
		})
	}
}

func TestEvenly(t *testing.T) {
	for _, tt := range []struct{ tasks, most, want int64 }{
		{36, 1000, 36}, {37, 1000, 36}, {53, 1000, 36}, {54, 1000, 72}, {54, 73, 72}, {54, 72, 36}, {71, 72, 36}, {90, 1000, 108}, {3600, 9999, 3600},
	} {
		if got := evenly(tt.tasks, 36, tt.most); got != tt.want {
			t.Errorf("%d of fewer than %d: %d, want %d", tt.tasks, tt.most, got, tt.want)
		}
	}
}
