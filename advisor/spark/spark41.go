package spark

// Spark 4.1 plans as 4.0 does.
var spark41 = Engine{
	Name: "spark-4.1", Spark: "4.1", Connector: "s3a", BlockSize: s3aBlock, Committer: "file", TasksPerVCPU: 1,
	Sources: []string{"https://spark.apache.org/docs/4.1.0/configuration.html", hadoopConf},
}
