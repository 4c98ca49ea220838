package stats

import (
	"strings"
	"testing"
)

// Source of the names: Spark HadoopFSUtils.shouldFilterOutPathName and PartitioningAwareFileIndex.isDataPath (3.5).
func TestHiddenKind(t *testing.T) {
	for _, tt := range []struct{ name, file, dir string }{
		{"", "", ""},
		{"part-00000", "", ""},
		{"a_b", "", ""},
		{"a.b", "", ""},
		{"year=2026", "", ""},
		{"_SUCCESS", "_SUCCESS", "_SUCCESS"},
		{"_SUCCESS_2", "_SUCCESS", "_SUCCESS"},
		{"_SUCCESS.crc", "_*", "_*"},
		{"_temporary", "_temporary", "_temporary"},
		{"_TEMPORARY", "_temporary", "_temporary"},
		{"_TeMpOrArY", "_temporary", "_temporary"},
		{"_delta_log", "_delta_log", "_delta_log"},
		{"_spark_metadata", "_spark_metadata", "_spark_metadata"},
		{"_committed_123", "_committed", "_committed"},
		{"_started_123", "_started", "_started"},
		{"_change_data", "_change_data", "_change_data"},
		{"_symlink_format_manifest", "_symlink_format_manifest", "_symlink_format_manifest"},
		{"_", "_*", "_*"},
		{"_x", "_*", "_*"},
		{"_year=2026", "", ""},
		{"_=", "", ""},
		{"_a_b=c", "", ""},
		// Listed, and a file of this name is not read; but what is in a directory of this name is.
		{"_metadata", "_metadata", ""},
		{"_metadata_v2", "_metadata", ""},
		{"_metadatax", "_*", ""},
		{"_common_metadata", "_common_metadata", ""},
		{"_common_metadata_1", "_common_metadata", ""},
		{"_metadat", "_*", "_*"},
		{".", ".*", ".*"},
		{".x", ".*", ".*"},
		{".x=1", ".*", ".*"},
		{".hoodie", ".hoodie", ".hoodie"},
		{".DS_Store", ".DS_Store", ".DS_Store"},
		{".spark-staging-1-2", ".spark-staging", ".spark-staging"},
		{".spark-staging", ".spark-staging", ".spark-staging"},
		{".hive-staging_hive_2026", ".hive-staging", ".hive-staging"},
		{".part-00000.crc", ".crc", ".crc"},
		{"part-00000.crc", "", ""},
		{"part-00000._COPYING_", "._COPYING_", "._COPYING_"},
		{"._COPYING_", "._COPYING_", "._COPYING_"},
		{"a=1._COPYING_", "._COPYING_", "._COPYING_"},
		{"part._copying_", "", ""},
		{"part_COPYING_", "", ""},
	} {
		if got := hiddenKind(tt.name); got != tt.file {
			t.Errorf("hiddenKind(%q) = %q, want %q", tt.name, got, tt.file)
		}
		if got := hiddenDirKind(tt.name); got != tt.dir {
			t.Errorf("hiddenDirKind(%q) = %q, want %q", tt.name, got, tt.dir)
		}
	}
}

// A hidden component hides what is below it, at any level.
func TestHiddenAtEveryLevel(t *testing.T) {
	for _, tt := range []struct{ key, kind string }{
		{"a/b/f", ""},
		{"_x/f", "_*"},
		{"_x/a/b/f", "_*"},
		{"a/_x/f", "_*"},
		{"a/_x/b/f", "_*"},
		{"a/b/_x", "_*"},
		{"a/.x/b/f", ".*"},
		{"a//_x/f", "_*"},
		{"/_x/f", "_*"},
		{"/_x", "_*"},
		{"_x=1/f", ""},
		{"_x=1/_y/f", "_*"},
		{"_x=1/_y=2/f", ""},
		{"_temporary/.x/f", "_temporary"},
		{".x/_temporary/f", ".*"},
		{"a=1/_temporary/0/task/a=2/f", "_temporary"},
		{"_metadata/f", ""},
		{"_metadata/_f", "_*"},
		{"a/_common_metadata_2/f", ""},
		{"a/_metadata", "_metadata"},
		{"a/_common_metadata", "_common_metadata"},
		{"x._COPYING_/f", "._COPYING_"},
	} {
		p := profileOf(objects(tt.key))
		switch {
		case tt.kind == "" && (p.Totals.Objects != 1 || len(p.Ignored) != 0):
			t.Errorf("%q is ignored: %+v", tt.key, p.Ignored)
		case tt.kind != "" && (p.Totals.Objects != 0 || len(p.Ignored) != 1 || p.Ignored[0].Reason != Hidden || p.Ignored[0].Kind != tt.kind):
			t.Errorf("%q: %d objects, ignored %+v; want hidden as %q", tt.key, p.Totals.Objects, p.Ignored, tt.kind)
		}
	}
}

