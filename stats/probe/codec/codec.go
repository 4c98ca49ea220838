// Package codec tells the compression of a file from its first bytes, inflates a bounded part of them, and says what a
// reader that goes by the file's name makes of the two. It reads no files: whoever has the bytes passes them, usually the
// first 64 KiB of an object. Every byte is foreign and may lie.
package codec

// Codec names a container of compressed bytes, as the report spells it.
type Codec string

// The codecs. None stands for bytes in which none of them was recognised, which may be plain text, a columnar file, or
// Brotli: that one has no signature and is known by name only.
const (
	None         Codec = "none"
	Gzip         Codec = "gzip" // one member or more
	BGZF         Codec = "bgzf" // gzip in members of at most 64 KiB, each with its size in the header
	Zlib         Codec = "deflate"
	Bzip2        Codec = "bzip2"
	Zstd         Codec = "zstd"          // one frame or more, skippable ones among them
	LZ4          Codec = "lz4"           // lz4 frames: what the lz4 program writes, and Hadoop cannot read
	HadoopLZ4    Codec = "hadoop_lz4"    // Hadoop's Lz4Codec: LZ4 blocks behind big-endian lengths
	Snappy       Codec = "snappy"        // snappy's framing format, which Hadoop cannot read
	HadoopSnappy Codec = "hadoop_snappy" // Hadoop's SnappyCodec: snappy blocks behind big-endian lengths
	XZ           Codec = "xz"
	LZMA         Codec = "lzma"
	Zip          Codec = "zip"
	LZO          Codec = "lzo" // lzop
	Compress     Codec = "compress"
	SevenZip     Codec = "7z"
	Brotli       Codec = "brotli"
)

// Family is the name under which codecs that share a file suffix are counted together, the one that stats.TypeOf uses:
// "lz4" for LZ4 and HadoopLZ4, "gzip" for BGZF.
func (c Codec) Family() string {
	switch c {
	case BGZF:
		return string(Gzip)
	case HadoopLZ4:
		return string(LZ4)
	case HadoopSnappy:
		return string(Snappy)
	}
	return string(c)
}

// Splitting says who can start reading a codec's bytes in the middle of a file.
type Splitting string

const (
	SplitsInHadoop  Splitting = "hadoop"    // with what Hadoop, and so Spark and Glue, ships
	SplitsWithIndex Splitting = "index"     // with a third-party input format and an index made beforehand
	SplitsElsewhere Splitting = "elsewhere" // the format allows it: other programs do, Hadoop's codec does not
	SplitsNowhere   Splitting = "never"
)

// Splits tells whether a text file in codec c can be read by several tasks. Only BZip2Codec is a SplittableCompressionCodec
// (Hadoop 3, org.apache.hadoop.io.compress), and Spark asks for nothing else (Spark 3.5, TextBasedFileFormat.isSplitable).
//
//	bzip2            hadoop     blocks begin with a 48-bit magic that BZip2Codec searches for
//	lzo              index      hadoop-lzo's LzoTextInputFormat with a .lzo.index beside each file; spark.read.text does not
//	                            use it (github.com/twitter/hadoop-lzo, README)
//	bgzf             elsewhere  every member's size is in its header (SAM specification, section 4.1); Hadoop-BAM's
//	                            BGZFCodec splits it, Hadoop's GzipCodec reads it whole
//	zstd             elsewhere  frames are independent, and a seek table may list them (zstd, contrib/seekable_format);
//	                            ZStandardCodec reads them whole
//	lz4, snappy, xz  elsewhere  blocks or chunks are independent, or may be; no Hadoop codec starts at one
//	gzip, deflate, lzma, zip and the rest  never: a byte needs all that came before it, or nothing reads it in parallel
func (c Codec) Splits() Splitting {
	switch c {
	case None, Bzip2:
		return SplitsInHadoop
	case LZO:
		return SplitsWithIndex
	case BGZF, Zstd, LZ4, HadoopLZ4, Snappy, HadoopSnappy, XZ:
		return SplitsElsewhere
	}
	return SplitsNowhere
}
