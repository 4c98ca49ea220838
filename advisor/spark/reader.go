package spark

import "strings"

// codecs are the suffixes by which Hadoop picks a codec; the value is whether it can start in the middle of a file.
// Source: Hadoop 3.3, META-INF/services/org.apache.hadoop.io.compress.CompressionCodec and
// CompressionCodecFactory.getCodec; only BZip2Codec is a SplittableCompressionCodec.
var codecs = map[string]bool{
	".gz": false, ".bz2": true, ".zst": false, ".lz4": false, ".snappy": false, ".deflate": false,
}

// FoldsCodecs is the Spark from which .GZ is gzip: older ones take it for plain text. Source: pyspark 3.5.9 (Hadoop
// 3.3.4) and 4.0.1 (Hadoop 3.4.1), as recorded in testdata/spark.
var FoldsCodecs = Version{4, 0}

// A Reader is how a job reads files.
type Reader struct {
	Spark Version
	// Format is as in spark.read.format, or rdd for Hadoop's text.
	Format string
	// Options are those of spark.read: multiLine and wholetext matter here.
	Options map[string]string
}

// Cuts reports whether it cuts a file of that name. One that is not known here does not cut.
// Source: Spark 3.5 and 4.1, isSplitable of each FileFormat.
func (r Reader) Cuts(name string) bool {
	switch r.Format {
	case "parquet", "orc", "avro":
		return true
	case "csv", "json":
		return r.Options["multiLine"] != "true" && r.cutsText(name)
	case "xml": // built in from Spark 4.0, where multiLine is the default
		return r.Options["multiLine"] == "false" && r.cutsText(name)
	case "text":
		return r.Options["wholetext"] != "true" && r.cutsText(name)
	case "rdd":
		return r.cutsText(name)
	}
	return false
}

// cutsText judges by the name alone: what has no codec's suffix counts as plain.
func (r Reader) cutsText(name string) bool {
	suffix := name[max(strings.LastIndexByte(name, '.'), 0):]
	if r.Spark.AtLeast(FoldsCodecs) {
		suffix = strings.ToLower(suffix)
	}
	splittable, known := codecs[suffix]
	return splittable || !known
}

// Lists reports whether a DataFrame scan reads a file at that path below the target, going by its names. flat is how
// Spark 4 lists a single path on s3a: not directory by directory.
// Source: Spark 3.5 and 4.1, HadoopFSUtils.shouldFilterOutPathName and shouldFilterOutPath, PartitioningAwareFileIndex.
func Lists(path string, flat bool) bool {
	names := strings.Split(path, "/")
	for _, dir := range names[:len(names)-1] {
		if hiddenDir(dir, flat) {
			return false
		}
	}
	return !hidden(names[len(names)-1])
}

// hiddenDir differs from hidden in what parquet's summary files are called, and flat in what is being copied.
func hiddenDir(name string, flat bool) bool {
	if flat {
		return name != "_metadata" && name != "_common_metadata" && hidden(strings.TrimSuffix(name, "._COPYING_"))
	}
	return !strings.HasPrefix(name, "_metadata") && !strings.HasPrefix(name, "_common_metadata") && hidden(name)
}

func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "._COPYING_") ||
		strings.HasPrefix(name, "_") && !strings.Contains(name, "=")
}

// ListsSplits is Lists for Hadoop's FileInputFormat: there _x=1 is hidden. Source: Hadoop 3.3,
// FileInputFormat.hiddenFileFilter.
func ListsSplits(path string) bool {
	for name := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			return false
		}
	}
	return true
}
