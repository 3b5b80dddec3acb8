/*
 * A driver without a GPU: the part of CUDA's driver interface that Gatun calls, for tests. Launches compute nothing, but
 * every call is checked as the driver would check it, noted with its arguments, and can be made to fail.
 *
 * - Device memory is host memory behind addresses that the host can not read. It keeps what is copied.
 * - Copies of pinned memory happen when the stream is waited for, not before: whoever refills a buffer too early copies the
 *   wrong bytes, as on a GPU. Other host memory is copied at once.
 * - What a call gets wrong (no current context, memory or code that is gone, a call that a capture forbids) is answered with
 *   the driver's error and noted as a problem, as is what is still there when its context goes.
 *
 * stub_... at the end are what tests call.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum {
  SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100, INVALID_DEVICE = 101,
  INVALID_CONTEXT = 201, INVALID_PTX = 218, INVALID_HANDLE = 400, ILLEGAL_STATE = 401, NOT_FOUND = 500, NOT_READY = 600,
  CONTEXT_IS_DESTROYED = 709, CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901, CAPTURE_WRONG_THREAD = 908,
  GRAPH_EXEC_UPDATE_FAILURE = 910
};

static const struct { int code; const char *name, *text; } errors[] = {
  {0, "CUDA_SUCCESS", "no error"},
  {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
  {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
  {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
  {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
  {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
  {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
  {214, "CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"},
  {218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
  {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
  {401, "CUDA_ERROR_ILLEGAL_STATE", "the operation cannot be performed in the present state"},
  {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
  {600, "CUDA_ERROR_NOT_READY", "device not ready"},
  {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
  {709, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "context is destroyed"},
  {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
  {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "system has unsupported display driver / cuda driver combination"},
  {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
  {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
  {908, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD", "attempt to terminate a thread-local capture sequence from another thread"},
  {910, "CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE", "the graph update was not performed because it included changes which violated constraints"},
};

/* ---- text that grows */

struct text { char *chars; size_t length, capacity; };

static void append(struct text *text, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int needed = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (text->length + needed + 1 > text->capacity) {
    text->capacity = 2 * (text->length + needed + 1);
    text->chars = realloc(text->chars, text->capacity);
  }
  vsnprintf(text->chars + text->length, needed + 1, format, arguments);
  text->length += needed;
}

static void add(struct text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  append(text, format, arguments);
  va_end(arguments);
}

static const char *content(struct text *text) { return text->length ? text->chars : ""; }

/* ---- objects */

enum kind { CONTEXT, MODULE, FUNCTION, STREAM, EVENT, GRAPH, EXEC, MEMORY, PINNED };
static const char *kinds[] = {"context", "module", "function", "stream", "event", "graph", "exec", "memory", "pinned"};

/* A copy, a fill, a launch or an event, in a stream or in a graph. */
enum operation { COPY_IN, COPY_OUT, COPY, FILL, LAUNCH, MARK };

struct node {
  enum operation operation;
  uint64_t to, from; /* device address or host pointer */
  size_t bytes;
  int value;
  struct object *object; /* function or event */
  unsigned char *parameters;
  size_t parameter_bytes;
  struct node *next;
};

