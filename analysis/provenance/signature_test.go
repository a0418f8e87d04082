package provenance_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/provenance"
)

// keyFiles writes a pair of keys from a seed.
func keyFiles(t *testing.T, seed byte) (private, public string) {
	t.Helper()
	dir := t.TempDir()
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	private, public = filepath.Join(dir, "key.pem"), filepath.Join(dir, "pub.pem")
	for path, b := range map[string]*pem.Block{private: {Type: "PRIVATE KEY", Bytes: der}, public: {Type: "PUBLIC KEY", Bytes: pub}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return private, public
}

// signed is a folder of some files that was signed.
func signed(t *testing.T, private string) layout.Folder {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"plan.json": "{}", "report.html": "<p>share</p>", "runs/a/losses.parquet": "PAR1", "runs/a/ä b.txt": ""} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	key, err := provenance.PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := provenance.Sign(layout.Folder(dir), "plants", key); n != 4 || err != nil {
		t.Fatalf("%d files, %v", n, err)
	}
	return layout.Folder(dir)
}

// TestSignature finds every change of a signed folder, and names the file.
func TestSignature(t *testing.T) {
	private, public := keyFiles(t, 1)
	_, other := keyFiles(t, 2)
	key, err := provenance.PublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	r, err := provenance.VerifySignature(signed(t, private), key)
	if err != nil || !r.Whole() || r.Count(provenance.Matches) != 4 || r.Study != "plants" || len(r.Findings) != 4 {
		t.Fatalf("%+v, %v", r, err)
	}
	stranger, err := provenance.PublicKey(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provenance.VerifySignature(signed(t, private), stranger); !errors.Is(err, provenance.ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	if _, err := provenance.VerifySignature(layout.Folder(t.TempDir()), key); !errors.Is(err, provenance.ErrNoSignature) {
		t.Errorf("an empty folder: %v", err)
	}
	for name, c := range map[string]struct {
		change func(dir string) error
		what   string
		state  provenance.State
	}{
		"a byte":   {flip("report.html", 3), "report.html", provenance.Differs},
		"in a run": {flip("runs/a/losses.parquet", 0), "runs/a/losses.parquet", provenance.Differs},
		"gone":     {func(dir string) error { return os.Remove(filepath.Join(dir, "plan.json")) }, "plan.json", provenance.Missing},
		"grown":    {func(dir string) error { return os.WriteFile(filepath.Join(dir, "runs/a/ä b.txt"), []byte("x"), 0o644) }, "runs/a/ä b.txt", provenance.Differs},
		"added":    {func(dir string) error { return os.WriteFile(filepath.Join(dir, "new.json"), nil, 0o644) }, "new.json", provenance.Unsigned},
		"a link of the same content": {func(dir string) error {
			if err := os.Rename(filepath.Join(dir, "plan.json"), filepath.Join(dir, "real.json")); err != nil {
				return err
			}
			return os.Symlink("real.json", filepath.Join(dir, "plan.json"))
		}, "plan.json", provenance.Differs},
		"a linked folder": {func(dir string) error {
			if err := os.Rename(filepath.Join(dir, "runs"), filepath.Join(dir, "moved")); err != nil {
				return err
			}
			return os.Symlink("moved", filepath.Join(dir, "runs"))
		}, "runs/a/losses.parquet", provenance.Differs},
	} {
		folder := signed(t, private)
		if err := c.change(string(folder)); err != nil {
			t.Fatal(err)
		}
		r, err := provenance.VerifySignature(folder, key)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := slices.ContainsFunc(r.Findings, func(f provenance.Finding) bool { return f.What == c.what && f.State == c.state })
		if !found || r.Whole() != (c.state == provenance.Unsigned) {
			t.Errorf("%s: %+v", name, r.Findings)
		}
	}
	for _, file := range []string{"SHA256SUMS", "SHA256SUMS.sig"} {
		for at := range 3 {
			folder := signed(t, private)
			if err := flip(file, at*20)(string(folder)); err != nil {
				t.Fatal(err)
			}
			if _, err := provenance.VerifySignature(folder, key); !errors.Is(err, provenance.ErrSignature) {
				t.Errorf("byte %d of %s: %v", at*20, file, err)
			}
		}
	}
}

// flip changes one bit of a file.
func flip(name string, at int) func(dir string) error {
	return func(dir string) error {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data[at] ^= 1
		return os.WriteFile(path, data, 0o644)
	}
}

// TestKeys tells what is no key to sign or to verify with.
func TestKeys(t *testing.T) {
	private, public := keyFiles(t, 1)
	if _, err := provenance.PrivateKey(public); !errors.Is(err, provenance.ErrKey) || !strings.Contains(err.Error(), "public key") {
		t.Errorf("sign with a public key: %v", err)
	}
	if _, err := provenance.PublicKey(private); !errors.Is(err, provenance.ErrKey) {
		t.Errorf("verify with a private key: %v", err)
	}
	text := filepath.Join(t.TempDir(), "text")
	for _, content := range []string{"", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if err := os.WriteFile(text, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := provenance.PrivateKey(text); !errors.Is(err, provenance.ErrKey) {
			t.Errorf("%q: %v", content, err)
		}
		if _, err := provenance.PublicKey(text); !errors.Is(err, provenance.ErrKey) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// TestOpenSSL signs with a key that openssl made, and has openssl and sha256sum verify it.
func TestOpenSSL(t *testing.T) {
	for _, tool := range []string{"openssl", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not here")
		}
	}
	dir := t.TempDir()
	private, public := filepath.Join(dir, "key.pem"), filepath.Join(dir, "pub.pem")
	run := func(in string, args ...string) string {
		t.Helper()
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = in
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	run(dir, "openssl", "genpkey", "-algorithm", "ed25519", "-out", private)
	run(dir, "openssl", "pkey", "-in", private, "-pubout", "-out", public)
	folder := signed(t, private)
	key, err := provenance.PublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := provenance.VerifySignature(folder, key); err != nil || !r.Whole() {
		t.Fatalf("%+v, %v", r, err)
	}
	run(string(folder), "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig")
	run(string(folder), "sha256sum", "--strict", "--check", "SHA256SUMS")
	der := filepath.Join(dir, "pub.der")
	run(dir, "openssl", "pkey", "-pubin", "-in", public, "-outform", "DER", "-out", der)
	if out := run(dir, "sha256sum", der); !strings.HasPrefix(out, provenance.Fingerprint(key)) {
		t.Errorf("fingerprint %s, sha256sum says %s", provenance.Fingerprint(key), out)
	}
	for _, kind := range []string{"rsa", "x25519"} {
		run(dir, "openssl", "genpkey", "-algorithm", kind, "-out", private)
		if _, err := provenance.PrivateKey(private); !errors.Is(err, provenance.ErrKey) || !strings.Contains(fmt.Sprint(err), "another kind") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
