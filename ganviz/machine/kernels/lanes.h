// For both precisions: vectors from memory and back, at any alignment.

typedef REAL NAME(Unaligned) __attribute__((aligned(1), may_alias));

enum { NAME(LANES) = VECTOR_BYTES / sizeof(SCALAR) };

INLINE REAL NAME(load)(const SCALAR *from) { return *(const NAME(Unaligned) *)from; }
INLINE void NAME(store)(SCALAR *to, REAL x) { *(NAME(Unaligned) *)to = x; }

// The last numbers of an array, fewer than there are lanes.
INLINE REAL NAME(load_first)(const SCALAR *from, int64_t count) {
  REAL x = NAME(splat)(0);
  for (int64_t i = 0; i < count; i++) x[i] = from[i];
  return x;
}
INLINE void NAME(store_first)(SCALAR *to, REAL x, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = x[i];
}
