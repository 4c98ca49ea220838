package spark

// Glue 5.1 is the first to read S3 through S3A: blocks are half those of Glue 5.0.
var glue51 = Engine{
	Name: "glue-5.1", Spark: "3.5.6", DynamicFrames: true, Connector: "s3a", BlockSize: s3aBlock,
	TasksPerVCPU: 1, Assumed: []string{"committer"},
	Sources: []string{glueTo51, glueReleases},
}