struct object {
  enum kind kind;
  int id, live;
  struct object *context, *next;
  int device, retained, sticky;               /* context */
  char *text;                                 /* module */
  struct object *module;                      /* function */
  char name[128];
  size_t static_shared, parameter_bytes;
  int dynamic_shared;
  struct node *first, *last;                  /* stream, graph, exec */
  struct object *capture;                     /* stream: the graph that grows */
  int spoiled, mode;
  pthread_t capturer;
  int passed, untimed;                        /* event */
  float time;
  uint64_t address;                           /* memory; pinned: the pointer */
  size_t bytes;
  unsigned char *data;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread struct object *current;
static struct object *objects;
static struct text log_text, problem_text, live_text;
static int ids, initialized, logging = 1, device_count = 1, version = 13000, init_result;
static long calls, failing_call, clock_ticks;
static int failing_code;
static size_t total_memory = (size_t) 80 << 30, used_memory;
static int attributes[256];
/* The upper half looks like neither a float nor a count. */
#define FIRST_ADDRESS 0x7ace00000000ull
static uint64_t next_address = FIRST_ADDRESS;

static void problem(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  append(&problem_text, format, arguments);
  va_end(arguments);
  add(&problem_text, "\n");
}

static struct object *make(enum kind kind, struct object *context) {
  struct object *object = calloc(1, sizeof *object);
  object->kind = kind;
  object->id = ++ids;
  object->live = 1;
  object->context = context;
  object->next = objects;
  objects = object;
  return object;
}

/* Objects are never given back to malloc, so that a stale handle is seen for what it is. */
static int is(void *handle, enum kind kind) {
  for (struct object *object = objects; object; object = object->next) {
    if (object == handle) return object->kind == kind && object->live;
  }
  return 0;
}

static const char *label(void *handle) {
  static char texts[8][48];
  static int turn;
  for (struct object *object = objects; object; object = object->next) {
    if (object == handle) {
      char *text = texts[turn++ % 8];
      snprintf(text, sizeof texts[0], "%s#%d", kinds[object->kind], object->id);
      return text;
    }
  }
  return handle ? "unknown" : "null";
}

static struct object *memory_at(uint64_t address, size_t bytes) {
  for (struct object *object = objects; object; object = object->next) {
    if (object->kind == MEMORY && object->live && address >= object->address
        && address + bytes <= object->address + object->bytes) return object;
  }
  return NULL;
}

static int is_pinned(uint64_t pointer, size_t bytes) {
  for (struct object *object = objects; object; object = object->next) {
    if (object->kind == PINNED && object->live && pointer >= object->address
        && pointer + bytes <= object->address + object->bytes) return 1;
  }
  return 0;
}

static unsigned char *place(uint64_t address, size_t bytes) {
  struct object *memory = memory_at(address, bytes);
  return memory ? memory->data + (address - memory->address) : NULL;
}

/* ---- streams */

static struct node *append_node(struct object *list, struct node node) {
  struct node *copy = malloc(sizeof node);
  *copy = node;
  copy->next = NULL;
  if (list->last) list->last->next = copy; else list->first = copy;
  list->last = copy;
  return copy;
}

static void drop_nodes(struct object *list) {
  for (struct node *node = list->first; node;) {
    struct node *next = node->next;
    free(node->parameters);
    free(node);
    node = next;
  }
  list->first = list->last = NULL;
}

static void perform(struct node *node) {
  unsigned char *to = NULL, *from = NULL;
  switch (node->operation) {
    case COPY_IN:
      to = place(node->to, node->bytes);
      if (to) memcpy(to, (void *) node->from, node->bytes);
      break;
    case COPY_OUT:
      from = place(node->from, node->bytes);
      if (from) memcpy((void *) node->to, from, node->bytes);
      break;
    case COPY:
      to = place(node->to, node->bytes);
      from = place(node->from, node->bytes);
      if (to && from) memmove(to, from, node->bytes);
      break;
    case FILL:
      to = place(node->to, node->bytes);
      if (to) memset(to, node->value, node->bytes);
      break;
    case LAUNCH:
      clock_ticks++;
      break;
    case MARK:
      node->object->passed = 1;
      node->object->time = (float) clock_ticks;
      break;
  }
}

static void finish(struct object *stream) {
  for (struct node *node = stream->first; node; node = node->next) perform(node);
  drop_nodes(stream);
}

static void finish_all(void) {
  for (struct object *object = objects; object; object = object->next) {
    if (object->kind == STREAM && object->live) finish(object);
  }
}

/* The stream of this thread that notes launches, if any. */
static struct object *capturing(void) {
  for (struct object *object = objects; object; object = object->next) {
    if (object->kind == STREAM && object->live && object->capture && object->mode != 2
        && pthread_equal(object->capturer, pthread_self())) return object;
  }
  return NULL;
}

static int destroy(struct object *object) {
  object->live = 0;
  if (object->kind == STREAM) {
    finish(object);
    if (object->capture) destroy(object->capture);
    object->capture = NULL;
  }
  if (object->kind == GRAPH || object->kind == EXEC) drop_nodes(object);
  if (object->kind == MEMORY) {
    used_memory -= object->bytes;
    free(object->data);
    object->data = NULL;
  }
  if (object->kind == PINNED) free((void *) object->address);
  if (object->kind == MODULE) {
    for (struct object *function = objects; function; function = function->next) {
      if (function->kind == FUNCTION && function->module == object) function->live = 0;
    }
    free(object->text);
    object->text = NULL;
  }
  return SUCCESS;
}

/* ---- each call */

static int is_sticky(int code) { return code == 214 || code == 700 || code == CONTEXT_IS_DESTROYED || code == 719; }

static int answer(const char *name, const char *arguments, int code) {
  if (logging) add(&log_text, "%s(%s) = %d\n", name, arguments, code);
  pthread_mutex_unlock(&lock);
  return code;
}

/* Locks; answers the call that was chosen to fail. */
#define ENTER(name, ...) \
  const char *function_name = name; \
  char arguments[512]; \
  arguments[0] = 0; \
  pthread_mutex_lock(&lock); \
  if (logging) snprintf(arguments, sizeof arguments, __VA_ARGS__); \
  if (++calls == failing_call) { \
    if (is_sticky(failing_code) && current && current->live) current->sticky = failing_code; \
    return answer(function_name, arguments, failing_code); \
  }
#define RETURN(code) return answer(function_name, arguments, code)
#define REFUSE(code, ...) do { problem(__VA_ARGS__); RETURN(code); } while (0)
#define NEED_INIT if (!initialized) REFUSE(NOT_INITIALIZED, "%s before cuInit", function_name)
#define NEED_CONTEXT \
  NEED_INIT; \
  if (!current) REFUSE(INVALID_CONTEXT, "%s(%s) without a current context", function_name, arguments); \
  if (!current->live) REFUSE(CONTEXT_IS_DESTROYED, "%s(%s) in a context that is gone", function_name, arguments); \
  if (current->sticky) RETURN(current->sticky)
#define NEED(handle, kind) \
  if (!is(handle, kind)) REFUSE(INVALID_HANDLE, "%s(%s): %s is no live %s", function_name, arguments, label(handle), kinds[kind])
/* Calls that may wait for the GPU spoil a capture of their thread. */
#define FORBIDDEN_IN_CAPTURE do { \
  struct object *stream = capturing(); \
  if (stream) { stream->spoiled = 1; REFUSE(CAPTURE_UNSUPPORTED, "%s during a capture", function_name); } \
} while (0)
#define NEED_NO_CAPTURE_OF(stream) do { \
  if ((stream)->capture) { (stream)->spoiled = 1; REFUSE(CAPTURE_UNSUPPORTED, "%s of a capturing stream", function_name); } \
} while (0)

