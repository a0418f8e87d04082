// Package onnxpb is the wire format of ONNX files: Go types generated from
// onnx.proto. Only package onnxio uses it.
package onnxpb

// Generating needs protoc (Debian: protobuf-compiler) and protoc-gen-go
// (go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.6).
//
//go:generate protoc --proto_path=../../.. --go_out=../../.. --go_opt=paths=source_relative onnxio/internal/onnxpb/onnx.proto
