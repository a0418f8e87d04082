// Package verification holds what a recommendation promised against what it
// delivers.
//
//  1. [Run] trains the recommended pools, and a model of its own for each of their
//     domains, with fresh seeds: numbers beyond all that the study used. It does so in
//     a folder of its own inside the study's, OUT/verification, so that results and
//     groups stay as they are; stopped and called again it goes on.
//
//  2. Models are tested on data that the choice never saw, where there are any: test
//     data of another study file, or of a folder, or the validation part, which
//     training used for learning curves only. Without, they are tested on the same
//     test samples, and seeds alone are fresh, which the record says.
//
//  3. A [Record] compares gains, domain by domain, pool by pool and in all. A promise
//     is held where the difference lies above the margin with all of its limits: no
//     more is missing than the tolerance that groups were chosen by, which does not
//     matter. It is broken where the difference lies below zero with all of its
//     limits and it is not held, and else not decided. Limits of the difference are
//     made of both sides' own, taken as independent (Zou and Donner, Statistics in
//     Medicine 27, 2008); on the same test samples both sides have these in common,
//     so that they are rather too wide.
//
//  4. [History] is all records of a folder, in promises.json: one for every choice of
//     groups, fresh seeds and test data. The same verification again takes the place
//     of the one before.
//
// # How many fresh seeds
//
// The limits of a promise stay, however many fresh seeds there are: in planted studies
// of three seeds five decide nearly all that twenty do, and three, the default, cost a third
// of the study. What is promised is broken rightly: of kept promises 0 to 2 in a hundred
// are. testdata/power.md has the table.
package verification
