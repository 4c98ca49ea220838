package spark

// An Engine is a version of AWS Glue or Spark, as far as it decides how files are read and written.
//
// To add one, write a file that holds it, such as glue51.go, and name it in Engines.
type Engine struct {
	Name string // as on the command line: glue-5.1, spark-4.0
	// Spark is the version of Spark inside.
	Spark string
	// DynamicFrames is set for Glue: grouping, exclusions and useS3ListImplementation exist there only.
	DynamicFrames bool
	// Connector is the default S3 connector: emrfs or s3a.
	Connector string
	// BlockSize is what the connector reports as block size, bytes.
	BlockSize int64
	// Committer is what commits output where nothing is set: emrfs-optimized, or file, which copies on S3; "" where no page
	// says which.
	Committer string
	// TasksPerVCPU is how many tasks an executor runs at a time on each vCPU.
	TasksPerVCPU int64
	// Assumed names the fields above, as a report spells them, for which no page of AWS was found.
	Assumed []string
	Sources []string
}

// Engines are the versions that are known, newest first.
var Engines = []Engine{
	glue60, glue51, glue50, glue40, glue30, glue20,
	spark41, spark40, spark35, spark33, spark31,
}

// DefaultEngine is what a report is made for when nothing is said.
const DefaultEngine = "glue-5.1"

// Block sizes that connectors report by default.
// Source: Hadoop 3.3 core-default.xml, fs.s3a.block.size; Amazon EMR, fs.s3.block.size of EMRFS.
const (
	s3aBlock   = 32 << 20
	emrfsBlock = 64 << 20
)

// Pages on which several engines stand.
const (
	glueReleases = "https://docs.aws.amazon.com/glue/latest/dg/release-notes.html"
	glueTo51     = "https://docs.aws.amazon.com/glue/latest/dg/migrating-version-51.html"
	glueTo60     = "https://docs.aws.amazon.com/glue/latest/dg/migrating-version-60.html"
	hadoopConf   = "https://hadoop.apache.org/docs/r3.3.6/hadoop-project-dist/hadoop-common/core-default.xml"
)

// FindEngine returns the engine of that name.
func FindEngine(name string) (Engine, bool) {
	for _, e := range Engines {
		if e.Name == name {
			return e, true
		}
	}
	return Engine{}, false
}

// Version is the version of Spark inside; the zero Version where Spark is not one.
func (e Engine) Version() Version {
	v, _ := ParseVersion(e.Spark)
	return v
}

// Sizes of files to write, bytes. Spark and Glue are the same: 256 MiB is the middle of the band from 128 to 512 MiB that Athena,
// Redshift Spectrum, Iceberg and Spark agree on. A file that is read whole is a task, and should hold what a task reads.
const (
	TargetFile      = 256 << 20
	TargetWholeFile = 128 << 20
)

// TargetFileBytes is how large files are best written for the engine: those it cuts, and those it reads whole.
func (e Engine) TargetFileBytes(cut bool) int64 {
	if cut {
		return TargetFile
	}
	return TargetWholeFile
}

// Cores is how many tasks run at a time on that many workers: one worker is the driver's.
func (e Engine) Cores(w Worker, workers int64) int64 {
	return max(workers-1, 1) * w.VCPU * e.TasksPerVCPU
}
