package analysis

import (
	"bytes"
	"encoding/json"
	"slices"
)

type armJSON struct {
	Arm       string `json:"arm"`
	Rung      string `json:"rung"`
	Weighting string `json:"weighting"`
}

// MarshalJSON implements json.Marshaler; without it, that of Effect would be
// promoted and leave the arm out.
func (e ArmEffect) MarshalJSON() ([]byte, error) {
	arm, err := json.Marshal(armJSON{e.Arm, e.Rung, e.Weighting})
	if err != nil {
		return nil, err
	}
	effect, err := json.Marshal(e.Effect)
	if err != nil {
		return nil, err
	}
	return slices.Concat(bytes.TrimSuffix(arm, []byte("}")), []byte(","), bytes.TrimPrefix(effect, []byte("{"))), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *ArmEffect) UnmarshalJSON(data []byte) error {
	var arm armJSON
	if err := json.Unmarshal(data, &arm); err != nil {
		return err
	}
	e.Arm, e.Rung, e.Weighting = arm.Arm, arm.Rung, arm.Weighting
	return json.Unmarshal(data, &e.Effect)
}
