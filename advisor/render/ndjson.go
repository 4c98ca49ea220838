package render

import (
	"encoding/json"
	"fmt"
	"io"

	"s3layout/advisor"
	"s3layout/stats"
)

// ndjsonEnd is the last line: whoever does not see it has not read all.
type ndjsonEnd struct {
	Row        string            `json:"row"`
	Schema     string            `json:"schema"`
	Target     string            `json:"target"`
	Complete   bool              `json:"complete"`
	Incomplete []advisor.Missing `json:"incomplete"`
	Totals     stats.Totals      `json:"totals"`
	// Partitions that are in totals and in no line above.
	PartitionsOmitted int64 `json:"partitions_omitted"`
}

// NDJSON writes the partitions of a report, one JSON object a line, as the report document describes them and with a field
// row before: partition; other, for those that are not told apart; end, the last line, with the totals and whether the
// listing is complete.
func NDJSON(w io.Writer, r *advisor.Report, _ Options) error {
	if r.Profile == nil {
		return errNoProfile
	}
	for i := range r.Profile.Partitions {
		line := struct {
			Row string `json:"row"`
			*stats.Partition
		}{"partition", &r.Profile.Partitions[i]}
		if err := jsonLine(w, line); err != nil {
			return err
		}
	}
	if r.Profile.Other != nil {
		line := struct {
			Row string `json:"row"`
			*stats.Other
		}{"other", r.Profile.Other}
		if err := jsonLine(w, line); err != nil {
			return err
		}
	}
	return jsonLine(w, ndjsonEnd{"end", r.Schema, r.Target.URI, r.Complete, append([]advisor.Missing{}, r.Incomplete...), r.Profile.Totals, r.Profile.PartitionsOmitted})
}

func jsonLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a partition: %w", err)
	}
	_, err = w.Write(append(escapeUnprintable(b), '\n'))
	return err
}
