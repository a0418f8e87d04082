// Package language writes the texts of reports in the languages that reports have:
// English and Japanese.
//
// A text is made in English where it is needed, and is translated when the page is
// written:
//
//  1. Go code says it by wording.Say, with the whole English sentence as format:
//     wording.Say("Share %s.", wording.List(names)). Templates say it by the function
//     t: {{t "Share %s." .Names}}; markup inside is kept, arguments are escaped.
//  2. Its Japanese stands in the file of its section, ja_SECTION.go, under the English
//     format as key. Arguments keep their verbs; where their order differs they are
//     numbered: "%[2]sと%[1]s".
//  3. Numbers with a noun are wording.Some(n, "pool", "pools"), with the key "%d pools";
//     lists wording.List, clauses wording.Clauses, so that each language joins in its
//     own way. Fields of a page that hold texts are of type wording.Text; Resolve writes
//     them all before the template is executed. Names stay strings.
//
// Tests of package reports fail for a message that has no Japanese, for Japanese that
// no message asks for, and for English words on a Japanese page of the fixtures.
//
// Sentences that other packages wrote into files are English there. Read recognises
// them by the same catalogue, from their formats; what it does not recognise stays
// English.
package language
