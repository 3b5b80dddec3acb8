/* NVIDIA's management library without a GPU, for tests: one GPU at 0000:65:00.0, which does not say its power. */
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6 };

static int started;
static int gpu;

struct memory { unsigned version; unsigned long long total, reserved, free, used; };

EXPORT const char *nvmlErrorString(int result) {
  return result == NOT_FOUND ? "Not Found" : result == UNINITIALIZED ? "Uninitialized" : "Unknown Error";
}
EXPORT int nvmlInit_v2(void) { started++; return SUCCESS; }
EXPORT int nvmlShutdown(void) { if (!started) return UNINITIALIZED; started--; return SUCCESS; }
EXPORT int nvmlSystemGetDriverVersion(char *out, unsigned bytes) { snprintf(out, bytes, "580.82.07"); return SUCCESS; }
EXPORT int nvmlDeviceGetHandleByPciBusId_v2(const char *id, void **out) {
  if (strcmp(id, "0000:65:00.0")) return NOT_FOUND;
  *out = &gpu;
  return SUCCESS;
}
EXPORT int nvmlDeviceGetClockInfo(void *device, int type, unsigned *out) {
  if (device != &gpu) return INVALID_ARGUMENT;
  *out = type == 1 ? 1980 : 2619;
  return SUCCESS;
}
EXPORT int nvmlDeviceGetPowerUsage(void *device, unsigned *out) { (void) device; (void) out; return NOT_SUPPORTED; }
EXPORT int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *out) {
  (void) device;
  *out = sensor == 0 ? 41 : 0;
  return SUCCESS;
}
EXPORT int nvmlDeviceGetMemoryInfo_v2(void *device, struct memory *out) {
  (void) device;
  if (out->version != (2 << 24 | sizeof *out)) return INVALID_ARGUMENT;
  out->total = 80000;
  out->used = 1000;
  out->free = 78000;
  return SUCCESS;
}
EXPORT int nvmlDeviceGetCurrentClocksEventReasons(void *device, unsigned long long *out) {
  (void) device;
  *out = 4;
  return SUCCESS;
}
EXPORT int stub_started(void) { return started; }
