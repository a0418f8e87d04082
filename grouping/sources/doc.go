// Package sources says from which members of a pool its help and harm come, and which
// pools to train so that a study can tell.
//
//  1. [Ask] picks what members bring to each other (analysis.LeftOut) at one capacity and
//     weighting: a pool against the same pool without one member, the source.
//  2. It lists the pools without one member that were not trained ([Missing]): of the
//     recommended groups, and of the model of all domains or, where rules forbid that,
//     of the largest pools. The most suspect source comes first: that with which the
//     others lose most in pairs or, where no pairs were trained, that whose gradients
//     oppose theirs most. Both are grounds for looking and no findings.
//
// A pool without one member breaks no rule that the pool keeps, since rules forbid
// sets for what is in them. What two sources bring together may differ from what each
// does by itself: a source that brings nothing while another is there may bring
// something without it.
package sources
