// Package onnxio holds ONNX models in memory.
package onnxio
