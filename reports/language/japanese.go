package language

import (
	"maps"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"github.com/sharewise/sharewise/analysis/wording"
)

// sections are the Japanese messages by their English formats, a map for each file.
var sections = []map[string]string{}

// japaneseWriter writes Japanese by the catalogue.
type japaneseWriter struct {
	messages map[string]string
	printer  *message.Printer
	// files writes sentences that files have, whose arguments are strings.
	files *message.Printer
}

// japanese is the writer that reports use.
var japanese = sync.OnceValue(func() *japaneseWriter {
	all := map[string]string{}
	for _, s := range sections {
		maps.Copy(all, s)
	}
	return &japaneseWriter{messages: all, printer: printerOf(all), files: printerOf(jaFiles)}
})

// printerOf writes the messages of a catalogue.
func printerOf(messages map[string]string) *message.Printer {
	builder := catalog.NewBuilder(catalog.Fallback(language.Japanese))
	for key, text := range messages {
		if err := builder.SetString(language.Japanese, key, text); err != nil {
			panic("reports/language: " + key + ": " + err.Error()) // a message of ours is malformed
		}
	}
	return message.NewPrinter(language.Japanese, message.Catalog(builder))
}

// Say writes a message; one without Japanese stays English.
func (j *japaneseWriter) Say(format string, args []any) string {
	if _, ok := j.messages[format]; !ok {
		return wording.English{}.Say(format, args)
	}
	return j.printer.Sprintf(message.Key(format, format), args...)
}

// Some writes a number with its noun.
func (j *japaneseWriter) Some(n int, one, many string) string {
	format := "%d " + many
	if _, ok := j.messages[format]; !ok {
		return wording.English{}.Some(n, one, many)
	}
	return j.printer.Sprintf(message.Key(format, format), n)
}

// Spelled writes digits.
func (j *japaneseWriter) Spelled(n int) string { return strconv.Itoa(n) }

// List writes "aとb", and "a、b、c".
func (j *japaneseWriter) List(items []string) string {
	if len(items) == 2 {
		return items[0] + "と" + items[1]
	}
	return strings.Join(items, "、")
}

// Phrases follow each other as they are: と would tie the first to a part of the second.
func (j *japaneseWriter) Phrases(items []string) string { return strings.Join(items, "、") }

// Clauses are divided by a stroke, since commas are within them.
func (j *japaneseWriter) Clauses(items []string) string { return strings.Join(items, "／") }

// Capital changes nothing: there are none.
func (j *japaneseWriter) Capital(s string) string { return s }

// Lower takes away the full stop only where the text goes on; Japanese has no small
// letters to begin with.
func (j *japaneseWriter) Lower(s string) string { return s }

// Sentence ends with a full stop.
func (j *japaneseWriter) Sentence(s string) string {
	s = strings.TrimSuffix(s, ".")
	switch last, _ := utf8.DecodeLastRuneInString(s); {
	case last == '。':
		return s
	case last < utf8.RuneSelf && unicode.IsLetter(last): // English that no message was found for
		return s + "."
	}
	return s + "。"
}

// Written writes what Read recognises.
func (j *japaneseWriter) Written(s string) string {
	if text, ok := j.read(s); ok {
		return text
	}
	return s
}

// Plain writes numbers as Japanese does, 1,234 and 95%, and what stands between
// sentences as nothing.
func (j *japaneseWriter) Plain(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return figures.Replace(s)
}

// figures write numbers: thousands are parted by commas, a percent sign follows
// without a space.
var figures = strings.NewReplacer("\u202f", ",", "0 %", "0%", "1 %", "1%", "2 %", "2%", "3 %", "3%", "4 %", "4%", "5 %", "5%", "6 %", "6%", "7 %", "7%", "8 %", "8%", "9 %", "9%")
