package s3

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// The ways in which servers write an object: AWS, AWS with owners, MinIO, rclone, older S3 without classes.
var plainForms = []string{
	"<Key>a%2Fb+c</Key><LastModified>2026-11-24T01:02:03.000Z</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass>",
	"<Key>a</Key><LastModified>2026-02-28T23:59:59Z</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328-12&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>18</Size><StorageClass>GLACIER</StorageClass>",
	"<Key>a</Key><LastModified>2024-02-29T00:00:00.123456789Z</LastModified><ETag>\"d41d8\"</ETag><Size>999999999999999999</Size><StorageClass>NEW_CLASS</StorageClass>",
	"<Size>0</Size><ETag></ETag><Key>k</Key>",
}

// oddForms are objects that only contents may judge, whether it takes them or not.
var oddForms = []string{
	"<Key>a&amp;b</Key><Size>5</Size>", "<Key>a</Key><Size>+5</Size>", "<Key>a</Key><Size>9999999999999999999</Size>", "<Key>a</Key><Size></Size>",
	"<Key>a</Key><Size>5</Size><Size>5</Size>", "<Key>a</Key><Key>b</Key><Size>5</Size>", "<Size>5</Size>", "<Key>a</Key>", "<Key></Key><Size>5</Size>",
	"<Key>a</Key> <Size>5</Size>", "<Key >a</Key><Size>5</Size>", "<Key>a</Key ><Size>5</Size>", "<key>a</key><Size>5</Size>", "<Key><b/></Key><Size>5</Size>",
	"<Key>a</Key><Size>5</Size><Owner><ID>o</ID></Owner>", "<Key>a</Key><Size>5</Size><!-- c -->", "<Key/><Size>5</Size>", "<Key>a</Key><Size>5</Size",
	"<Key>a</Key><Size>5</Size><ETag>&lt;</ETag>", "<Key>a</Key><Size>5</Size><ETag>&quot;&bad;&quot;</ETag>", "<Key>a</Key><Size>5</Size><ETag>&quot;</ETag>",
	"<Key>a</Key><Size>5</Size><LastModified>2026-02-29T00:00:00Z</LastModified>", "<Key>a</Key><Size>5</Size><LastModified>2026-11-24T01:02:03+01:00</LastModified>",
	"<Key>a</Key><Size>5</Size><StorageClass>A&amp;B</StorageClass>", "<Key>a</Key><Size>5</Size><ChecksumAlgorithm>A</ChecksumAlgorithm><ChecksumAlgorithm>B</ChecksumAlgorithm>",
	"<Key>a</Key><Size>5</Size><ChecksumType>&x;</ChecksumType>", "<Key>a</Size><Size>5</Size>", "<Key>a</Key><Size>5</Size></Content>",
}

// What plainObject takes, contents would have taken, and have read the same in: a carriage return between two elements makes
// a page one that plainObject is not asked for.
func TestPlainObject(t *testing.T) {
	for i, form := range slices.Concat(plainForms, oddForms) {
		object := "<Contents>" + form + "</Contents>"
		_, _, n := plainObject([]byte(form + "</Contents>"))
		if plain := i < len(plainForms); (n == len(form)+len("</Contents>")) != plain || !plain && n != 0 {
			t.Errorf("%s: %d of %d bytes read", form, n, len(form)+len("</Contents>"))
		}
		comparePaths(t, object)
		comparePaths(t, object+"<Contents><Key>z</Key><Size>7</Size></Contents>")
	}
}

// A page that is cut short or damaged anywhere is read alike, too.
func TestPlainObjectDamaged(t *testing.T) {
	for _, form := range plainForms {
		object := "<Contents>" + form + "</Contents>"
		for at := range len(object) {
			comparePaths(t, object[:at])
			for _, c := range "<>&/x0 " {
				comparePaths(t, object[:at]+string(c)+object[at+1:])
				comparePaths(t, object[:at]+string(c)+object[at:])
			}
		}
	}
}

func comparePaths(t *testing.T, objects string) {
	t.Helper()
	const head, rest = `<ListBucketResult>`, `<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated></ListBucketResult>`
	fast, slow := new(page), new(page)
	fastErr := decodePage([]byte(head+objects+rest), fast)
	slowErr := decodePage([]byte(head+"\r"+objects+rest), slow)
	if fmt.Sprint(fastErr) != fmt.Sprint(slowErr) || fastErr == nil && !slices.Equal(fast.objects, slow.objects) {
		t.Errorf("%s: %+v, %v; with a carriage return %+v, %v", objects, fast.objects, fastErr, slow.objects, slowErr)
	}
}

// parseUTC knows the calendar: every day that there is, and none besides.
func TestParseUTC(t *testing.T) {
	text := []byte("0000-00-00T12:34:56.7Z")
	for year := 0; year <= 9999; year++ {
		copy(text, fmt.Sprintf("%04d", year))
		for month := range 14 {
			text[5], text[6] = '0'+byte(month/10), '0'+byte(month%10)
			for day := range 33 {
				text[8], text[9] = '0'+byte(day/10), '0'+byte(day%10)
				want := time.Date(year, time.Month(month), day, 12, 34, 56, 7e8, time.UTC)
				valid := want.Day() == day && want.Month() == time.Month(month)
				if got, ok := parseUTC(text); ok != valid || ok && got != want {
					t.Fatalf("%s: %v, %t", text, got, ok)
				}
			}
		}
	}
	for _, clock := range []string{"24:00:00", "23:60:00", "23:59:60", "2:003:00", "23:5a:00", "23:59:0/", "-1:00:00"} {
		if got, ok := parseUTC([]byte("2026-11-24T" + clock + "Z")); ok {
			t.Errorf("%s: %v", clock, got)
		}
	}
	for _, fraction := range []string{".", ".1234567890", ",5", ".5x", "5"} {
		if got, ok := parseUTC([]byte("2026-11-24T01:02:03" + fraction + "Z")); ok {
			t.Errorf("%s: %v", fraction, got)
		}
	}
}
