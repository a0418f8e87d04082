package ort

import (
	"fmt"
	"path"
	"runtime"
)

// The pinned release of ONNX Runtime: what Install fetches, and what the
// project is tested with.
const (
	// Version is the pinned version.
	Version = "1.30.0"
	// MinAPI is the lowest level of ONNX Runtime's C interface that works:
	// the one that onnxruntime_go is written against. Level n came with
	// version 1.n.
	MinAPI = 28

	npmPackage = "onnxruntime-node@" + Version
	// packageSHA512 is the checksum of the package file in base64, as npm
	// publishes it under dist.integrity.
	packageSHA512 = "twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw=="
	// packageMB is its size in megabytes, for messages.
	packageMB = 114
)

// members lists the library's path within the package by system. The package
// holds more (bindings for node, libraries for other accelerators); the file
// named here is all that the CPU needs.
var members = map[string]string{
	"linux/amd64":   "package/bin/napi-v6/linux/x64/libonnxruntime.so.1",
	"linux/arm64":   "package/bin/napi-v6/linux/arm64/libonnxruntime.so.1",
	"darwin/arm64":  "package/bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib",
	"windows/amd64": "package/bin/napi-v6/win32/x64/onnxruntime.dll",
	"windows/arm64": "package/bin/napi-v6/win32/arm64/onnxruntime.dll",
}

// member returns the library's path within the package for one system.
func member(goos, goarch string) (string, error) {
	m, ok := members[goos+"/"+goarch]
	if !ok {
		return "", fmt.Errorf("%w: %s on %s; build it from source and give its path, in the variable ONNXRUNTIME_SHARED_LIBRARY_PATH for instance",
			ErrPlatform, goos, goarch)
	}
	return m, nil
}

// libraryNames lists the file names under which the library is looked for on
// this system, the most specific first.
func libraryNames() []string {
	switch runtime.GOOS {
	case "windows":
		return []string{"onnxruntime.dll"}
	case "darwin":
		return []string{"libonnxruntime.1.dylib", "libonnxruntime.dylib"}
	}
	return []string{"libonnxruntime.so.1", "libonnxruntime.so"}
}

func memberName(m string) string { return path.Base(m) }