EXPORT int cuGetErrorName(int code, const char **out) {
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    if (errors[i].code == code) { *out = errors[i].name; return SUCCESS; }
  }
  *out = NULL;
  return INVALID_VALUE;
}

EXPORT int cuGetErrorString(int code, const char **out) {
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    if (errors[i].code == code) { *out = errors[i].text; return SUCCESS; }
  }
  *out = NULL;
  return INVALID_VALUE;
}

EXPORT int cuDriverGetVersion(int *out) {
  ENTER("cuDriverGetVersion", "%s", "");
  *out = version;
  RETURN(SUCCESS);
}

EXPORT int cuInit(unsigned flags) {
  ENTER("cuInit", "flags=%u", flags);
  if (init_result) RETURN(init_result);
  if (device_count == 0) RETURN(NO_DEVICE);
  initialized = 1;
  RETURN(SUCCESS);
}

/* ---- devices */

EXPORT int cuDeviceGetCount(int *out) {
  ENTER("cuDeviceGetCount", "%s", "");
  NEED_INIT;
  *out = device_count;
  RETURN(SUCCESS);
}

#define NEED_DEVICE(device) \
  NEED_INIT; \
  if ((device) < 0 || (device) >= device_count) REFUSE(INVALID_DEVICE, "%s of device %d", function_name, device)

EXPORT int cuDeviceGet(int *out, int ordinal) {
  ENTER("cuDeviceGet", "ordinal=%d", ordinal);
  NEED_DEVICE(ordinal);
  *out = ordinal;
  RETURN(SUCCESS);
}

EXPORT int cuDeviceGetName(char *out, int length, int device) {
  ENTER("cuDeviceGetName", "length=%d device=%d", length, device);
  NEED_DEVICE(device);
  snprintf(out, length, "Stub GPU %d", device);
  RETURN(SUCCESS);
}

EXPORT int cuDeviceGetPCIBusId(char *out, int length, int device) {
  ENTER("cuDeviceGetPCIBusId", "length=%d device=%d", length, device);
  NEED_DEVICE(device);
  snprintf(out, length, "0000:%02x:00.0", 0x65 + device);
  RETURN(SUCCESS);
}

EXPORT int cuDeviceTotalMem_v2(size_t *out, int device) {
  ENTER("cuDeviceTotalMem_v2", "device=%d", device);
  NEED_DEVICE(device);
  *out = total_memory;
  RETURN(SUCCESS);
}

EXPORT int cuDeviceGetAttribute(int *out, int attribute, int device) {
  ENTER("cuDeviceGetAttribute", "attribute=%d device=%d", attribute, device);
  NEED_DEVICE(device);
  if (attribute < 1 || attribute > 255) RETURN(INVALID_VALUE);
  *out = attributes[attribute];
  RETURN(SUCCESS);
}

/* ---- contexts */

static struct object *primary(int device) {
  for (struct object *object = objects; object; object = object->next) {
    if (object->kind == CONTEXT && object->live && object->device == device) return object;
  }
  return NULL;
}

EXPORT int cuDevicePrimaryCtxRetain(void **out, int device) {
  ENTER("cuDevicePrimaryCtxRetain", "device=%d", device);
  NEED_DEVICE(device);
  struct object *context = primary(device);
  if (!context) {
    context = make(CONTEXT, NULL);
    context->device = device;
  }
  context->retained++;
  *out = context;
  RETURN(SUCCESS);
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device) {
  ENTER("cuDevicePrimaryCtxRelease_v2", "device=%d", device);
  NEED_DEVICE(device);
  struct object *context = primary(device);
  if (!context) REFUSE(INVALID_CONTEXT, "cuDevicePrimaryCtxRelease_v2 of device %d more often than retained", device);
  if (--context->retained == 0) {
    for (struct object *object = objects; object; object = object->next) {
      if (object->context == context && object->live && object->kind != FUNCTION) {
        problem("leak: %s of %zu bytes", label(object), object->bytes);
        destroy(object);
      }
    }
    context->live = 0;
  }
  RETURN(SUCCESS);
}

EXPORT int cuCtxSetCurrent(void *context) {
  ENTER("cuCtxSetCurrent", "%s", label(context));
  NEED_INIT;
  if (context) NEED(context, CONTEXT);
  current = context;
  RETURN(SUCCESS);
}

EXPORT int cuCtxSynchronize(void) {
  ENTER("cuCtxSynchronize", "%s", "");
  NEED_CONTEXT;
  FORBIDDEN_IN_CAPTURE;
  finish_all();
  RETURN(SUCCESS);
}

/* ---- memory */

EXPORT int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  ENTER("cuMemGetInfo_v2", "%s", "");
  NEED_CONTEXT;
  *free_bytes = total_memory - used_memory;
  *total = total_memory;
  RETURN(SUCCESS);
}

EXPORT int cuMemAlloc_v2(uint64_t *out, size_t bytes) {
  ENTER("cuMemAlloc_v2", "byteSize=%zu", bytes);
  NEED_CONTEXT;
  FORBIDDEN_IN_CAPTURE;
  if (bytes == 0) REFUSE(INVALID_VALUE, "cuMemAlloc_v2 of nothing");
  if (bytes > total_memory - used_memory) RETURN(OUT_OF_MEMORY);
  struct object *memory = make(MEMORY, current);
  memory->address = next_address;
  memory->bytes = bytes;
  memory->data = calloc(bytes, 1);
  memset(memory->data, 0xA5, bytes < 1 << 20 ? bytes : 1 << 20); /* what was there before */
  next_address += (bytes + 511) / 512 * 512 + 512;
  used_memory += bytes;
  *out = memory->address;
  RETURN(SUCCESS);
}

