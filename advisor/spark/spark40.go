package spark

// Spark 4.0 comes with Hadoop 3.4: upper-case suffixes of codecs count. Its own xml reader takes files whole.
var spark40 = Engine{
	Name: "spark-4.0", Spark: "4.0", Connector: "s3a", BlockSize: s3aBlock, Committer: "file", TasksPerVCPU: 1,
	Sources: []string{"https://spark.apache.org/docs/4.0.0/configuration.html", hadoopConf},
}
