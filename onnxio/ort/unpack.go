package ort

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Sizes beyond which a file cannot be what it should be. The package has
// 114 MB, the largest library in it 46 MB.
const (
	maxPackage = 1 << 30
	maxLibrary = 1 << 29
)

// errTooLarge is returned for a file beyond its limit.
var errTooLarge = errors.New("is larger than any such file should be")

// tooLarge names the file where err does not, as errors of the system do.
func tooLarge(file string, err error) error {
	if errors.Is(err, errTooLarge) {
		return fmt.Errorf("%s %w", file, err)
	}
	return err
}

// verifyPackage compares the SHA-512 of a file with the one expected, in
// base64.
func verifyPackage(ctx context.Context, file, want string) error {
	f, err := filelimit.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha512.New()
	if err := copyAtMost(ctx, h, f, maxPackage); err != nil {
		return tooLarge(file, err)
	}
	if got := base64.StdEncoding.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%w: %s has SHA-512 %s, %s has %s", ErrIntegrity, file, got, npmPackage, want)
	}
	return nil
}

// extract writes one regular member of a gzipped tar file to dst. Nothing else
// in the archive is looked at, and its names are never used as paths.
func extract(ctx context.Context, file, member, dst string) error {
	f, err := filelimit.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	for tr := tar.NewReader(gz); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%s has no %s", file, member)
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if h.Name == member && h.Typeflag == tar.TypeReg {
			return writeFile(ctx, dst, tr)
		}
	}
}

func copyFile(ctx context.Context, src, dst string) error {
	f, err := filelimit.Open(src)
	if err != nil {
		return err
	}
	defer f.Close()
	return writeFile(ctx, dst, f)
}

// writeFile writes a library and flushes it to the disk, since the rename that
// follows vouches for it.
func writeFile(ctx context.Context, dst string, r io.Reader) error {
	f, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	if err := copyAtMost(ctx, f, r, maxLibrary); err != nil {
		f.Close()
		return tooLarge(dst, err)
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// copyAtMost copies r to w until its end, the limit or the end of ctx.
func copyAtMost(ctx context.Context, w io.Writer, r io.Reader, limit int64) error {
	n, err := io.Copy(w, io.LimitReader(contextReader{ctx, r}, limit+1))
	if err == nil && n > limit {
		return errTooLarge
	}
	return err
}

// contextReader ends with the error of its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
