package spark

// Spark 3.5 has spark.sql.files.maxPartitionNum.
var spark35 = Engine{
	Name: "spark-3.5", Spark: "3.5", Connector: "s3a", BlockSize: s3aBlock, Committer: "file", TasksPerVCPU: 1,
	Sources: []string{"https://spark.apache.org/docs/3.5.6/configuration.html", hadoopConf},
}