EXPORT int cuMemFree_v2(uint64_t address) {
  ENTER("cuMemFree_v2", "0x%llx", (unsigned long long) address);
  NEED_INIT;
  struct object *memory = memory_at(address, 1);
  if (!memory || memory->address != address) {
    REFUSE(INVALID_VALUE, "cuMemFree_v2(0x%llx): nothing is there", (unsigned long long) address);
  }
  if (current && current->live && current->sticky) { destroy(memory); RETURN(current->sticky); }
  NEED_CONTEXT;
  FORBIDDEN_IN_CAPTURE;
  finish_all();
  RETURN(destroy(memory));
}

EXPORT int cuMemHostAlloc(void **out, size_t bytes, unsigned flags) {
  ENTER("cuMemHostAlloc", "byteSize=%zu flags=%u", bytes, flags);
  NEED_CONTEXT;
  FORBIDDEN_IN_CAPTURE;
  struct object *pinned = make(PINNED, current);
  pinned->bytes = bytes;
  pinned->address = (uint64_t) (uintptr_t) aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  *out = (void *) (uintptr_t) pinned->address;
  RETURN(SUCCESS);
}

EXPORT int cuMemFreeHost(void *pointer) {
  ENTER("cuMemFreeHost", "%s", "");
  NEED_INIT;
  for (struct object *object = objects; object; object = object->next) {
    if (object->kind == PINNED && object->live && object->address == (uint64_t) (uintptr_t) pointer) {
      if (current && current->live && current->sticky) { destroy(object); RETURN(current->sticky); }
      NEED_CONTEXT;
      FORBIDDEN_IN_CAPTURE;
      finish_all();
      RETURN(destroy(object));
    }
  }
  REFUSE(INVALID_VALUE, "cuMemFreeHost: nothing is there");
}

/* Notes an operation in the stream, or in the graph that it captures. */
static void enqueue(struct object *stream, struct node node) {
  append_node(stream->capture ? stream->capture : stream, node);
}

#define NEED_MEMORY(address, bytes) \
  if (!memory_at(address, bytes)) \
    REFUSE(INVALID_VALUE, "%s(%s): no live memory at 0x%llx", function_name, arguments, (unsigned long long) (address))

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *handle) {
  ENTER("cuMemcpyHtoDAsync_v2", "to=0x%llx byteSize=%zu %s", (unsigned long long) to, bytes, label(handle));
  NEED_CONTEXT;
  NEED(handle, STREAM);
  NEED_MEMORY(to, bytes);
  struct object *stream = handle;
  struct node node = {.operation = COPY_IN, .to = to, .from = (uint64_t) (uintptr_t) from, .bytes = bytes};
  enqueue(stream, node);
  if (!stream->capture && !is_pinned(node.from, bytes)) finish(stream);
  RETURN(SUCCESS);
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *handle) {
  ENTER("cuMemcpyDtoHAsync_v2", "from=0x%llx byteSize=%zu %s", (unsigned long long) from, bytes, label(handle));
  NEED_CONTEXT;
  NEED(handle, STREAM);
  NEED_MEMORY(from, bytes);
  struct object *stream = handle;
  struct node node = {.operation = COPY_OUT, .to = (uint64_t) (uintptr_t) to, .from = from, .bytes = bytes};
  enqueue(stream, node);
  if (!stream->capture && !is_pinned(node.to, bytes)) finish(stream);
  RETURN(SUCCESS);
}

EXPORT int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *handle) {
  ENTER("cuMemcpyDtoDAsync_v2", "to=0x%llx from=0x%llx byteSize=%zu %s", (unsigned long long) to,
        (unsigned long long) from, bytes, label(handle));
  NEED_CONTEXT;
  NEED(handle, STREAM);
  NEED_MEMORY(to, bytes);
  NEED_MEMORY(from, bytes);
  enqueue(handle, (struct node) {.operation = COPY, .to = to, .from = from, .bytes = bytes});
  RETURN(SUCCESS);
}

EXPORT int cuMemsetD8Async(uint64_t to, unsigned char value, size_t count, void *handle) {
  ENTER("cuMemsetD8Async", "to=0x%llx value=%d byteSize=%zu %s", (unsigned long long) to, value, count, label(handle));
  NEED_CONTEXT;
  NEED(handle, STREAM);
  NEED_MEMORY(to, count);
  enqueue(handle, (struct node) {.operation = FILL, .to = to, .value = value, .bytes = count});
  RETURN(SUCCESS);
}

/* ---- modules */

EXPORT int cuModuleLoadDataEx(void **out, const char *ptx, unsigned count, int *options, void **values) {
  ENTER("cuModuleLoadDataEx", "options=%u", count);
  NEED_CONTEXT;
  FORBIDDEN_IN_CAPTURE;
  if (!strstr(ptx, ".version") || !strstr(ptx, ".target")) {
    char *error_log = NULL;
    size_t error_bytes = 0;
    for (unsigned i = 0; i < count; i++) {
      if (options[i] == 5) error_log = values[i];
      if (options[i] == 6) error_bytes = (size_t) (uintptr_t) values[i];
    }
    if (error_log) snprintf(error_log, error_bytes, "ptxas application ptx input, line 1; fatal   : Missing .version directive\n");
    RETURN(INVALID_PTX);
  }
  struct object *module = make(MODULE, current);
  module->text = strdup(ptx);
  for (char *comment = strstr(module->text, "//"); comment; comment = strstr(comment, "//")) {
    memset(comment, ' ', strcspn(comment, "\n"));
  }
  *out = module;
  RETURN(SUCCESS);
}

