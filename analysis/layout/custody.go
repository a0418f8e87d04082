package layout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// Ledger is the content of custody.json: for every file that was derived in a folder,
// what its bytes were and what it was made of. It has neither clock nor machine, so
// that a study that is analysed again gives the same ledger.
//
// The ledger is one file beside the others, not a field in each of them, since tables
// and pages are derived files too, and since a file cannot hold its own hash. It is
// written after the file that it speaks of: whoever is killed in between leaves a file
// that the ledger does not vouch for, which is made again.
type Ledger struct {
	Version int `json:"version"`
	// Files are records by slashed paths in the folder.
	Files map[string]Record `json:"files"`
	// SHA256 is that of Files as JSON: it tells of damage to the ledger itself.
	SHA256 string `json:"sha256"`
}

// Record is what a ledger knows of one file.
type Record struct {
	SHA256 string `json:"sha256"`
	// From maps what the file was made of to its SHA-256, which is empty for what was
	// not there: slashed paths in the folder, the tokens [AllRuns] and
	// [IndependentRuns], with AllRuns each run and baseline by its folder, and what
	// [Origin.Trained] adds.
	From map[string]string `json:"from,omitempty"`
	// Settings are those that the file was made with, for whoever makes it again.
	Settings json.RawMessage `json:"settings,omitempty"`
}

// What [Folder.Origin] takes beside paths.
const (
	// AllRuns stands for the planned runs and baselines that have ended.
	AllRuns = "runs"
	// IndependentRuns stands for those of arms of one domain.
	IndependentRuns = "independent runs"
)

const ledgerVersion = 1

// ErrLedger is returned for a ledger that is damaged.
var ErrLedger = errors.New("custody.json is damaged")

// Custody says what derived files were made of.
func (f Folder) Custody() string { return filepath.Join(string(f), "custody.json") }

// ReadLedger reads the folder's ledger; an empty one where there is none. It fails with
// ErrLedger for one that is damaged.
func (f Folder) ReadLedger() (*Ledger, error) {
	l := &Ledger{Version: ledgerVersion, Files: map[string]Record{}}
	data, err := filelimit.ReadFile(f.Custody(), filelimit.State)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	var read Ledger
	if err := filelimit.DecodeJSON(data, &read); err != nil {
		return l, fmt.Errorf("%s: %w: %w", f, ErrLedger, err)
	}
	for name := range read.Files {
		if err := versioned.Inside("files", name); err != nil {
			return l, fmt.Errorf("%s: %w: %w", f, ErrLedger, err)
		}
	}
	sum, err := read.sum()
	if err != nil || read.Version != ledgerVersion || sum != read.SHA256 || read.Files == nil {
		return l, fmt.Errorf("%s: %w: its content has another SHA-256 than it says", f, ErrLedger)
	}
	return &read, nil
}

