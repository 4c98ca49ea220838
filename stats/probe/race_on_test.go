//go:build race

package probe

// poolLoss is what a probe allocates beyond its bound under the race detector, which drops a part of what is put into a
// sync.Pool, such as the decoders of klauspost/compress. Source: sync.Pool.Put.
const poolLoss = 128 << 10
