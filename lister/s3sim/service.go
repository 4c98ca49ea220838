package s3sim

import (
	"maps"
	"net/http"
	"slices"
)

const xmlNamespace = ` xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`

// headBucket says where the bucket is, and nothing more.
func (c *call) headBucket(*Fault) {
	h := c.w.Header()
	h["X-Amz-Bucket-Region"] = []string{c.region()}
	h["X-Amz-Access-Point-Alias"] = []string{"false"}
	h["Content-Type"] = []string{"application/xml"}
	c.w.WriteHeader(http.StatusOK)
}

// location says where the bucket is. The answer for us-east-1 is empty, for historical reasons of S3's own.
func (c *call) location(f *Fault) {
	region := c.region()
	if region == "us-east-1" {
		region = ""
	}
	b := append([]byte(nil), xmlHead+"<LocationConstraint"+xmlNamespace...)
	b = encodeXML.appendString(b, region)
	b = append(b, "</LocationConstraint>"...)
	c.deliver(f, "application/xml", bytesBody(b))
}

func (c *call) listBuckets(f *Fault) {
	b := append([]byte(nil), xmlHead+"<ListAllMyBucketsResult"+xmlNamespace+ownerXML+"<Buckets>"...)
	for _, name := range slices.Sorted(maps.Keys(c.s.Buckets)) {
		b = append(b, "<Bucket>"...)
		b = appendElement(b, "Name", name)
		b = appendElement(b, "CreationDate", string(appendTime(nil, (epochEnd-epochSpan)*1000)))
		b = append(b, "</Bucket>"...)
	}
	b = append(b, "</Buckets></ListAllMyBucketsResult>"...)
	c.deliver(f, "application/xml", bytesBody(b))
}
