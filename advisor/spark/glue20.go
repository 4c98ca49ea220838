package spark

// Glue 2.0 ran two tasks on each vCPU: 8 on a G.1X. Its EMRFS committer was off unless
// --enable-s3-parquet-optimized-committer was set. Support of it has ended.
var glue20 = Engine{
	Name: "glue-2.0", Spark: "2.4.3", DynamicFrames: true, Connector: "emrfs", BlockSize: emrfsBlock, Committer: "file",
	TasksPerVCPU: 2,
	Sources:      []string{glueReleases, "https://docs.aws.amazon.com/glue/latest/dg/add-job.html"},
}
