package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"
)

// newBenchSerialCommand makes the lister that bench compares with: what anyone would write with the SDK's paginator.
func newBenchSerialCommand() *cobra.Command {
	var endpoint string
	var objects int64
	cmd := &cobra.Command{
		Use:    "serial s3://BUCKET/",
		Short:  "List a bucket page by page with the SDK, for bench",
		Hidden: true,
		Args:   exactlyOne("TARGET"),
		RunE: func(cmd *cobra.Command, args []string) error {
			bucket := strings.Trim(strings.TrimPrefix(args[0], "s3://"), "/")
			return runBenchSerial(cmd.Context(), bucket, endpoint, objects, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&endpoint, "endpoint-url", "", "S3 server")
	cmd.Flags().Int64Var(&objects, "objects", math.MaxInt64, "stop after the page with so many")
	return cmd
}

func runBenchSerial(ctx context.Context, bucket, endpoint string, most int64, stdout io.Writer) error {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	if err != nil {
		return fmt.Errorf("load the AWS configuration: %w", err)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.BaseEndpoint, o.UsePathStyle = aws.String(endpoint), true
	})
	var objects, bytes int64
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	for pages.HasMorePages() && objects < most {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return &exitError{exitNothing, fmt.Errorf("list %q: %w", bucket, err)}
		}
		for _, object := range page.Contents {
			objects++
			bytes += aws.ToInt64(object.Size)
		}
	}
	_, err = fmt.Fprintf(stdout, "%d objects, %d bytes\n", objects, bytes)
	return err
}
