package ort_test

import (
	"fmt"
	"log"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort"
)

// A program that runs a model. It needs the library, so that it is compiled
// here but not run.
func Example() {
	ort.MaybeProbe() // first in main

	backend, err := ort.Default("")
	if err != nil {
		log.Fatal(err) // says how to install the library
	}
	model, err := onnxio.Load("model.onnx")
	if err != nil {
		log.Fatal(err)
	}
	session, err := backend.Open(model, exec.Options{Threads: 2})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()

	// Inputs and outputs lie in fixed memory, which changes between runs.
	x := exec.Zeros(onnxio.Float32, 32, 784)
	scores := exec.Zeros(onnxio.Float32, 32, 10)
	binding, err := session.Bind(map[string]*exec.Tensor{"x": x}, map[string]*exec.Tensor{"scores": scores})
	if err != nil {
		log.Fatal(err)
	}
	defer binding.Close()
	for batch := range 10 {
		x.Float32()[0] = float32(batch)
		if err := binding.Run(); err != nil {
			log.Fatal(err)
		}
		fmt.Println(scores.Float32()[0])
	}
}
