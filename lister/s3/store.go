package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"s3layout/lister"
)

// Store keeps documents below a prefix of a bucket: it lists them, reads them, and adds new ones.
//
// It is the only thing here that writes, and it shares nothing with a Source: who lists a dataset has no way to write. It
// adds, and never replaces or deletes. It needs s3:ListBucket, s3:GetObject and s3:PutObject on its own prefix.
type Store struct {
	client *s3.Client
	at     Target
	opts   Options
}

// NewStore returns a Store of the directory at.
func NewStore(client *s3.Client, at Target, opts Options) *Store {
	if opts.MaxAttempts <= 0 {
		opts.MaxAttempts = DefaultMaxAttempts
	}
	return &Store{client: client, at: at, opts: opts}
}

// Keys returns what there is below a directory of the store, with the directory's name taken off, in no order.
func (s *Store) Keys(ctx context.Context, dir string) ([]string, error) {
	at := s.at
	at.Prefix += dir
	var out []string
	err := New(s.client, at, s.opts).List(ctx, func(objects []lister.Object) error {
		for _, o := range objects {
			out = append(out, string([]byte(o.Key)))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", at, err)
	}
	return out, nil
}

// ErrExists is why a document is not added: there is one of its key.
var ErrExists = errors.New("there is such an object already")

// Create adds a document. It fails with ErrExists where there is one of its key: on S3 and servers that know conditional
// writes (If-None-Match) nothing is ever replaced.
func (s *Store) Create(ctx context.Context, key string, document []byte) error {
	in := &s3.PutObjectInput{
		Bucket: aws.String(s.at.Bucket), Key: aws.String(s.at.Prefix + key), Body: bytes.NewReader(document), IfNoneMatch: aws.String("*"),
		ContentType: aws.String("application/json"), ContentLength: aws.Int64(int64(len(document))),
	}
	if s.opts.RequestPayer {
		in.RequestPayer = types.RequestPayerRequester
	}
	err := s.attempts(ctx, func(ctx context.Context, change func(*s3.Options)) error {
		in.Body = bytes.NewReader(document)
		_, err := s.client.PutObject(ctx, in, change)
		return err
	})
	if statusOf(err) == http.StatusPreconditionFailed {
		err = ErrExists
		if there, failed := s.Read(ctx, key, int64(len(document))); failed == nil && bytes.Equal(there, document) {
			return nil // by an attempt whose answer was lost
		}
	}
	if err != nil {
		return fmt.Errorf("write s3://%s/%s: %w", s.at.Bucket, s.at.Prefix+key, err)
	}
	return nil
}

// Read returns a document of at most so many bytes.
func (s *Store) Read(ctx context.Context, key string, most int64) (document []byte, err error) {
	in := &s3.GetObjectInput{Bucket: aws.String(s.at.Bucket), Key: aws.String(s.at.Prefix + key)}
	if s.opts.RequestPayer {
		in.RequestPayer = types.RequestPayerRequester
	}
	err = s.attempts(ctx, func(ctx context.Context, change func(*s3.Options)) error {
		got, err := s.client.GetObject(ctx, in, change)
		if err != nil {
			return err
		}
		defer got.Body.Close()
		document, err = io.ReadAll(io.LimitReader(got.Body, most+1))
		return err
	})
	if err == nil && int64(len(document)) > most {
		err = fmt.Errorf("it is larger than %d bytes", most)
	}
	if err != nil {
		return nil, fmt.Errorf("read s3://%s/%s: %w", s.at.Bucket, s.at.Prefix+key, err)
	}
	return document, nil
}

// attempts calls once, and again after what may pass: it changes the region where the server names another.
func (s *Store) attempts(ctx context.Context, once func(context.Context, func(*s3.Options)) error) error {
	region := ""
	for attempt := 1; ; attempt++ {
		limited, cancel := context.WithTimeout(ctx, DefaultAttemptTimeout)
		err := once(limited, func(o *s3.Options) {
			o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
			if region != "" {
				o.Region = region
			}
		})
		cancel()
		switch other := bucketRegion(err); {
		case err == nil || ctx.Err() != nil:
			return err
		case other != "" && region == "":
			region = other
			continue
		case !transient(err) || attempt >= s.opts.MaxAttempts:
			return err
		}
		if err := sleep(ctx, backoff(err, attempt, time.Now())); err != nil {
			return err
		}
	}
}
