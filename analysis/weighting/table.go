package weighting

import (
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting/gram"
)

// Cost is what a method asks of a training beside its steps.
type Cost string

// The classes of cost. What they come to in time is measured, see the package that
// compares weightings.
const (
	// Free methods look at nothing, or at losses that the step reports anyway.
	Free Cost = "free"
	// After methods have models trained before the first step.
	After Cost = "independent models first"
	// Twice methods look at the losses of a minibatch a second time.
	Twice Cost = "losses again"
	// Gradients methods need the inner products of the domains' gradients: hardly
	// more time than a step on trunks of convolutions, up to three times as much on tiny
	// ones, and a backward pass for each domain where batch normalisations share the
	// statistics of a minibatch.
	Gradients Cost = "gradients"
	// Jacobians methods need the gradients themselves too: on top of that they
	// remember as many numbers as the trunk has parameters, times the domains (4 bytes
	// each in memory, a third more in a checkpoint), and pass over them in every step.
	Jacobians Cost = "whole gradients"
)

// Description is one line of the table of methods.
type Description struct {
	Name string
	Doc  string
	// Formula gives the weights w_d, before they are normalised, in losses L, gradients
	// g and their inner products G.
	Formula  string
	Citation string // empty where the method is folklore
	Cost     Cost

	new constructor
}

// constructor makes a method at its start.
type constructor func(cfg study.Weighting, domains []Domain, seed uint64) (Method, error)

