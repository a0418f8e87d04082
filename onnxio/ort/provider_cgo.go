//go:build cgo

package ort

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/yalue/onnxruntime_go"

	"github.com/sharewise/sharewise/onnxio/exec"
)

// stepsOnDevice is how many steps are taken in one run on a device: enough that
// what travels to and fro, all parameters and their state once each way, is little
// beside the work.
const stepsOnDevice = 32

// on returns a backend that runs models on a provider, once a model has run there.
func on(b exec.Backend, p Provider) (exec.Backend, error) {
	own, ok := b.(*backend)
	if !ok {
		return nil, fmt.Errorf("%w: %s: %s has none", ErrProvider, p.Name, b.Name())
	}
	placed := &backend{version: own.version, path: own.path, provider: p}
	if err := tryModel(placed); err != nil {
		return nil, providerError(own.path, p, err)
	}
	return placed, nil
}

// StepsPerRun is above 1 where tensors travel to a device.
func (b *backend) StepsPerRun() int {
	if b.provider.known().device {
		return stepsOnDevice
	}
	return 1
}

// appendProvider makes a session use a provider.
func appendProvider(o *onnxruntime_go.SessionOptions, p Provider) error {
	switch p.Name {
	case "", onCPU:
		return nil
	case "cuda":
		c, err := onnxruntime_go.NewCUDAProviderOptions()
		if err != nil {
			return err
		}
		err = c.Update(p.Options)
		if err == nil {
			err = o.AppendExecutionProviderCUDA(c)
		}
		return errors.Join(err, c.Destroy())
	case "tensorrt":
		c, err := onnxruntime_go.NewTensorRTProviderOptions()
		if err != nil {
			return err
		}
		err = c.Update(p.Options)
		if err == nil {
			err = o.AppendExecutionProviderTensorRT(c)
		}
		return errors.Join(err, c.Destroy())
	case "directml":
		device, err := 0, error(nil)
		for key, value := range p.Options {
			if key != "device_id" {
				return fmt.Errorf("the provider takes device_id, not %s", key)
			}
			if device, err = strconv.Atoi(value); err != nil {
				return fmt.Errorf("device_id=%s: %q is no whole number", value, value)
			}
		}
		// The provider refuses memory patterns.
		if err := o.SetMemPattern(false); err != nil {
			return err
		}
		return o.AppendExecutionProviderDirectML(device)
	case "coreml":
		return o.AppendExecutionProviderCoreMLV2(p.Options)
	case "openvino":
		return o.AppendExecutionProviderOpenVINO(p.Options)
	}
	name := map[string]string{"webgpu": "WebGPU", "qnn": "QNN", "xnnpack": "XNNPACK"}[p.Name]
	return o.AppendExecutionProvider(name, p.Options)
}