EXPORT int cuModuleUnload(void *handle) {
  ENTER("cuModuleUnload", "%s", label(handle));
  NEED_INIT;
  NEED(handle, MODULE);
  if (current && current->live && current->sticky) { destroy(handle); RETURN(current->sticky); }
  NEED_CONTEXT;
  FORBIDDEN_IN_CAPTURE;
  RETURN(destroy(handle));
}

/* Bytes of a type such as .u32 or .b8, and behind it of an array of them. */
static size_t type_bytes(const char *type) {
  const char *digits = type + strcspn(type, "0123456789");
  return strtoul(digits, NULL, 10) / 8;
}

static size_t array_length(const char *from, const char *end) {
  const char *bracket = memchr(from, '[', end - from);
  return bracket ? strtoul(bracket + 1, NULL, 10) : 1;
}

/* The declared parameters of the entry whose list begins at `list`: bytes of the block. */
static size_t parameter_bytes(const char *list) {
  const char *end = strchr(list, ')');
  size_t offset = 0;
  for (const char *at = strstr(list, ".param"); at && at < end; at = strstr(at + 6, ".param")) {
    const char *stop = strpbrk(at, ",)");
    const char *type = at + 6;
    size_t alignment = 0;
    const char *align = strstr(at, ".align");
    if (align && align < stop) {
      alignment = strtoul(align + 6, NULL, 10);
      type = align + 6;
    }
    type = strchr(type, '.');
    size_t bytes = type_bytes(type);
    if (!alignment) alignment = bytes;
    offset = (offset + alignment - 1) / alignment * alignment + bytes * array_length(type, stop);
  }
  return offset;
}

static size_t shared_bytes(const char *text) {
  size_t bytes = 0;
  for (const char *at = strstr(text, ".shared"); at; at = strstr(at + 7, ".shared")) {
    const char *line = at;
    while (line > text && line[-1] != '\n') line--;
    const char *end = at + strcspn(at, "\n");
    int declares = line + strspn(line, " \t") == at; /* not .extern, not ld.shared */
    const char *type = strstr(at, ".b");
    if (declares && type && type < end && memchr(at, ';', end - at)) bytes += type_bytes(type) * array_length(type, end);
  }
  return bytes;
}

EXPORT int cuModuleGetFunction(void **out, void *handle, const char *name) {
  ENTER("cuModuleGetFunction", "%s name=%s", label(handle), name);
  NEED_CONTEXT;
  NEED(handle, MODULE);
  struct object *module = handle;
  size_t length = strlen(name);
  for (const char *at = strstr(module->text, ".entry"); at; at = strstr(at + 6, ".entry")) {
    const char *found = at + 6 + strspn(at + 6, " \t\n");
    if (strncmp(found, name, length) == 0 && strchr("( \t\n", found[length])) {
      struct object *function = make(FUNCTION, current);
      function->module = module;
      snprintf(function->name, sizeof function->name, "%s", name);
      function->parameter_bytes = parameter_bytes(strchr(found, '('));
      function->static_shared = shared_bytes(module->text);
      function->dynamic_shared = 49152 - (int) function->static_shared;
      *out = function;
      RETURN(SUCCESS);
    }
  }
  RETURN(NOT_FOUND);
}

EXPORT int cuFuncGetAttribute(int *out, int attribute, void *handle) {
  ENTER("cuFuncGetAttribute", "attribute=%d %s", attribute, label(handle));
  NEED_CONTEXT;
  NEED(handle, FUNCTION);
  struct object *function = handle;
  switch (attribute) {
    case 0: *out = 1024; break;
    case 1: *out = (int) function->static_shared; break;
    case 3: *out = 0; break;
    case 4: *out = 40; break;
    case 8: *out = function->dynamic_shared; break;
    default: RETURN(INVALID_VALUE);
  }
  RETURN(SUCCESS);
}

EXPORT int cuFuncSetAttribute(void *handle, int attribute, int value) {
  ENTER("cuFuncSetAttribute", "%s attribute=%d value=%d", label(handle), attribute, value);
  NEED_CONTEXT;
  NEED(handle, FUNCTION);
  struct object *function = handle;
  if (attribute != 8 || value < 0 || value + (long) function->static_shared > attributes[97]) RETURN(INVALID_VALUE);
  function->dynamic_shared = value;
  RETURN(SUCCESS);
}

EXPORT int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *out, void *handle, int threads, size_t shared) {
  ENTER("cuOccupancyMaxActiveBlocksPerMultiprocessor", "%s threads=%d sharedByteSize=%zu", label(handle), threads, shared);
  NEED_CONTEXT;
  NEED(handle, FUNCTION);
  if (threads < 1) RETURN(INVALID_VALUE);
  size_t by_threads = attributes[39] / threads;
  size_t by_shared = attributes[81] / (shared + ((struct object *) handle)->static_shared + 1024);
  *out = (int) (by_threads < by_shared ? by_threads : by_shared);
  RETURN(SUCCESS);
}

/* ---- launches */

