// Package delimited reads tables that were written as text, whatever program
// wrote them: fields between delimiters, one row per line.
//
// [Open] finds out how a table is written, its [Dialect], from its first lines:
//
//  1. Encoding and line ends: UTF-8 and UTF-16 with or without a byte-order
//     mark; LF, CRLF or CR. Lines that are no UTF-8 are taken as Windows-1252, of
//     which Latin-1 is a part (encoding.go).
//  2. The delimiter: the one that cuts most lines into the same number of
//     fields, of which most are numbers, dates or plain words (delimiter.go). A
//     first line such as "sep=;", which Excel writes, decides.
//  3. How numbers are spelled: what stands before decimals and between
//     thousands. The notation in which most fields are numbers, perhaps with the
//     unit that their column has (unit.go), is taken; one that nothing tells from
//     another is said to be ambiguous (notation.go).
//  4. The layout: lines before the header, lines of comments, the header itself,
//     units below it (layout.go).
//
// What is settled by [Settings] is not looked for. [Reader.Next] then gives
// row after row; most rows cost one allocation.
//
// The idea to judge a dialect by the regularity of rows and by the types of
// fields together is that of G. J. J. van den Burg, A. Nazábal, C. Sutton:
// Wrangling messy CSV files by detecting row and type patterns, 2019.
//
// # Limits
//
// The encoding of text that is not UTF-8 shows in its words. Where all of them may be
// of Windows-1252 and of an encoding of east Asia, or of two of these, it is asked for.
// Other encodings of single bytes, such as Windows-1250, are read as Windows-1252 where
// their words look like words in it; and what is UTF-8 by chance, such as 猫 alone in GBK,
// is read as UTF-8. A table is
// looked at in its first 64 KiB; what shows only later, such as the first
// decimal comma, is not found.
package delimited
