// Package provenance records what a recommendation rests on, and checks whether that
// is still what it was.
//
//  1. [Gather] lists, for a study's output folder, the study file, the policy, the data
//     of every domain, the definitions of models, the runs that were used with their
//     files, and the versions of the programs that made them, each by its SHA-256.
//  2. [Manifest.Write] puts the list beside the recommendation, provenance.json.
//  3. [Verify] computes all of it anew and says what does not match.
//
// A manifest holds no clock, no host and no path but those that the study names, so
// that equal work gives equal manifests.
//
// # Limits
//
// A manifest says that files are those that were used. It is not signed: whoever can
// write the folder can write the manifest. Its own SHA-256, kept elsewhere, tells of
// that. Data that are not at hand cannot be verified, which is said and is no mismatch.
package provenance