/* What is wrong with a launch, or NULL. Parameters that look like device addresses must be of live memory. */
static const char *launch_fault(struct object *function, const unsigned char *parameters, size_t bytes) {
  static char text[256];
  if (!function->live) {
    snprintf(text, sizeof text, "%s is of a module that is gone", function->name);
    return text;
  }
  if (bytes != function->parameter_bytes) {
    snprintf(text, sizeof text, "%s takes %zu bytes of parameters, got %zu", function->name, function->parameter_bytes, bytes);
    return text;
  }
  for (size_t offset = 0; offset + 8 <= bytes; offset += 8) {
    uint64_t value;
    memcpy(&value, parameters + offset, 8);
    if (value >= FIRST_ADDRESS && value < next_address && !memory_at(value, 1)) {
      snprintf(text, sizeof text, "%s: no live memory at parameter byte %zu", function->name, offset);
      return text;
    }
  }
  return NULL;
}

static int launch(const char *function_name, char *arguments, void *handle, unsigned x, unsigned y, unsigned z,
                  unsigned threads, unsigned shared, void *stream_handle, void **parameters, void **extra, int programmatic) {
  if (logging) {
    snprintf(arguments, 512, "%s grid=%ux%ux%u threads=%u sharedByteSize=%u %s%s",
             is(handle, FUNCTION) ? ((struct object *) handle)->name : "unknown", x, y, z, threads, shared, label(stream_handle),
             programmatic ? " programmatic" : "");
  }
  NEED_CONTEXT;
  NEED(handle, FUNCTION);
  NEED(stream_handle, STREAM);
  struct object *function = handle;
  if (!x || !y || !z || y > 65535 || z > 65535 || !threads || threads > 1024) {
    REFUSE(INVALID_VALUE, "%s(%s): impossible grid", function_name, arguments);
  }
  if (shared > (unsigned) function->dynamic_shared) {
    REFUSE(INVALID_VALUE, "%s(%s): more shared memory than the %d allowed", function_name, arguments, function->dynamic_shared);
  }
  if (parameters || !extra || extra[0] != (void *) 1 || extra[2] != (void *) 2 || extra[4] != NULL) {
    REFUSE(INVALID_VALUE, "%s(%s): parameters are not one buffer", function_name, arguments);
  }
  size_t bytes = *(size_t *) extra[3];
  const char *fault = launch_fault(function, extra[1], bytes);
  if (fault) REFUSE(INVALID_VALUE, "%s(%s): %s", function_name, arguments, fault);
  struct node node = {.operation = LAUNCH, .object = function, .parameter_bytes = bytes};
  struct object *stream = stream_handle;
  if (stream->capture) {
    node.parameters = malloc(bytes ? bytes : 1);
    memcpy(node.parameters, extra[1], bytes);
  }
  if (stream->capture || stream->first) enqueue(stream, node); else perform(&node);
  RETURN(SUCCESS);
}

EXPORT int cuLaunchKernel(void *function, unsigned x, unsigned y, unsigned z, unsigned block_x, unsigned block_y,
                          unsigned block_z, unsigned shared, void *stream, void **parameters, void **extra) {
  ENTER("cuLaunchKernel", "%s", label(function));
  return launch(function_name, arguments, function, x, y, z, block_x * block_y * block_z, shared, stream, parameters, extra, 0);
}

struct attribute { int id; char pad[4]; union { char bytes[64]; int number; } value; };
struct config { unsigned x, y, z, block_x, block_y, block_z, shared; void *stream; struct attribute *attributes; unsigned count; };

EXPORT int cuLaunchKernelEx(struct config *config, void *function, void **parameters, void **extra) {
  ENTER("cuLaunchKernelEx", "%s", label(function));
  int programmatic = 0;
  for (unsigned i = 0; i < config->count; i++) {
    if (config->attributes[i].id == 6) programmatic = config->attributes[i].value.number;
  }
  return launch(function_name, arguments, function, config->x, config->y, config->z,
                config->block_x * config->block_y * config->block_z, config->shared, config->stream, parameters, extra,
                programmatic);
}

/* ---- streams */

EXPORT int cuStreamCreate(void **out, unsigned flags) {
  ENTER("cuStreamCreate", "flags=%u", flags);
  NEED_CONTEXT;
  *out = make(STREAM, current);
  RETURN(SUCCESS);
}

/* Destroying works in a context that an error has killed. */
#define DESTROY(handle, kind) \
  NEED_INIT; \
  NEED(handle, kind); \
  if (current && current->live && current->sticky) { destroy(handle); RETURN(current->sticky); } \
  NEED_CONTEXT; \
  RETURN(destroy(handle))

EXPORT int cuStreamDestroy_v2(void *handle) {
  ENTER("cuStreamDestroy_v2", "%s", label(handle));
  DESTROY(handle, STREAM);
}

EXPORT int cuStreamSynchronize(void *handle) {
  ENTER("cuStreamSynchronize", "%s", label(handle));
  NEED_CONTEXT;
  NEED(handle, STREAM);
  NEED_NO_CAPTURE_OF((struct object *) handle);
  finish(handle);
  RETURN(SUCCESS);
}

/* Says once that the stream is busy. */
EXPORT int cuStreamQuery(void *handle) {
  ENTER("cuStreamQuery", "%s", label(handle));
  NEED_CONTEXT;
  NEED(handle, STREAM);
  struct object *stream = handle;
  NEED_NO_CAPTURE_OF(stream);
  int busy = stream->first != NULL;
  finish(stream);
  RETURN(busy ? NOT_READY : SUCCESS);
}

