package reports

import (
	"cmp"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/reports/internal/picture"
)

// domainMap shows domains as points, the nearer the more they gain from each other,
// with the recommended pools around them.
type domainMap struct {
	Lead, Trust wording.Text
	Aria        wording.Text
	Height      string
	Pools       []string // outlines: the corners of what a thick line is drawn around
	Lines       []mapLine
	Dots        []mapDot
	Table       []mapRow
	Data        figureData
}

type mapLine struct{ Class, X1, Y1, X2, Y2 string }

type mapDot struct {
	Name, X, Y string
	Label      mapLabel
	Pooled     bool
}

type mapLabel struct {
	X, Y, Anchor string
	Hidden       bool
}

// mapRow is a domain in words.
type mapRow struct {
	Domain string
	Pool   wording.Text
	Best   wording.Text // whom it gains most with
	Worst  wording.Text
}

// The map in the units of its view box.
const (
	mapWidth, mostMapHeight = 640, 480
	mapSide, mapMargin      = 110, 36
	dotRadius               = 5
	labelSize               = 13
	mostLines               = 60
	// mapDomains is the least number of domains that are worth a map.
	mapDomains = 3
)

// newMap is nil for few domains, and where fewer than half of the pairs are known.
func newMap(in *Input) *domainMap {
	names := in.Results.DomainNames()
	if len(names) < mapDomains || in.Groups == nil {
		return nil
	}
	pairs := in.Groups.Pairs
	near, known := pairGains(names, pairs)
	total := len(names) * (len(names) - 1) / 2
	m := &domainMap{}
	var links []link
	switch of := in.alike(names); {
	case 2*known >= total:
		m.Lead = wording.Say("Domains that gain from each other stand near each other.")
		links = sureLinks(names, pairs)
	case of != nil:
		near = of.scores
		m.Lead = wording.Say("Domains that are alike stand near each other, by %s; that says nothing of gains until it is audited.", of.name)
	default:
		return nil
	}
	places, follows := picture.Embed(apart(near))
	m.Trust = mapTrust(follows)
	at, height := onMap(places)
	m.Height = coordinate(height)
	pooled := map[string]bool{}
	for _, group := range in.Groups.Names() {
		if len(group) < 2 {
			continue
		}
		var corners []picture.Point
		for _, name := range group {
			pooled[name] = true
			corners = append(corners, at[slices.Index(names, name)])
		}
		m.Pools = append(m.Pools, cornersText(picture.Outline(corners)))
	}
	if len(m.Pools) > 0 {
		m.Lead += " " + wording.Say("Pools that are recommended are shaded.")
	}
	for _, l := range links {
		m.Lines = append(m.Lines, mapLine{l.class, coordinate(at[l.a].X), coordinate(at[l.a].Y), coordinate(at[l.b].X), coordinate(at[l.b].Y)})
	}
	labels := picture.Place(at, names, dotRadius, labelSize, picture.Frame{Left: 4, Right: mapWidth - 4, Top: 4, Bottom: height - 4})
	for i, name := range names {
		l := labels[i]
		m.Dots = append(m.Dots, mapDot{
			Name: name, X: coordinate(at[i].X), Y: coordinate(at[i].Y), Pooled: pooled[name],
			Label: mapLabel{coordinate(l.At.X), coordinate(l.At.Y), string(l.Anchor), l.Hidden},
		})
	}
	m.table(in.Groups, names, places)
	m.Aria = wording.Say("Map of %s.", wording.Some(len(names), "domain", "domains"))
	return m
}

// pairGains are the means of what two domains gain from each other, NaN where their
// pair was not trained.
func pairGains(names []string, pairs []grouping.PairGain) (near [][]float64, known int) {
	near = unknownPairs(len(names))
	for _, p := range pairs {
		i, j := slices.Index(names, p.A.Domain), slices.Index(names, p.B.Domain)
		if i < 0 || j < 0 {
			continue
		}
		near[i][j] = (p.A.Gain + p.B.Gain) / 2
		near[j][i] = near[i][j]
		if finite(near[i][j]) {
			known++
		}
	}
	return near, known
}

func unknownPairs(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		for j := range out[i] {
			out[i][j] = math.NaN()
		}
	}
	return out
}

// likeness is a measure of how alike domains are.
type likeness struct {
	name   string
	scores [][]float64
}

// alike is the measure of similarity that knows most pairs, at least half of them; of
// several the first. Nil where there is none.
func (in *Input) alike(names []string) *likeness {
	s := in.Similar
	if s == nil || s.Study != in.Results.Study {
		return nil
	}
	var best *layout.Similarity
	for i := range s.Measures {
		if best == nil || len(s.Measures[i].Pairs) > len(best.Pairs) {
			best = &s.Measures[i]
		}
	}
	if best == nil || 4*len(best.Pairs) < len(names)*(len(names)-1) {
		return nil
	}
	out := &likeness{best.Name, unknownPairs(len(names))}
	for _, p := range best.Pairs {
		i, j := slices.Index(names, p.A), slices.Index(names, p.B)
		if i < 0 || j < 0 {
			return nil
		}
		out.scores[i][j], out.scores[j][i] = p.Score, p.Score
	}
	return out
}

