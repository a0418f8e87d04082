// The part of ONNX Runtime's C interface that the kernels use.
//
// The interface is a table of functions that only ever grows at its end, so the
// place of a function in it is part of the ABI, as are the members of
// OrtCustomOp and the values of enumerations. Naming the few places here makes
// the library build without ONNX Runtime's header. Every operator is proven in a
// process of its own before it is used, which a wrong place would end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sharewise {

struct Status;       // OrtStatus
struct Value;        // OrtValue
struct KernelInfo;   // OrtKernelInfo
struct KernelContext;
struct SessionOptions;
struct Domain;       // OrtCustomOpDomain

// apiLevel is the level whose table the places below are valid in.
constexpr uint32_t apiLevel = 28;

enum Place : size_t {
  placeCreateStatus = 0,
  placeCreateCustomOpDomain = 26,
  placeCustomOpDomainAdd = 27,
  placeAddCustomOpDomain = 28,
  placeGetTensorMutableData = 51,
  placeGetAttributeFloat = 85,
  placeGetAttributeInt64 = 86,
  placeGetInputCount = 88,
  placeGetOutputCount = 89,
  placeGetInput = 90,
  placeGetOutput = 91,
  placeReleaseStatus = 93,
  placeGetAttributeInt64s = 163,
  placeParallelFor = 274,
  placeGetTypeAndShape = 414,
};

enum ErrorCode : int { codeInvalidArgument = 1, codeRuntimeException = 5 };

enum ElementType : int { typeAny = 0, typeFloat = 1, typeUint8 = 2, typeInt64 = 7 };

enum Characteristic : int { required = 0, optional = 1, variadic = 2 };

struct ApiBase {
  const void* const* (*getApi)(uint32_t level);
  const char* (*getVersion)();
};

// CustomOp has the layout of OrtCustomOp.
struct CustomOp {
  uint32_t version;
  void* (*createKernel)(const CustomOp*, const void* const*, const KernelInfo*);
  const char* (*getName)(const CustomOp*);
  const char* (*getProvider)(const CustomOp*);
  ElementType (*getInputType)(const CustomOp*, size_t);
  size_t (*getInputTypeCount)(const CustomOp*);
  ElementType (*getOutputType)(const CustomOp*, size_t);
  size_t (*getOutputTypeCount)(const CustomOp*);
  void (*compute)(void*, KernelContext*);
  void (*destroyKernel)(void*);
  Characteristic (*getInputCharacteristic)(const CustomOp*, size_t);
  Characteristic (*getOutputCharacteristic)(const CustomOp*, size_t);
  int (*getInputMemoryType)(const CustomOp*, size_t);
  int (*getVariadicInputMinArity)(const CustomOp*);
  int (*getVariadicInputHomogeneity)(const CustomOp*);
  int (*getVariadicOutputMinArity)(const CustomOp*);
  int (*getVariadicOutputHomogeneity)(const CustomOp*);
  Status* (*createKernelV2)(const CustomOp*, const void* const*, const KernelInfo*, void**);
  Status* (*computeV2)(void*, KernelContext*);
  Status* (*inferShapes)(const CustomOp*, void*);
  int (*getStartVersion)(const CustomOp*);
  int (*getEndVersion)(const CustomOp*);
  size_t (*getMayInplace)(int**, int**);
  void (*releaseMayInplace)(int*, int*);
  size_t (*getAliasMap)(int**, int**);
  void (*releaseAliasMap)(int*, int*);
};

// Api calls the functions of a table.
class Api {
 public:
  explicit Api(const void* const* table) : table_(table) {}

  Status* createStatus(ErrorCode code, const char* message) const {
    return call<Status*, ErrorCode, const char*>(placeCreateStatus, code, message);
  }
  void releaseStatus(Status* s) const { call<void, Status*>(placeReleaseStatus, s); }
  Status* createDomain(const char* name, Domain** out) const {
    return call<Status*, const char*, Domain**>(placeCreateCustomOpDomain, name, out);
  }
  Status* addOperator(Domain* d, const CustomOp* op) const {
    return call<Status*, Domain*, const CustomOp*>(placeCustomOpDomainAdd, d, op);
  }
  Status* addDomain(SessionOptions* o, Domain* d) const {
    return call<Status*, SessionOptions*, Domain*>(placeAddCustomOpDomain, o, d);
  }
  Status* attribute(const KernelInfo* info, const char* name, int64_t* out) const {
    return call<Status*, const KernelInfo*, const char*, int64_t*>(placeGetAttributeInt64, info, name, out);
  }
  Status* attribute(const KernelInfo* info, const char* name, float* out) const {
    return call<Status*, const KernelInfo*, const char*, float*>(placeGetAttributeFloat, info, name, out);
  }
  Status* attributes(const KernelInfo* info, const char* name, int64_t* out, size_t* n) const {
    return call<Status*, const KernelInfo*, const char*, int64_t*, size_t*>(placeGetAttributeInt64s, info, name, out, n);
  }
  Status* inputCount(const KernelContext* c, size_t* out) const {
    return call<Status*, const KernelContext*, size_t*>(placeGetInputCount, c, out);
  }
  Status* outputCount(const KernelContext* c, size_t* out) const {
    return call<Status*, const KernelContext*, size_t*>(placeGetOutputCount, c, out);
  }
  Status* input(const KernelContext* c, size_t i, const Value** out) const {
    return call<Status*, const KernelContext*, size_t, const Value**>(placeGetInput, c, i, out);
  }
  Status* output(KernelContext* c, size_t i, const int64_t* dims, size_t rank, Value** out) const {
    return call<Status*, KernelContext*, size_t, const int64_t*, size_t, Value**>(placeGetOutput, c, i, dims, rank, out);
  }
  Status* data(const Value* v, void** out) const {
    return call<Status*, const Value*, void**>(placeGetTensorMutableData, v, out);
  }
  Status* typeAndShape(const Value* v, ElementType* type, const int64_t** dims, size_t* rank) const {
    return call<Status*, const Value*, ElementType*, const int64_t**, size_t*>(placeGetTypeAndShape, v, type, dims, rank);
  }
  Status* parallelFor(const KernelContext* c, void (*fn)(void*, size_t), size_t total, void* data) const {
    // Zero batches: as many as there are threads.
    return call<Status*, const KernelContext*, void (*)(void*, size_t), size_t, size_t, void*>(placeParallelFor, c, fn, total, 0, data);
  }

 private:
  template <class R, class... A>
  R call(Place place, A... a) const {
    return reinterpret_cast<R (*)(A...)>(const_cast<void*>(table_[place]))(a...);
  }
  const void* const* table_;
};

}  // namespace sharewise
