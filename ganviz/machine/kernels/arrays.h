// For both precisions: functions of vectors over arrays of any length and alignment.

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
