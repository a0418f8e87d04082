// Package provenance records what a recommendation rests on, and checks whether that
// is still what it was.
//
//  1. [Gather] lists, for a study's output folder, the study file, the policy, the data
//     of every domain, the definitions of models, the runs that were used with their
//     files, and the versions of the programs that made them, each by its SHA-256.
//  2. [Manifest.Write] puts the list beside the recommendation, provenance.json.
//  3. [Verify] computes all of it anew and says what does not match.
//  4. [Sign] lists every file of the folder with its SHA-256 and signs the list with an
//     ed25519 key; [VerifySignature] says which files are not those that were signed. List
//     and signature are of standard forms: sha256sum and openssl verify them too.
//
// A manifest holds no clock, no host and no path but those that the study names, so
// that equal work gives equal manifests.
//
// # Limits
//
// A manifest says that files are those that were used. By itself it is not signed: whoever
// can write the folder can write the manifest. Its own SHA-256, kept elsewhere, tells of
// that, and so does a signature. A signature says that whoever had the key signed these
// files. It does not say that they are right, that data and study were what they seem, or
// when it was made; a folder signed earlier holds as well as one signed later. Data that are not at hand cannot be verified, which is said and is no mismatch.
package provenance
