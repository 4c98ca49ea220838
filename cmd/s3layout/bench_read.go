package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"s3layout/advisor"
)

// peer is a lister that others wrote.
type peer struct {
	name    string // as in the table
	how     string // the command, in short
	program string // as in PATH
	args    func(url, bucket string) []string
	read    func(output []byte) (tally, error)
}

// peers lists the peers. Each runs with its defaults, and the flag that its manual gives for large buckets.
var peers = []peer{
	{"rclone", "rclone size --fast-list", "rclone", func(url, bucket string) []string {
		return []string{"size", "--fast-list", "--json",
			":s3,provider=Other,endpoint='" + url + "',access_key_id=x,secret_access_key=y:" + bucket}
	}, readRclone},
	{"aws", "aws s3 ls --recursive --summarize", "aws", func(url, bucket string) []string {
		return []string{"s3", "ls", "s3://" + bucket + "/", "--recursive", "--summarize", "--endpoint-url", url}
	}, readAWS},
	{"s5cmd", "s5cmd du", "s5cmd", func(url, bucket string) []string {
		return []string{"--endpoint-url", url, "du", "s3://" + bucket + "/*"}
	}, readS5cmd},
}

// peerCommands spells what the peers are called with.
func peerCommands() string {
	how := make([]string, len(peers))
	for i, p := range peers {
		how[i] = p.how
	}
	return strings.Join(how, ", ")
}

// findPeers tells the peers that are installed from those that are not.
func findPeers() (found []peer, missing []string) {
	for _, p := range peers {
		path, err := exec.LookPath(p.program)
		if err != nil {
			missing = append(missing, p.program)
			continue
		}
		p.program = path
		found = append(found, p)
	}
	return found, missing
}

func (p peer) contender(url, bucket string) contender {
	return contender{p.name, p.program, p.args(url, bucket), p.read}
}

// readReport reads the JSON report: everything listed, and the files among it that an engine would read.
func readReport(output []byte) (t tally, files int64, err error) {
	var r advisor.Report
	if err := json.Unmarshal(output, &r); err != nil || r.Profile == nil {
		return t, 0, fmt.Errorf("no report in the output: %v", err)
	}
	files = r.Profile.Totals.Objects
	t = tally{files, r.Profile.Totals.Bytes, r.Run.Requests}
	for _, g := range r.Profile.Ignored {
		t.objects += g.Objects
		t.bytes += g.Bytes
	}
	if !r.Complete {
		err = errors.New("the report is partial")
	}
	return t, files, err
}

var (
	filesLine  = regexp.MustCompile(`(?m)^([\d,]+) files? · `)
	serialLine = regexp.MustCompile(`(?m)^(?P<objects>\d+) objects, (?P<bytes>\d+) bytes$`)
	awsLines   = regexp.MustCompile(`(?m)^Total Objects: (?P<objects>\d+)\n +Total Size: (?P<bytes>\d+)$`)
	s5cmdLine  = regexp.MustCompile(`(?m)^(?P<bytes>\d+) bytes in (?P<objects>\d+) objects?: `)
)

// readFiles reads the number of files in the text report.
func readFiles(output []byte) (int64, error) {
	m := filesLine.FindSubmatch(output)
	if m == nil {
		return 0, errors.New("no number of files in the text report")
	}
	return strconv.ParseInt(strings.ReplaceAll(string(m[1]), ",", ""), 10, 64)
}

func readSerial(output []byte) (tally, error) { return readLine(serialLine, output) }
func readAWS(output []byte) (tally, error)    { return readLine(awsLines, output) }
func readS5cmd(output []byte) (tally, error)  { return readLine(s5cmdLine, output) }

func readLine(line *regexp.Regexp, output []byte) (t tally, err error) {
	m := line.FindSubmatch(output)
	if m == nil {
		return t, errors.New("no total in the output")
	}
	objects, err1 := strconv.ParseInt(string(m[line.SubexpIndex("objects")]), 10, 64)
	bytes, err2 := strconv.ParseInt(string(m[line.SubexpIndex("bytes")]), 10, 64)
	return tally{objects: objects, bytes: bytes}, errors.Join(err1, err2)
}

func readRclone(output []byte) (tally, error) {
	var size struct{ Count, Bytes int64 }
	if err := json.Unmarshal(output, &size); err != nil {
		return tally{}, fmt.Errorf("no total in the output: %w", err)
	}
	return tally{objects: size.Count, bytes: size.Bytes}, nil
}
