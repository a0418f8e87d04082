// Package laws says how errors change with the size of models, and what follows for
// larger ones: laws of size with limits, where sharing turns from harm to help, and
// how domains compete for the room of one model.
//
//  1. [Fit] fits E + A·N^-alpha, E and A not below zero, to the errors at four sizes
//     or more, and keeps all parameters that the points allow. [Law.Predict] says
//     what another size would measure, with limits; [Law.AtMost] what a larger model
//     takes off the error at most: where that is not worth its price, stop.
//  2. [Cross] finds the size at which gains cross zero upwards, in joint draws of what
//     gains may be. "Below the smallest", "never within these" and "not settled" are
//     answers.
//  3. [FitCompetition] fits a law in which domains compete for the room of a shared
//     model, [FitApart] the same without competition, to losses of many mixtures.
//
// It knows numbers only: no study, no file.
//
// # How well limits hold
//
// testdata/coverage.md holds a table: 168 planted curves of four to six sizes, flat and
// steep, with and without what size cannot take away, from which the truth strays by
// nothing to 3 %, measured by three runs with noise of 0.3 to 5 %. Nominal limits of
// 95 % hold the next size in 97 % in the mean, and least often, in 86 %, where an all but
// flat curve strays by 3 %. One-sided limits of what a step takes off hold in 98 %, and
// least often, in 81 %, where a curve without anything irreducible strays by 3 %. A
// straight line through logarithms holds 85 % in the mean. Limits of crossings hold in
// 92 to 99 % (TestCrossHolds).
// testdata/published.md tells what became of predictions on published losses, and
// testdata/leave-size-out.md how well every size there is predicted from the others:
// limits of 95 % hold 698 of 700 losses, with a mean error of 1.5 %.
//
// There they are too wide, and no narrower ones were found that hold elsewhere. Of the half
// width of 6.0 %, what is not known of the law's parameters makes 3.8 %; the rest allows for
// a next size that strays. What both hang on is tauScale, what is thought of straying before
// any point is seen, for four to six points tell little of it. With 0.01 in place of 0.03 the
// half width is 4.3 % and 690 of 700 losses are held, with 0.003 it is 3.4 % and 642. But
// where planted curves stray by 3 %, limits then hold 89.7 % of next sizes in place of 94.2 %,
// and less than 93 % on 30 of 42 curves in place of 13 (60 studies of each; with the 400 of
// testdata/coverage.md it is 9 of all 168, all on curves that stray). Other beliefs about the
// part that no size takes away, with as much weight at all as at nothing, made limits wider on
// the published losses, 6.5 and 6.9 %, and mended the worst curves in part.
package laws
