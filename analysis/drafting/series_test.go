package drafting

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/study"
)

// tone is a recording of half a second.
func tone(step int) []byte {
	samples := make([]int16, 4000)
	for i := range samples {
		samples[i] = int16(8000 * math.Sin(float64(i*step)/9))
	}
	return filetest.WAV(8000, 1, samples...)
}

// recordings writes n recordings of each class for every domain, where place has the domain, the
// class and the number.
func recordings(t *testing.T, dir, place string, domains, classes []string, n int) {
	for _, domain := range domains {
		for k, class := range classes {
			for i := range n {
				filetest.Write(t, dir, fmt.Sprintf(place, domain, class, i), tone(k+1))
			}
		}
	}
}

// TestClassesOfRecordings finds the classes of recordings: in their folders, in their names, and in
// tables that list them. What says neither is refused.
func TestClassesOfRecordings(t *testing.T) {
	sites, states := []string{"n", "s"}, []string{"normal", "anomaly"}
	const whole = "testing is on recordings that training has not seen"
	for _, c := range []struct {
		name    string
		make    func(dir string)
		by      string
		domains []string
		classes string
		said    string // of the draft, or else of the error
	}{
		{"class folders", func(dir string) {
			recordings(t, dir, "%s/%s/%d.wav", sites, states, 6)
			filetest.Write(t, dir, "n/normal/readme.txt", filetest.Lines("of the rig"))
		}, "", sites, "[anomaly normal]", whole},
		{"class folders with few recordings", func(dir string) { recordings(t, dir, "%s/%s/%d.wav", sites, states, 4) }, "", sites, "[anomaly normal]", ""},
		{"names begin with the class", func(dir string) { recordings(t, dir, "%s/%s_%02d.wav", sites, states, 6) }, "", sites, "[anomaly normal]", whole},
		{"names have the class within", func(dir string) {
			recordings(t, dir, "%s/section_00_%s_%02d_strength_1.wav", sites, states, 6)
		}, "", sites, "[anomaly normal]", whole},
		{"parts of which one has one class only", func(dir string) {
			recordings(t, dir, "%s/train/section_00_train_%s_%02d.wav", sites, states[:1], 6)
			recordings(t, dir, "%s/test/section_00_test_%s_%02d.wav", sites, states, 6)
			filetest.Write(t, dir, "n/attributes.csv", filetest.Lines("file,load", "1,2", "2,3"))
		}, "", sites, "[anomaly normal]", `folders "test", "train" are read together, since not all of them have every class`},
		{"parts with all classes", func(dir string) {
			recordings(t, dir, "%s/train/a_%s_%02d.wav", sites, states, 6)
			recordings(t, dir, "%s/test/a_%s_%02d.wav", sites, states, 6)
		}, "", sites, "[anomaly normal]", "n: 12 recordings of 2 classes, test data in test"},
		{"parts without classes", func(dir string) {
			recordings(t, dir, "%s/%s/%d.wav", sites, []string{"train", "test"}, 6)
		}, "", nil, "", "recordings whose class nothing says"},
		{"a list in each folder", func(dir string) {
			recordings(t, dir, "%s/%sx%d.wav", sites, []string{"r"}, 12)
			for _, site := range sites {
				filetest.Write(t, dir, site+"/labels.csv", listing("file,label", 12, "rx%d.wav,%s", "ok", "worn"))
			}
		}, "", sites, "[ok worn]", whole},
		{"a list without header in each folder", func(dir string) {
			recordings(t, dir, "%s/%s%d.wav", sites, []string{"r"}, 12)
			for _, site := range sites {
				filetest.Write(t, dir, site+"/REFERENCE.csv", listing("", 12, "r%d,%s", "-1", "1"))
			}
		}, "", sites, "[-1 1]", "recordings listed in REFERENCE.csv"},
		{"one list in a folder beside", func(dir string) {
			list := []string{"slice,fold,class"}
			for _, fold := range []string{"1", "2"} {
				recordings(t, dir, "audio/fold%s/%s-%d.wav", []string{fold}, []string{fold}, 12)
				for i := range 12 {
					list = append(list, fmt.Sprintf("%[1]s-%[2]d.wav,%[1]s,%[3]s", fold, i, []string{"dog", "rain"}[i%2]))
				}
			}
			filetest.Write(t, dir, "meta/sounds.csv", filetest.Lines(list...))
		}, "fold", []string{"fold-1", "fold-2"}, "[dog rain]", "12 rows of meta/sounds.csv"},
		{"one list with dates and a column of domains", func(dir string) {
			recordings(t, dir, "%s/%s%d.wav", []string{"wav"}, []string{"r"}, 40)
			filetest.Write(t, dir, "index.csv", listing("file,site,day,label", 40, "r%[1]d.wav,%[3]s,2024-01-%[4]s,%[2]s", "ok", "worn"))
		}, "", []string{"east", "west"}, "[ok worn]", `a domain is a value of column "site"`},
		{"lists in parts", func(dir string) {
			recordings(t, dir, "%s/wav/%s%d.wav", sites, []string{"a", "b"}, 12)
			for _, site := range sites {
				filetest.Write(t, dir, site+"/train.csv", listing("file,label", 12, "a%d.wav,%s", "ok", "worn"))
				filetest.Write(t, dir, site+"/test.csv", listing("file,label", 12, "b%d.wav,%s", "ok", "worn"))
			}
		}, "", sites, "[ok worn]", `passed over "n/test.csv", "s/test.csv": a list of recordings beside train.csv, and a domain has one such list`},
		{"numbers to be predicted", func(dir string) {
			recordings(t, dir, "%s/%s%d.wav", sites, []string{"r"}, 30)
			for _, site := range sites {
				list := []string{"file,life"}
				for i := range 30 {
					list = append(list, fmt.Sprintf("r%d.wav,%g", i, float64(i*i)/7))
				}
				filetest.Write(t, dir, site+"/labels.csv", filetest.Lines(list...))
			}
		}, "", nil, "", `a list of recordings with numbers to be predicted ("life")`},
		{"tables that are listed", func(dir string) {
			for _, site := range sites {
				for i := range 12 {
					rows := []string{"t,x,y"}
					for j := range 300 {
						x := float64(j * (1 + i%2))
						rows = append(rows, fmt.Sprintf("%g,%g,%g", float64(j)/100, math.Sin(x/7), math.Cos(x/9)))
					}
					filetest.Write(t, dir, fmt.Sprintf("%s/data/r%d.csv", site, i), filetest.Lines(rows...))
				}
				filetest.Write(t, dir, site+"/labels.csv", listing("file,label", 12, "r%d.csv,%s", "ok", "worn"))
			}
		}, "", sites, "[ok worn]", `column "t" counts the rows and is left out`},
	} {
		dir := t.TempDir()
		c.make(dir)
		if c.domains == nil {
			_, err := Scan(dir, Config{Name: "x", Base: dir, Least: 2})
			if err == nil || !strings.Contains(err.Error(), c.said) {
				t.Errorf("%s: %v, want %s", c.name, err, c.said)
			}
			continue
		}
		s, domains, draft := scanBy(t, dir, c.by)
		text := strings.Join(draft.Found, "\n")
		if got := names(domains); !slices.Equal(got, c.domains) || !strings.Contains(text, c.said) {
			t.Errorf("%s: domains %q, found\n%s\nwant %s", c.name, got, text, c.said)
			continue
		}
		for i, d := range domains {
			by := study.ByTime
			if c.said != "" {
				by = study.ByGroup
			}
			if got := fmt.Sprint(d.Task.Classes); got != c.classes || s.Domains[i].Split.By != by {
				t.Errorf("%s: %s has classes %s, split by %s", c.name, d.Name, got, s.Domains[i].Split.By)
			}
		}
	}
}

