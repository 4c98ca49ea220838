package codec

import "s3layout/stats"

// Outcome is what comes of reading a file with the codec that its name stands for.
type Outcome string

const (
	Reads   Outcome = "reads"   // the rows that were written
	Garbage Outcome = "garbage" // compressed bytes taken for text, without an error
	Nothing Outcome = "nothing" // no rows, without an error: BZip2Codec finds no block
	Fails   Outcome = "fails"   // an error
	Lost    Outcome = "lost"    // no rows, with an error or without one, as the bytes happen to spell a length
)

// Reading is what Spark's readers of text, CSV and JSON, and Glue's and Hive's that share Hadoop's codecs, make of a file.
type Reading struct {
	By      Codec // the codec that the name stands for; None is read as plain text
	Outcome Outcome
	Splits  bool // the file is cut into several tasks, whether or not that can work
}

// Read tells how a file with that name, the last component of its key, is read when its bytes are in codec c. The decoder
// goes by the name alone, case and all (Hadoop 3, CompressionCodecFactory.getCodec), and takes no other codec's bytes.
// Nothing reads zip archives, nor lz4 or snappy frames. The outcomes are those of Spark 3.5.9 with Hadoop 3.3.4, but for
// other codecs' bytes named .zst: that zstd's own decoder refuses them was not tried.
func Read(name string, c Codec) Reading {
	r := Reading{By: byName(name), Outcome: Fails}
	r.Splits = r.By.Splits() == SplitsInHadoop
	switch {
	case c == r.By || c == BGZF && r.By == Gzip:
		r.Outcome = Reads
	case r.By == None:
		r.Outcome = Garbage
	case r.By == Bzip2:
		r.Outcome = Nothing
	case r.By == HadoopLZ4 || r.By == HadoopSnappy:
		r.Outcome = Lost
	}
	return r
}

// byName is the codec whose bytes Hadoop's codec of that name decodes.
func byName(name string) Codec {
	switch c := Codec(stats.HadoopCodec(name)); c {
	case LZ4:
		return HadoopLZ4
	case Snappy:
		return HadoopSnappy
	default:
		return c
	}
}
