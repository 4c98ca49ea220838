package rules_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"s3layout/advisor"
	"s3layout/advisor/spark"
)

var snippetsFile = flag.String("snippets", "", "write all snippets of the cases to this file, as lines of JSON, for .ci/snippets.py")

// A seenSnippet is a snippet of a case, with some keys of its lake, so that it can be run.
type seenSnippet struct {
	Case   string   `json:"case"`
	Kind   string   `json:"kind"`
	Code   string   `json:"code"`
	Target string   `json:"target"`
	Keys   []string `json:"keys"`
}

// snippets collects those of many cases at once.
type snippets struct {
	sync.Mutex
	seen  []seenSnippet
	rules int // whose cases are judged
}

func (s *snippets) started() {
	s.Lock()
	defer s.Unlock()
	s.rules++
}

// add checks that every snippet is fit to paste: options are ones that exist, spelled in the types that Glue wants.
func (s *snippets) add(t *testing.T, where string, l *testLake, advice []advisor.Advice) {
	t.Helper()
	for _, a := range advice {
		for _, pasted := range a.Snippets {
			where := where + ", " + a.Rule
			if err := checkSnippet(pasted); err != nil {
				t.Errorf("%s: %s: %v\n%s", where, pasted.Kind, err, pasted.Code)
			}
			s.Lock()
			s.seen = append(s.seen, seenSnippet{where, pasted.Kind, pasted.Code, l.target, l.keys})
			s.Unlock()
		}
	}
}

// check reports kinds of snippets that no case has, and writes what was asked for.
func (s *snippets) check(t *testing.T) {
	t.Helper()
	for kind := range snippetChecks {
		if !slices.ContainsFunc(s.seen, func(s seenSnippet) bool { return s.Kind == kind }) {
			t.Errorf("no case has a snippet of kind %s", kind)
		}
	}
	if *snippetsFile != "" {
		slices.SortStableFunc(s.seen, func(a, b seenSnippet) int { return strings.Compare(a.Case, b.Case) })
		writeSnippets(t, *snippetsFile, s.seen)
	}
}

