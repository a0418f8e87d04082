// What ONNX Runtime sees: the entry point, and operators as tables of functions.

#include <cstring>

#include "op.h"

#ifndef SHAREWISE_KERNELS_HASH
#define SHAREWISE_KERNELS_HASH "unknown"
#endif

#if defined(_WIN32)
#define EXPORT extern "C" __declspec(dllexport)
#else
#define EXPORT extern "C" __attribute__((visibility("default")))
#endif

namespace sharewise {
namespace {

// Registered is an operator in the form that the runtime calls.
struct Registered : CustomOp {
  Operator op;
  std::string inputs, outputs;  // types only
  std::vector<Characteristic> in, out;
};

// Instance is one node.
struct Instance {
  Api api;
  std::unique_ptr<Kernel> kernel;
};

const Registered& of(const CustomOp* op) { return *static_cast<const Registered*>(op); }

ElementType typeOf(char c) { return c == 'b' ? typeUint8 : c == 'l' ? typeInt64 : typeFloat; }

void parse(const char* signature, std::string& types, std::vector<Characteristic>& how) {
  for (; *signature; signature++) {
    if (*signature == '?') {
      how.back() = optional;
    } else if (*signature == '*') {
      how.back() = variadic;
    } else {
      types += *signature;
      how.push_back(required);
    }
  }
}

// guarded turns what is thrown into a status.
template <class F>
Status* guarded(const Api& api, const char* name, F&& f) {
  try {
    f();
    return nullptr;
  } catch (const Refused& r) {
    return r.status;
  } catch (const Failure& e) {
    try {
      return api.createStatus(codeInvalidArgument, (std::string(name) + ": " + e.message).c_str());
    } catch (...) {
      return api.createStatus(codeInvalidArgument, name);
    }
  } catch (...) {
    return api.createStatus(codeRuntimeException, "a kernel ran out of memory");
  }
}

Status* createKernel(const CustomOp* op, const void* const* table, const KernelInfo* info, void** out) {
  Api api(table);
  *out = nullptr;
  return guarded(api, of(op).op.name, [&] {
    auto instance = std::make_unique<std::pair<const Registered*, Instance>>(&of(op), Instance{api, nullptr});
    instance->second.kernel = of(op).op.create(Attributes(api, info));
    *out = instance.release();
  });
}

using Node = std::pair<const Registered*, Instance>;

Status* compute(void* kernel, KernelContext* c) {
  Node& n = *static_cast<Node*>(kernel);
  return guarded(n.second.api, n.first->op.name, [&] {
    Context context(n.second.api, c);
    n.second.kernel->run(context);
  });
}

Registered* registered(const Operator& op) {
  auto r = std::make_unique<Registered>();
  static_cast<CustomOp&>(*r) = CustomOp{};
  r->op = op;
  parse(op.inputs, r->inputs, r->in);
  parse(op.outputs, r->outputs, r->out);
  r->version = apiLevel;
  r->getName = [](const CustomOp* o) { return of(o).op.name; };
  r->getProvider = [](const CustomOp*) -> const char* { return nullptr; };
  r->getInputTypeCount = [](const CustomOp* o) { return of(o).inputs.size(); };
  r->getInputType = [](const CustomOp* o, size_t i) { return typeOf(of(o).inputs[i]); };
  r->getOutputTypeCount = [](const CustomOp* o) { return of(o).outputs.size(); };
  r->getOutputType = [](const CustomOp* o, size_t i) { return typeOf(of(o).outputs[i]); };
  r->getInputCharacteristic = [](const CustomOp* o, size_t i) { return of(o).in[i]; };
  r->getOutputCharacteristic = [](const CustomOp* o, size_t i) { return of(o).out[i]; };
  r->getInputMemoryType = [](const CustomOp*, size_t) { return 0; };
  r->getVariadicInputMinArity = [](const CustomOp*) { return 1; };
  r->getVariadicInputHomogeneity = [](const CustomOp*) { return 1; };
  r->getVariadicOutputMinArity = [](const CustomOp*) { return 1; };
  r->getVariadicOutputHomogeneity = [](const CustomOp*) { return 1; };
  r->createKernelV2 = createKernel;
  r->computeV2 = compute;
  r->destroyKernel = [](void* k) { delete static_cast<Node*>(k); };
  r->getStartVersion = [](const CustomOp*) { return 1; };
  r->getEndVersion = [](const CustomOp*) { return 0x7fffffff; };
  return r.release();
}

// domain makes the operators' domain once. Sessions refer to it to the end of the
// process.
Status* domain(const Api& api, Domain** out) {
  static std::mutex mutex;
  static Domain* made = nullptr;
  std::lock_guard<std::mutex> lock(mutex);
  if (!made) {
    Domain* d = nullptr;
    if (Status* s = api.createDomain("sharewise.kernels", &d)) return s;
    for (auto list : {convOperators(), normOperators(), poolOperators(), optimizerOperators(), matrixOperators(), rowOperators(), attentionOperators(), denseOperators()})
      for (const Operator& op : list)
        if (Status* s = api.addOperator(d, registered(op))) return s;
    made = d;
  }
  *out = made;
  return nullptr;
}

}  // namespace
}  // namespace sharewise

// RegisterCustomOps is the entry point that ONNX Runtime looks for.
EXPORT sharewise::Status* RegisterCustomOps(sharewise::SessionOptions* options, const sharewise::ApiBase* base) {
  using namespace sharewise;
  const void* const* table = base->getApi(apiLevel);
  if (!table) {
    const void* const* first = base->getApi(1);
    return first ? Api(first).createStatus(codeRuntimeException, "this ONNX Runtime is older than the kernel library needs") : nullptr;
  }
  Api api(table);
  Status* status = nullptr;
  Status* failed = guarded(api, "RegisterCustomOps", [&] {
    Domain* d = nullptr;
    status = domain(api, &d);
    if (!status) status = api.addDomain(options, d);
  });
  return failed ? failed : status;
}

// SharewiseKernels says what the library is: the hash of its sources, a space,
// and the instruction set that it uses here.
EXPORT const char* SharewiseKernels() {
  static const std::string text = std::string(SHAREWISE_KERNELS_HASH) + " " + sharewise::isa().name;
  return text.c_str();
}