// apart turns what is large for near pairs into what is large for distant ones.
func apart(near [][]float64) [][]float64 {
	out := make([][]float64, len(near))
	for i, row := range near {
		for _, x := range row {
			out[i] = append(out[i], -x)
		}
	}
	return out
}

// mapTrust says how much of the pairs two dimensions keep.
func mapTrust(follows float64) wording.Text {
	const good = 0.8
	switch {
	case !finite(follows):
		return ""
	case follows < good:
		return wording.Say("Two dimensions do not hold all of it (rank correlation of distances and pairs %s): where the map and the table disagree, the table is right.", twoDigits(follows))
	}
	return wording.Say("Distances keep the order of the pairs (rank correlation %s).", twoDigits(follows))
}

// onMap scales places to the width of the view box, and says how high it is then.
func onMap(places []picture.Point) (at []picture.Point, height float64) {
	var wide, low, high float64
	for _, p := range places {
		wide, low, high = max(wide, math.Abs(p.X)), min(low, p.Y), max(high, p.Y)
	}
	scale := min((mapWidth/2-mapSide)/max(wide, 1e-9), (mostMapHeight-2*mapMargin)/max(high-low, 1e-9))
	for _, p := range places {
		at = append(at, picture.Point{X: mapWidth/2 + scale*p.X, Y: mapMargin + scale*(high-p.Y)})
	}
	return at, 2*mapMargin + scale*(high-low)
}

func cornersText(corners []picture.Point) string {
	text := ""
	for i, p := range corners {
		if i > 0 {
			text += " "
		}
		text += coordinate(p.X) + "," + coordinate(p.Y)
	}
	return text
}

// link is a pair of domains, by their numbers, that surely gains or loses.
type link struct {
	class string // gains or harms
	a, b  int
}

// sureLinks are the pairs that surely gain or lose, those that do most where they are
// many.
func sureLinks(names []string, pairs []grouping.PairGain) []link {
	sure := slices.DeleteFunc(slices.Clone(pairs), func(p grouping.PairGain) bool {
		return p.Verdict != grouping.Share && p.Verdict != grouping.Apart
	})
	size := func(p grouping.PairGain) float64 { return math.Abs(p.A.Gain + p.B.Gain) }
	slices.SortStableFunc(sure, func(a, b grouping.PairGain) int { return cmp.Compare(size(b), size(a)) })
	var out []link
	for _, p := range sure[:min(len(sure), mostLines)] {
		l := link{"gains", slices.Index(names, p.A.Domain), slices.Index(names, p.B.Domain)}
		if p.Verdict == grouping.Apart {
			l.class = "harms"
		}
		if l.a >= 0 && l.b >= 0 {
			out = append(out, l)
		}
	}
	return out
}

// table says in words and figures what the map shows.
func (m *domainMap) table(g *grouping.Recommendation, names []string, places []picture.Point) {
	m.Data.add("domain", "group", "x", "y")
	for i, name := range names {
		row := mapRow{Domain: name, Pool: wording.Say("a model of its own"), Best: noData, Worst: noData}
		number := 0
		for k, group := range g.Names() {
			if slices.Contains(group, name) {
				number = k + 1
				if len(group) > 1 {
					row.Pool = poolTitle(group)
				}
			}
		}
		var best, worst *partner
		for _, p := range partnersOf(name, g.Pairs) {
			if best == nil || p.gain > best.gain {
				best = &p
			}
			if worst == nil || p.gain < worst.gain {
				worst = &p
			}
		}
		if best != nil {
			row.Best, row.Worst = best.text(), worst.text()
		}
		m.Table = append(m.Table, row)
		m.Data.add(name, number, places[i].X, places[i].Y)
	}
}

// partner is another domain with what a domain gains from it.
type partner struct {
	name string
	gain float64
}

func (p *partner) text() wording.Text { return wording.Say("%s (%s)", p.name, signed(p.gain)) }

func partnersOf(name string, pairs []grouping.PairGain) []partner {
	var out []partner
	for _, p := range pairs {
		switch name {
		case p.A.Domain:
			out = append(out, partner{p.B.Domain, p.A.Gain})
		case p.B.Domain:
			out = append(out, partner{p.A.Domain, p.B.Gain})
		}
	}
	return slices.DeleteFunc(out, func(p partner) bool { return !finite(p.gain) })
}