// writeSnippets writes each code once for a rule.
func writeSnippets(t *testing.T, file string, seen []seenSnippet) {
	t.Helper()
	var b strings.Builder
	once := map[string]bool{}
	for _, s := range seen {
		if once[s.Kind+s.Code] {
			continue
		}
		once[s.Kind+s.Code] = true
		line, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

var snippetChecks = map[string]func(code string) error{
	"glue-dynamicframe": checkDynamicFrame, "glue-catalog": checkCatalog, "spark-dataframe": checkSpark, "spark-compaction": checkSpark,
	"spark-conf": checkConf, "job-parameters": checkParameters, "aws-cli": checkCLI, "spark-sql-delta": checkSQL, "spark-sql-iceberg": checkSQL,
}

var snippetLanguages = map[string]string{"spark-conf": "shell", "aws-cli": "shell", "job-parameters": "json", "spark-sql-delta": "sql", "spark-sql-iceberg": "sql"}

func checkSnippet(s advisor.Snippet) error {
	check, known := snippetChecks[s.Kind]
	language := "python"
	if l, ok := snippetLanguages[s.Kind]; ok {
		language = l
	}
	switch {
	case !known:
		return fmt.Errorf("the kind is not known")
	case s.Language != language:
		return fmt.Errorf("language %q, want %q", s.Language, language)
	case strings.Contains(s.Code, "%!") || strings.Contains(s.Code, "\t") || !strings.HasSuffix(s.Code, "\n") || strings.HasSuffix(s.Code, "\n\n"):
		return fmt.Errorf("it is badly formatted")
	case strings.ContainsFunc(s.Code, func(r rune) bool { return r >= utf8.RuneSelf || r < ' ' && r != '\n' }):
		return fmt.Errorf("it is not plain ASCII")
	}
	return check(s.Code)
}

// glueOptions are the options of an S3 source that snippets may set, and the form that each takes in Python. Source: AWS Glue
// guide, connection options of S3 and grouping-input-files; numbers are strings there.
var glueOptions = map[string]*regexp.Regexp{
	"paths":                     regexp.MustCompile(`^\["[^"]+"\]$`),
	"recurse":                   regexp.MustCompile(`^True$`),
	"groupFiles":                regexp.MustCompile(`^"(inPartition|acrossPartition|none)"$`),
	"groupSize":                 regexp.MustCompile(`^"[1-9][0-9]*"$`),
	"exclusions":                regexp.MustCompile(`^json\.dumps\(\["([^"\\]|\\.)+"(, "([^"\\]|\\.)+")*\]\)$`),
	"excludeStorageClasses":     regexp.MustCompile(`^\["[A-Z_]+"(, "[A-Z_]+")*\]$`),
	"useS3ListImplementation":   regexp.MustCompile(`^True$`),
	"catalogPartitionPredicate": regexp.MustCompile(`^"[^"]+"$`),
}

var optionLine = regexp.MustCompile(`(?m)^        "(\w+)": (.+),$`)

func checkOptions(options [][]string) error {
	for _, o := range options {
		form, known := glueOptions[o[1]]
		if !known {
			return fmt.Errorf("option %s is none of Glue's", o[1])
		}
		if !form.MatchString(o[2]) {
			return fmt.Errorf("option %s has the value %s", o[1], o[2])
		}
	}
	return nil
}

func checkDynamicFrame(code string) error {
	if strings.Contains(code, "DynamicFrame.fromDF(") {
		return nil
	}
	options := optionLine.FindAllStringSubmatch(code, -1)
	if len(options) < 2 || !strings.Contains(code, "create_dynamic_frame.from_options(\n    connection_type=\"s3\",\n    connection_options={\n") {
		return fmt.Errorf("it is no read from options")
	}
	if strings.Contains(code, "json.") != strings.HasPrefix(code, "import json\n") {
		return fmt.Errorf("json is used and not imported, or the other way round")
	}
	if !strings.HasSuffix(code, "    transformation_ctx=\"frame\",\n)\n") {
		return fmt.Errorf("job bookmarks do nothing without transformation_ctx")
	}
	format := regexp.MustCompile(`(?m)^    format="(\w+)",(?:  # .+)?$`).FindStringSubmatch(code)
	if format == nil || !slices.Contains([]string{"csv", "json", "xml", "ion", "grokLog", "parquet", "orc", "avro", "FORMAT"}, format[1]) {
		return fmt.Errorf("format %v is none of Glue's", format)
	}
	return checkOptions(options)
}

func checkCatalog(code string) error {
	arguments := regexp.MustCompile(`(?m)^    (\w+)=(.+),$`).FindAllStringSubmatch(code, -1)
	for _, a := range arguments {
		switch a[1] {
		case "database", "table_name", "transformation_ctx", "push_down_predicate":
			if !strings.HasPrefix(a[2], `"`) || !strings.HasSuffix(a[2], `"`) {
				return fmt.Errorf("argument %s is no string: %s", a[1], a[2])
			}
		default:
			return fmt.Errorf("argument %s is not known", a[1])
		}
	}
	options := optionLine.FindAllStringSubmatch(code, -1)
	if strings.Contains(code, "    additional_options={\n") != (len(options) > 0) {
		return fmt.Errorf("additional options are none")
	}
	if len(arguments) < 3 || len(arguments)+len(options) < 4 || !strings.Contains(code, "create_dynamic_frame.from_catalog(") {
		return fmt.Errorf("it is no read of a table")
	}
	if strings.Contains(code, "json.") != strings.HasPrefix(code, "import json\n") {
		return fmt.Errorf("json is used and not imported, or the other way round")
	}
	return checkOptions(options)
}

// checkSpark finds what a compiler would, roughly: .ci/snippets.py has a real one, and runs them.
func checkSpark(code string) error {
	depth := 0
	for _, r := range regexp.MustCompile(`"([^"\\\n]|\\.)*"|#.*`).ReplaceAllString(code, "") {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
		if depth < 0 {
			return fmt.Errorf("a bracket is closed that is not open")
		}
	}
	if depth != 0 {
		return fmt.Errorf("%d brackets stay open", depth)
	}
	return nil
}

func checkConf(code string) error {
	m := regexp.MustCompile(`^--conf ([\w.]+)=\d+\n$`).FindStringSubmatch(code)
	if m == nil || !slices.Contains(spark.Settings, m[1]) {
		return fmt.Errorf("it is no setting that decides tasks")
	}
	return nil
}

// checkParameters: names begin with dashes, and values are strings, as DefaultArguments and Arguments want them.
func checkParameters(code string) error {
	var parameters map[string]string
	if err := json.Unmarshal([]byte(code), &parameters); err != nil {
		return err
	}
	for name := range parameters {
		if !slices.Contains([]string{"--conf", "--enable-auto-scaling"}, name) {
			return fmt.Errorf("parameter %s is not known", name)
		}
	}
	return nil
}

func checkCLI(code string) error {
	if !regexp.MustCompile(`^aws glue (start-job-run|create-partition-index) --`).MatchString(code) {
		return fmt.Errorf("the command is not known")
	}
	return nil
}

// checkSQL: statements that end, none of which deletes files that a dry run has not shown.
func checkSQL(code string) error {
	for line := range strings.Lines(code) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "--"):
		case !strings.HasSuffix(line, ";"):
			return fmt.Errorf("a statement does not end: %s", line)
		case strings.HasPrefix(line, "VACUUM") && !strings.HasSuffix(line, " DRY RUN;"),
			strings.Contains(line, "remove_orphan_files") && !strings.Contains(line, "dry_run => true"):
			return fmt.Errorf("it deletes what nobody has seen: %s", line)
		}
	}
	return nil
}
