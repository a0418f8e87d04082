package study

import (
	"fmt"

	"github.com/goccy/go-yaml/token"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// bounded looks at the tokens of a file before they are parsed: the parser takes
// time with the square of the keys of a mapping, and memory with that of the
// levels that lie in one another.
func (d *decoder) bounded(data []byte, tokens token.Tokens) error {
	var l filelimit.Limits
	if err := l.Check(filelimit.Document, int64(len(data)), fmt.Sprintf("the file has %d bytes", len(data))); err != nil {
		return Errors{{File: d.file, Message: err.Error()}}
	}
	// Levels of blocks are told by their columns, those of flows by their brackets.
	type level struct {
		column int
		keys   int64
	}
	var blocks, flows []level
	for _, t := range tokens {
		at, column := &blocks, t.Position.Column
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flows = append(flows, level{})
		case token.SequenceEndType, token.MappingEndType:
			flows = flows[:max(0, len(flows)-1)]
		case token.MappingValueType, token.SequenceEntryType:
			key := t.Type == token.MappingValueType
			switch {
			case len(flows) > 0:
				at = &flows
			case key && t.Prev != nil:
				column = t.Prev.Position.Column
			}
			if len(flows) == 0 {
				for len(blocks) > 0 && blocks[len(blocks)-1].column > column {
					blocks = blocks[:len(blocks)-1]
				}
				if len(blocks) == 0 || blocks[len(blocks)-1].column < column {
					blocks = append(blocks, level{column: column})
				}
			}
			if top := &(*at)[len(*at)-1]; key {
				top.keys++
				if err := l.Check(filelimit.Keys, top.keys, fmt.Sprintf("a mapping with %d keys or more", top.keys)); err != nil {
					return Errors{d.newError(place{t.Position.Line, max(1, column)}, "", err.Error())}
				}
			}
		}
		n := int64(len(blocks) + len(flows))
		if err := l.Check(filelimit.Levels, n, fmt.Sprintf("lists and mappings stand in one another, %d levels or more", n)); err != nil {
			return Errors{d.newError(place{t.Position.Line, max(1, t.Position.Column)}, "", err.Error())}
		}
	}
	return nil
}
