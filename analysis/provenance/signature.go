package provenance

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
)

// Unsigned is the state of a file of which a signature says nothing.
const Unsigned State = "unsigned"

// A signature is two files: the SHA-256 of every file of a folder, as sha256sum writes
// and checks them, and 64 bytes of ed25519 (RFC 8032) over that file.
const (
	sumsName      = "SHA256SUMS"
	signatureName = "SHA256SUMS.sig"
	sumsHead      = "# sharewise signature 1, study "
)

// Errors about signatures and keys.
var (
	// ErrNoSignature is returned for a folder that nobody signed.
	ErrNoSignature = errors.New("the folder is not signed")
	// ErrSignature is returned where a signature is not of the key, or not of the list of
	// files that stands beside it.
	ErrSignature = errors.New("the signature does not hold")
	// ErrChanging is returned where files are not, after they were signed, what they were
	// before.
	ErrChanging = errors.New("the files change while they are signed; end what writes to the folder, and sign again")
	// ErrKey is returned for a file that is no key of the kind that is wanted.
	ErrKey = errors.New("no key that can be used")
)

// PrivateKey reads a key to sign with, in PEM and PKCS #8, as
// 'openssl genpkey -algorithm ed25519' writes it.
func PrivateKey(path string) (ed25519.PrivateKey, error) {
	block, err := pemBlock(path)
	if err != nil {
		return nil, err
	}
	switch block.Type {
	case "PRIVATE KEY":
	case "ENCRYPTED PRIVATE KEY":
		return nil, fmt.Errorf("%s: %w: it has a password; 'openssl pkey -in %s -out FILE' writes it without", path, ErrKey, path)
	case "PUBLIC KEY":
		return nil, fmt.Errorf("%s: %w: it is a public key, and only the private one can sign", path, ErrKey)
	default:
		return nil, fmt.Errorf("%s: %w: it holds a %s; 'openssl genpkey -algorithm ed25519 -out FILE' makes one", path, ErrKey, block.Type)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrKey, err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: %w: it is of another kind than ed25519; 'openssl genpkey -algorithm ed25519 -out FILE' makes one", path, ErrKey)
	}
	return private, nil
}

// PublicKey reads a key to verify with, in PEM, as 'openssl pkey -in KEY -pubout' writes it.
func PublicKey(path string) (ed25519.PublicKey, error) {
	block, err := pemBlock(path)
	if err != nil {
		return nil, err
	}
	if block.Type != "PUBLIC KEY" {
		return nil, fmt.Errorf("%s: %w: it holds a %s, and a public key is wanted; 'openssl pkey -in KEY -pubout -out FILE' writes one", path, ErrKey, block.Type)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrKey, err)
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%s: %w: it is of another kind than ed25519", path, ErrKey)
	}
	return public, nil
}

func pemBlock(path string) (*pem.Block, error) {
	data, err := filelimit.ReadFile(path, filelimit.Document)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s: %w: it is not PEM", path, ErrKey)
	}
	return block, nil
}

