package kernels_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/kernels"
)

// functions are the names, in ONNX Runtime's header, of the places in ort.h.
var functions = map[string]string{
	"placeCreateStatus":         "CreateStatus",
	"placeCreateCustomOpDomain": "CreateCustomOpDomain",
	"placeCustomOpDomainAdd":    "CustomOpDomain_Add",
	"placeAddCustomOpDomain":    "AddCustomOpDomain",
	"placeGetTensorMutableData": "GetTensorMutableData",
	"placeGetAttributeFloat":    "KernelInfoGetAttribute_float",
	"placeGetAttributeInt64":    "KernelInfoGetAttribute_int64",
	"placeGetInputCount":        "KernelContext_GetInputCount",
	"placeGetOutputCount":       "KernelContext_GetOutputCount",
	"placeGetInput":             "KernelContext_GetInput",
	"placeGetOutput":            "KernelContext_GetOutput",
	"placeReleaseStatus":        "ReleaseStatus",
	"placeGetAttributeInt64s":   "KernelInfoGetAttributeArray_int64",
	"placeParallelFor":          "KernelContext_ParallelFor",
	"placeGetTypeAndShape":      "GetTensorElementTypeAndShapeDataReference",
}

// members are those of OrtCustomOp, by the names that CustomOp gives them.
var members = map[string]string{
	"version": "version", "createKernel": "CreateKernel", "getName": "GetName", "getProvider": "GetExecutionProviderType",
	"getInputType": "GetInputType", "getInputTypeCount": "GetInputTypeCount",
	"getOutputType": "GetOutputType", "getOutputTypeCount": "GetOutputTypeCount",
	"compute": "KernelCompute", "destroyKernel": "KernelDestroy",
	"getInputCharacteristic": "GetInputCharacteristic", "getOutputCharacteristic": "GetOutputCharacteristic",
	"getInputMemoryType":       "GetInputMemoryType",
	"getVariadicInputMinArity": "GetVariadicInputMinArity", "getVariadicInputHomogeneity": "GetVariadicInputHomogeneity",
	"getVariadicOutputMinArity": "GetVariadicOutputMinArity", "getVariadicOutputHomogeneity": "GetVariadicOutputHomogeneity",
	"createKernelV2": "CreateKernelV2", "computeV2": "KernelComputeV2", "inferShapes": "InferOutputShapeFn",
	"getStartVersion": "GetStartVersion", "getEndVersion": "GetEndVersion",
	"getMayInplace": "GetMayInplace", "releaseMayInplace": "ReleaseMayInplace",
	"getAliasMap": "GetAliasMap", "releaseAliasMap": "ReleaseAliasMap",
}

// values are those of enumerations.
var values = map[string]string{
	"codeInvalidArgument": "ORT_INVALID_ARGUMENT", "codeRuntimeException": "ORT_RUNTIME_EXCEPTION",
	"typeAny": "ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED", "typeFloat": "ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT",
	"typeUint8": "ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8", "typeInt64": "ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64",
	"required": "INPUT_OUTPUT_REQUIRED", "optional": "INPUT_OUTPUT_OPTIONAL", "variadic": "INPUT_OUTPUT_VARIADIC",
}

// TestABI lets a compiler hold src/ort.h against ONNX Runtime's own header, which
// lies in the module that this program calls the runtime by.
func TestABI(t *testing.T) {
	compiler := ""
	for _, name := range append(strings.Fields(os.Getenv("CXX")), "c++", "g++", "clang++") {
		if path, err := exec.LookPath(name); err == nil {
			compiler = path
			break
		}
	}
	if compiler == "" {
		t.Skip("NOT CHECKED: the places of functions in ONNX Runtime's table: there is no C++ compiler")
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yalue/onnxruntime_go").Output()
	header := strings.TrimSpace(string(out))
	if err != nil || header == "" {
		t.Skipf("NOT CHECKED: the places of functions in ONNX Runtime's table: its header is not there (%v)", err)
	}
	dir := t.TempDir()
	if _, err := kernels.WriteSource(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "ort.h"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\s*(place\w+) = \d+,`).FindAllStringSubmatch(string(text), -1) {
		if functions[m[1]] == "" {
			t.Errorf("%s is in ort.h and not in this test", m[1])
		}
	}
	layout := regexp.MustCompile(`(?s)struct CustomOp \{(.*?)\n\};`).FindStringSubmatch(string(text))
	if layout == nil {
		t.Fatal("ort.h has no struct CustomOp")
	}
	for _, m := range regexp.MustCompile(`(?m)^\s*(?:uint32_t (\w+);|.*?\(\*(\w+)\))`).FindAllStringSubmatch(layout[1], -1) {
		if name := m[1] + m[2]; members[name] == "" {
			t.Errorf("CustomOp.%s is in ort.h and not in this test", name)
		}
	}
	check := func(asserts ...string) (string, error) {
		program := filepath.Join(dir, "abi.cc")
		lines := append([]string{"#include <cstddef>", `#include "onnxruntime_c_api.h"`, `#include "ort.h"`}, asserts...)
		if err := os.WriteFile(program, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command(compiler, "-std=c++17", "-fsyntax-only", "-Wno-invalid-offsetof", "-I", header, "-I", dir, program).CombinedOutput()
		return string(said), err
	}
	asserts := []string{
		"static_assert(sharewise::apiLevel <= ORT_API_VERSION, \"the level\");",
		"static_assert(sizeof(sharewise::CustomOp) == sizeof(OrtCustomOp), \"members at the end\");",
		"static_assert(offsetof(OrtApiBase, GetApi) == offsetof(sharewise::ApiBase, getApi), \"GetApi\");",
		"static_assert(offsetof(OrtApiBase, GetVersionString) == offsetof(sharewise::ApiBase, getVersion), \"GetVersionString\");",
	}
	for place, name := range functions {
		asserts = append(asserts, "static_assert(offsetof(OrtApi, "+name+") == sharewise::"+place+" * sizeof(void*), \""+name+"\");")
	}
	for ours, theirs := range members {
		asserts = append(asserts, "static_assert(offsetof(OrtCustomOp, "+theirs+") == offsetof(sharewise::CustomOp, "+ours+"), \""+theirs+"\");")
	}
	for ours, theirs := range values {
		asserts = append(asserts, "static_assert(static_cast<int>(sharewise::"+ours+") == static_cast<int>("+theirs+"), \""+theirs+"\");")
	}
	if said, err := check(asserts...); err != nil {
		t.Errorf("src/ort.h is not ONNX Runtime's interface: %v\n%s", err, said)
	}
	// The compiler would have seen a wrong place.
	wrong := "static_assert(offsetof(OrtApi, CreateStatus) == sharewise::placeReleaseStatus * sizeof(void*), \"wrong place\");"
	if said, err := check(wrong); err == nil || !strings.Contains(said, "wrong place") {
		t.Errorf("a wrong place was not seen: %v\n%s", err, said)
	}
}
