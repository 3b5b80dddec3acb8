/*
 * cuBLASLt without a GPU, for tests: it checks handles and shapes, notes what it was asked for, fails the call it is told to,
 * and multiplies nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { SUCCESS = 0, NOT_INITIALIZED = 1, ALLOC_FAILED = 3, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };

struct matrix { int type; unsigned long long rows, columns; long long stride; };
struct operation { int compute, scale, transposes_first; };
struct preference { unsigned long long workspace; };
struct algorithm { unsigned long long data[8]; };
struct result { struct algorithm algorithm; size_t workspace; int state; float waves; int reserved[4]; };

static char text[8192];
static long live, calls, failing;

static int fails(const char *name) {
  snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", name);
  return ++calls == failing;
}

EXPORT const char *cublasLtGetStatusName(int status) {
  return status == NOT_SUPPORTED ? "CUBLAS_STATUS_NOT_SUPPORTED" : status == ALLOC_FAILED ? "CUBLAS_STATUS_ALLOC_FAILED" : "CUBLAS_STATUS_INVALID_VALUE";
}
EXPORT const char *cublasLtGetStatusString(int status) {
  return status == NOT_SUPPORTED ? "the functionality is not supported" : status == ALLOC_FAILED ? "the resource allocation failed" : "an unsupported value was passed";
}
EXPORT size_t cublasLtGetVersion(void) { return 130100; }

static int make(void **out, size_t bytes) {
  *out = calloc(1, bytes);
  live++;
  return SUCCESS;
}
static int destroy(void *thing) {
  free(thing);
  live--;
  return SUCCESS;
}

EXPORT int cublasLtCreate(void **out) { return fails("cublasLtCreate") ? ALLOC_FAILED : make(out, 8); }
EXPORT int cublasLtDestroy(void *handle) { fails("cublasLtDestroy"); return destroy(handle); }

EXPORT int cublasLtMatmulDescCreate(void **out, int compute, int scale) {
  if (fails("cublasLtMatmulDescCreate")) return ALLOC_FAILED;
  make(out, sizeof(struct operation));
  *(struct operation *) *out = (struct operation) {compute, scale, 0};
  return SUCCESS;
}
EXPORT int cublasLtMatmulDescDestroy(void *thing) { return destroy(thing); }
EXPORT int cublasLtMatmulDescSetAttribute(struct operation *operation, int attribute, const int *value, size_t bytes) {
  if (fails("cublasLtMatmulDescSetAttribute")) return INVALID_VALUE;
  if (attribute != 3 || bytes != 4) return INVALID_VALUE;
  operation->transposes_first = *value == 1;
  return SUCCESS;
}

EXPORT int cublasLtMatrixLayoutCreate(void **out, int type, unsigned long long rows, unsigned long long columns, long long stride) {
  if (fails("cublasLtMatrixLayoutCreate")) return ALLOC_FAILED;
  make(out, sizeof(struct matrix));
  *(struct matrix *) *out = (struct matrix) {type, rows, columns, stride};
  return SUCCESS;
}
EXPORT int cublasLtMatrixLayoutDestroy(void *thing) { return destroy(thing); }

EXPORT int cublasLtMatmulPreferenceCreate(void **out) {
  return fails("cublasLtMatmulPreferenceCreate") ? ALLOC_FAILED : make(out, sizeof(struct preference));
}
EXPORT int cublasLtMatmulPreferenceDestroy(void *thing) { return destroy(thing); }
EXPORT int cublasLtMatmulPreferenceSetAttribute(struct preference *preference, int attribute, const unsigned long long *value, size_t bytes) {
  if (fails("cublasLtMatmulPreferenceSetAttribute")) return INVALID_VALUE;
  if (attribute != 1 || bytes != 8) return INVALID_VALUE;
  preference->workspace = *value;
  return SUCCESS;
}

static int agree(struct operation *operation, struct matrix *a, struct matrix *b, struct matrix *d) {
  return operation->transposes_first && a->rows == b->rows && a->columns == d->rows && b->columns == d->columns
      && a->type == b->type && operation->compute == 68;
}

/* It has no kernel for inputs that are not a multiple of 8. */
EXPORT int cublasLtMatmulAlgoGetHeuristic(void *handle, struct operation *operation, struct matrix *a, struct matrix *b,
                                          struct matrix *c, struct matrix *d, struct preference *preference, int asked,
                                          struct result *results, int *count) {
  (void) handle;
  if (fails("cublasLtMatmulAlgoGetHeuristic")) return INVALID_VALUE;
  if (asked < 1 || c != d || !agree(operation, a, b, d)) return INVALID_VALUE;
  *count = a->rows % 8 == 0;
  results->algorithm.data[0] = 4711;
  results->workspace = preference->workspace;
  return SUCCESS;
}

EXPORT int cublasLtMatmul(void *handle, struct operation *operation, const float *alpha, void *a, struct matrix *a_layout,
                          void *b, struct matrix *b_layout, const float *beta, void *c, struct matrix *c_layout, void *d,
                          struct matrix *d_layout, const struct algorithm *algorithm, void *workspace,
                          size_t workspace_bytes, void *stream) {
  (void) handle;
  char line[256];
  snprintf(line, sizeof line, "cublasLtMatmul m=%llu n=%llu k=%llu types=%d->%d alpha=%g beta=%g algorithm=%llu workspace=%zu",
           d_layout->rows, d_layout->columns, a_layout->rows, a_layout->type, d_layout->type, *alpha, *beta, algorithm->data[0],
           workspace_bytes);
  if (fails(line)) return INVALID_VALUE;
  if (!agree(operation, a_layout, b_layout, d_layout) || c != d || c_layout != d_layout || !a || !b || !stream
      || !workspace != !workspace_bytes) return INVALID_VALUE;
  return SUCCESS;
}

EXPORT const char *stub_log(void) { return text; }
EXPORT long stub_live(void) { return live; }
EXPORT void stub_reset(long k) { text[0] = 0; calls = 0; failing = k; }
