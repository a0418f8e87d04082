// Package sheet writes which group serves which domain as a table for spreadsheets,
// whether the groups are a study's or chosen from a table of gains.
//
// The table is CSV as RFC 4180 has it, with one header and a row for every domain:
//
//	group     number of the group, from 1
//	domain    who is served
//	members   the domains that the group's model is trained on, joined by "+"
//	gain      what the domain gains over a model of its own, as it was chosen by
//	lo, hi    limits of the gain; empty where unknown
//	source    where the gain is from
//	firmness  how far to trust the group; empty where nothing says so
//	promised  the gain to expect with fresh seeds; empty where nothing is promised
//
// Names come from files that others may have written, and spreadsheets take a cell
// that begins with =, +, -, @, a tab or a carriage return for a formula. Such a cell
// of text is written with an apostrophe before it, see [Text]. Numbers are not text:
// -0.25 stays a number.
package sheet
