package project

// Files are all files that the project was read from but the study's own. It reports false
// where there is more than plain files of data and models: folders of images or texts, a list of samples
// to leave out, rules or a tokenizer in a file of its own, another trainer.
func (p *Project) Files() (files []string, ok bool) {
	s := p.Study
	if s.Exclude != "" || s.Trainer != nil || s.Policy != nil && s.Policy.File != "" || s.Input.Text != nil && s.Input.Text.Tokenizer != "" {
		return nil, false
	}
	for _, d := range p.Domains { // all folds divide what was read once
		of, plain := d.Files()
		if !plain {
			return nil, false
		}
		files = append(files, of...)
	}
	for rung, w := range p.watched {
		if p.unchangedModel(rung, false) != nil {
			return nil, false
		}
		for _, f := range w.files {
			files = append(files, f.Path())
		}
	}
	return files, true
}
