package reports

import _ "embed"

//go:embed schema/groups.schema.json
var groupsSchema []byte

// GroupsSchema returns the JSON Schema (draft 2020-12) of groups.json.
func GroupsSchema() []byte { return append([]byte(nil), groupsSchema...) }
