package probe

import (
	"strings"

	"s3layout/stats"
	"s3layout/stats/probe/codec"
	"s3layout/stats/probe/text"
)

// A Verdict is what Spark's readers, and Glue's that share Hadoop's codecs, make of a file. They go by its name: the format
// is the one that it promises or, where it promises none, the one found.
type Verdict struct {
	// Outcome is for Spark up to 3.5, which knows codecs by suffixes in lower case, and Folded for Spark 4.
	Outcome, Folded codec.Outcome
	// Splits is set where Spark cuts the file into several tasks, whether or not that can work.
	Splits bool
	// Splitting says who can start in the middle of what the bytes are.
	Splitting codec.Splitting
	// MultiLine is set where Spark must be told multiLine to read the records: then it does not cut the file.
	MultiLine bool
}

// Verdict judges a file of the given name, the last component of its key.
func (out *Finding) Verdict(name string) Verdict {
	v := Verdict{Splitting: codec.SplitsInHadoop}
	c := codec.None
	if out.Container != "" {
		c = codec.Codec(out.Container)
		v.Splitting = c.Splits()
	}
	if out.Text != nil && out.Text.Spans && out.Format != text.XML {
		v.MultiLine = true
	}
	if v.MultiLine || out.Format == text.Tar || out.Format == "arrow" {
		v.Splitting = codec.SplitsNowhere
	}
	reader := stats.TypeOf(name).Format
	if reader == unknown {
		reader = out.Format
	}
	if isColumnar(reader) {
		v.Outcome, v.Splits = codec.Fails, true
		if out.Format == reader && c == codec.None {
			v.Outcome = codec.Reads
		}
		v.Folded = v.Outcome
		return v
	}
	r := codec.Read(name, c)
	v.Splits = r.Splits && !v.MultiLine
	v.Outcome = out.asText(reader, r.Outcome)
	v.Folded = out.asText(reader, codec.Read(strings.ToLower(name), c).Outcome)
	return v
}

// asText is what comes of inflated bytes that a reader of a text format takes for its own.
func (out *Finding) asText(reader string, inflated codec.Outcome) codec.Outcome {
	switch {
	case inflated != codec.Reads:
		return inflated
	case isColumnar(out.Format), out.Format == "arrow", out.Format == text.Tar, out.Text != nil && out.Text.Binary && out.Format == unknown:
		return codec.Garbage
	case !promised(reader, out):
		return codec.Garbage
	}
	return codec.Reads
}

// isColumnar says that a format compresses inside, and is read by a reader of its own.
func isColumnar(format string) bool {
	return format == "parquet" || format == "orc" || format == "avro"
}

// mismatch reports whether the bytes are not what the name promises: another format, or another codec around the file.
// Brotli cannot be told from its bytes. A name that promises nothing is missed by a codec only: Spark would not inflate it.
func (out *Finding) mismatch(named stats.FileType) bool {
	outer := named.Compression
	if isColumnar(named.Format) && !named.Misread {
		outer = string(codec.None)
	}
	found := string(codec.None)
	if out.Container != "" {
		found = codec.Codec(out.Container).Family()
	}
	if outer == string(codec.Brotli) && found == string(codec.None) && out.Format == unknown {
		return false
	}
	return outer != found && !out.unread() || !promised(named.Format, out)
}

// unread says that too little was read to tell the codec.
func (out *Finding) unread() bool {
	return out.Unread && out.Format == unknown || out.Problem != nil && out.Problem.Kind == Empty || out.Text != nil && out.Text.Blank
}

// untold says that too little was read, or could be inflated, to tell the format.
func (out *Finding) untold() bool {
	return out.unread() || out.Container != "" && out.Format == unknown && out.Text == nil
}

// promised reports whether what was found is what a reader of that format takes. A reader of lines takes any text; values
// behind any delimiter are csv, and so are lines without one.
func promised(format string, out *Finding) bool {
	binary := out.Text != nil && out.Text.Binary
	switch found := out.Format; {
	case format == unknown || out.untold() || found == format:
		return true
	case isColumnar(format) || format == "arrow":
		return false
	case isColumnar(found) || found == "arrow":
		return false
	case found == unknown:
		return !binary
	case format == text.Text:
		return !binary
	case format == text.CSV || format == text.TSV:
		return found == text.CSV || found == text.TSV || found == text.Text
	case found == text.Text:
		return format == text.Ion || out.Text.Confidence != string(text.Certain)
	case format == text.Ion:
		return found == text.JSON
	}
	return false
}
