package store_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/store"
)

// A URL names a bucket, with the options of its client, and a place in it.
func ExampleParse() {
	for _, url := range []string{"s3://plants/lines/out?region=eu-central-1", "gs://plants", "http://plants/out"} {
		at, err := store.Parse(url)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: bucket %s, keys begin with %q\n", at, at.Bucket, at.Prefix)
	}
	// Output:
	// s3://plants/lines/out: bucket s3://plants?region=eu-central-1, keys begin with "lines/out"
	// gs://plants: bucket gs://plants, keys begin with ""
	// http://plants/out: no URL of an object store, such as s3://bucket/study
}
