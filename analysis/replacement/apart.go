package replacement

import (
	"io/fs"
	"os"
	"path/filepath"
)

// apart returns an error where a folder is one of the paths that are kept, holds one or lies
// in one. Folders are compared as the file system does: by what they are, not by
// how they are spelled.
func apart(dir string, kept []string) error {
	here, err := ancestry(dir)
	if err != nil {
		return err
	}
	for _, path := range kept {
		if path == "" {
			continue
		}
		there, err := ancestry(path)
		if err != nil {
			continue // nothing is there
		}
		switch in, holds := among(there[0], here), among(here[0], there); {
		case in && holds:
			return foreignf("%s is read or kept by the command itself, and would be lost; name another folder", dir)
		case holds:
			return foreignf("%s holds %s, which is read or kept by the command itself and would be lost; name another folder", dir, path)
		case in && there[0].IsDir():
			return foreignf("%s lies in %s, which is read or kept by the command itself; name another folder", dir, path)
		}
	}
	return nil
}

// ancestry is what stands at the end of a path, and all folders above that.
func ancestry(path string) ([]fs.FileInfo, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return nil, err
	}
	var out []fs.FileInfo
	for {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		out = append(out, info)
		above := filepath.Dir(path)
		if above == path {
			return out, nil
		}
		path = above
	}
}

func among(one fs.FileInfo, all []fs.FileInfo) bool {
	for _, info := range all {
		if os.SameFile(one, info) {
			return true
		}
	}
	return false
}
