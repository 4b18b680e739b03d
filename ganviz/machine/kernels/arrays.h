// For both precisions: functions of vectors over arrays of any length and alignment.

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

// y = function(x); the two may be one array.
INLINE void NAME(map)(REAL (*function)(REAL), const SCALAR *x, SCALAR *y, int64_t count) {
  unsigned mode = standard_arithmetic();
  int64_t i = 0;
  for (; i + NAME(LANES) <= count; i += NAME(LANES)) NAME(store)(y + i, function(NAME(load)(x + i)));
  if (i < count) NAME(store_first)(y + i, function(NAME(load_first)(x + i, count - i)), count - i);
  as_before(mode);
}

// z = function(x, y)
INLINE void NAME(map_pairs)(REAL (*function)(REAL, REAL), const SCALAR *x, const SCALAR *y, SCALAR *z, int64_t count) {
  unsigned mode = standard_arithmetic();
  int64_t i = 0;
  for (; i + NAME(LANES) <= count; i += NAME(LANES)) {
    NAME(store)(z + i, function(NAME(load)(x + i), NAME(load)(y + i)));
  }
  if (i < count) {
    REAL last = function(NAME(load_first)(x + i, count - i), NAME(load_first)(y + i, count - i));
    NAME(store_first)(z + i, last, count - i);
  }
  as_before(mode);
}
