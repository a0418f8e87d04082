package claim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// FilePrefix begins the names of the files of claims.
const FilePrefix = "claim."

const prefix, suffix = FilePrefix, ".json"

// FileName is the name of the file of a claim.
func FileName(number int) string { return prefix + strconv.Itoa(number) + suffix }

func name(number int) string { return FileName(number) }

// Number is that of a claim's file by its name, 0 for other files.
func Number(name string) int { return number(name) }

// number is that of a claim's file, 0 for other files: also for those of names that no
// claim is given, such as claim.007.json, or after which none could come.
func number(file string) int {
	middle, ok := strings.CutPrefix(file, prefix)
	if middle, ok2 := strings.CutSuffix(middle, suffix); ok && ok2 {
		if n, err := strconv.Atoi(middle); err == nil && n > 0 && n <= highestNumber && name(n) == file {
			return n
		}
	}
	return 0
}

// highestNumber is of more claims than any work is taken up.
const highestNumber = 1 << 30

// IsFile reports whether a name is that of a claim's file.
func IsFile(name string) bool { return number(name) > 0 }

// numbers are those of the claims in a folder, growing.
func numbers(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	var out []int
	for _, e := range entries {
		if n := number(e.Name()); n > 0 {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

// highest is the number of the claim that counts, 0 where there is none.
func highest(s Space, dir string) (int, error) {
	all, err := s.Numbers(dir)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return slices.Max(all), nil
}

// read reads a claim. The holder is nil where its file says nothing, since it is
// being written or was damaged.
func read(s Space, dir string, number int) ([]byte, *Holder, error) {
	data, err := s.Read(dir, number)
	if err != nil {
		return nil, nil, err
	}
	h := new(Holder)
	if filelimit.DecodeJSON(data, h) != nil || h.Token == "" {
		return data, nil, nil
	}
	return data, h, nil
}

// Current is who holds the work in a folder; nil where nobody does, or its claim cannot be
// read. The holder may be dead, see [Holder.Gone].
func Current(dir string) (*Holder, error) {
	top, err := highest(disk{}, dir)
	if top == 0 || err != nil {
		return nil, err
	}
	_, h, err := read(disk{}, dir, top)
	if errors.Is(err, fs.ErrNotExist) || h != nil && h.Released {
		return nil, nil
	}
	return h, err
}

// Takeovers is the number of times that the work in a folder was taken up, before it
// was done.
func Takeovers(dir string) (int, error) { return highest(disk{}, dir) }

// Clear removes all claims of work that is done, the one that counts last, and what
// processes that were killed while they claimed it left behind.
func Clear(dir string) error {
	if entries, err := os.ReadDir(dir); err == nil {
		for _, e := range entries {
			if isTemporary(e.Name()) {
				_ = os.Remove(filepath.Join(dir, e.Name())) // what stays goes with the next process that has the folder to itself
			}
		}
	}
	all, err := numbers(dir)
	for _, n := range all {
		if e := os.Remove(filepath.Join(dir, name(n))); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("claim: %w", e))
		}
	}
	return err
}
