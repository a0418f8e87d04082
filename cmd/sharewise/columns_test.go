package main

import (
	"strings"
	"testing"
)

// TestColumns aligns names of any script as a terminal shows them.
func TestColumns(t *testing.T) {
	var b strings.Builder
	g := newGrid(&b, "domain", "data")
	g.row("名古屋工場", "x")
	g.row("ﾗｲﾝ３", "x")
	g.row("Köln", "工場")
	if err := g.close(); err != nil {
		t.Fatal(err)
	}
	want := "domain      data\n" +
		"名古屋工場  x\n" +
		"ﾗｲﾝ３       x\n" +
		"Köln        工場\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