func TestMarkers(t *testing.T) {
	for _, tt := range []struct{ key, kind string }{
		{"", "/"}, {"/", "/"}, {"a/", "/"}, {"a//", "/"}, {"_x/", "/"}, {"a_$folder$", "_$folder$"}, {"a/b_$folder$", "_$folder$"},
		{"_$folder$", "_$folder$"}, {"a_$folder$/b", ""}, {"a_$folder", ""}, {"a$folder$", ""},
	} {
		if got := isMarker(tt.key); got != (tt.kind != "") {
			t.Errorf("isMarker(%q) = %t", tt.key, got)
		}
		for _, size := range []int64{0, 1} { // with content, too
			ignored := profileOf(append(objects(), object(tt.key, size))).Ignored
			marked := len(ignored) == 1 && ignored[0].Reason == Marker && ignored[0].Kind == tt.kind
			if marked != (tt.kind != "") {
				t.Errorf("%q of %d bytes: ignored %+v, want marker kind %q", tt.key, size, ignored, tt.kind)
			}
		}
	}
}

func TestArchived(t *testing.T) {
	for class, archived := range map[string]bool{
		"": false, "STANDARD": false, "STANDARD_IA": false, "ONEZONE_IA": false, "INTELLIGENT_TIERING": false,
		"GLACIER_IR": false, "REDUCED_REDUNDANCY": false, "OUTPOSTS": false, "EXPRESS_ONEZONE": false,
		"GLACIER": true, "DEEP_ARCHIVE": true, "glacier": false,
	} {
		if got := isArchived(class); got != archived {
			t.Errorf("isArchived(%q) = %t", class, got)
		}
	}
}

func TestTableFormats(t *testing.T) {
	for _, tt := range []struct{ keys, want string }{
		{"_delta_log/0.json", `[{"format":"delta","path":""}]`},
		{"_delta_log/", `[{"format":"delta","path":""}]`},
		{"a/t/_delta_log/0.json a/t/_delta_log/1.json", `[{"format":"delta","path":"a/t"}]`},
		{"t/.hoodie/x/y.commit", `[{"format":"hudi","path":"t"}]`},
		{"metadata/v1.metadata.json", `[{"format":"iceberg","path":""}]`},
		{"t/metadata/00000-a.metadata.json", `[{"format":"iceberg","path":"t"}]`},
		{"t/metadata/snap-1.avro t/metadata.json t/xmetadata/v1.metadata.json metadata/a/v1.metadata.json", `[]`},
		{"_delta_log t/_delta_log_2/f t/.hoodie.x/f _x/_delta_log/f", `[]`},
		{"b/.hoodie/f a/_delta_log/f a/.hoodie/f a/metadata/v.metadata.json", `[{"format":"delta","path":"a"},{"format":"hudi","path":"a"},` +
			`{"format":"iceberg","path":"a"},{"format":"hudi","path":"b"}]`},
	} {
		wantJSON(t, tt.keys, profileOf(objects(strings.Fields(tt.keys)...)).TableFormats, unread(tt.want))
	}
	wantJSON(t, "not UTF-8", profileOf(objects("\xff/_delta_log/f")).TableFormats, unread(`[{"format":"delta","path":"\\xff"}]`))
}

// unread is a list of tables of which nobody reads the metadata.
func unread(list string) string {
	return strings.ReplaceAll(list, "}", `,"basis":"listing","reason":"no metadata was read"}`)
}
