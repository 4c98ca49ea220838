package spark

// Glue 4.0 has adaptive execution on by default, as Spark has from 3.2.
var glue40 = Engine{
	Name: "glue-4.0", Spark: "3.3.0", DynamicFrames: true, Connector: "emrfs", BlockSize: emrfsBlock, Committer: "emrfs-optimized",
	TasksPerVCPU: 1, Assumed: []string{"committer"},
	Sources: []string{glueReleases},
}
