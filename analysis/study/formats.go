package study

import (
	"path/filepath"
	"slices"
	"strings"
)

// The formats of data.
const (
	IDX          = "idx"
	Images       = "images"
	CSV          = "csv"
	Parquet      = "parquet"
	SeriesFormat = "series"
	ArrayFormat  = "array"
	// SvmlightFormat is sparse samples as text: a label and index:value pairs.
	SvmlightFormat = "svmlight"
	// InMemory is the format of samples that a program holds and hands over when
	// the study is opened, see dataset.Samples. Study files cannot name it.
	InMemory = "memory"
)

// formats lists what a study says of each format; package dataset reads them.
var formats = []struct {
	name    string
	doc     string   // formats of the same are described together; "" where study files cannot name it
	inputs  []string // kinds of input that its samples can be
	endings []string // of files that are of it unless the study says otherwise, without .gz
}{
	{IDX, "a file of images and one of labels, as MNIST has", []string{Image}, nil},
	{Images, "one folder per class", []string{Image}, nil},
	{TextFiles, "one folder of text files per class", []string{TextInput}, nil},
	{CSV, "a table, as text with delimiters or in JSON, an object on each line or a list of them", []string{Table, TextInput}, []string{".csv", ".tsv", ".tab", ".txt", ".data", ".dat", ".jsonl", ".ndjson", ".json"}},
	{Parquet, "a table", []string{Table, TextInput}, []string{".parquet", ".pq"}},
	{SvmlightFormat, "sparse rows of a table, as libsvm has them", []string{Table}, svmlightEndings},
	{SeriesFormat, "signals that are cut into windows", []string{SeriesInput}, nil},
	{ArrayFormat, "NPY, NPZ or safetensors", []string{Image, ArrayInput}, arrayEndings},
	{InMemory, "", []string{ArrayInput}, nil},
}

// formatChoice are the formats that a study file, and those that only a program,
// can name.
func formatChoice() typ {
	var files, held []string
	for _, f := range formats {
		if f.doc == "" {
			held = append(held, f.name)
		} else {
			files = append(files, f.name)
		}
	}
	return choice(files...).orHeld(held...)
}

// formatDoc describes the formats that a study file can name.
func formatDoc() string {
	var parts []string
	names := ""
	for i, f := range formats {
		if f.doc == "" {
			continue
		}
		names += f.name
		if i+1 < len(formats) && formats[i+1].doc == f.doc {
			names += ", "
			continue
		}
		parts = append(parts, names+": "+f.doc)
		names = ""
	}
	return strings.Join(parts, "; ") + "."
}

// canBe reports whether samples of a format can be inputs of a kind.
func canBe(format, input string) bool {
	for _, f := range formats {
		if f.name == format {
			return slices.Contains(f.inputs, input)
		}
	}
	return false
}

// IsTable reports whether a format holds tables: one row per sample.
func IsTable(format string) bool { return format == CSV || format == Parquet }

// guessFormat tells the format of data by the keys and the names of its files.
func guessFormat(f Files) string {
	pair := f.Images != "" || f.Labels != ""
	ending := filepath.Ext(strings.TrimSuffix(strings.ToLower(f.Path), ".gz"))
	for _, format := range formats {
		if slices.Contains(format.endings, ending) && !(pair && IsTable(format.name)) {
			return format.name
		}
	}
	if pair {
		return IDX
	}
	return Images
}
