package advisor

import (
	"encoding/json"
	"fmt"
	"strings"

	"s3layout/advisor/spark"
)

// Readers that a finding may be about.
const (
	DataFrame    = "dataframe"    // spark.read
	RDD          = "rdd"          // sc.textFile, Hive tables
	DynamicFrame = "dynamicframe" // create_dynamic_frame
	Athena       = "athena"
)

// readerNames spells readers for people.
var readerNames = map[string]string{
	DataFrame: "spark.read", RDD: "Hadoop RDDs", DynamicFrame: "Glue DynamicFrames", Athena: "Athena",
}

// Scope is which engines and readers a rule is for. The zero Scope is all.
type Scope struct {
	// DynamicFrames keeps a rule to engines that have them: AWS Glue.
	DynamicFrames bool
	// From and Before bound the version of Spark inside: From <= version < Before. The zero Version does not.
	From, Before spark.Version
	// Readers are those that the finding is about, in the order of the constants.
	Readers []string
	// Contents keeps a rule to profiles for which files were opened.
	Contents bool
}

// String says in words what the scope is.
func (s Scope) String() string {
	var engines []string
	if s.DynamicFrames {
		engines = append(engines, "AWS Glue")
	}
	switch from, before := s.From != unbounded, s.Before != unbounded; {
	case from && before:
		engines = append(engines, fmt.Sprintf("Spark %s up to, not including, %s", version(s.From), version(s.Before)))
	case from:
		engines = append(engines, "Spark from "+version(s.From))
	case before:
		engines = append(engines, "Spark before "+version(s.Before))
	}
	if len(engines) == 0 {
		engines = append(engines, "every engine")
	}
	var readers []string
	for _, r := range s.Readers {
		readers = append(readers, readerNames[r])
	}
	out := strings.Join(engines, ", ")
	if len(readers) > 0 {
		out += "; " + strings.Join(readers, ", ")
	}
	if s.Contents {
		out += "; only where files were opened (--probe)"
	}
	return out
}

var unbounded spark.Version

func version(v spark.Version) string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// MarshalJSON spells a scope as data, and in words.
func (s Scope) MarshalJSON() ([]byte, error) {
	out := struct {
		Glue    bool     `json:"glue_only,omitempty"`
		From    string   `json:"spark_from,omitempty"`
		Before  string   `json:"spark_before,omitempty"`
		Readers []string `json:"readers"`
		Probe   bool     `json:"probe,omitempty"`
		Words   string   `json:"words"`
	}{Glue: s.DynamicFrames, Readers: s.Readers, Probe: s.Contents, Words: s.String()}
	if s.From != unbounded {
		out.From = version(s.From)
	}
	if s.Before != unbounded {
		out.Before = version(s.Before)
	}
	return json.Marshal(out)
}

// Skips says why a rule of that scope is not checked; "" where it is.
func (s Scope) Skips(f *Facts) string {
	switch v, err := spark.ParseVersion(f.Engine.SparkVersion); {
	case s.DynamicFrames && !f.Engine.DynamicFrames:
		return fmt.Sprintf("it is for AWS Glue, and the engine is %s", f.Engine.Name)
	case err == nil && s.From != unbounded && !v.AtLeast(s.From):
		return fmt.Sprintf("it is for Spark from %s, and %s has %s", version(s.From), f.Engine.Name, f.Engine.SparkVersion)
	case err == nil && s.Before != unbounded && v.AtLeast(s.Before):
		return fmt.Sprintf("it is for Spark before %s, and %s has %s", version(s.Before), f.Engine.Name, f.Engine.SparkVersion)
	case s.Contents && !f.opened():
		return "it judges what is inside files, and none was opened: --probe does"
	}
	return ""
}

// opened reports whether any file was looked into.
func (f *Facts) opened() bool { return f.Profile.Probe != nil && f.Profile.Probe.Objects > 0 }

// validate reports what a scope has that is none of ours.
func (s Scope) validate() error {
	for _, r := range s.Readers {
		if readerNames[r] == "" {
			return fmt.Errorf("reader %q is not known", r)
		}
	}
	if len(s.Readers) == 0 {
		return fmt.Errorf("no reader is named")
	}
	return nil
}
