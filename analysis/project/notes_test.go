package project

import (
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
)

func TestLeftOut(t *testing.T) {
	drops := []dataset.Drop{
		{Reason: `column "x": missing value`, Count: 1, Example: "t.csv:9"},
		{Reason: "unreadable", Count: 7, Example: "t.csv:3"},
		{Reason: `column "y": not a number`, Count: 2, Example: "t.csv:5"},
		{Reason: "2 fields", Count: 1, Example: "t.csv:8"},
		{Reason: "3 fields", Count: 1, Example: "t.csv:4"},
	}
	want := `12 left out: unreadable (7, such as t.csv:3), column "y": not a number (2, such as t.csv:5), column "x": missing value (1, such as t.csv:9), 2 more reasons`
	if got := leftOut(drops); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