EXPORT int cuStreamWaitEvent(void *handle, void *event, unsigned flags) {
  ENTER("cuStreamWaitEvent", "%s %s flags=%u", label(handle), label(event), flags);
  NEED_CONTEXT;
  NEED(handle, STREAM);
  NEED(event, EVENT);
  finish_all();
  RETURN(SUCCESS);
}

EXPORT int cuStreamBeginCapture_v2(void *handle, int mode) {
  ENTER("cuStreamBeginCapture_v2", "%s mode=%d", label(handle), mode);
  NEED_CONTEXT;
  NEED(handle, STREAM);
  struct object *stream = handle;
  if (stream->capture) REFUSE(ILLEGAL_STATE, "a capture in a capture");
  stream->capture = make(GRAPH, NULL); /* of no context until it is handed out */
  stream->spoiled = 0;
  stream->mode = mode;
  stream->capturer = pthread_self();
  RETURN(SUCCESS);
}

EXPORT int cuStreamEndCapture(void *handle, void **out) {
  ENTER("cuStreamEndCapture", "%s", label(handle));
  NEED_CONTEXT;
  NEED(handle, STREAM);
  struct object *stream = handle;
  struct object *graph = stream->capture;
  if (!graph) REFUSE(ILLEGAL_STATE, "the end of a capture that never began");
  if (stream->mode != 2 && !pthread_equal(stream->capturer, pthread_self())) {
    REFUSE(CAPTURE_WRONG_THREAD, "the end of another thread's capture");
  }
  stream->capture = NULL;
  if (stream->spoiled) {
    destroy(graph);
    *out = NULL;
    RETURN(CAPTURE_INVALIDATED);
  }
  graph->context = current;
  *out = graph;
  RETURN(SUCCESS);
}

EXPORT int cuStreamIsCapturing(void *handle, int *out) {
  ENTER("cuStreamIsCapturing", "%s", label(handle));
  NEED_CONTEXT;
  NEED(handle, STREAM);
  struct object *stream = handle;
  *out = !stream->capture ? 0 : stream->spoiled ? 2 : 1;
  RETURN(SUCCESS);
}

/* ---- events */

EXPORT int cuEventCreate(void **out, unsigned flags) {
  ENTER("cuEventCreate", "flags=%u", flags);
  NEED_CONTEXT;
  struct object *event = make(EVENT, current);
  event->passed = 1;
  event->untimed = (flags & 2) != 0;
  *out = event;
  RETURN(SUCCESS);
}

EXPORT int cuEventDestroy_v2(void *handle) {
  ENTER("cuEventDestroy_v2", "%s", label(handle));
  if (is(handle, EVENT)) finish_all();
  DESTROY(handle, EVENT);
}

EXPORT int cuEventRecord(void *event, void *stream) {
  ENTER("cuEventRecord", "%s %s", label(event), label(stream));
  NEED_CONTEXT;
  NEED(event, EVENT);
  NEED(stream, STREAM);
  ((struct object *) event)->passed = 0;
  enqueue(stream, (struct node) {.operation = MARK, .object = event});
  RETURN(SUCCESS);
}

/* Says once that the event was not passed. */
EXPORT int cuEventQuery(void *handle) {
  ENTER("cuEventQuery", "%s", label(handle));
  NEED_CONTEXT;
  NEED(handle, EVENT);
  int passed = ((struct object *) handle)->passed;
  finish_all();
  RETURN(passed ? SUCCESS : NOT_READY);
}

EXPORT int cuEventSynchronize(void *handle) {
  ENTER("cuEventSynchronize", "%s", label(handle));
  NEED_CONTEXT;
  NEED(handle, EVENT);
  finish_all();
  RETURN(SUCCESS);
}

EXPORT int cuEventElapsedTime_v2(float *out, void *begin, void *end) {
  ENTER("cuEventElapsedTime_v2", "%s %s", label(begin), label(end));
  NEED_CONTEXT;
  NEED(begin, EVENT);
  NEED(end, EVENT);
  struct object *first = begin, *second = end;
  if (first->untimed || second->untimed) RETURN(INVALID_HANDLE);
  if (!first->passed || !second->passed) RETURN(NOT_READY);
  *out = second->time - first->time;
  RETURN(SUCCESS);
}

/* ---- graphs */

static size_t node_count(struct object *list) {
  size_t count = 0;
  for (struct node *node = list->first; node; node = node->next) count++;
  return count;
}

static void copy_nodes(struct object *to, struct object *from) {
  drop_nodes(to);
  for (struct node *node = from->first; node; node = node->next) {
    struct node copy = *node;
    if (copy.parameters) {
      copy.parameters = malloc(copy.parameter_bytes ? copy.parameter_bytes : 1);
      memcpy(copy.parameters, node->parameters, copy.parameter_bytes);
    }
    append_node(to, copy);
  }
}

EXPORT int cuGraphGetNodes(void *handle, void **nodes, size_t *count) {
  ENTER("cuGraphGetNodes", "%s", label(handle));
  NEED_CONTEXT;
  NEED(handle, GRAPH);
  if (nodes) RETURN(INVALID_VALUE);
  *count = node_count(handle);
  RETURN(SUCCESS);
}

EXPORT int cuGraphInstantiateWithFlags(void **out, void *handle, unsigned long long flags) {
  ENTER("cuGraphInstantiateWithFlags", "%s flags=%llu", label(handle), flags);
  NEED_CONTEXT;
  NEED(handle, GRAPH);
  struct object *exec = make(EXEC, current);
  copy_nodes(exec, handle);
  *out = exec;
  RETURN(SUCCESS);
}

