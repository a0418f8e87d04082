// Package sessions keeps sessions for reuse: models that are equal but for names
// are opened once and not again and again.
//
// To open a session takes ONNX Runtime as long as a few dozen steps of a small
// model. A study opens thousands of them, and all models of two domains, say, are
// the same graph with other names of domains in it.
//
//  1. Open renames a model's values and nodes by their place in the graph, and asks
//     whether a session of such a model, with the same options, was closed before. If
//     so it is used again; its memory has been allocated, too. Everything that the
//     caller sees has the names of the model that was opened.
//  2. A session in use belongs to one owner. Close gives it back.
//  3. When no session can be used again, those that wait are closed whose graphs have
//     the same name: a study that has come to models of another shape will not use
//     them soon, and at no time do more sessions take memory than are open at once, but
//     for a few per kind of graph.
//  4. Where a session fails, the model is opened and run once more under its own
//     names, so that the error tells these.
//
// Models that hold a state between runs, as those that draw random numbers do, and
// models with functions are opened as they are and not kept: the numbers that a
// session draws depend on how often it has run.
package sessions
