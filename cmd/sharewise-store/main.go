// Command sharewise-store reads and writes object stores for sharewise, which starts it
// where a study, its data or its results are named by URLs such as s3://bucket/study.
//
// It is a program and a module of its own since the clients of three clouds are larger
// than all the rest, and take longer to start than most commands of sharewise take.
//
// # Protocol
//
// Requests are JSON objects on standard input, of which several may be under way; each
// is answered by one on standard output, in any order. A request has an id, the URL of a
// bucket as gocloud.dev takes it, and what is to be done:
//
//	list    objects whose keys begin with prefix: key, size, mod (Unix nanoseconds), md5
//	get     the object of a key, into a new file
//	read    the object of a key, answered as data
//	put     a file as the object of a key, only if there is none where absent is set;
//	        answered with its size, mod and md5 in the store
//	write   the same of data, answered with nothing
//	delete  the object of a key; it may be gone
//
// An answer has the request's id, and error and kind where it failed: "absent" for what is
// not there, "exists" where absent was asked for and is not so, "refused" for credentials
// that do not suffice, and "" for anything else. seconds bounds a request; 0 is no bound.
// The program ends with its standard input.
//
// Credentials, regions and addresses are those of the clouds' own clients: the environment, and
// options of the URL, see gocloud.dev/blob/s3blob, gcsblob and azureblob.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/gcsblob"
	_ "gocloud.dev/blob/s3blob"
)

type request struct {
	ID      int     `json:"id"`
	Op      string  `json:"op"`
	Bucket  string  `json:"bucket"`
	Key     string  `json:"key"`
	Prefix  string  `json:"prefix"`
	File    string  `json:"file"`
	Data    []byte  `json:"data"`
	Absent  bool    `json:"absent"`
	Seconds float64 `json:"seconds"`
}

type answer struct {
	ID      int      `json:"id"`
	Error   string   `json:"error,omitempty"`
	Kind    string   `json:"kind,omitempty"`
	Data    []byte   `json:"data,omitempty"`
	Objects []object `json:"objects,omitempty"`
}

type object struct {
	Key  string `json:"key"`
	Size int64  `json:"size"`
	Mod  int64  `json:"mod"`
	MD5  []byte `json:"md5,omitempty"`
}

// atOnce is how many requests are worked on at the same time.
const atOnce = 32

func main() {
	if err := serve(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sharewise-store:", err)
		os.Exit(4)
	}
}

// serve answers requests until there are no more.
func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &server{buckets: map[string]*opened{}}
	requests, enc := json.NewDecoder(in), json.NewEncoder(out)
	var (
		writing sync.Mutex
		under   sync.WaitGroup
	)
	defer under.Wait()
	places := make(chan struct{}, atOnce)
	for {
		var r request
		if err := requests.Decode(&r); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
		places <- struct{}{}
		under.Go(func() {
			defer func() { <-places }()
			ctx := ctx
			if r.Seconds > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, time.Duration(r.Seconds*float64(time.Second)))
				defer cancel()
			}
			a := s.answer(ctx, &r)
			writing.Lock()
			defer writing.Unlock()
			_ = enc.Encode(a) // nobody is left to tell
		})
	}
}
