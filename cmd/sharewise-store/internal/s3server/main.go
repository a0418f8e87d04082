// Command s3server is an S3 server in memory for tests, with faults: it prints its
// address, and ends with its standard input.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// faulty answers a share of the requests that write otherwise than the server does: the
// request is lost, its answer is, or half of its body is.
type faulty struct {
	to    http.Handler
	share float64
	mu    sync.Mutex
	rng   *rand.Rand
	done  map[string]int
}

func (f *faulty) draw() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rng.Float64() / f.share
}

func (f *faulty) count(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done[what]++
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := 1.0
	if f.share > 0 && (r.Method == http.MethodPut || r.Method == http.MethodGet && !strings.HasSuffix(r.URL.Path, "/")) {
		at = f.draw()
	}
	switch {
	case at >= 1:
		f.to.ServeHTTP(w, r)
	case at < 1.0/3: // the request never arrives
		f.count("request lost")
		panic(http.ErrAbortHandler)
	case at < 2.0/3: // the answer never does
		f.count("answer lost")
		f.to.ServeHTTP(discard{http.Header{}}, r)
		panic(http.ErrAbortHandler)
	default: // the connection ends halfway
		f.count("cut in half")
		if r.Method == http.MethodPut {
			_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
			panic(http.ErrAbortHandler)
		}
		f.to.ServeHTTP(&half{w, 0, 100}, r)
		panic(http.ErrAbortHandler)
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// half writes the first bytes of an answer.
type half struct {
	http.ResponseWriter
	n, most int
}

func (h *half) Write(p []byte) (int, error) {
	if h.n+len(p) > h.most {
		p = p[:max(0, h.most-h.n)]
	}
	h.n += len(p)
	n, err := h.ResponseWriter.Write(p)
	if f, ok := h.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
	return n, err
}

func main() {
	share := flag.Float64("faults", 0, "share of requests that go wrong")
	seed := flag.Uint64("seed", 1, "of the faults")
	flag.Parse()
	backend := s3mem.New()
	if err := backend.CreateBucket("plants"); err != nil {
		log.Fatal(err)
	}
	f := &faulty{to: gofakes3.New(backend).Server(), share: *share, rng: rand.New(rand.NewPCG(*seed, 1)), done: map[string]int{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("http://" + l.Addr().String())
	go func() {
		_ = (&http.Server{Handler: f, ErrorLog: log.New(io.Discard, "", 0)}).Serve(l)
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
	f.mu.Lock()
	fmt.Fprintln(os.Stderr, "faults:", f.done)
}
