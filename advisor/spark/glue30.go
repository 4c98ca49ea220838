package spark

// Glue 3.0 has no spark.sql.leafNodeDefaultParallelism: that is of Spark 3.2.
var glue30 = Engine{
	Name: "glue-3.0", Spark: "3.1.1", DynamicFrames: true, Connector: "emrfs", BlockSize: emrfsBlock, Committer: "emrfs-optimized",
	TasksPerVCPU: 1, Assumed: []string{"committer"},
	Sources: []string{glueReleases},
}