// Fingerprint names a key in 64 hexadecimal digits: the SHA-256 of its DER form, as
// 'openssl pkey -pubin -in PUB -outform DER | sha256sum' prints it.
func Fingerprint(key ed25519.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(fmt.Sprintf("provenance: %v", err)) // an ed25519 key always marshals
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// Sign signs every file that is in a folder now, and returns how many these are. What is
// signed already is signed anew. Nobody else may write there: hold the folder's lock.
func Sign(folder layout.Folder, study string, key ed25519.PrivateKey) (int, error) {
	files, err := filesIn(folder)
	if err != nil {
		return 0, fmt.Errorf("sign: %w", err)
	}
	if strings.ContainsFunc(study, unicode.IsControl) {
		return 0, fmt.Errorf("sign: %q is no name of a study; plan.json is damaged", study)
	}
	text := bytes.NewBufferString(sumsHead + study + "\n")
	for _, name := range files {
		if strings.ContainsAny(name, "\n\r\\") {
			return 0, fmt.Errorf("sign: %q: a name with a line end or a backslash cannot be listed", name)
		}
		if err := regular(folder, name); err != nil {
			return 0, fmt.Errorf("sign: %w", err)
		}
		sum, err := layout.HashFile(filepath.Join(string(folder), filepath.FromSlash(name)))
		if err != nil {
			return 0, fmt.Errorf("sign: %w", err)
		}
		fmt.Fprintf(text, "%s  %s\n", sum, name)
	}
	if err := atomicfile.WriteBytes(folder.Sums(), text.Bytes()); err != nil {
		return 0, fmt.Errorf("sign: %w", err)
	}
	if err := atomicfile.WriteBytes(folder.Signature(), ed25519.Sign(key, text.Bytes())); err != nil {
		return 0, fmt.Errorf("sign: %w", err)
	}
	// What was signed is what was read once: it must be what is there.
	r, err := VerifySignature(folder, key.Public().(ed25519.PublicKey))
	if err == nil && (!r.Whole() || len(r.Findings) != len(files)) {
		err = ErrChanging
	}
	if err != nil {
		err = fmt.Errorf("sign: %w", err)
		// Sums without a signature mislead.
		return 0, errors.Join(err, atomicfile.RemoveFile(folder.Signature()), atomicfile.RemoveFile(folder.Sums()))
	}
	return len(files), nil
}

// VerifySignature holds the files of a folder against its signature: each that was signed
// matches, differs or is missing, and what was not signed is listed as unsigned. It fails
// with ErrNoSignature where there is none, and with ErrSignature where it is not of the
// key: then nothing that the folder says of its files can be relied on.
func VerifySignature(folder layout.Folder, key ed25519.PublicKey) (*Report, error) {
	sums, err := filelimit.ReadFile(folder.Sums(), filelimit.State)
	if err == nil {
		var signature []byte
		if signature, err = filelimit.ReadFile(folder.Signature(), filelimit.Document); err == nil && !ed25519.Verify(key, sums, signature) {
			return nil, fmt.Errorf("%s: %w: %s is not signed by this key, or has changed since", folder, ErrSignature, sumsName)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", folder, ErrNoSignature)
	}
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	study, signed, err := parseSums(sums)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", folder, ErrSignature, err)
	}
	v := &verification{folder: folder, report: &Report{Study: study, Findings: []Finding{}}}
	for _, name := range slices.Sorted(maps.Keys(signed)) {
		if err := regular(folder, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			v.heard(err)
			v.find(name, Differs, err.Error())
			continue
		}
		v.file(name, filepath.Join(string(folder), filepath.FromSlash(name)), signed[name])
		if last := &v.report.Findings[len(v.report.Findings)-1]; last.State == Unverified {
			last.State = Differs // what cannot be read is not what was signed
		}
	}
	present, err := filesIn(folder)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	for _, name := range present {
		if _, ok := signed[name]; !ok {
			v.find(name, Unsigned, "it was added after the folder was signed, or is of a command under way")
		}
	}
	if v.broken != nil {
		return nil, fmt.Errorf("verify: %w", v.broken)
	}
	return v.report, nil
}

// parseSums reads the list of files that was signed.
func parseSums(data []byte) (study string, sums map[string]string, err error) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	sums = map[string]string{}
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if n == 1 {
			var ok bool
			if study, ok = strings.CutPrefix(line, sumsHead); !ok {
				return "", nil, fmt.Errorf("%s does not begin with %q: something else was signed", sumsName, strings.TrimSpace(sumsHead))
			}
			continue
		}
		sum, name, ok := strings.Cut(line, "  ")
		raw, err := hex.DecodeString(sum)
		if !ok || err != nil || len(raw) != sha256.Size || !filepath.IsLocal(filepath.FromSlash(name)) {
			return "", nil, fmt.Errorf("%s, line %d: neither a sum nor a file of the folder", sumsName, n)
		}
		if _, twice := sums[name]; twice {
			return "", nil, fmt.Errorf("%s, line %d: %s stands there twice", sumsName, n, name)
		}
		sums[name] = sum
	}
	if err := lines.Err(); err != nil {
		return "", nil, fmt.Errorf("%s: %w", sumsName, err)
	}
	return study, sums, nil
}

// filesIn lists all that is in a folder but folders, the signature and the lock, by
// slashed paths in their order.
func filesIn(folder layout.Folder) ([]string, error) {
	var out []string
	err := filepath.WalkDir(string(folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(string(folder), path)
		if err != nil {
			return err
		}
		if name := filepath.ToSlash(rel); name != sumsName && name != signatureName && name != ".lock" {
			out = append(out, name)
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

// regular makes sure that a name of the folder is a file in it, reached over no link.
func regular(folder layout.Folder, name string) error {
	path, whole := string(folder), filepath.Join(string(folder), filepath.FromSlash(name))
	for _, part := range strings.Split(name, "/") {
		path = filepath.Join(path, part)
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s is a link, whose file may be anywhere", path)
		}
		if path == whole && !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no regular file", path)
		}
	}
	return nil
}
