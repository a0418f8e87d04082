// Package decisions says how the runs of a study were chosen where they were chosen
// step by step: decisions.json, for programs, and in words.
//
//  1. A [Record] has the settings that decisions follow from, the decisions in their
//     order, and why there were no more.
//  2. A [Decision] has what was known ([View]), what it could have chosen ([Option])
//     and the runs that it chose.
//  3. [Record.Line] and [Record.Say] tell them to people, [Record.Spent] what was
//     saved.
//
// Package adaptive takes the decisions; whoever shows them needs nothing of it.
package decisions
