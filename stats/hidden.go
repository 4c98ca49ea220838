package stats

import "strings"

// hiddenKind reports whether Spark skips a directory or file of this name at any level, and names the family it belongs
// to: the name itself where it is a known one, else its first character and a star.
//
// Source: Spark HadoopFSUtils.shouldFilterOutPathName and PartitioningAwareFileIndex.isDataPath (3.5): hidden is what
// starts with '_' and has no '=', starts with '.', or ends with "._COPYING_". _metadata and _common_metadata are
// listed but never read as data, so that they are hidden here too.
func hiddenKind(name string) string {
	switch {
	case name == "":
		return ""
	case strings.HasSuffix(name, "._COPYING_"):
		return "._COPYING_"
	case name[0] == '.':
		return dotKind(name)
	case name[0] == '_' && !strings.Contains(name, "="):
		return underscoreKind(name)
	}
	return ""
}

// hiddenDirKind is hiddenKind for the name of a directory: Spark passes over neither _metadata nor _common_metadata, nor
// what starts like them, when it lists, and judges what is in such a directory by the file's own name.
//
// Note: on s3a and with a single path Spark 4 passes over _metadata_x, not _metadata, and reads what is in
// x._COPYING_ (SPARK-45452; testdata/spark has it recorded).
func hiddenDirKind(name string) string {
	if strings.HasPrefix(name, "_metadata") || strings.HasPrefix(name, "_common_metadata") {
		return ""
	}
	return hiddenKind(name)
}

func dotKind(name string) string {
	switch {
	case strings.HasSuffix(name, ".crc"):
		return ".crc"
	case name == ".hoodie" || name == ".DS_Store" || name == ".spark-staging" || name == ".metadata":
		return name
	case strings.HasPrefix(name, ".spark-staging-"):
		return ".spark-staging"
	case strings.HasPrefix(name, ".hive-staging"):
		return ".hive-staging"
	}
	return ".*"
}

// underscoreFamilies are the names that Hadoop, Spark, Databricks and the table formats leave behind.
var underscoreFamilies = []string{
	"_SUCCESS", "_temporary", "_delta_log", "_spark_metadata", "_metadata", "_common_metadata", "_committed", "_started",
	"_change_data", "_symlink_format_manifest",
}

func underscoreKind(name string) string {
	for _, family := range underscoreFamilies {
		if name == family || strings.HasPrefix(name, family+"_") {
			return family
		}
	}
	if strings.EqualFold(name, "_temporary") {
		return "_temporary"
	}
	return "_*"
}

// isMarker reports whether Hadoop takes the key for a directory: it ends in '/', or in the suffix of the old s3n and
// EMR markers.
func isMarker(key string) bool {
	return key == "" || key[len(key)-1] == '/' || strings.HasSuffix(key, "_$folder$")
}

// isArchived reports whether an object of this class cannot be read without a restore first.
// Source: Amazon S3 user guide, storage classes; GLACIER_IR is read like any other.
func isArchived(class string) bool { return class == "GLACIER" || class == "DEEP_ARCHIVE" }
