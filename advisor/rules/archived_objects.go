package rules

import (
	"fmt"

	"s3layout/advisor"
)

// ArchivedObjects fires for objects that cannot be read without a restore.
var ArchivedObjects = &advisor.Rule{
	ID:    "archived-objects",
	Title: "Archived objects fail the read",
	Since: "0.1",
	Scope: advisor.Scope{Readers: []string{advisor.DataFrame, advisor.RDD, advisor.DynamicFrame, advisor.Athena}}, Confidence: advisor.Exact,
	Confirm: []advisor.Signal{
		signal("the job's log", "'The operation is not valid for the object's storage class', or InvalidObjectState"),
	},
	Doc: advisor.Doc{
		Saw:    "Objects in GLACIER or DEEP_ARCHIVE under the prefix.",
		Costs:  "A read fails with 'The operation is not valid for the object's storage class' as soon as it meets one.",
		Do:     "Exclude the classes in a DynamicFrame read; for spark.read name the partitions to read, or restore the objects first.",
		Ignore: "They have been restored: a listing does not show it.",
	},
	Sources: []advisor.Source{
		{URL: "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-storage-classes.html", Read: "2026-11"},
	},
	Check: func(r *advisor.Rule, f *advisor.Facts) *advisor.Advice {
		var objects, bytes int64
		var classes []string
		for _, c := range f.Profile.StorageClasses {
			if !c.Readable {
				objects, bytes = objects+c.Objects, bytes+c.Bytes
				classes = append(classes, c.Class)
			}
		}
		if objects == 0 {
			return nil
		}
		a := r.Found(advisor.Warning)
		a.Evidence["objects"] = objects
		a.Evidence["bytes"] = bytes
		a.Evidence["classes"] = classes
		a.Why = fmt.Sprintf("%s (%s) archived: a read of one fails.", plural(objects, "object"), size(bytes))
		a.Set = "read other partitions only, or restore them first"
		if len(f.Recommended.ExcludeStorageClasses) > 0 {
			a.Set = "excludeStorageClasses=" + jsonList(f.Recommended.ExcludeStorageClasses)
			a.Snippets = append(a.Snippets, glueRead(f, "excludeStorageClasses"))
			a.Snippets = append(a.Snippets, catalogOptions(f, "excludeStorageClasses")...)
		}
		return a
	},
}
