//go:build !race

package probe

const poolLoss = 0
