package claim

import (
	"encoding/json"
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

const prefix, suffix = "claim.", ".json"

func name(number int) string { return prefix + strconv.Itoa(number) + suffix }

// number is that of a claim's file, 0 for other files.
func number(name string) int {
	middle, ok := strings.CutPrefix(name, prefix)
	if middle, ok2 := strings.CutSuffix(middle, suffix); ok && ok2 {
		if n, err := strconv.Atoi(middle); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

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
func highest(dir string) (int, error) {
	all, err := numbers(dir)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[len(all)-1], nil
}

// read reads a claim. The holder is nil where its file says nothing, since it is
// being written or was damaged.
func read(dir string, number int) ([]byte, *Holder, error) {
	data, err := filelimit.ReadFile(filepath.Join(dir, name(number)), filelimit.State)
	if err != nil {
		return nil, nil, fmt.Errorf("claim: %w", err)
	}
	h := new(Holder)
	if json.Unmarshal(data, h) != nil || h.Token == "" {
		return data, nil, nil
	}
	return data, h, nil
}

// Current is who holds the work in a folder; nil where nobody does, or its claim cannot be
// read. The holder may be dead, see [Holder.Gone].
func Current(dir string) (*Holder, error) {
	top, err := highest(dir)
	if top == 0 || err != nil {
		return nil, err
	}
	_, h, err := read(dir, top)
	if errors.Is(err, fs.ErrNotExist) || h != nil && h.Released {
		return nil, nil
	}
	return h, err
}

// Takeovers is the number of times that the work in a folder was taken up, before it
// was done.
func Takeovers(dir string) (int, error) { return highest(dir) }

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
