package sessions_test

import (
	"fmt"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/onnxio/sessions"
)

// Models of two domains are one graph with other names: one session runs both.
func Example() {
	count := &counter{Backend: reference.Backend()}
	kept := sessions.New(count)
	defer func() { _ = kept.Close() }()
	for _, domain := range []string{"north", "south"} {
		s, err := kept.Open(scaled("double", "target/"+domain, "next/"+domain, "Mul", 2), exec.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		out, err := s.Run(map[string]*exec.Tensor{"target/" + domain: exec.NewTensor([]int64{2}, []float32{1, 2})})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(domain, out["next/"+domain].Float32())
		if err := s.Close(); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(count.opened, "opened")
	// Output:
	// north [2 4]
	// south [2 4]
	// 1 opened
}
