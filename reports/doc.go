// Package reports shows what a study found: as one HTML file, as JSON, and as
// a few sentences for a terminal.
//
//  1. [State] puts the verdict into sentences: what to share, what to keep apart, how sure.
//     Its words follow fixed rules, stated at [grouping.Firmness].
//  2. [StateCapacity] words, where a study has several sizes of model, whether
//     small ones interfere and larger ones transfer, which is decided by
//     [grouping.CapacityRule].
//  3. [HTML] writes a single file that needs nothing from outside: own style,
//     own few lines of script, charts as tables and SVG. It is made for a
//     screen, a phone, paper, a keyboard and a screen reader, in light and
//     dark. Everything works without the script, which adds reading a matrix
//     cell by arrow keys and opens what is folded before printing.
//  4. [Summarize] gives the same tables for programs.
//  5. [GroupsSchema] is the JSON Schema of groups.json.
//
// Whatever is decided, is decided in analysis and grouping and stands in their
// files; this package puts it into words and pictures.
//
// Reports hold no clock and no path: the same input gives the same bytes.
//
// Domains that are measured by losses stand beside those measured by answers:
// drawn as parts of the mean loss alone, written in the units of the loss.
//
// # Signs and colors
//
// A gain is positive where sharing helps. Blue is gain, orange is harm, in two
// scales that people with the common forms of color blindness can tell apart;
// the sign is always written too. Bold figures have limits that exclude zero;
// in the matrix they are discoveries among all of its cells.
package reports
