package advisor

import "fmt"

// leaveAlone lists the settings that are best left as they are, and why: only those that people are told to set, and that
// the facts speak against.
func leaveAlone(f *Facts) []Setting {
	var out []Setting
	if f.Profile.Totals.Objects == 0 || len(f.Profile.TableFormats) > 0 {
		return out
	}
	add := func(name, format string, args ...any) {
		out = append(out, Setting{name, fmt.Sprintf(format, args...)})
	}
	if f.Engine.DynamicFrames {
		leaveGrouping(f, add)
	}
	if scan := f.planOf(DataFrame); scan.TaskBytes.P50 >= f.Engine.MaxPartitionBytes/2 && scan.IdleCores == 0 {
		add("spark.sql.files.maxPartitionBytes", "spark.read makes tasks of %s, as many bytes as it is meant to", Size(scan.TaskBytes.P50))
	}
	if r := f.Recommended; r.Repartition == 0 && r.Coalesce == 0 {
		read := f.read()
		if read.Reader == DynamicFrame && !read.Exact { // how Glue cuts a file is not published
			read = f.planOf(DataFrame)
		}
		add("repartition, coalesce", "%s write files of about %s; a shuffle would cost more than it gains", tasksOf(read.Tasks), Size(f.Profile.Totals.Bytes/max(read.Tasks, 1)))
	}
	return out
}

// leaveGrouping says why grouping and its neighbours are left alone.
func leaveGrouping(f *Facts, add func(name, format string, args ...any)) {
	files, bytes := f.groupables()
	switch {
	case f.GroupedWell():
		own := f.Own()
		add("groupFiles, groupSize", "as set they make %s of %s", plainTasks(own.Tasks), Size(own.TaskBytes.P50))
	case f.Recommended.GroupFiles != "" || f.Engine.GroupFiles != "":
	case !f.Groupable():
		add("groupFiles, groupSize", "Glue groups csv, json, xml, ion and grokLog; here they do nothing")
	case files <= tasksPerCore*f.Engine.Cores:
		add("groupFiles, groupSize", "%s files are no more than %d for each core", Count(files), tasksPerCore)
	default:
		add("groupFiles, groupSize", "files of %s are as large as a group", Size(bytes/max(files, 1)))
	}
	if !f.Recommended.UseS3ListImplementation {
		add("useS3ListImplementation", "the driver lists %s files without it", Count(f.Profile.Totals.Objects))
	}
}

func plainTasks(n int64) string {
	if n == 1 {
		return "1 task"
	}
	return Count(n) + " tasks"
}

func tasksOf(n int64) string {
	if n == 1 {
		return "1 task would"
	}
	return Count(n) + " tasks"
}
