// Package textcode turns texts into the numbers that models take.
//
//  1. [Encoding] says how: it is what a study asks for, and what stands in the
//     metadata of a trained model under [Property].
//  2. [Encoding.Encoder] makes an [Encoder], which writes the numbers of a text.
//
// There are three ways. Nothing is fitted in any of them, so that no text tells
// anything about another: not a test sample about training, and not one domain
// about another's.
//
//	ngrams     counts of n-grams in a fixed number of buckets, whose order in the
//	           text is lost: [buckets] numbers, most of them 0
//	words      numbers of words in their order, in a fixed number of buckets:
//	           [length] numbers, 0 behind the end of the text
//	tokenizer  tokens of a tokenizer.json (package tokenizer) in their order:
//	           [length] numbers
//
// # Words
//
// Texts are UTF-8. Letters become small ones by the simple mapping of Unicode,
// each by itself. Letters, digits and marks (categories L, N and M) that stand
// together are a word. Every symbol (category S: emoji, currencies, arithmetic) is
// a word of its own, and so is every letter of the scripts that set no blanks
// between words: Thai, Lao, Burmese, Khmer, kana and Han. All else stands between
// words.
//
// # Hashing
//
// An n-gram of words is the words with a blank between them. An n-gram of
// characters is '#' and n characters of a word that has a blank on both sides, so
// that "# ca" is a beginning. The bucket is the CRC-32 (IEEE, that of zlib) of the
// n-gram's UTF-8 modulo the number of buckets; the number of a word is 1 + CRC-32
// modulo (buckets - 1). Weinberger, Dasgupta, Langford, Smola, Attenberg: Feature
// Hashing for Large Scale Multitask Learning, ICML 2009, has the idea; counts have
// no signs here, since they are weighted by document frequencies afterwards.
//
// testdata/textcode.py does the same in Python, from the metadata of a model.
package textcode
