package drafting

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// conditions are words for how something is, which no machine is called.
const conditions = `good|bad|ok|nok|normal|abnormal|anomal(?:y|ies|ous)|healthy|unhealthy|sound|faulty|faults?|defect(?:s|ive)?|broken|worn|damaged?|intact|pos(?:itive)?|neg(?:ative)?|pass(?:ed)?|fail(?:ed|ure|ures)?`

var (
	condition = regexp.MustCompile(`(?i)^(` + conditions + `)$`)
	letters   = regexp.MustCompile(`[A-Za-z]+`)
)

// isCondition reports whether a name has such a word.
func isCondition(name string) bool {
	return slices.ContainsFunc(nameSplit.Split(name, -1), condition.MatchString)
}

// classOfFile is a pattern for the class in the name of a file: what stands before its number.
const classOfFile = `(?:^|/)([^0-9./]*[^-_. 0-9/])[-_. 0-9]*\.[^/]*$`

var fileClass = regexp.MustCompile(classOfFile)

// classesOfNames sorts names of files by the classes that all of them say, with the pattern that
// finds these: a condition as one of their words, as in section_00_train_normal_0000.wav, or else what they
// begin with, as in outer_worn_01.csv and sound_01.csv. There are none where no condition is among them.
func classesOfNames(names []string) (pattern string, classes map[string][]string) {
	begin, within := map[string][]string{}, map[string][]string{}
	conditions := map[string]map[string]bool{} // by what stands beside them in the beginning
	for _, name := range names {
		base := path.Base(name)
		words := slices.DeleteFunc(letters.FindAllString(base, -1), func(w string) bool { return !condition.MatchString(w) })
		if len(words) == 1 {
			within[words[0]] = append(within[words[0]], name)
		}
		if m := fileClass.FindStringSubmatch(base); m != nil {
			begin[m[1]] = append(begin[m[1]], name)
			if len(words) == 1 {
				rest := strings.Replace(m[1], words[0], "", 1)
				if conditions[rest] == nil {
					conditions[rest] = map[string]bool{}
				}
				conditions[rest][words[0]] = true
			}
		}
	}
	all := func(classes map[string][]string) bool {
		n := 0
		for _, of := range classes {
			n += len(of)
		}
		return n == len(names)
	}
	// What stands beside one condition only is a part of the class.
	part := slices.ContainsFunc(slices.Collect(maps.Values(conditions)), func(c map[string]bool) bool { return len(c) < 2 })
	switch {
	case all(within) && (!part || !all(begin) || len(begin) < 2):
		return fmt.Sprintf(`(?:^|[^A-Za-z])(%s)[^A-Za-z/][^/]*$`, strings.Join(slices.Sorted(maps.Keys(within)), "|")), within
	case all(begin) && len(begin) > 1 && slices.ContainsFunc(slices.Collect(maps.Keys(begin)), isCondition):
		return classOfFile, begin
	}
	return "", nil
}

// unlabelled is the name of a folder beside those of classes that is none.
var unlabelled = regexp.MustCompile(`(?i)^(unsup(ervised)?|un[-_ ]?label(l?ed)?|no[-_ ]?labels?)$`)

// withoutUnlabelled leaves out folders whose samples have no class, as their names say, and notes so.
func (f *find) withoutUnlabelled(folders []string) []string {
	left := slices.DeleteFunc(slices.Clone(folders), unlabelled.MatchString)
	if len(left) < len(folders) {
		f.notes = append(f.notes, "folders whose samples have no class, as their names say, are left out: "+datafile.List(datafile.Without(folders, left)))
	}
	return left
}

// isPart reports whether a name is a word for training, validation or testing.
func isPart(name string) bool { return partWords[strings.ToLower(name)] != datafile.Undecided }

// areParts reports whether all folders are for training, validation or testing: they are no classes.
func areParts(folders []string) bool {
	return !slices.ContainsFunc(folders, func(sub string) bool { return !isPart(sub) })
}

// namedAlike lists folders in which names of files of a kind say classes, and the classes that
// several of them say, one of them a condition, as in good_01.png and bad_01.png: such folders are no
// classes. There are none otherwise.
func (s *scanner) namedAlike(dir string, folders []string, kind func(name string) bool) (among, shared []string) {
	count := map[string]int{} // folders, by class
	for _, sub := range folders {
		_, classes := classesOfNames(s.namesIn(filepath.Join(dir, sub), kind))
		if len(classes) < 2 {
			continue
		}
		among = append(among, sub)
		for class := range classes {
			count[class]++
		}
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n < 2 })
	shared = slices.Sorted(maps.Keys(count))
	if len(shared) < 2 || !slices.ContainsFunc(shared, isCondition) {
		return nil, nil
	}
	return among, shared
}

// namedPictures reports whether folders are no classes since names of pictures say these, and notes
// what is to be done with them.
func (s *scanner) namedPictures(dir string, folders []string) bool {
	return s.refuseNamed(dir, folders, datafile.IsImage, "pictures whose names say their classes (%s); put them into folders of these names, DOMAIN/CLASS")
}

// refuseNamed passes over the files of folders whose names say classes, and reports whether there are any.
// The reason has the classes.
func (s *scanner) refuseNamed(dir string, folders []string, kind func(name string) bool, reason string) bool {
	among, shared := s.namedAlike(dir, folders, kind)
	for _, sub := range among {
		p := filepath.Join(dir, sub)
		s.pass(p, reason, datafile.List(shared))
		for _, name := range s.namesIn(p, kind) {
			s.done[filepath.Join(p, name)] = true
		}
	}
	return among != nil
}

// nestedClasses reports whether folders are classes whatever they have in them: one is a condition, and
// a folder beside dir has two of them, as in line1/ok/monday and line2/ok/tuesday.
func (s *scanner) nestedClasses(dir string, folders []string) bool {
	if dir == s.root || isPart(filepath.Base(dir)) || !slices.ContainsFunc(folders, isCondition) {
		return false
	}
	return slices.ContainsFunc(s.beside(dir), func(other string) bool {
		shared := 0
		for _, f := range s.entriesOf(other) {
			if f.IsDir() && slices.Contains(folders, f.Name()) {
				shared++
			}
		}
		return shared >= 2
	})
}

// beside lists the paths of the folders beside one.
func (s *scanner) beside(dir string) (others []string) {
	for _, e := range s.entriesOf(filepath.Dir(dir)) {
		if e.IsDir() && e.Name() != filepath.Base(dir) {
			others = append(others, filepath.Join(filepath.Dir(dir), e.Name()))
		}
	}
	return others
}
