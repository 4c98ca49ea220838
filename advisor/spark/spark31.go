package spark

// Spark 3.1 has spark.sql.files.minPartitionNum.
var spark31 = Engine{
	Name: "spark-3.1", Spark: "3.1", Connector: "s3a", BlockSize: s3aBlock, Committer: "file", TasksPerVCPU: 1,
	Sources: []string{"https://spark.apache.org/docs/3.1.3/configuration.html", hadoopConf},
}
