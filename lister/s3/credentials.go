package s3

import (
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// credentialsExpired reports whether the server refused the credentials for their age: newer ones may do.
func credentialsExpired(err error) bool {
	switch codeOf(err) {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidToken", "TokenRefreshRequired":
		return true
	}
	return false
}

// A renewal has the SDK's cache of credentials asked anew, once for each time that they expire, however many requests
// are refused then. Generations tell a request that was signed before the last renewal from one that was signed after.
// The zero value is ready.
type renewal struct {
	mu         sync.Mutex
	generation int64 // how often the cache was invalidated
	proven     int64 // the last generation that the server accepted
}

// now is the generation that a request is about to be signed with, or an earlier one.
func (r *renewal) now() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.generation
}

// accepted notes that a request of the generation was not refused for its credentials.
func (r *renewal) accepted(generation int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.proven = max(r.proven, generation)
}

// renew reports whether to ask again after a request of the generation was refused: the credentials are newer by now.
// They are not where the provider keeps none, or where the last renewal brought none that the server takes.
func (r *renewal) renew(provider aws.CredentialsProvider, generation int64) bool {
	cache, ok := provider.(interface{ Invalidate() })
	if !ok {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if generation < r.generation {
		return true
	}
	if r.proven < r.generation {
		return false
	}
	cache.Invalidate()
	r.generation++
	return true
}

// renew reports whether a request that failed so is to be sent again at once, with newer credentials. It counts as a retry.
func (s *Source) renew(err error, generation int64) bool {
	if !credentialsExpired(err) || !s.credentials.renew(s.client.Options().Credentials, generation) {
		return false
	}
	s.retries.Add(1)
	return true
}
