package analysis

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// leakedShare is the share of a domain's test samples seen in training from
// which on a study's verdict is in doubt. Gains of a few per cent are what
// studies measure, and memory of one sample in a hundred can make such a gain.
const leakedShare = 0.01

// leaked is the doubt that a plan's exposures give rise to; none where all are
// small.
func leaked(exposures []study.Exposure) []Doubt {
	d := Doubt{
		Kind: Leaked,
		Next: "Keep copies and groups on one side of the split (split.by: content or group), or remove them, and run again; 'sharewise dataset inspect' lists them.",
	}
	var worst study.Exposure
	for _, e := range exposures {
		if e.Share() < leakedShare {
			continue
		}
		if !slices.Contains(d.Domains, e.Domain) {
			d.Domains = append(d.Domains, e.Domain)
		}
		if e.Share() > worst.Share() {
			worst = e
		}
	}
	switch worst.By {
	case study.ByRows:
		d.Next = "Leave the column out by columns.ignore, or set split.by: time, and run again; 'sharewise dataset inspect' says more."
	case study.ByAnswer:
		d.Next = "Leave out by columns.ignore what is known only with the answer, or list under columns.known what is known before it, and run again; 'sharewise dataset inspect' says more."
	}
	switch n := len(d.Domains); n {
	case 0:
		return nil
	case 1:
		d.Text = worst.String()
		d.Brief = exposed(worst)
	default:
		d.Brief = fmt.Sprintf("%s, and %s likewise", exposed(worst), others(n-1))
		d.Text = fmt.Sprintf("%s, and %s likewise", worst, others(n-1))
	}
	return []Doubt{d}
}

// others counts further domains.
func others(n int) string {
	if n == 1 {
		return "1 other domain"
	}
	return fmt.Sprintf("%d other domains", n)
}

// exposed says an exposure in a headline.
func exposed(e study.Exposure) string {
	switch e.By {
	case study.ByRows:
		return fmt.Sprintf("column %q of %s follows the numbers of the rows", e.Column, e.Domain)
	case study.ByAnswer:
		return fmt.Sprintf("column %q of %s tells the answer", e.Column, e.Domain)
	}
	return e.String()
}
