package main
import ("fmt";"github.com/sharewise/sharewise/onnxio/kernels")
func main(){fmt.Print(kernels.Hash())}
