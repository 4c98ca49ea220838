package spark

// Glue 6.0 is the first on Spark 4: upper-case suffixes of codecs count, and Spark's own xml reader takes files whole.
var glue60 = Engine{
	Name: "glue-6.0", Spark: "4.1.1", DynamicFrames: true, Connector: "s3a", BlockSize: s3aBlock,
	TasksPerVCPU: 1, Assumed: []string{"committer"},
	Sources: []string{glueTo60, glueReleases},
}
