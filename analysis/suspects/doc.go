// Package suspects finds samples that may do harm: labels that models which never saw
// the sample dispute, and copies of samples, within a domain, across domains, and
// between training and testing. Nothing is trained but linear layers.
//
//  1. [Assess] judges the training samples of domains with classes. For every seed and
//     several domains the trunk that learned another domain, or the inputs themselves,
//     give features on which a linear layer is fitted to four fifths of the samples, and
//     judges the other fifth. No model of the ensemble has seen the sample's label: a
//     trunk that was trained on it would agree with it, right or wrong.
//  2. A label is disputed by confident learning (Northcutt, Jiang and Chuang: Confident
//     Learning: Estimating Uncertainty in Dataset Labels, JAIR 70, 2021). With p_k(i) the
//     mean probability of class k for sample i, and t_k the mean of p_k over samples that
//     are labelled k, a sample labelled y is disputed where among the classes with
//     p_k ≥ t_k the likeliest is another than y, and most of the ensemble agree with that
//     one. Its score is p_k - p_y, from 0 to 1, and at least 3/√m where the smaller of the
//     two classes has m samples: models that learned from few err, and without that a
//     tenth of all right labels would be listed at ten samples a class. Classes of fewer
//     than ten are not judged. testdata/few.md has rates by size, testdata/fresh.md those of
//     draws that the lead was not chosen by, testdata/published.md those of four published
//     sets of pictures: 0 to 2.5 % of their labels are disputed as they are, and of labels
//     that were turned 0 to 19 % are found at ten samples a class, 50 to 72 % at twenty and
//     57 to 85 % at more.
//  3. Labels of test samples are disputed by the runs of the study: where nine of ten
//     models, six at least, predict one and the same other class. They are listed and
//     never left out: who chooses test samples by what models say of them measures
//     something else.
//  4. Copies are samples whose inputs before normalisation are equal, or nearer to each
//     other than a tenth of what the median sample is to its nearest neighbour.
//
// [File.Exclusion] is the list of training samples to leave out (package exclusion).
//
// # Limits
//
// A disputed label may be right: rare kinds of a class look like another class. What share
// of those that are listed were planted, and of those planted are listed, stands in
// testdata/studies/why. Copies of pictures that were turned or cut are not found.
package suspects