// listing is a table that lists n recordings: row has the number, the class, a site and a day.
func listing(header string, n int, row string, classes ...string) []byte {
	var out []string
	if header != "" {
		out = append(out, header)
	}
	if !strings.Contains(row, "[") {
		row += "%.0[3]s%.0[4]s"
	}
	for i := range n {
		out = append(out, fmt.Sprintf(row, i, classes[i/2%2], []string{"east", "west"}[i%2], fmt.Sprintf("%02d", i%28+1)))
	}
	return filetest.Lines(out...)
}

// TestScanTablesOfFiles takes a table that describes other tables for no list of recordings.
func TestScanTablesOfFiles(t *testing.T) {
	dir := t.TempDir()
	list := []string{"file,height,class"}
	for k := range 6 {
		rows := []string{"temp,wind,state"}
		for i := range 60 {
			rows = append(rows, fmt.Sprintf("%g,%d,%s", float64(i*i)/7, i*5%13, []string{"calm", "rough"}[i%2]))
		}
		filetest.Write(t, dir, fmt.Sprintf("station%c.csv", 'a'+k), filetest.Lines(rows...))
		list = append(list, fmt.Sprintf("station%c.csv,%d,%d", 'a'+k, 100*k*k, k%2))
	}
	filetest.Write(t, dir, "stations.csv", filetest.Lines(list...))
	s, domains, draft := scan(t, dir)
	if len(domains) != 6 || s.Domains[0].Format != study.CSV {
		t.Errorf("domains %q; %q", names(domains), draft.Found)
	}
}
