// Package tokenizer reads a tokenizer.json, the file in which Hugging Face's library
// tokenizers keeps what turns a text into the token numbers of a model, and does
// what it says.
//
// [Tokenizer.Encode] takes a text through these steps:
//
//  1. Tokens that were added to the vocabulary are cut out of it (added.go): some
//     before the next step, some behind it.
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
// # Held against the original
//
// The files of BERT (WordPiece), all-MiniLM-L6-v2 (WordPiece), Llama 3 and Cohere (both BPE over
// bytes), as the Go module github.com/daulet/tokenizers v1.24.0 has them for its tests, and 19
// variants of these with other normalisers, patterns and added tokens gave the numbers of the npm
// package tokenizers 0.23.2 for 4670 lines: descriptions of packages in four languages, manual pages
// in three, messages of programs in sixteen, and texts made of emoji, control characters and words
// of up to 10 000 characters. Of 800 lines of characters drawn from all of Unicode at most 1 in 100
// differed, with the splitter Whitespace 1 in 7. testdata/library.cjs keeps small cases.
//
// # Limits
//
// Categories of characters are those of the Unicode that Go has. The original has those of Unicode 8
// for marks, controls and punctuation of BERT, and newer ones than Go for words: tokens differ
// for some hundreds of characters that were assigned between.
//
// Pairs of texts, dropout of BPE, training of tokenizers, and regular expressions
// that Go does not know (those that look ahead) are not supported, but for the blanks before a
// word in the patterns of GPT-2, Llama 3 and others (expression.go).
package tokenizer
