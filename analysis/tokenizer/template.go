package tokenizer

import "encoding/json"

// template finds the special tokens that stand before and after a single text.
func (t *Tokenizer) template(raw json.RawMessage) (before, after []int, err error) {
	return t.templateIn(raw, 0)
}

// named is a token with its number, written as a list.
type named struct {
	Token string
	ID    int
}

// UnmarshalJSON reads ["[CLS]", 101].
func (n *named) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&n.Token, &n.ID})
}

func (t *Tokenizer) templateIn(raw json.RawMessage, depth int) (before, after []int, err error) {
	if absent(raw) {
		return nil, nil, nil
	}
	var of struct {
		part
		List   []json.RawMessage `json:"processors"`
		Single []struct {
			Special *struct {
				ID string `json:"id"`
			} `json:"SpecialToken"`
			Sequence *struct {
				ID string `json:"id"`
			} `json:"Sequence"`
		} `json:"single"`
		Tokens map[string]struct {
			IDs []int `json:"ids"`
		} `json:"special_tokens"`
		Sep *named `json:"sep"`
		Cls *named `json:"cls"`
	}
	if err := decode(raw, "post_processor: ", &of); err != nil {
		return nil, nil, err
	}
	switch of.Type {
	case "ByteLevel":
		return nil, nil, nil
	case "Sequence":
		if depth == deepest {
			return nil, nil, formatError("post_processor: sequences %d deep", deepest)
		}
		for _, r := range of.List {
			b, a, err := t.templateIn(r, depth+1)
			if err != nil {
				return nil, nil, err
			}
			before, after = append(b, before...), append(after, a...)
		}
	case "BertProcessing", "RobertaProcessing":
		if of.Sep == nil || of.Cls == nil {
			return nil, nil, formatError("post_processor: sep and cls are missing")
		}
		before, after = []int{of.Cls.ID}, []int{of.Sep.ID}
	case "TemplateProcessing":
		seen := 0
		for _, p := range of.Single {
			switch {
			case p.Sequence != nil:
				seen++
			case p.Special != nil:
				tok, ok := of.Tokens[p.Special.ID]
				if !ok {
					return nil, nil, formatError("post_processor: special_tokens lacks %.200q", p.Special.ID)
				}
				if seen == 0 {
					before = append(before, tok.IDs...)
				} else {
					after = append(after, tok.IDs...)
				}
			}
		}
		if seen != 1 {
			return nil, nil, formatError("post_processor: a single text stands %d times in the template", seen)
		}
	default:
		return nil, nil, formatError("post_processor %.200q is not supported", of.Type)
	}
	for _, id := range append(append([]int(nil), before...), after...) {
		if err := checkNumber(id, "post_processor: a special token"); err != nil {
			return nil, nil, err
		}
	}
	if n := len(before) + len(after); n > mostSpecial {
		return nil, nil, formatError("post_processor: %d special tokens around a text; %d are possible", n, mostSpecial)
	}
	return before, after, nil
}
