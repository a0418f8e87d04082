package analysis

import (
	"math"

	"github.com/sharewise/sharewise/analysis/losses"
)

// remains are the sums over the samples of each block, and of what is no sum over them
// those over all others, of a domain whose samples have one class each: what tallies of the
// remaining samples come to, in one pass over the samples instead of one for each block.
type remains struct {
	n, loss, classified, right [contestBlocks]float64 // of the samples of each block
	classes                    [contestBlocks]map[int32]*[2]float64
	// Where classes are two, see ranking.areas.
	ranked             bool
	positives, all     [contestBlocks]float64 // of the samples of each block
	ordered, precision [contestBlocks]float64 // of the others
}

// newRemains takes all rows; order has those of two classes by descending score, or is nil.
func newRemains(tables []dealt, order []place, other func(*losses.Table, int) bool) *remains {
	s := &remains{ranked: order != nil}
	for _, t := range tables {
		for row, block := range t.block {
			if !other(t.Table, row) {
				s.add(t.Table, row, block)
			}
		}
	}
	for _, x := range order {
		s.all[x.block]++
		if x.positive {
			s.positives[x.block]++
		}
	}
	s.rank(order)
	return s
}

// add takes a row of a block.
func (s *remains) add(t *losses.Table, row int, block uint8) {
	s.n[block]++
	s.loss[block] += float64(t.Loss[row])
	if !t.Classification(row) || t.Label != nil && t.Label[row] < 0 {
		return
	}
	right := 0.0
	if t.Correct[row] {
		right = 1
	}
	s.classified[block]++
	s.right[block] += right
	if t.Label == nil {
		return
	}
	if s.classes[block] == nil {
		s.classes[block] = map[int32]*[2]float64{}
	}
	c := s.classes[block][t.Label[row]]
	if c == nil {
		c = new([2]float64)
		s.classes[block][t.Label[row]] = c
	}
	c[0]++
	c[1] += right
}

// rank is ranking.areas without each of the blocks in turn.
func (s *remains) rank(order []place) {
	var negatives [contestBlocks]float64 // of the others
	total, positive := 0.0, 0.0
	for b := range s.all {
		total, positive = total+s.all[b], positive+s.positives[b]
	}
	for b := range negatives {
		negatives[b] = total - positive - (s.all[b] - s.positives[b])
	}
	var above [2][contestBlocks]float64 // negatives and positives of a higher score, of the others
	for i := 0; i < len(order); {
		score := order[i].score
		var sum [2]float64
		var own [2][contestBlocks]float64
		for ; i < len(order) && order[i].score == score; i++ {
			class := 0
			if order[i].positive {
				class = 1
			}
			sum[class]++
			own[class][order[i].block]++
		}
		for b := range negatives {
			tied, right := sum[0]-own[0][b], sum[1]-own[1][b]
			if right > 0 {
				s.ordered[b] += right * (negatives[b] - above[0][b] - tied/2)
			}
			above[0][b] += tied
			above[1][b] += right
			if right > 0 {
				s.precision[b] += right * above[1][b] / (above[0][b] + above[1][b])
			}
		}
	}
}

// leaveOut makes the tallies without each block of what remains. classes are those of all
// samples.
func (r *resampled) leaveOut(s *remains, classes map[int32]*[2]float64, d DomainInfo) {
	for b := range s.n {
		if s.n[b] == 0 || s.n[b] == r.whole.n {
			continue
		}
		part := d.tally()
		part.n = r.whole.n - s.n[b]
		for c, loss := range s.loss {
			if c != b {
				part.loss += loss
			}
		}
		part.classified, part.right = r.whole.classified-s.classified[b], r.whole.right-s.right[b]
		for label, all := range classes {
			left := *all
			if c := s.classes[b][label]; c != nil {
				left[0], left[1] = left[0]-c[0], left[1]-c[1]
			}
			if left[0] == 0 {
				continue
			}
			if part.classes == nil {
				part.classes = map[int32]*[2]float64{}
			}
			part.classes[label] = &left
		}
		f := part.figures()
		if s.ranked {
			s.areas(b, f)
		}
		r.without[b] = part
	}
}

// areas fills in the figures of two classes without a block.
func (s *remains) areas(b int, f *figures) {
	positives, all := 0.0, 0.0
	for c := range s.all {
		if c != b {
			positives, all = positives+s.positives[c], all+s.all[c]
		}
	}
	if negatives := all - positives; positives > 0 && negatives > 0 {
		f.auc, f.precision = s.ordered[b]/positives/negatives, s.precision[b]/positives
		return
	}
	f.auc, f.precision, f.oneClass = math.NaN(), math.NaN(), all > 0
}