EXPORT int cuGraphExecUpdate_v2(void *handle, void *graph_handle, void *info) {
  ENTER("cuGraphExecUpdate_v2", "%s %s", label(handle), label(graph_handle));
  NEED_CONTEXT;
  NEED(handle, EXEC);
  NEED(graph_handle, GRAPH);
  struct object *exec = handle, *graph = graph_handle;
  (void) info;
  int same = node_count(exec) == node_count(graph);
  for (struct node *a = exec->first, *b = graph->first; same && a; a = a->next, b = b->next) {
    same = a->operation == b->operation && a->object == b->object;
  }
  if (!same) RETURN(GRAPH_EXEC_UPDATE_FAILURE);
  copy_nodes(exec, graph);
  RETURN(SUCCESS);
}

EXPORT int cuGraphUpload(void *handle, void *stream) {
  ENTER("cuGraphUpload", "%s %s", label(handle), label(stream));
  NEED_CONTEXT;
  NEED(handle, EXEC);
  NEED(stream, STREAM);
  RETURN(SUCCESS);
}

EXPORT int cuGraphLaunch(void *handle, void *stream_handle) {
  ENTER("cuGraphLaunch", "%s nodes=%zu %s", label(handle), is(handle, EXEC) ? node_count(handle) : 0, label(stream_handle));
  NEED_CONTEXT;
  NEED(handle, EXEC);
  NEED(stream_handle, STREAM);
  struct object *stream = stream_handle;
  NEED_NO_CAPTURE_OF(stream);
  for (struct node *node = ((struct object *) handle)->first; node; node = node->next) {
    if (node->operation == LAUNCH) {
      const char *fault = launch_fault(node->object, node->parameters, node->parameter_bytes);
      if (fault) REFUSE(INVALID_VALUE, "cuGraphLaunch: %s", fault);
    }
    struct node copy = *node;
    copy.parameters = NULL;
    append_node(stream, copy);
  }
  RETURN(SUCCESS);
}

EXPORT int cuGraphDestroy(void *handle) {
  ENTER("cuGraphDestroy", "%s", label(handle));
  DESTROY(handle, GRAPH);
}

EXPORT int cuGraphExecDestroy(void *handle) {
  ENTER("cuGraphExecDestroy", "%s", label(handle));
  DESTROY(handle, EXEC);
}

/* ---- what tests call */

static void clear(struct text *text) { text->length = 0; }

/* As new: nothing is there, nothing fails, one GPU. */
EXPORT void stub_reset(void) {
  static const int defaults[][2] = {
    {1, 1024}, {8, 49152}, {13, 1980000}, {16, 132}, {18, 0}, {32, 1}, {36, 2619000}, {37, 5120}, {38, 52428800},
    {39, 2048}, {75, 9}, {76, 0}, {81, 233472}, {82, 65536}, {97, 232448},
  };
  pthread_mutex_lock(&lock);
  for (struct object *object = objects; object; object = object->next) {
    if (object->live) destroy(object);
  }
  objects = NULL;
  clear(&log_text);
  clear(&problem_text);
  memset(attributes, 0, sizeof attributes);
  for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) attributes[defaults[i][0]] = defaults[i][1];
  calls = failing_call = failing_code = 0;
  initialized = init_result = 0;
  logging = device_count = 1;
  version = 13000;
  total_memory = (size_t) 80 << 30;
  used_memory = 0;
  pthread_mutex_unlock(&lock);
}

/* The k-th call from now on answers `code` and does nothing; k = 0: none. */
EXPORT void stub_fail(long k, int code) {
  failing_call = k ? calls + k : 0;
  failing_code = code;
}

/* Asks as often whether the stream is idle: what the same calls take from C. */
EXPORT void stub_query(void *stream, long times) {
  int (*volatile query)(void *) = cuStreamQuery;
  for (long i = 0; i < times; i++) query(stream);
}

EXPORT long stub_calls(void) { return calls; }
EXPORT void stub_logging(int on) { logging = on; }
EXPORT void stub_devices(int count) { device_count = count; }
EXPORT void stub_memory(size_t bytes) { total_memory = bytes; }
EXPORT void stub_attribute(int attribute, int value) { attributes[attribute] = value; }
EXPORT void stub_init_result(int code) { init_result = code; }
EXPORT const char *stub_log(void) { return content(&log_text); }
EXPORT void stub_clear_log(void) { clear(&log_text); }
EXPORT const char *stub_problems(void) { return content(&problem_text); }

/* One line for each thing that is there. */
EXPORT const char *stub_live(void) {
  pthread_mutex_lock(&lock);
  clear(&live_text);
  for (struct object *object = objects; object; object = object->next) {
    if (object->live && object->kind != FUNCTION) add(&live_text, "%s of %zu bytes\n", label(object), object->bytes);
  }
  pthread_mutex_unlock(&lock);
  return content(&live_text);
}

/* Another process can not call what is above: STUB_MEMORY is a GPU's bytes, STUB_CAPABILITY its compute
 * capability, STUB_DEVICES how many there are. */
__attribute__((constructor)) static void start(void) {
  stub_reset();
  const char *memory = getenv("STUB_MEMORY"), *capability = getenv("STUB_CAPABILITY"), *devices = getenv("STUB_DEVICES");
  if (devices) device_count = atoi(devices);
  if (memory) total_memory = strtoull(memory, NULL, 10);
  if (capability) {
    attributes[75] = atoi(capability) / 10;
    attributes[76] = atoi(capability) % 10;
  }
}
