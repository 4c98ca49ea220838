package spark

// Glue 5.0 is the last to read S3 through EMRFS.
var glue50 = Engine{
	Name: "glue-5.0", Spark: "3.5.4", DynamicFrames: true, Connector: "emrfs", BlockSize: emrfsBlock, Committer: "emrfs-optimized",
	TasksPerVCPU: 1, Assumed: []string{"committer"},
	Sources: []string{glueReleases},
}
