package suspects

import (
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// published draws samples of three classes of a published set of pictures, with the labels
// that they were published with.
type published struct {
	pictures [][]float32
	byClass  [][]int
}

// readPublished reads pictures of size×size in files of IDX, and takes means over squares of
// pixels, so that about 50 numbers are left.
func readPublished(t *testing.T, images, labels string, size int) *published {
	t.Helper()
	content := func(name string, head int) []byte {
		f, err := os.Open(name)
		if err != nil {
			t.Skipf("SKIPPED: %v; disputed labels were not counted on published data", err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(z)
		if err != nil || len(data) < head {
			t.Fatalf("%s: %d bytes, %v", name, len(data), err)
		}
		return data[head:]
	}
	pixels, class := content(images, 16), content(labels, 8)
	p := &published{byClass: make([][]int, 10)}
	side := size / 7 // 4 of 28, 2 of 16
	for i, c := range class {
		picture := pixels[i*size*size : (i+1)*size*size]
		var row []float32
		for y := range size / side {
			for x := range size / side {
				sum := 0
				for k := range side * side {
					sum += int(picture[(y*side+k/side)*size+x*side+k%side])
				}
				row = append(row, float32(sum)/float32(255*side*side))
			}
		}
		p.byClass[c] = append(p.byClass[c], len(p.pictures))
		p.pictures = append(p.pictures, row)
	}
	return p
}

func (p *published) shape() (classes, width int) { return 3, len(p.pictures[0]) }

func (p *published) draw(n int, random *rand.Rand) (x []float32, label []int) {
	classes := random.Perm(len(p.byClass))[:3]
	var order [][]int
	for _, c := range classes {
		order = append(order, random.Perm(len(p.byClass[c])))
	}
	for i := range n {
		k := i % 3
		x = append(x, p.pictures[p.byClass[classes[k]][order[k][i/3]]]...)
		label = append(label, k)
	}
	return x, label
}

// firstFresh begins the seeds of draws that nothing was chosen by.
const firstFresh = 1000

// TestFreshTable writes rates by size on draws that the lead was not chosen by, with
// -update.
func TestFreshTable(t *testing.T) {
	if !*update {
		t.Skip("with -update it writes testdata/fresh.md, in some minutes")
	}
	var b strings.Builder
	b.WriteString(freshHead)
	for _, w := range worlds {
		rates(t, &b, w.name, w, firstFresh)
	}
	if err := os.WriteFile("testdata/fresh.md", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

const freshHead = `# Disputed labels on draws that nothing was chosen by

The lead of 3/√m that another class must have was chosen on the draws of [few.md](few.md). Here are the same worlds with other seeds:
'go test ./analysis/suspects -run FreshTable -update'. In 12 draws of each size (4 of 250 and more):

| samples | of a class | right ones disputed, none turned | right ones disputed, 5 % turned | turned ones found |
|---|---|---|---|---|
`

// TestPublishedTable writes the same of published pictures, with -update and their folder.
func TestPublishedTable(t *testing.T) {
	root := os.Getenv("SHAREWISE_DATA")
	if !*update || root == "" {
		t.Skip("with -update and SHAREWISE_DATA=FOLDER, that of published data, it writes testdata/published.md, in some minutes")
	}
	var b strings.Builder
	b.WriteString(publishedHead)
	for _, set := range []struct {
		name, folder, prefix string
		size                 int
	}{
		{"MNIST", "mnist", "t10k-", 28}, {"Fashion-MNIST", "fashion-mnist", "t10k-", 28}, {"notMNIST", "notmnist", "t10k-", 28}, {"USPS", "usps", "usps-", 16},
	} {
		images, labels := set.prefix+"images-idx3-ubyte.gz", set.prefix+"labels-idx1-ubyte.gz"
		rates(t, &b, set.name, readPublished(t, filepath.Join(root, set.folder, images), filepath.Join(root, set.folder, labels), set.size), firstFresh)
	}
	if err := os.WriteFile("testdata/published.md", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

const publishedHead = `# Disputed labels of published pictures

Pictures of three classes at random, as means over squares of pixels (7×7 or 8×8 numbers), with their published labels, on which the
lead of 3/√m was not chosen. Of these labels some are wrong, so that the third column is no rate of errors but a bound on it: some of
what is disputed is disputed rightly. In 12 draws of each size (4 of 250 and more), by

    SHAREWISE_DATA=FOLDER go test ./analysis/suspects -run PublishedTable -update

| samples | of a class | labels as they are: disputed | 5 % turned: others disputed | turned ones found |
|---|---|---|---|---|
`
