package spark

// What the driver keeps of a file in InMemoryFileIndex (a FileStatus, in a map by path and one by directory) and of a
// chunk that is planned (a PartitionedFile), bytes: a fixed part and one for each character of the URI.
// Source: Spark's SizeEstimator on 3.5.9 and 4.1.4, recorded in testdata/spark/memory.tsv.
const (
	fileBytes, fileCharBytes   = 515, 2
	chunkBytes, chunkCharBytes = 140, 1
	assumedURI                 = 120
)

// IndexEstimate says what IndexBytes stands on.
const IndexEstimate = "what SizeEstimator of Spark 3.5 and 4.1 counts for local files with URIs of 120 characters; listing takes more for a while"

// IndexBytes estimates how much of the driver's heap a DataFrame scan keeps for so many files, cut into so many chunks.
func IndexBytes(files, chunks int64) int64 {
	return addCapped(mulCapped(files, indexOf(assumedURI)), mulCapped(chunks, planOf(assumedURI)))
}

func indexOf(uri int64) int64 { return fileBytes + fileCharBytes*uri }

func planOf(uri int64) int64 { return chunkBytes + chunkCharBytes*uri }
