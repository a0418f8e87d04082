// Package project takes a study from its question to its trained runs: it
// reads the data and models that a study names, plans the runs, and trains them.
//
//  1. [Open] reads every domain and every rung's model, and plans: what is wrong
//     with any of them comes to light before anything is spent.
//  2. [Project.Leaks] looks for test samples that training sees.
//  3. [Project.Train] trains what a folder does not have yet. It can be stopped
//     at any moment, and goes on when it is called again.
//
// What follows reads the folder alone: packages analysis, grouping and reports.
//
// A project holds the data of its study in memory, or maps them, see package
// dataset. It is not for several goroutines at once, but the tasks that it makes
// are.
package project