var methods = []Description{
	{"equal", "every domain counts the same", "1", "", Free, newEqual},
	{"size", "in proportion to the number of training samples", "n_d", "", Free, newSize},
	{"static", "weights given in the study", "given", "", Free, newStatic},
	{"temperature", "in proportion to a root of the number of training samples", "n_d^(1/T)",
		"Arivazhagan et al.: Massively Multilingual Neural Machine Translation in the Wild, arXiv 1907.05019, sec. 4.1 (for sampling)", Free, newTemperature},
	{"baseline", "less for domains whose independent model ends at a high held-out loss", "target_d^(−p)", "", After, newBaseline},
	{"dwa", "more for domains whose loss falls slowly, from the last two epochs", "exp(L_d(t−1)/L_d(t−2)/T)",
		"Liu, Johns, Davison: End-to-End Multi-Task Learning with Attention, CVPR 2019, eq. 7", Free, newDWA},
	{"uncertainty", "less for domains whose loss stays high, by learned log variances", "exp(−s_d), s minimises Σ w·L + s/2",
		"Kendall, Gal, Cipolla: Multi-Task Learning Using Uncertainty to Weigh Losses, CVPR 2018, sec. 3.2", Free, newUncertainty},
	{"rlw", "at random, anew for every step: a control", "softmax(normal draws)",
		"Lin et al.: Reasonable Effectiveness of Random Weighting, TMLR 2022", Free, newRLW},
	{"gls", "inversely to the loss, which minimises the geometric mean of the losses", "1/L_d",
		"Chennupati et al.: MultiNet++, CVPR Workshops 2019", Free, newGLS},
	{"imtl-l", "so that weighted losses are alike, learned", "exp(s_d), s minimises Σ e^s·L − s",
		"Liu et al.: Towards Impartial Multi-Task Learning, ICLR 2021, sec. 3.2", Free, newIMTLL},
	{"lbtw", "more for domains whose loss has fallen little since the epoch began", "(L_d/L_d(first))^α",
		"Liu, Liang, Gitter: Loss-Balanced Task Weighting to Reduce Negative Transfer, AAAI 2019", Free, newLBTW},
	{"stch", "for the worst loss relative to a warm-up's, smoothly", "softmax(log(L/nadir)/μ)_d / L_d",
		"Lin et al.: Smooth Tchebycheff Scalarization for Multi-Objective Optimization, ICML 2024", Free, newSTCH},
	{"famo", "so that all losses fall at the same pace, learned", "softmax(ξ)_d / L_d",
		"Liu et al.: FAMO: Fast Adaptive Multitask Optimization, NeurIPS 2023", Twice, newFAMO},
	{"group-dro", "more and more for domains whose loss is high", "q_d ← q_d·exp(η·L_d)",
		"Sagawa et al.: Distributionally Robust Neural Networks, ICLR 2020, algorithm 1", Free, newGroupDRO},
	{"doremi", "more and more for domains whose loss is above that of their independent models", "α ← (1−c)·softmax(log α + η·max(L − target, 0)) + c/n",
		"Xie et al.: DoReMi: Optimizing Data Mixtures, NeurIPS 2023, algorithm 1", After, newDoReMi},
	{"gap", "by what the loss is above that of the independent model", "max(L_d − target_d, 0)^p", "", After, newGap},
	{"mgda", "shortest convex combination of the gradients, which harms no domain to first order", "argmin wᵀGw, w ≥ 0, Σw = 1",
		"Sener, Koltun: Multi-Task Learning as Multi-Objective Optimization, NeurIPS 2018, sec. 3.1; Désidéri: Multiple-gradient descent algorithm, C. R. Math. 2012", Gradients, simply((*gram.Matrix).MGDA)},
	{"dual-projection", "the least change of the mean gradient that harms no domain to first order", "argmin vᵀGv, v ≥ 1/n",
		"Lopez-Paz, Ranzato: Gradient Episodic Memory, NeurIPS 2017, eq. 11", Gradients, simply((*gram.Matrix).DualProjection)},
	{"pcgrad", "every gradient without what conflicts with others", "Σ_i g_i less projections on g_j where negative",
		"Yu et al.: Gradient Surgery for Multi-Task Learning, NeurIPS 2020, algorithm 1", Gradients, newPCGrad},
	{"gradvac", "every gradient brought up to the usual cosines with others", "as pcgrad, to cosines that are a moving mean",
		"Wang et al.: Gradient Vaccine, ICLR 2021, eq. 2 and 3", Gradients, newGradVac},
	{"gradnorm", "gradients of a length that follows the pace of learning", "softmax(ξ)_d, ξ minimises Σ |w·‖g‖ − mean·pace^α|",
		"Chen et al.: GradNorm, ICML 2018, eq. 2", Gradients, newGradNorm},
	{"cagrad", "for the domain that is served worst, near the mean gradient", "1/n + c·‖g_0‖·x_d/√(xᵀGx)",
		"Liu et al.: Conflict-Averse Gradient Descent for Multi-task Learning, NeurIPS 2021", Gradients, newCAGrad},
	{"imtl-g", "a step with equal cosines with all gradients", "(Ĝ⁻¹1)_d/‖g_d‖",
		"Liu et al.: Towards Impartial Multi-Task Learning, ICLR 2021, eq. 4", Gradients, simply((*gram.Matrix).IMTLG)},
	{"nash-mtl", "the Nash bargain between gradients", "Gα = 1/α",
		"Navon et al.: Multi-Task Learning as a Bargaining Game, ICML 2022", Gradients, simply((*gram.Matrix).Nash)},
	{"fairgrad", "an α-fair bargain between gradients", "Gw = w^(−1/a)",
		"Ban, Ji: Fair Resource Allocation in Multi-Task Learning, ICML 2024", Gradients, newFairGrad},
	{"upgrad", "the sum of gradients each of which was changed so that it harms no domain", "Σ_i argmin vᵀGv, v ≥ e_i/n",
		"Quinton, Rey: Jacobian Descent for Multi-Objective Optimization, arXiv 2406.16232", Gradients, simply((*gram.Matrix).UPGrad)},
	{"aligned-mtl", "gradients whose principal components have the same length", "√λ_min·G^(−½)·1/n",
		"Senushkin et al.: Independent Component Alignment for Multi-Task Learning, CVPR 2023", Gradients, simply((*gram.Matrix).Aligned)},
	{"db-mtl", "gradients of log losses, as moving means, all brought to the length of the longest", "max ‖ĝ‖/(‖ĝ_d‖·L_d), ĝ a moving mean of g/L",
		"Lin et al.: Dual-Balancing for Multi-Task Learning, arXiv 2308.12029", Jacobians, newDBMTL},
	{"excess-mtl", "more and more for domains whose loss is far above what it can reach, as squared gradients tell", "w_d ← w_d·exp(η·e_d/e_d(first)), e = Σ g²/√Σ_t g²",
		"He et al.: Robust Multi-Task Learning with Excess Risks, ICML 2024", Jacobians, newExcessMTL},
}

// Methods returns the table of methods, in the order in which help texts list
// them.
func Methods() []Description { return append([]Description(nil), methods...) }
