/* Trains what 'sharewise model gradient' wrote, through ONNX Runtime's C interface.
 *
 *     train DIR STEPS RATE INPUT=FILE ...
 *
 * INPUT is a data or target input of train.onnx, FILE its rows as raw elements.
 * Every step takes the next rows, from the start again after the last ones. The
 * loss of every step is printed; in the end parameters.bin and optimizer.bin hold
 * what was learned, and model.onnx is the trained model.
 *
 * No JSON is read: the session tells names and shapes, tensors lie in their files
 * in the order of the inputs, each at a multiple of 64 bytes, those of the
 * optimizer are called state/..., and output next/T is the next value of input T.
 *
 * Build, with the folder of onnxruntime_c_api.h, which releases of ONNX Runtime
 * have in include/, and the library, for instance what 'sharewise runtime install'
 * prints. Without the rpath LD_LIBRARY_PATH must name the library's folder.
 *
 *     cc -std=c11 -O2 -I "$INCLUDE" train.c "$LIBRARY" -Wl,-rpath,"$(dirname "$LIBRARY")" -o train
 */
#include <onnxruntime_c_api.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 4096 /* inputs or outputs of a graph */

static const OrtApi *api;

static void fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fputc('\n', stderr);
  exit(1);
}

static void check(OrtStatus *status) {
  if (status != NULL) fail("%s", api->GetErrorMessage(status));
}

/* A file in memory, and how much of it is used. */
typedef struct {
  char path[4096];
  char *bytes;
  size_t size, at;
} file;

static void read_file(file *f, const char *dir, const char *name) {
  snprintf(f->path, sizeof f->path, "%s%s%s", dir, *dir ? "/" : "", name);
  FILE *in = fopen(f->path, "rb");
  if (in == NULL || fseek(in, 0, SEEK_END) != 0) fail("cannot read %s", f->path);
  long size = ftell(in);
  rewind(in);
  f->size = (size_t)size;
  f->at = 0;
  f->bytes = malloc(f->size + 1);
  if (f->bytes == NULL || fread(f->bytes, 1, f->size, in) != f->size) fail("cannot read %s", f->path);
  fclose(in);
}

/* Writes under another name and renames: whoever has model.onnx open keeps the old file. */
static void write_file(const file *f) {
  char temporary[4200];
  snprintf(temporary, sizeof temporary, "%s.tmp", f->path);
  FILE *out = fopen(temporary, "wb");
  if (out == NULL || fwrite(f->bytes, 1, f->size, out) != f->size || fclose(out) != 0 || rename(temporary, f->path) != 0)
    fail("cannot write %s", f->path);
}

/* An input of the step: a tensor of the model, or rows of a file. */
typedef struct {
  char *name;
  ONNXTensorElementDataType type;
  int64_t shape[16];
  size_t rank, bytes; /* of one value */
  file *source;       /* of a tensor; NULL for others */
  size_t offset;      /* of a tensor in its file */
  file rows;          /* of data */
  float number;       /* of the learning rate and its like */
} input;

static size_t element_size(ONNXTensorElementDataType type) {
  switch (type) {
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32:
      return 4;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
      return 8;
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8:
    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
      return 1;
    default:
      fail("element type %d is not supported here", (int)type);
      return 0;
  }
}

