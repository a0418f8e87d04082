// Package economics says what ways of sharing models are worth in money: their
// net present values, what these hinge on, and what further knowledge may cost.
//
// It knows nothing of studies. A [Case] has prices, domains, options and draws
// of what is not known:
//
//  1. An [Option] is a set of models that serve all domains: one for each, one for
//     all, or anything between. The first option of a case is the reference: what
//     the others gain is counted from there.
//
//  2. What is not known are cells: gains in units of a domain's metric, such as
//     points of its error rate. A model brings its domains a weighted sum of
//     cells ([Term]). [Case].Draws has joint draws of all cells, and every option is
//     valued by the same ones, so that differences between options allow for all
//     that options have in common.
//
//  3. [Appraise] gives every option its net present value with limits, says which
//     is best and how surely, and what it would be worth to know the cells
//     exactly.
//
//  4. [Tornado] varies every input over a range; [BreakEvens] finds the value of
//     each at which the best option just pays.
//
//  5. [Stage] stages what is to be done: which models to introduce, in which order;
//     up to which size; and what more seeds or samples may cost, by the expected
//     value of their information.
//
//  6. [Case.Enlarge] says what larger models than those of an option are worth at
//     most, by draws of what they bring, and whether that is less than they cost.
//
// # Net present value
//
// Money that is spent at the start counts in full, and what comes or goes in month
// t counts at the end of that month, times
//
//	d(t) = (1 + Discount)^(-t/12)
//
// with Discount the rate of a year. With H months, a model that costs S once, T for
// each training, again every R months while at least one is left, and M a month,
// and brings B a month is worth
//
//	(B - M) Σ d(t), t = 1..H   -   S   -   T (1 + Σ d(t), t = R, 2R, .. < H)
//
// and an option is worth what its models are. A model that is running already costs
// neither S nor its first training. Prices stay as they are: neither inflation nor
// taxes are in this.
//
// # Value of information
//
// With NPV(a) the value of option a, linear in the cells, the expected value of
// perfect information is
//
//	E max NPV(a)  -  max E NPV(a)
//
// over the draws. Of partial information the cells' expectations would move: if
// what is bought leaves a share 1-s of the variance, by draws of the deviations
// times √s; the same difference over these moved expectations is the expected
// value of sample information (Raiffa and Schlaifer, Applied Statistical Decision
// Theory, 1961). For two options and normal gains it is σ·L(m/σ), with m the expected
// difference, σ the standard deviation by which it may move, and L(u) = φ(u) -
// u·(1-Φ(u)).
//
// # Limits
//
// Draws say what is not known of gains. What is not known of prices is no part of
// limits: that is what the tornado is for. The value of information counts the
// choice among the options of the case alone, for as long as the horizon.
package economics
