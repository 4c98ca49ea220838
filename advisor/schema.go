package advisor

import _ "embed"

// Schema is the JSON Schema (2020-12) of Report. It is made from the types: go test ./advisor -update.
//
//go:embed schema.json
var Schema []byte

// DiffSchema is that of Difference.
//
//go:embed diff.schema.json
var DiffSchema []byte
