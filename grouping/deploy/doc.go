// Package deploy gathers the models of a recommendation for those who serve them:
// one ONNX file for each recommended pool, and a manifest that says which of them
// serves a domain, and how its inputs and outputs are used.
//
//  1. [Open] reads plan, results and recommendation of a study's output folder, and
//     refuses what does not belong together: a recommendation that was made from
//     other results, results that were made from other runs, pools without
//     finished runs. It chooses the run of every pool, see [Rule].
//
//  2. [Bundle.WriteFolder] copies the models and writes manifest.json ([Manifest],
//     [Schema]), all or nothing. The same study gives the same bytes.
//
// # Limits
//
// A model that was trained is deployed, and no mean of several: what a pool
// delivers varies between seeds, and the choice by validation data is worth little
// where these are few. Nothing is trained again on all data: where a study
// tests data in folds every model lacks a part of them, and Open refuses unless it is
// told otherwise.
package deploy
