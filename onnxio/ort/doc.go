// Package ort runs ONNX models in ONNX Runtime, and finds and installs its
// library.
//
// It is the one package of the project that uses cgo, and the one that imports
// onnxruntime_go; everything else sees the interfaces of package exec. Without
// cgo it still builds, and says [ErrNoCgo] when it is asked to run something.
//
// # From nothing to a result
//
//  1. [Install] fetches the pinned official library with npm, verifies its
//     checksum, probes it and puts it into the user's cache. Sites without a
//     network give it a file.
//  2. [Default] finds a library and opens it. The order is: the path given by
//     the caller, the variable ONNXRUNTIME_SHARED_LIBRARY_PATH, the cache, the
//     folder of the program, the system. What the user names is used or is an
//     error; the rest is tried in turn. [Search] lists all of it with reasons.
//  3. The backend's Open prepares a model, and the session's Run or Bind run
//     it: see package exec.
//
// # Probes
//
// A wrong or broken library can crash the process that loads it. So libraries
// are tried in a child process, which is this same program started again: it
// loads the library, runs a small model and prints what it found. Programs
// and tests call [MaybeProbe] first to allow that. A library that Install
// probed is not probed again on each start.
//
// # Kernels
//
// A library of custom operators, see package kernels, makes training faster. It
// is optional. [BuildKernels] compiles it into the cache, under the hash of its
// sources; the variable SHAREWISE_KERNELS names another one, or "off". A session
// whose model imports the domain of the kernels is opened with it. The backend's
// method Kernels says which operators are proven: a child process has compared
// them with their definitions on random inputs, with this library, this ONNX
// Runtime and this processor. What it found is kept in the cache. An operator
// that fails its proof is not offered.
//
// # Memory
//
// The elements of bound tensors are Go memory to which ONNX Runtime keeps plain
// pointers. They are pinned, and stay reachable, until the binding is closed,
// or the session, which closes its bindings. A tensor bound as output must not
// share memory with any other: ONNX Runtime may write an output as soon as it
// is computed, before another node has read the input. Bind refuses it.
//
// Sums depend, in their last bits, on where in memory their terms lie. Tensors
// that are not aligned like the library's own ([exec.Alignment]) are therefore
// copied, so that the same values give the same results in every process.
//
// # Limits
//
// One process loads one library, which stays until the end. Models run on the
// CPU. A run cannot be interrupted: check the context between runs. Results
// still depend on the processor and on the number of threads.
package ort
