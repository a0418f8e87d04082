package language

// read finds the message that an English sentence from a file was made of.
func (j *japaneseWriter) read(string) (string, bool) { return "", false }
