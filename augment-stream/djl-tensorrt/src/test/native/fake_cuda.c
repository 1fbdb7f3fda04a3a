/* The functions of the NVIDIA driver that the engine calls, over ordinary memory. fakeLive counts what is
   acquired and not yet released. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef INIT
#define INIT 0
#endif
#ifndef VERSION
#define VERSION 13000
#endif
#ifndef DEVICES
#define DEVICES 1
#endif

static int live = 0;

int fakeLive(void) { return live; }
int cuInit(unsigned flags) { return INIT; }
int cuDriverGetVersion(int *version) { *version = VERSION; return 0; }
int cuDeviceGetCount(int *count) { *count = DEVICES; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = 70 + ordinal; return ordinal < DEVICES ? 0 : 101; }
int cuDeviceGetName(char *name, int length, int device) { strncpy(name, "Fake GPU", length); return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 16 ? 132 : attribute == 75 ? 9 : attribute == 76 ? 0 : -1;
  return 0;
}
int cuDevicePrimaryCtxRetain(uint64_t *context, int device) { live++; *context = 4242; return 0; }
int cuDevicePrimaryCtxRelease_v2(int device) { live--; return device >= 70 ? 0 : 101; }
int cuCtxSetCurrent(uint64_t context) { return context == 4242 ? 0 : 201; }
int cuMemGetInfo_v2(uint64_t *available, uint64_t *total) { *available = 1000; *total = 2000; return 0; }
int cuMemAlloc_v2(uint64_t *address, uint64_t bytes) {
  if (bytes > (1ull << 40)) return 2;
  live++;
  *address = (uint64_t) malloc(bytes);
  return 0;
}
int cuMemFree_v2(uint64_t address) { live--; free((void *) address); return 0; }
int cuMemHostAlloc(void **address, uint64_t bytes, unsigned flags) { live++; *address = malloc(bytes); return 0; }
int cuMemFreeHost(void *address) { live--; free(address); return 0; }
int cuMemcpyHtoDAsync_v2(uint64_t target, void *source, uint64_t bytes, uint64_t stream) {
  if (stream != 77) return 400;
  memcpy((void *) target, source, bytes);
  return 0;
}
int cuMemcpyDtoHAsync_v2(void *target, uint64_t source, uint64_t bytes, uint64_t stream) {
  if (stream != 77) return 400;
  memcpy(target, (void *) source, bytes);
  return 0;
}
int cuStreamCreate(uint64_t *stream, unsigned flags) { live++; *stream = 77; return flags == 1 ? 0 : 1; }
int cuStreamSynchronize(uint64_t stream) { return stream == 77 ? 0 : 400; }
int cuStreamDestroy_v2(uint64_t stream) { live--; return stream == 77 ? 0 : 400; }
int cuGetErrorString(int error, const char **text) {
  *text = error == 2 ? "out of memory" : error == 100 ? "no CUDA-capable device is detected" : "something else";
  return 0;
}
