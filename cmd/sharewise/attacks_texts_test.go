//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// textAttacks are those on texts and tokenizers.
func textAttacks() []attack {
	return []attack{
		{class: "texts", name: "tokenizer with a number that asks for a model of gigabytes", plant: tokenizer(`{"added_tokens":[{"id":16777215,"content":"x"}],"model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0}}}`),
			args: readAll, exit: 3, says: "a row for every number", megabytes: 120},
		{class: "texts", name: "tokenizer that is a device without end", plant: textFolder("text: {tokenizer: tokenizer.json}", func(t *testing.T, dir string) {
			must(t, os.Symlink("/dev/zero", filepath.Join(dir, "tokenizer.json")))
		}), args: readAll, exit: 3, says: "a device", megabytes: 120},
		{class: "texts", name: "tokenizer of lists in one another", plant: tokenizer(strings.Repeat("[", 1<<18)), args: readAll, exit: 3, says: "without end", megabytes: 250},
		{class: "texts", name: "tokenizer of a pattern with many steps", plant: tokenizer(`{"pre_tokenizer":{"type":"Split","behavior":"Removed","pattern":{"Regex":"` + strings.Repeat("(a?){900}", 20) + `"}},"model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0}}}`),
			args: readAll, exit: 3, says: "too large", megabytes: 250},
		{class: "texts", name: "tokenizer that doubles texts 24 times", plant: tokenizer(`{"normalizer":{"type":"Sequence","normalizers":[` + strings.Repeat(`{"type":"Replace","pattern":{"String":"o"},"content":"oo"},`, 23) + `{"type":"NFC"}]},"model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0}}}`),
			args: readAll, exit: 0, megabytes: 200},
		{class: "texts", name: "tokenizer of half a million tokens", plant: textFolder("text: {tokenizer: tokenizer.json}", func(t *testing.T, dir string) {
			made(t, filepath.Join(dir, "tokenizer.json"), func(w io.Writer) {
				fmt.Fprint(w, `{"model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0`)
				for i := range 500_000 {
					fmt.Fprintf(w, `,"%x":%d`, i, i)
				}
				fmt.Fprint(w, `}}}`)
			})
		}), args: readAll, exit: 0, megabytes: 600},
		{class: "texts", name: "a word of 15 MB", plant: textFolder("text: {characters: [3, 5]}", func(t *testing.T, dir string) {
			made(t, filepath.Join(dir, "a/good/long.txt"), func(w io.Writer) {
				for range 15 {
					fmt.Fprint(w, strings.Repeat("word", 1<<20/4))
				}
			})
		}), args: readAll, exit: 0, megabytes: 600},
		{class: "texts", name: "a file of 65 MB", plant: textFolder("kind: text", func(t *testing.T, dir string) {
			made(t, filepath.Join(dir, "a/good/long.txt"), func(w io.Writer) {
				for range 65 {
					fmt.Fprint(w, strings.Repeat("one two\n", 1<<20/8))
				}
			})
		}), args: readAll, exit: 3, says: "limits.text", megabytes: 250},
		{class: "texts", name: "one file of many in UTF-16", plant: textFolder("kind: text", func(t *testing.T, dir string) {
			var data []byte
			for _, u := range utf16.Encode([]rune("\ufeffhello there")) {
				data = append(data, byte(u), byte(u>>8))
			}
			must(t, os.WriteFile(filepath.Join(dir, "a/good/wide.txt"), data, 0o644))
		}), args: readAll, exit: -1, megabytes: 120}, // read, or refused: which, is for the test of spellings
		{class: "texts", name: "a device without end as text", plant: textFolder("kind: text", func(t *testing.T, dir string) {
			must(t, os.Symlink("/dev/zero", filepath.Join(dir, "a/good/zero.txt")))
		}), args: readAll, exit: 3, says: "a device", megabytes: 120},
	}
}

// textFolder plants a folder of texts in two classes, a study of it whose input says something,
// and more.
func textFolder(input string, more func(t *testing.T, dir string)) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		for i := range 20 {
			for _, class := range []string{"good", "bad"} {
				file(fmt.Sprintf("a/%s/%d.txt", class, i), fmt.Appendf(nil, "it is a %s one, or so they told us of number %d", class, i))(t, dir)
			}
		}
		file("study.yaml", []byte("version: 1\nname: attack\ninput: {"+input+"}\ndomains:\n  - {name: a, data: a}\n"))(t, dir)
		more(t, dir)
	}
}

// tokenizer plants texts and a tokenizer for them.
func tokenizer(content string) func(t *testing.T, dir string) {
	return textFolder("text: {tokenizer: tokenizer.json}", file("tokenizer.json", []byte(content)))
}
