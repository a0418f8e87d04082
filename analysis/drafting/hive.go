package drafting

import (
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// partitionFolder is the name of a folder that holds the rows of a table with one
// value in a column, as Hive, Spark and Arrow write them.
var partitionFolder = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_ .-]*)=(.+)$`)

// partitioned is a file of a table in such folders.
type partitioned struct {
	name   string // below the folder of the table
	values []string
}

// partitions takes a table in folders COLUMN=VALUE for a domain of each value of
// one of the columns, and returns the other folders.
func (s *scanner) partitions(dir string, folders []string) []string {
	var rest []string
	byShape := map[string][]partitioned{} // by columns, depth and ending
	keys := map[string][]string{}
	for _, sub := range folders {
		if !partitionFolder.MatchString(sub) {
			rest = append(rest, sub)
			continue
		}
		loops, err := datafile.Walk(filepath.Join(dir, sub), func(name string, e fs.DirEntry) error {
			full := sub + "/" + name
			p := filepath.Join(dir, filepath.FromSlash(full))
			switch {
			case datafile.Hidden(e.Name()) && e.IsDir():
				return fs.SkipDir
			case e.IsDir():
				return nil
			case datafile.Hidden(e.Name()) || strings.HasPrefix(e.Name(), "_"):
				s.pass(p, "no table, as a name with _ or . in front says")
				return nil
			case !datafile.IsParquet(name) && !isTable(name):
				s.passUnknown(p)
				return nil
			}
			f := partitioned{name: full}
			var columns []string
			for _, folder := range strings.Split(path.Dir(full), "/") {
				m := partitionFolder.FindStringSubmatch(folder)
				if m == nil {
					m = []string{"", "", folder}
				}
				columns = append(columns, m[1])
				f.values = append(f.values, m[2])
			}
			shape := strings.Join(columns, "\x00") + "\x00" + path.Ext(name)
			keys[shape] = columns
			byShape[shape] = append(byShape[shape], f)
			return nil
		})
		if err != nil {
			s.pass(filepath.Join(dir, sub), "%s", s.unreadable(err))
		}
		for _, l := range loops {
			s.pass(filepath.Join(dir, sub, l), "a link back to a folder that it is in")
		}
	}
	best := ""
	for shape, files := range byShape {
		if best == "" || len(files) > len(byShape[best]) || len(files) == len(byShape[best]) && shape < best {
			best = shape
		}
	}
	for shape, files := range byShape {
		if shape == best {
			continue
		}
		for _, f := range files {
			s.pass(filepath.Join(dir, f.name), "in folders of other columns, or of another kind, than most files beside it")
		}
	}
	if best != "" {
		s.takePartitions(dir, keys[best], byShape[best])
	}
	return rest
}

// takePartitions makes a domain of each value of the column that names domains
// best, with parts where another column names these.
func (s *scanner) takePartitions(dir string, columns []string, files []partitioned) {
	level, parts := -1, -1
	for k, c := range columns {
		isPart := c != "" && !slices.ContainsFunc(files, func(f partitioned) bool {
			return datafile.PartNames[strings.ToLower(f.values[k])] == datafile.Undecided
		})
		switch {
		case isPart:
			parts = k
		case s.DomainsBy != "" && c == s.DomainsBy:
			level = k
		case c != "" && (level < 0 || s.DomainsBy == "" && domainRank(c) < domainRank(columns[level])):
			level = k
		}
	}
	if level < 0 {
		level, parts = parts, -1
	}
	s.divided = s.divided || columns[level] == s.DomainsBy
	groups := map[string][]string{}
	var order []string
	for _, f := range files {
		key := f.values[level]
		if parts >= 0 {
			key += "\x00" + f.values[parts]
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], f.name)
	}
	ending := path.Ext(files[0].name)
	for _, key := range order {
		value, p, _ := strings.Cut(key, "\x00")
		pattern := filelimit.Escape(s.relative(dir))
		for k, c := range columns {
			switch k {
			case level:
				pattern += "/" + filelimit.Escape(folderOf(c, value))
			case parts:
				pattern += "/" + filelimit.Escape(folderOf(c, p))
			default:
				pattern += "/" + folderOf(c, "*")
			}
		}
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		at := append(s.placed(dir, true), value)
		if p != "" {
			at = append(at, p)
		}
		before := len(s.finds)
		slices.Sort(groups[key])
		s.takeParts(dir, groups[key], path.Join(pattern, "*"+ending), at)
		for _, f := range s.finds[before:] {
			f.notes = append(f.notes, fmt.Sprintf("a domain is a value of column %q, which is in the names of folders", columns[level]))
			if others := datafile.Without(columns, []string{columns[level], ""}); len(others) > 0 && (parts < 0 || len(others) > 1) {
				f.notes = append(f.notes, "columns in the names of folders are no inputs: "+datafile.List(others))
			}
		}
	}
}

func folderOf(column, value string) string {
	if column == "" {
		return value
	}
	return column + "=" + value
}
