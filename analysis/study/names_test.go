package study

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDistinctNames keeps letters of every script, composed, and makes of every text a
// name that a study may have.
func TestDistinctNames(t *testing.T) {
	texts := []string{"名古屋 工場", "大阪工場", "ガス", "ガス", "Köln/2", "köln 2", "Αθήνα", "مصنع", "../..", "́a", "a\u202eb", "x\x00y", "線" + strings.Repeat("長", 40), "-_.", ""}
	want := []string{"名古屋-工場", "大阪工場", "ガス", "ガス-2", "Köln-2", "köln-2-2", "Αθήνα", "مصنع", "data", "a", "a-b", "x-y", "線" + strings.Repeat("長", 20), "data-2", "data-3"}
	got := DistinctNames(texts)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q,\nwant %q", got, want)
	}
	for _, name := range got {
		if !nameForm.MatchString(name) || !plainName.MatchString(name) || len(name) > mostName || !utf8.ValidString(name) {
			t.Errorf("%q is no name", name)
		}
	}
}

// TestSlugOfAnyScript cuts between characters, and keeps the seed.
func TestSlugOfAnyScript(t *testing.T) {
	r := Run{Arm: "pool{...}", Domains: []string{strings.Repeat("工", 21), strings.Repeat("場", 21)}, Rung: Rung{Name: "small"}, Seed: 12}
	if s := r.slug(); len(s) > 100 || !utf8.ValidString(s) || !strings.HasSuffix(s, "~s12") || !strings.HasPrefix(s, "pool-工") {
		t.Errorf("%q", s)
	}
}
