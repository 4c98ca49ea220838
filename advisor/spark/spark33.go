package spark

// Spark 3.3 has spark.sql.leafNodeDefaultParallelism, from 3.2.
var spark33 = Engine{
	Name: "spark-3.3", Spark: "3.3", Connector: "s3a", BlockSize: s3aBlock, Committer: "file", TasksPerVCPU: 1,
	Sources: []string{"https://spark.apache.org/docs/3.3.4/configuration.html", hadoopConf},
}
