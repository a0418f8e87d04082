package provenance

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// FuzzSums reads lists of files that were signed: all that one names lies in the folder,
// and has a sum.
func FuzzSums(f *testing.F) {
	line := strings.Repeat("ab", sha256.Size) + "  runs/a b/losses.parquet\n"
	f.Add([]byte(sumsHead + "plants\n" + line))
	f.Add([]byte(sumsHead + "plants\n" + line + line))
	f.Add([]byte(sumsHead + "\n" + strings.Replace(line, "runs", "../runs", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, sums, err := parseSums(data)
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		for name, sum := range sums {
			if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size || !filepath.IsLocal(name) {
				t.Errorf("%q: %q", name, sum)
			}
		}
	})
}

// FuzzKeys reads files of keys.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIBPROiSZ8vBvVqpD+UMpbtL5d3/79IokDoj2gJDBsjKW\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA43RQU5AUgsMhBTTxCI5Lfxmx3pbFbdgCc+RnRx+WMjk=\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		private, err := PrivateKey(path)
		alteration.Plain(t, err)
		if err == nil && len(private) != ed25519.PrivateKeySize {
			t.Errorf("a private key of %d bytes", len(private))
		}
		public, err := PublicKey(path)
		alteration.Plain(t, err)
		if err == nil && len(public) != ed25519.PublicKeySize {
			t.Errorf("a public key of %d bytes", len(public))
		}
	})
}

// TestSignRefuses signs nothing that cannot be verified.
func TestSignRefuses(t *testing.T) {
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{1}, ed25519.SeedSize))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plan.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	forged := "x\n" + strings.Repeat("0", 64) + "  report.html"
	if _, err := Sign(layout.Folder(dir), forged, key); err == nil {
		t.Error("a name of a study with a line end was signed, which adds a line to the list")
	}
}

// TestOtherSignature puts the signature of one folder into another, by the same key.
func TestOtherSignature(t *testing.T) {
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{1}, ed25519.SeedSize))
	var dirs []string
	for _, text := range []string{"one", "two"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "results.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Sign(layout.Folder(dir), "plants", key); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	move := func(names ...string) {
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join(dirs[0], name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dirs[1], name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	public := key.Public().(ed25519.PublicKey)
	move(signatureName)
	if _, err := VerifySignature(layout.Folder(dirs[1]), public); err == nil {
		t.Error("a signature of another list holds")
	}
	move(sumsName, signatureName)
	if r, err := VerifySignature(layout.Folder(dirs[1]), public); err != nil || r.Whole() {
		t.Errorf("a folder is whole under the signature of another: %+v, %v", r, err)
	}
}