// sum is the SHA-256 of the records.
func (l *Ledger) sum() (string, error) {
	data, err := json.Marshal(struct {
		Version int
		Files   map[string]Record
	}{l.Version, l.Files})
	if err != nil {
		return "", fmt.Errorf("custody: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// ledgers keeps goroutines from undoing each other's records, and custodyLock processes:
// two commands may work in a folder at once.
var ledgers sync.Mutex

// patience is how long others may take to write their records.
const patience = time.Minute

func (f Folder) custodyLock() string { return filepath.Join(string(f), ".custody.lock") }

// change changes the folder's ledger. One that is damaged is begun anew.
func (f Folder) change(how func(files map[string]Record)) error {
	return f.Alone(func() error { return f.rewrite(how) })
}

// Alone does something while nobody else changes the ledger or what it speaks of. It must
// not take long, since others wait, nor write records, see [Origin.Derive].
func (f Folder) Alone(do func() error) error {
	ledgers.Lock()
	defer ledgers.Unlock()
	if err := filelimit.MayOpen("lock", f.custodyLock()); err != nil {
		return err
	}
	lock := flock.New(f.custodyLock(), shared)
	defer func() { _ = lock.Close() }() // it was only held
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := lock.TryLockContext(ctx, 5*time.Millisecond)
	if ctx.Err() != nil {
		return fmt.Errorf("%s: another process has held it for %v; end that, or wait", f.custodyLock(), patience)
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", f.custodyLock(), err)
	}
	return do()
}

// rewrite is change for whoever is alone.
func (f Folder) rewrite(how func(files map[string]Record)) error {
	l, err := f.ReadLedger()
	if err != nil && !errors.Is(err, ErrLedger) {
		return err
	}
	how(l.Files)
	if l.SHA256, err = l.sum(); err != nil {
		return err
	}
	return WriteJSON(f.Custody(), l)
}

// Vouched returns what the ledger knows of a file whose bytes are those that it knows;
// nil where it vouches for no such file.
func (f Folder) Vouched(path string) *Record {
	l, err := f.ReadLedger()
	if err != nil {
		return nil
	}
	record, ok := l.Files[f.name(path)]
	if sum, err := HashFile(path); !ok || err != nil || sum != record.SHA256 {
		return nil
	}
	return &record
}

// Disown removes what the ledger knows of files that are not there any more.
func (f Folder) Disown(files ...string) error {
	l, err := f.ReadLedger()
	if err == nil && !slices.ContainsFunc(files, func(path string) bool { _, ok := l.Files[f.name(path)]; return ok }) {
		return nil
	}
	return f.change(func(known map[string]Record) {
		for _, path := range files {
			delete(known, f.name(path))
		}
	})
}

// name is the slashed path in the folder of a file of it, or from the folder of one
// elsewhere.
func (f Folder) name(path string) string {
	rel, err := filepath.Rel(string(f), path)
	if err == nil {
		return filepath.ToSlash(rel)
	}
	// One path is absolute, the other is not.
	from, err := filepath.Abs(string(f))
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err == nil {
		rel, err = filepath.Rel(from, path)
	}
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// Origin is what a file is going to be made of, as it is before the file is made.
type Origin struct {
	folder Folder
	from   map[string]string
	taken  versioned.Moment // before it was
	holds  []func() error   // see While
}

// Origin takes down what a file is going to be made of: files of the folder by their
// paths, and AllRuns or IndependentRuns.
func (f Folder) Origin(of ...string) (*Origin, error) {
	o := &Origin{folder: f, from: map[string]string{}, taken: versioned.Now()}
	for _, what := range of {
		if what == AllRuns || what == IndependentRuns {
			ended, err := f.Ended(what == IndependentRuns)
			if err != nil {
				return nil, err
			}
			o.from[what] = SumOf(ended)
			if what == AllRuns {
				maps.Copy(o.from, ended)
			}
			continue
		}
		sum, err := f.sumOfFile(what)
		if err != nil {
			return nil, err
		}
		o.from[f.name(what)] = sum
	}
	return o, nil
}

// sumOfFile is the SHA-256 of a file, empty where there is none.
func (f Folder) sumOfFile(path string) (string, error) {
	sum, err := HashFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return sum, err
}

// Sum is the SHA-256 of a file that something is made of, as it was taken down: empty where there was none.
func (o *Origin) Sum(path string) string { return o.from[o.folder.name(path)] }

// While adds what must still hold when files are written that were made of this: holds returns an error where it does
// not, such as that data outside of the folder are not what was read. It must not take long.
func (o *Origin) While(holds func() error) { o.holds = append(o.holds, holds) }

// Confirm returns an error where a file that something is made of was read otherwise, since, than it was
// taken down: it has changed, or the file system gave what it was before. [Origin.Derive] does so, too.
func (o *Origin) Confirm() error {
	for _, name := range slices.Sorted(maps.Keys(o.from)) {
		path := filepath.Join(string(o.folder), filepath.FromSlash(name))
		for _, sum := range versioned.ReadSince(o.taken, path) {
			if sum != o.from[name] {
				return errChanged(path)
			}
		}
	}
	for _, holds := range o.holds {
		if err := holds(); err != nil {
			return err
		}
	}
	return nil
}

func errChanged(path string) error {
	return fmt.Errorf("%s: has changed while it was read; give the command again", path)
}

// Derivation is the writing of derived files, see [Origin.Derive].
type Derivation struct {
	folder  Folder
	records map[string]Record
}

// Derive writes files of a folder that were made of this, and what the ledger says of them, while no
// other process does: of two commands that make the same files at once, all files and
// records are those of one of them. do writes the files and tells the derivation of each;
// it must not take long, since others wait. Nothing is written where a file was not read as
// it was taken down.
func (o *Origin) Derive(do func(d *Derivation) error) error {
	f := o.folder
	return f.Alone(func() error {
		if err := o.Confirm(); err != nil {
			return err
		}
		d := &Derivation{f, map[string]Record{}}
		if err := do(d); err != nil {
			return err
		}
		return f.rewrite(func(known map[string]Record) { maps.Copy(known, d.records) })
	})
}

// Record says of files that they were made of o, with settings, which may be nil.
func (d *Derivation) Record(o *Origin, settings any, files ...string) error {
	var with json.RawMessage
	if settings != nil {
		var err error
		if with, err = json.Marshal(settings); err != nil {
			return fmt.Errorf("custody: %w", err)
		}
	}
	for _, path := range files {
		sum, err := hashTwice(path)
		if err != nil {
			return err
		}
		d.records[o.folder.name(path)] = Record{sum, o.from, with}
	}
	return nil
}

// hashTwice is HashFile for a file that is to be vouched for: file systems that other machines
// write to may give for once what it was before it was written.
func hashTwice(path string) (string, error) {
	sum, err := HashFile(path)
	if err != nil {
		return "", err
	}
	again, err := HashFile(path)
	if err == nil && again != sum {
		err = errChanged(path)
	}
	return sum, err
}

// Confirm returns an error where one of the sums, by slashed paths, is not that of a file
// which was recorded, or that something recorded was made from: it has changed since.
func (d *Derivation) Confirm(sums map[string]string) error {
	known := map[string]string{}
	for _, r := range d.records {
		maps.Copy(known, r.From)
	}
	for name, r := range d.records {
		known[name] = r.SHA256
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if sum, ok := known[name]; ok && sum != sums[name] {
			return errChanged(filepath.Join(string(d.folder), name))
		}
	}
	return nil
}

// Write writes a JSON file of the folder that was made of this, with settings, which may
// be nil, and vouches for it and for further files that were written before.
func (o *Origin) Write(settings any, path string, v any, further ...string) error {
	return o.Derive(func(d *Derivation) error {
		if err := WriteJSON(path, v); err != nil {
			return err
		}
		return d.Record(o, settings, append(further, path)...)
	})
}

// Record says of files of the folder that are there that they were made of this, with
// settings, which may be nil.
func (o *Origin) Record(settings any, files ...string) error {
	return o.Derive(func(d *Derivation) error { return d.Record(o, settings, files...) })
}

// Ended maps the folders of the plan's runs that have ended, and of its baselines, to
// the identities of what they left; only of arms of one domain where independent is
// set. Without a plan there are none.
func (f Folder) Ended(independent bool) (map[string]string, error) {
	out := map[string]string{}
	plan, err := f.ReadPlan()
	if errors.Is(err, ErrNoPlan) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for _, r := range plan.Runs {
		if independent && len(r.Domains) > 1 {
			continue
		}
		if err := f.ended(f.Run(r.ID), r.Hash, out); err != nil {
			return nil, err
		}
	}
	for _, d := range plan.Domains {
		if d.Baseline == "" || independent {
			continue
		}
		if err := f.ended(f.Baseline(d.Name), d.Baseline, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (f Folder) ended(r RunFolder, hash string, out map[string]string) error {
	done, err := r.ReadDone(hash)
	if err == nil && done != nil {
		out[f.name(string(r))] = done.Identity()
	}
	return err
}

// SumOf is the SHA-256 of a set of identities.
func SumOf(identities map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(identities)) {
		fmt.Fprintf(h, "%q %s\n", name, identities[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// IsRun reports whether a name of [Record.From] is a run or a baseline.
func IsRun(name string) bool {
	return strings.HasPrefix(name, "runs/") || strings.HasPrefix(name, "baseline/")
}

// Identity is the SHA-256 of how a run ended and what it left, without its times:
// runs that were repeated to the same bytes have the same.
func (d *Done) Identity() string {
	c := *d
	c.Seconds, c.Spent, c.Sum = 0, nil, ""
	return c.sum()
}

func (d *Done) sum() string {
	data, err := json.Marshal(d)
	if err != nil { // of numbers that are not finite, which nothing measures
		panic(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// WriteDone says how a run ended.
func (r RunFolder) WriteDone(d *Done) error {
	d.Sum = ""
	d.Sum = d.sum()
	return WriteJSON(r.Done(), d)
}

// whole reports whether the content is what was written. Versions that kept no sum
// cannot tell.
func (d *Done) whole() bool {
	c := *d
	c.Sum = ""
	return d.Sum == "" || c.sum() == d.Sum
}
