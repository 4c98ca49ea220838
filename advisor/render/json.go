package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"s3layout/advisor"
	"s3layout/stats"
)

// JSON writes the report document: indented, one document, a newline at its end. Characters that do not print are
// escaped, so that a key cannot steer a terminal. Partitions are encoded one by one, so that a million of them take no more
// memory than one.
func JSON(w io.Writer, r *advisor.Report, o Options) error {
	head, tail, err := aroundPartitions(r, o)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	write := func(b []byte) {
		if o.BytesAsString {
			b = quoteBytes(b)
		}
		out.Write(escapeUnprintable(b)) // Flush has the error
	}
	write(head)
	if r.Profile != nil {
		if err := writePartitions(r.Profile.Partitions, write); err != nil {
			return err
		}
	}
	write(append(tail, '\n'))
	return out.Flush()
}

// stringsSchema names the document with sizes as strings. It is not read back.
const stringsSchema = advisor.SchemaID + "+bytes-as-string"

const noPartitions = "\n    \"partitions\": []"

// aroundPartitions is the document before the partitions of its profile and after them.
func aroundPartitions(r *advisor.Report, o Options) (head, tail []byte, err error) {
	without := *r
	if o.BytesAsString {
		without.Schema = stringsSchema
	}
	if r.Profile != nil {
		p := *r.Profile
		p.Partitions = []stats.Partition{}
		without.Profile = &p
	}
	b, err := json.MarshalIndent(&without, "", "  ")
	if err != nil {
		return nil, nil, fmt.Errorf("encode the report: %w", err)
	}
	if r.Profile == nil || len(r.Profile.Partitions) == 0 {
		return b, nil, nil
	}
	// No other list of that name lies that deep before it: the profile comes before the plan of a compaction.
	at := bytes.Index(b, []byte(noPartitions))
	if at < 0 {
		return nil, nil, errors.New("encode the report: it has no partitions")
	}
	at += len(noPartitions) - 1
	return b[:at:at], b[at:], nil
}

func writePartitions(partitions []stats.Partition, write func([]byte)) error {
	for i := range partitions {
		b, err := json.MarshalIndent(&partitions[i], "      ", "  ")
		if err != nil {
			return fmt.Errorf("encode the report: %w", err)
		}
		lead := ",\n      "
		if i == 0 {
			lead = "\n      "
		}
		write(append([]byte(lead), b...))
	}
	if len(partitions) > 0 {
		write([]byte("\n    "))
	}
	return nil
}

// sizeLine is a line with a number of bytes. Names without the word are those of distributions.
var sizeLine = regexp.MustCompile(`^(\s*"(?:bytes|bytes_[a-z0-9_]+|[a-z0-9_]+_bytes|le|min|max|mean|p[0-9][0-9])": )(-?[0-9]+)(,?)$`)

// quoteBytes makes sizes strings, for readers that keep numbers in a double. What files grow by is no size.
func quoteBytes(b []byte) []byte {
	var out []byte
	growth := 0 // depth below "expansion"
	for line := range bytes.Lines(b) {
		text := strings.TrimSuffix(string(line), "\n")
		switch {
		case strings.HasSuffix(text, `"expansion": {`):
			growth = 1
		case growth > 0 && strings.HasSuffix(text, "{"):
			growth++
		case growth > 0 && strings.HasPrefix(strings.TrimLeft(text, " "), "}"):
			growth--
		}
		if m := sizeLine.FindStringSubmatch(text); m != nil && growth == 0 {
			text = m[1] + `"` + m[2] + `"` + m[3]
		}
		out = append(out, text...)
		if line[len(line)-1] == '\n' {
			out = append(out, '\n')
		}
	}
	return out
}

// escapeUnprintable writes every character that is not ASCII and does not print as \uXXXX, and breaks what a log of CI takes
// for a command. json has escaped C0.
func escapeUnprintable(b []byte) []byte {
	if bytes.Contains(b, []byte("##")) { // nowhere but in a string
		b = bytes.ReplaceAll(b, []byte("##["), []byte(`#\u0023[`))
		b = bytes.ReplaceAll(b, []byte("##vso["), []byte(`#\u0023vso[`))
	}
	out := make([]byte, 0, len(b)+len(b)/16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '\n' || 0x20 <= r && r < 0x7f || r >= 0x80 && unicode.IsPrint(r):
			out = append(out, b[:n]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}
