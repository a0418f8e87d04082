package onnxio

// textOps work on strings; their shapes are not inferred.
var textOps = []operator{
	{"", "RegexFullMatch", 20, "X -> Y", "pattern:string", nil},
	{"", "StringConcat", 20, "X Y -> Z", "", nil},
	{"", "StringNormalizer", 10, "X -> Y", "case_change_action:string is_case_sensitive:int locale:string stopwords:strings", nil},
	{"", "StringSplit", 20, "X -> Y Z", "delimiter:string maxsplit:int", nil},
	{"", "TfIdfVectorizer", 9, "X -> Y", "max_gram_length:int! max_skip_count:int! min_gram_length:int! mode:string! ngram_counts:ints! ngram_indexes:ints! pool_int64s:ints pool_strings:strings weights:floats", nil},
}
