// Package s3sim is S3 in a box: an http.Handler that answers the read half of the S3 REST API over keyspaces that are
// computed, not stored. It serves the demo command, the tests and the benchmarks of this module.
//
// A [Keyspace] is a sorted set of keys, by position. One of 100 million keys costs a few hundred bytes of memory, and a
// page of 1,000 keys well under 0.2 ms of CPU, so that a client measured on the same machine is what is measured.
//
// A [Server] answers ListObjectsV2 and ListObjects (V1), ListBuckets, HeadBucket, GetBucketLocation, HeadObject and
// GetObject with ranges, path style and virtual-host style. It can be slow (Latency), strict (RPS, AccessKey,
// RequesterPays, Denied, regions), odd in the way that some S3 look-alikes are odd (the fields of [Bucket]), and wrong
// in every way that the fault table of this project knows ([Fault]).
//
// What it refuses to do: it checks no signatures (it looks at the access key and at the region of the credential scope,
// no more), it stores no writes (405), it has no versions, ACLs, policies or uploads (501), and it is no model of how
// fast S3 is. It imports the standard library only.
package s3sim
