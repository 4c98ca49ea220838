// Package text tells what the beginning of a decompressed file holds: JSON, delimited values, XML, Ion or lines of text,
// how its records lie on lines, and in which encoding. It says unknown rather than guess, and takes a sample for what it
// is: a record that the end of the sample cuts is left out. Every byte is foreign.
package text

import "bytes"

// MaxSample is how much of a sample is looked at, in bytes.
const MaxSample = 1 << 20

// The formats, as stats.TypeOf spells them, but for tar, which a name seldom shows.
const (
	JSON    = "json"
	CSV     = "csv" // values behind a delimiter other than the tab
	TSV     = "tsv"
	XML     = "xml"
	Ion     = "ion"
	Text    = "text"
	Tar     = "tar"
	Unknown = "unknown"
)

// Layout says how JSON values lie on lines.
type Layout string

const (
	Lines        Layout = "lines"        // a value on each line: what Spark reads without multiLine
	Array        Layout = "array"        // one array with the records in it
	MultiLine    Layout = "multiline"    // values that go over several lines
	Concatenated Layout = "concatenated" // several values on a line, of which Spark reads the first
)

// Header says whether the first record names the columns.
type Header string

const (
	HeaderYes     Header = "yes"
	HeaderNo      Header = "no"
	HeaderUnknown Header = "unknown" // nothing below differs from it in kind
)

// Confidence is how much the sample proves.
type Confidence string

const (
	Certain  Confidence = "certain" // a signature, or several records, each of which obeys the format
	Likely   Confidence = "likely"  // one record, or most of several
	Doubtful Confidence = "unknown"
)

// Finding is what a sample shows. The zero value of a field is "does not apply" or "not seen".
type Finding struct {
	Format     string
	Confidence Confidence
	// Reason says why a format is unknown, or what about it is out of the ordinary, in words that hold no bytes of the file.
	Reason string
	Empty  bool // no bytes, or none but white space
	Binary bool // not text in any encoding that is known here

	Encoding Encoding
	BOM      bool
	// Newline is how lines end: lf, crlf, cr, mixed, or "" where none ends in the sample.
	Newline string
	// LongestLine is in bytes of the file, its end not counted; LongestCut is set where the longest is cut by the end of the
	// sample, so that it is a lower bound.
	LongestLine int
	LongestCut  bool

	// Records counts whole records of the sample; Bad those among them that break the format.
	Records, Bad int
	// Spans is set where a record goes over several lines: the engine must be told so (Spark: multiLine), and then reads a
	// file in one task.
	Spans bool

	Layout    Layout // JSON
	Delimiter string // one byte
	Header    Header // delimited values
	Columns   int    // of most records
	Quoted    bool   // at least one value is quoted
	RowTag    string // XML: the element that repeats under the root, as the file spells it
	IonBinary bool

	// Names are the columns of a header, or the top-level names of JSON objects in the order of their first use, as the
	// file spells them: at most MaxNames.
	Names []string
}

// MaxNames bounds Finding.Names, and maxName the bytes of each.
const (
	MaxNames = 1000
	maxName  = 256
)

// Detect tells what plain, the beginning of a decompressed file, holds; whole is set where it is all of the file. It looks
// at the first MaxSample bytes. A head that says too little to tell JSON from a set of braces, or a table from prose with
// commas, is text, with a Reason.
func Detect(plain []byte, whole bool) Finding {
	if len(plain) > MaxSample {
		plain, whole = plain[:MaxSample], false
	}
	if len(plain) == 0 {
		return Finding{Format: Unknown, Confidence: Doubtful, Empty: true, Reason: "no bytes"}
	}
	if f, ok := signature(plain); ok {
		return f
	}
	var f Finding
	body, ok := f.decode(plain, whole)
	if !ok {
		return Finding{Format: Unknown, Confidence: Doubtful, Binary: true, Reason: "not text"}
	}
	lines, body, whole := f.splitLines(body, whole)
	start := bytes.TrimLeft(body, " \t\r\n")
	if len(start) == 0 {
		f.Format, f.Confidence, f.Empty, f.Reason = Unknown, Doubtful, true, "nothing but white space"
		return f
	}
	switch {
	case (start[0] == '{' || start[0] == '[') && f.json(start, lines, whole):
	case start[0] == '<' && f.xml(start, whole):
	case bytes.HasPrefix(start, []byte("$ion_1_0")) && (len(start) == 8 || bytes.IndexByte([]byte(" \t\r\n"), start[8]) >= 0):
		f.Format, f.Confidence = Ion, Certain
	case start[0] != '{' && start[0] != '[' && f.delimited(body, lines, whole):
	default:
		f.Format = Text
		if f.Records, f.Confidence = len(lines), Likely; len(lines) >= manyLines || whole && len(lines) > 1 {
			f.Confidence = Certain
		}
	}
	f.scaleLines()
	return f
}

// signature recognises what is not text: binary Ion (amazon-ion.github.io/ion-docs, binary version marker), and a tar
// archive, which is what is inside a .tgz (POSIX ustar header).
func signature(plain []byte) (Finding, bool) {
	switch {
	case bytes.HasPrefix(plain, []byte("\xe0\x01\x00\xea")):
		return Finding{Format: Ion, Confidence: Certain, Binary: true, IonBinary: true}, true
	case len(plain) >= 263 && bytes.HasPrefix(plain[257:], []byte("ustar")):
		return Finding{Format: Tar, Confidence: Certain, Binary: true, Reason: "an archive of files"}, true
	}
	return Finding{}, false
}

// manyLines of a sample that show no other format are lines of text.
const manyLines = 20

// maxLines bounds the lines that are looked at: a sample of more has the shortest of records, and plenty of them.
const maxLines = 1 << 14

// splitLines finds where lines end as Hadoop's LineReader does, at \n, \r\n and a lone \r. It returns the whole lines, and
// the text up to the last that is looked at.
func (f *Finding) splitLines(body []byte, whole bool) ([][]byte, []byte, bool) {
	var lines [][]byte
	ends := map[string]int{}
	at := 0
	for at < len(body) && len(lines) < maxLines {
		rest := body[at:]
		size := bytes.IndexAny(rest, "\r\n")
		if size < 0 || !whole && rest[size] == '\r' && size+1 == len(rest) {
			if len(rest) > f.LongestLine {
				f.LongestLine, f.LongestCut = len(rest), !whole
			}
			if whole {
				lines = append(lines, rest)
			}
			at = len(body)
			break
		}
		f.LongestLine = max(f.LongestLine, size)
		lines = append(lines, rest[:size])
		at += size + 1
		switch {
		case rest[size] == '\n':
			ends["lf"]++
		case size+1 < len(rest) && rest[size+1] == '\n':
			ends["crlf"]++
			at++
		default:
			ends["cr"]++
		}
	}
	for end := range ends {
		if f.Newline = end; len(ends) > 1 {
			f.Newline = "mixed"
		}
	}
	return lines, body[:at], whole && at == len(body)
}

// addName keeps a name that is new.
func (f *Finding) addName(name []byte, seen map[string]bool) {
	if len(f.Names) >= MaxNames || len(name) > maxName || seen[string(name)] {
		return
	}
	seen[string(name)] = true
	f.Names = append(f.Names, string(name))
}
