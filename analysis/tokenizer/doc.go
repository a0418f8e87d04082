// Package tokenizer reads a tokenizer.json, the file in which Hugging Face's library
// tokenizers keeps what turns a text into the token numbers of a model, and does
// what it says.
//
// [Tokenizer.Encode] takes a text through these steps:
//
//  1. Tokens that were added to the vocabulary are cut out of it (added.go).
//  2. What is between them is normalised (normalize.go): Unicode forms, small
//     letters, accents, the tables of SentencePiece (charsmap.go).
//  3. It is cut into words (pretokenize.go).
//  4. The model cuts words into tokens: WordPiece, BPE, Unigram or whole words.
//  5. A template puts special tokens around them (template.go).
//
// The format is read strictly: a part of a kind that is not known is an error that
// names it, since leaving it out would give a model other tokens than it learned.
// Files are not trusted, and texts neither: both are fuzzed, and what a file may ask for is
// bounded (bounds.go). No step makes more than 64 KiB and 64 times a text's length of it: of a
// text that would become longer the end is cut off, which no file that is used comes near.
//
// # Sources
//
// WordPiece: Schuster, Nakajima: Japanese and Korean voice search, ICASSP 2012, in
// the greedy form of BERT. BPE: Sennrich, Haddow, Birch: Neural Machine Translation
// of Rare Words with Subword Units, ACL 2016; over bytes as in GPT-2. Unigram: Kudo:
// Subword Regularization, ACL 2018.
//
// # Limits
//
// Pairs of texts, dropout of BPE, training of tokenizers, and regular expressions
// that Go does not know (those that look ahead) are not supported; the pattern of
// GPT-2 is built in.
package tokenizer
