package finetune

import (
	"errors"
	"fmt"
)

var (
	// ErrInput marks a model whose data input cannot take the samples.
	ErrInput = errors.New("samples do not fit the model")
	// ErrInputs marks a model of several data inputs. It matches ErrInput.
	ErrInputs = fmt.Errorf("%w: several inputs", ErrInput)
	// ErrFeatures marks a model in which the features cannot be found.
	ErrFeatures = errors.New("no features")
	// ErrConfig marks settings that do not suit the model.
	ErrConfig = errors.New("unsuitable settings")
)
