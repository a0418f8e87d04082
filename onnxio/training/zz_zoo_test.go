package training_test
import ("testing";"fmt";"os";"path/filepath";"math";"math/rand/v2"
"github.com/sharewise/sharewise/onnxio";"github.com/sharewise/sharewise/onnxio/exec";"github.com/sharewise/sharewise/onnxio/lower";"github.com/sharewise/sharewise/onnxio/training")
func TestZoo(t *testing.T){
 files,_:=filepath.Glob(os.Getenv("ZOO")+"/*.onnx"); b:=onnxRuntime(t)
 good:=0
 for _,f:=range files {
  m,err:=onnxio.Load(f); name:=filepath.Base(f)
  if err!=nil {fmt.Println(name,"LOAD",err); continue}
  low,kept,err:=lower.Model(m)
  if err!=nil {fmt.Println(name,"LOWER",err); continue}
  _ = kept
  rng:=rand.New(rand.NewPCG(1,1)); x:=exec.Zeros(onnxio.Float32,2,12); for i:=range x.Float32(){x.Float32()[i]=float32(rng.NormFloat64())}
  run:=func(m *onnxio.Model)(map[string]*exec.Tensor,error){ s,err:=b.Open(m,exec.Options{}); if err!=nil{return nil,err}; defer s.Close(); return s.Run(map[string]*exec.Tensor{"x":x})}
  want,err1:=run(m); got,err2:=run(low)
  if err1==nil&&err2!=nil {fmt.Println(name,"LOWERED RUN",err2)}
  if err1==nil&&err2==nil { for k,w:=range want { for i,v:=range w.Float32() { if d:=math.Abs(float64(v-got[k].Float32()[i])); !(d<=1e-4*math.Max(1,math.Abs(float64(v)))) {fmt.Println(name,"DIFF",i,v,got[k].Float32()[i]); break}}}}
  if err1!=nil {fmt.Println(name,"ORT refuses",err1.Error()[:min(200,len(err1.Error()))])}
  cfg:=training.Config{Trunk:m,Domains:[]training.Domain{{Name:"a",Batch:4,Outputs:3,Loss:training.CrossEntropy}},Optimizer:training.Optimizer{Kind:training.AdamW}}
  p,err:=training.Compile(cfg)
  if err!=nil {fmt.Println(name,"COMPILE",err); continue}
  s,err:=b.Open(p.Step,exec.Options{})
  if err!=nil {fmt.Println(name,"OPEN STEP",err); continue}
  s.Close(); good++
 }
 fmt.Println(good,"of",len(files))
}
