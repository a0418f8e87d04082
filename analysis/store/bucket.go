package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
)

// Object is an object of a bucket, without its content.
type Object struct {
	Key  string `json:"key"`
	Size int64  `json:"size"`
	// Mod is when it was written, by the clock of the store: Unix nanoseconds.
	Mod int64 `json:"mod"`
	// MD5 is that of its content; nil where the store does not say.
	MD5 []byte `json:"md5,omitempty"`
}

// Bucket is an object store. Errors match fs.ErrNotExist for what is not there and
// fs.ErrExist where an object was to be created that is there.
type Bucket interface {
	// List lists the objects whose keys begin with prefix, in the order of keys.
	List(ctx context.Context, prefix string) ([]Object, error)
	// Get writes an object into a new file, whole or not at all.
	Get(ctx context.Context, key, file string) error
	Read(ctx context.Context, key string) ([]byte, error)
	// Put makes an object of a file, and Write of data, whole or not at all; with absent only
	// if there is none.
	Put(ctx context.Context, key, file string, absent bool) (Object, error)
	Write(ctx context.Context, key string, data []byte, absent bool) error
	// Delete removes an object, which may be gone.
	Delete(ctx context.Context, key string) error
}

// ErrURL is matched by what is wrong with the URL of a store.
var ErrURL = errors.New("no URL of an object store")

// schemes are those of stores, with an example of each.
var schemes = map[string]string{"s3": "s3://bucket/study", "gs": "gs://bucket/study", "azblob": "azblob://container/study"}

// IsURL reports whether a name is the URL of an object store.
func IsURL(name string) bool {
	scheme, _, ok := strings.Cut(name, "://")
	return ok && schemes[scheme] != ""
}

// LocalPath is the path that a file:// URL stands for; ok says whether it is one.
func LocalPath(name string) (file string, ok bool, err error) {
	if !strings.HasPrefix(name, "file://") {
		return "", false, nil
	}
	u, err := url.Parse(name)
	if err != nil || u.Host != "" && u.Host != "localhost" || u.Path == "" {
		return "", true, fmt.Errorf("%s: %w: a path begins with three slashes, as in file:///data/out", name, ErrURL)
	}
	return u.Path, true, nil
}

// Shown is a URL for messages and logs, without the credentials and options that someone may
// have written into it.
func Shown(name string) string {
	scheme, rest, ok := strings.Cut(name, "://")
	if !ok {
		return name
	}
	rest, _, _ = strings.Cut(rest, "?")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 { // a secret may have slashes in it
		rest = "..." + rest[at:]
	}
	return scheme + "://" + rest
}

// Location is a place in a store.
type Location struct {
	// Bucket is the URL of the bucket, with the options of its client.
	Bucket string
	// Prefix is what keys begin with, without a slash at its end; empty for all of the bucket.
	Prefix string
}

// Parse reads a URL such as s3://bucket/prefix?region=eu-central-1.
func Parse(name string) (Location, error) {
	u, err := url.Parse(name)
	if err != nil || schemes[u.Scheme] == "" || u.Host == "" || u.User != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = fmt.Errorf(": %w", e.Err)
		} else {
			err = fmt.Errorf(", such as %s", schemes["s3"])
		}
		if strings.Contains(name, "@") { // of which the parser's words may have a part
			err = errors.New("; credentials do not belong in it: the clouds' clients take them from the environment")
		}
		return Location{}, fmt.Errorf("%s: %w%w", Shown(name), ErrURL, err)
	}
	bucket := url.URL{Scheme: u.Scheme, Host: u.Host, RawQuery: u.RawQuery}
	return Location{bucket.String(), strings.Trim(path.Clean("/"+u.Path), "/")}, nil
}

// String is the URL without the options.
func (l Location) String() string {
	bucket, _, _ := strings.Cut(l.Bucket, "?")
	if l.Prefix == "" {
		return bucket
	}
	return bucket + "/" + l.Prefix
}

// URL is the whole URL, as [Parse] reads it.
func (l Location) URL() string {
	bucket, options, ok := strings.Cut(l.Bucket, "?")
	u := (Location{bucket, l.Prefix}).String()
	if ok {
		u += "?" + options
	}
	return u
}

// key is that of a slashed path below the location.
func (l Location) key(name string) string {
	if l.Prefix == "" {
		return name
	}
	return l.Prefix + "/" + name
}

// below is the prefix of all keys below the location.
func (l Location) below() string {
	if l.Prefix == "" {
		return ""
	}
	return l.Prefix + "/"
}
