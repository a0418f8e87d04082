package drafting

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// writeOne writes a file, or eight that have a number in the place of a star.
func writeOne(t testing.TB, dir, name string, data []byte) {
	if !strings.Contains(name, "*") {
		filetest.Write(t, dir, name, data)
		return
	}
	for i := range 8 {
		filetest.Write(t, dir, strings.Replace(name, "*", strconv.Itoa(i), 1), data)
	}
}

// FuzzDraft drafts a study of two domains of any bytes, as files of any kind in folders of
// several forms. A study that is drafted must be one that can be read from its file, with the
// samples that the draft was made for.
func FuzzDraft(f *testing.F) {
	table := func(sep, decimal string) []byte {
		var b bytes.Buffer
		fmt.Fprintf(&b, "time%sheat%sstate\n", sep, sep)
		for i := range 24 {
			fmt.Fprintf(&b, "2024-01-%02d%s%d%s%d%s%s\n", i+1, sep, i%7, decimal, i%5, sep, []string{"ok", "worn"}[i%2])
		}
		return b.Bytes()
	}
	moments := func(step int) []byte {
		var b bytes.Buffer
		b.WriteString("t,x,y\n")
		for i := range 200 {
			fmt.Fprintf(&b, "%d,%d.5,%d\n", i, i*step%23, i*i%19)
		}
		return b.Bytes()
	}
	labels := filetest.NPY("|u1", bytes.Repeat([]byte{0, 1}, 10), 20)
	forms := [][2]string{ // of the two files of each domain
		{"%s.csv", ""}, {"%s.tsv", ""}, {"%s.txt", ""}, {"%s.parquet", ""}, {"%s/train.csv", "%s/test.csv"}, {"%s.svm", ""}, {"%s.npz", ""},
		{"%s/x.npy", "%s/y.npy"}, {"%s/ok/*.png", "%s/worn/*.png"}, {"%s/ok/*.wav", "%s/worn/*.wav"}, {"%s/ok/*.txt", "%s/worn/*.txt"},
		{"%s/train-images-idx3-ubyte", "%s/train-labels-idx1-ubyte"}, {"site=%s/1.csv", "site=%s/2.csv"}, {"%s.safetensors", ""}, {"%s.csv.gz", ""}, {"%s", ""},
		{"%s/list.csv", "%s/*.png"},
		{"%s/2024-01-1*.csv", "%s/2024-02-01.csv"}, {"%s/ok/*.csv", "%s/worn/*.csv"}, {"%s/ok_*.csv", "%s/worn_*.csv"},
		{"%s/list.csv", "%s/*.wav"}, {"%s/list.csv", "%s/r/*.csv"}, {"%s/train/a_ok_*.wav", "%s/test/a_worn_*.wav"},
		{"%s.json", ""},
	}
	list := []byte("file,state\n0.png,ok\n1.png,worn\n2.png,ok\n3.png,worn\n4.png,ok\n5.png,worn\n6.png,ok\n7.png,worn\n")
	of := func(ending string) []byte { return bytes.ReplaceAll(list, []byte(".png"), []byte(ending)) }
	sound := filetest.WAV(8000, 1, make([]int16, 3000)...)
	for form, files := range [][2][]byte{
		{table(",", "."), table(";", ",")},
		{table("\t", ".")},
		{table(" ", ".")},
		{filetest.Parquet(f, filetest.Readings(24))},
		{table(",", "."), table(",", ".")},
		{filetest.Lines(filetest.SparseLines(24, 4)...)},
		{filetest.NPZ(f, map[string][]byte{"x": filetest.NPY("|u1", make([]byte, 60), 20, 3), "y": labels})},
		{filetest.NPY("|u1", make([]byte, 60), 20, 3), labels},
		{filetest.Grey(f, 3, 5, 7), filetest.Grey(f, 3, 5, 90)},
		{filetest.WAV(8000, 1, make([]int16, 3000)...), filetest.WAV(8000, 1, make([]int16, 2000)...)},
		{[]byte("the bearing runs hot"), []byte("nothing to tell")},
		{filetest.IDX(make([]byte, 80), 20, 2, 2), filetest.IDX(bytes.Repeat([]byte{0, 1}, 10), 20)},
		{table(",", "."), table(",", ".")},
		{filetest.Safetensors(`{"x":{"dtype":"U8","shape":[8,2],"data_offsets":[0,16]},"y":{"dtype":"U8","shape":[8],"data_offsets":[16,24]}}`, []byte("aabbccddaabbccdd01010101"))},
		{filetest.Gzip(table(",", "."))},
		{table(",", ".")},
		{list, filetest.Grey(f, 3, 5, 7)},
		{table(",", "."), table(",", ".")},
		{moments(3), moments(7)},
		{moments(3), moments(7)},
		{of(".wav"), sound},
		{of(".csv"), moments(3)},
		{sound, sound},
		{[]byte(`[` + strings.Repeat(`{"heat":1.5,"state":"ok"},{"heat":2.25,"state":"worn"},`, 12) + `{"heat":3,"state":"ok"}]`)},
	} {
		f.Add(uint8(form), files[0], files[1], uint8(0))
	}
	f.Fuzz(func(t *testing.T, form uint8, first, second []byte, how uint8) {
		dir := t.TempDir()
		names := forms[int(form)%len(forms)]
		for i, domain := range []string{"east", "west"} {
			one, other := first, second
			if how&1 != 0 && i == 1 { // a domain that is otherwise
				one, other = second, first
			}
			writeOne(t, dir, fmt.Sprintf(names[0], domain), one)
			if names[1] != "" {
				writeOne(t, dir, fmt.Sprintf(names[1], domain), other)
			}
		}
		d, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		_, domains, err := Settle(context.Background(), d, dir)
		if err == nil && how&2 != 0 {
			err = SuitFolds(context.Background(), d, dir, domains)
		}
		if err != nil {
			alteration.Plain(t, err)
			return
		}
		text := d.Encode("study.yaml")
		s, err := study.ParseBytes(text, "study.yaml", dir)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if _, err := dataset.OpenAll(context.Background(), s); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}
