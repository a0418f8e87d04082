// Package datafile opens the files that data come in and says what they are,
// before a study says what they mean: files of text, packed or not, tables and
// how they are written, columns of Parquet, arrays, the heads of IDX and WAV
// files, folders with what is in them.
//
// Package dataset reads the domains of a study from them, package drafting
// guesses a study from them. Errors about the content are [*Error], which names
// file, line, column and value.
package datafile