static void describe(const OrtSession *session, size_t i, OrtAllocator *allocator, input *in) {
  OrtTypeInfo *info;
  const OrtTensorTypeAndShapeInfo *tensor;
  check(api->SessionGetInputName(session, i, allocator, &in->name));
  check(api->SessionGetInputTypeInfo(session, i, &info));
  check(api->CastTypeInfoToTensorInfo(info, &tensor));
  check(api->GetTensorElementType(tensor, &in->type));
  check(api->GetDimensionsCount(tensor, &in->rank));
  if (in->rank > 16) fail("input %s has %zu dimensions", in->name, in->rank);
  check(api->GetDimensions(tensor, in->shape, in->rank));
  in->bytes = element_size(in->type);
  for (size_t k = 0; k < in->rank; k++) in->bytes *= (size_t)in->shape[k];
  api->ReleaseTypeInfo(info);
}

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: train DIR STEPS RATE INPUT=FILE ...");
  const char *dir = argv[1];
  int steps = atoi(argv[2]);
  static input inputs[MOST];
  static OrtValue *values[MOST], *results[MOST];
  static const char *input_names[MOST], *output_names[MOST];
  static int feeds[MOST]; /* by output, the input that it is the next value of, or -1 */
  static file parameters, optimizer;
  read_file(&parameters, dir, "parameters.bin");
  read_file(&optimizer, dir, "optimizer.bin");

  api = OrtGetApiBase()->GetApi(ORT_API_VERSION);
  if (api == NULL) fail("the library is older than the header, which has version %d", ORT_API_VERSION);
  OrtEnv *env;
  OrtSessionOptions *options;
  OrtSession *session;
  OrtAllocator *allocator;
  OrtMemoryInfo *memory;
  char path[4096];
  snprintf(path, sizeof path, "%s/train.onnx", dir);
  check(api->CreateEnv(ORT_LOGGING_LEVEL_WARNING, "train", &env));
  check(api->CreateSessionOptions(&options));
  check(api->CreateSession(env, path, options, &session));
  check(api->GetAllocatorWithDefaultOptions(&allocator));
  check(api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));

  size_t count, outputs;
  check(api->SessionGetInputCount(session, &count));
  check(api->SessionGetOutputCount(session, &outputs));
  if (count > MOST || outputs > MOST) fail("train.onnx has more than %d inputs or outputs", MOST);
  for (size_t i = 0; i < count; i++) {
    input *in = &inputs[i];
    describe(session, i, allocator, in);
    input_names[i] = in->name;
    size_t length = strlen(in->name);
    for (int k = 4; k < argc; k++)
      if (strncmp(argv[k], in->name, length) == 0 && argv[k][length] == '=') read_file(&in->rows, "", argv[k] + length + 1);
    if (in->rows.bytes != NULL) {
      if (in->rows.size == 0 || in->rows.size % in->bytes != 0) fail("%s is no number of batches of %zu bytes", in->rows.path, in->bytes);
    } else if (strcmp(in->name, "learning_rate") == 0) {
      in->number = (float)atof(argv[3]);
    } else if (strcmp(in->name, "loss_weights") == 0) {
      in->number = 1;
    } else if (strcmp(in->name, "step") != 0) {
      in->source = strncmp(in->name, "state/", 6) == 0 ? &optimizer : &parameters;
      in->offset = (in->source->at + 63) / 64 * 64;
      in->source->at = in->offset + in->bytes;
      if (in->source->at > in->source->size) fail("%s is too short for %s; is a FILE for an input missing?", in->source->path, in->name);
      check(api->CreateTensorWithDataAsOrtValue(memory, in->source->bytes + in->offset, in->bytes, in->shape, in->rank, in->type, &values[i]));
    }
  }
  size_t losses = outputs;
  for (size_t k = 0; k < outputs; k++) {
    char *name;
    check(api->SessionGetOutputName(session, k, allocator, &name));
    output_names[k] = name;
    feeds[k] = -1;
    if (strcmp(name, "losses") == 0) losses = k;
    for (size_t i = 0; i < count; i++)
      if (strncmp(name, "next/", 5) == 0 && strcmp(name + 5, inputs[i].name) == 0) feeds[k] = (int)i;
  }
  if (losses == outputs) fail("train.onnx has no output losses");

  for (int step = 1; step <= steps; step++) {
    for (size_t i = 0; i < count; i++) {
      input *in = &inputs[i];
      if (in->source != NULL) continue;
      char *bytes = (char *)&in->number;
      if (strcmp(in->name, "step") == 0) in->number = (float)step;
      if (in->rows.bytes != NULL) {
        bytes = in->rows.bytes + in->rows.at;
        in->rows.at = (in->rows.at + in->bytes) % in->rows.size;
      }
      if (values[i] != NULL) api->ReleaseValue(values[i]);
      check(api->CreateTensorWithDataAsOrtValue(memory, bytes, in->bytes, in->shape, in->rank, in->type, &values[i]));
    }
    /* The runtime allocates the outputs: no buffer is input and output of one run. */
    memset(results, 0, sizeof results);
    check(api->Run(session, NULL, input_names, (const OrtValue *const *)values, count, output_names, outputs, results));
    float *loss;
    check(api->GetTensorMutableData(results[losses], (void **)&loss));
    printf("%.9g\n", loss[0]);
    for (size_t k = 0; k < outputs; k++) {
      if (feeds[k] < 0) {
        api->ReleaseValue(results[k]);
        continue;
      }
      api->ReleaseValue(values[feeds[k]]);
      values[feeds[k]] = results[k];
    }
  }

  for (size_t i = 0; i < count; i++) {
    if (inputs[i].source == NULL) continue;
    void *data;
    check(api->GetTensorMutableData(values[i], &data));
    memmove(inputs[i].source->bytes + inputs[i].offset, data, inputs[i].bytes);
  }
  write_file(&parameters);
  write_file(&optimizer);
  api->ReleaseSession(session);
  api->ReleaseSessionOptions(options);
  api->ReleaseMemoryInfo(memory);
  api->ReleaseEnv(env);
  return 0;
}
