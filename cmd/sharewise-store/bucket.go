package main

import (
	"context"
	"crypto/md5" // by which stores tell that what arrived is what was sent
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// server keeps the buckets that are open.
type server struct {
	mu      sync.Mutex
	buckets map[string]*opened
}

type opened struct {
	once   sync.Once
	bucket *blob.Bucket
	err    error
}

func (s *server) open(ctx context.Context, name string) (*blob.Bucket, error) {
	s.mu.Lock()
	o := s.buckets[name]
	if o == nil {
		o = new(opened)
		s.buckets[name] = o
	}
	s.mu.Unlock()
	o.once.Do(func() { o.bucket, o.err = blob.OpenBucket(context.WithoutCancel(ctx), complete(name)) })
	return o.bucket, o.err
}

// complete adds to the URL of a bucket of S3 what goes without saying: a server of one's own
// has no name of its own for each bucket.
func complete(name string) string {
	u, err := url.Parse(name)
	if err != nil || u.Scheme != "s3" {
		return name
	}
	q := u.Query()
	own := q.Has("endpoint") || os.Getenv("AWS_ENDPOINT_URL") != "" || os.Getenv("AWS_ENDPOINT_URL_S3") != ""
	if own && !q.Has("use_path_style") {
		q.Set("use_path_style", "true")
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// answer does what a request asks for.
func (s *server) answer(ctx context.Context, r *request) *answer {
	a := &answer{ID: r.ID}
	err := s.do(ctx, r, a)
	// Clients try again what did not arrive, but not what broke off while it was read.
	for try := 1; try < tries && err != nil && kind(err) == "" && ctx.Err() == nil && r.reads(); try++ {
		time.Sleep(time.Duration(try) * 200 * time.Millisecond)
		err = s.do(ctx, r, a)
	}
	if err != nil {
		a.Error, a.Kind = err.Error(), kind(err)
	}
	return a
}

const tries = 4

// reads reports whether a request changes nothing, so that it can be done again.
func (r *request) reads() bool { return r.Op == "list" || r.Op == "read" || r.Op == "get" }

// errExists is what several stores say in different words.
var errExists = errors.New("the object exists")

func kind(err error) string {
	switch {
	case errors.Is(err, errExists):
		return "exists"
	case gcerrors.Code(err) == gcerrors.NotFound:
		return "absent"
	case gcerrors.Code(err) == gcerrors.PermissionDenied:
		return "refused"
	}
	return ""
}

func (s *server) do(ctx context.Context, r *request, a *answer) error {
	b, err := s.open(ctx, r.Bucket)
	if err != nil {
		return err
	}
	switch r.Op {
	case "list":
		a.Objects, err = list(ctx, b, r.Prefix)
		return err
	case "read":
		a.Data, err = read(ctx, b, r.Key)
		return err
	case "get":
		return get(ctx, b, r.Key, r.File)
	case "delete":
		if err := b.Delete(ctx, r.Key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return err
		}
		return nil
	case "write":
		return patient(ctx, func() error {
			return write(ctx, b, r.Key, strings.NewReader(string(r.Data)), r.Absent)
		})
	case "put":
		if err := patient(ctx, func() error { return put(ctx, b, r) }); err != nil {
			return err
		}
		attributes, err := b.Attributes(ctx, r.Key)
		if err == nil {
			a.Objects = []object{{r.Key, attributes.Size, attributes.ModTime.UnixNano(), attributes.MD5}}
		}
		return err
	}
	return fmt.Errorf("no such request: %q", r.Op)
}

func list(ctx context.Context, b *blob.Bucket, prefix string) ([]object, error) {
	var out []object
	for it := b.List(&blob.ListOptions{Prefix: prefix}); ; {
		o, err := it.Next(ctx)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, object{o.Key, o.Size, o.ModTime.UnixNano(), o.MD5})
	}
}

// mostRead is more bytes than what is read into memory has: claims, and how runs ended.
const mostRead = 1 << 24

func read(ctx context.Context, b *blob.Bucket, key string) ([]byte, error) {
	r, err := b.NewReader(ctx, key, nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, mostRead+1))
	switch {
	case len(data) > mostRead:
		return nil, fmt.Errorf("%s has %d bytes, and cannot be what it is named for: that has at most %d; look at it, and remove it", key, r.Size(), mostRead)
	case err == nil && int64(len(data)) != r.Size():
		return nil, fmt.Errorf("%s: %d of %d bytes came", key, len(data), r.Size())
	}
	return data, err
}

// get leaves a whole file, or none.
func get(ctx context.Context, b *blob.Bucket, key, file string) (err error) {
	r, err := b.NewReader(ctx, key, nil)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, r)
	if err == nil && n != r.Size() {
		err = fmt.Errorf("%s: %d of %d bytes came", key, n, r.Size())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

func put(ctx context.Context, b *blob.Bucket, r *request) error {
	f, err := os.Open(r.File)
	if err != nil {
		return err
	}
	defer f.Close()
	return write(ctx, b, r.Key, f, r.Absent)
}

// write writes an object, whole or not at all. The store refuses it where what arrives
// has another MD5 than what was sent.
func write(ctx context.Context, b *blob.Bucket, key string, content io.ReadSeeker, absent bool) error {
	sum := md5.New()
	if _, err := io.Copy(sum, content); err != nil {
		return err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := b.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType: "application/octet-stream", ContentMD5: sum.Sum(nil), IfNotExist: absent,
	})
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, content); err != nil {
		cancel() // else Close would write what has come so far
		return errors.Join(err, w.Close())
	}
	err = w.Close()
	if code := gcerrors.Code(err); absent && (code == gcerrors.FailedPrecondition || code == gcerrors.AlreadyExists) {
		return fmt.Errorf("%w: %w", errExists, err)
	}
	return err
}

// patient tries again where a store says that another conditional write was under way,
// which decides nothing: S3 does, with status 409.
func patient(ctx context.Context, try func() error) error {
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		err := try()
		if err == nil || pause > 2*time.Second || !strings.Contains(err.Error(), "ConditionalRequestConflict") {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
