package probe

// A Format is one file format: how its bytes show it, and what can be told from them.
type Format struct {
	// Name is the format's, as stats.TypeOf spells it.
	Name string
	// Footer is set where the format is read from its end.
	Footer bool

	// match reports whether the bytes bear the format's mark. Of a long file one of the two may be nil.
	match func(head, tail []byte) bool
	// read fills in what the file tells; its errors are those of reading.
	read func(*file, *Finding) error
}

// Formats are the formats that are told from their bytes; the first that matches wins.
var Formats = []Format{
	{Name: "parquet", Footer: true, match: isParquet, read: readParquet},
	{Name: "orc", Footer: true, match: isORC, read: readORC},
	{Name: "avro", match: isAvro, read: readAvro},
	{Name: "arrow", match: isArrow, read: readArrow},
}
