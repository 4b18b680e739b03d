// What every function has that Python calls: a name of its own in each variant, and the arithmetic that it counts on.

#ifndef ENTRY_H
#define ENTRY_H

#include "vectors.h"

#define JOINED(name, variant) name##_##variant
#define WITH_VARIANT(name, variant) JOINED(name, variant)
#define ENTRY(name) __attribute__((visibility("default"))) void WITH_VARIANT(name, VARIANT)

// The processor's mode belongs to the thread, and its owner may have switched subnormal numbers off or rounding to another
// direction. Here all is as IEEE 754 says, rounding to nearest, without traps; afterwards it is as it was.
#if defined(__x86_64__)
INLINE unsigned standard_arithmetic(void) {
  unsigned before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(0x1f80);
  return before;
}
INLINE void as_before(unsigned mode) { __builtin_ia32_ldmxcsr(mode); }
#else
INLINE unsigned standard_arithmetic(void) { return 0; }
INLINE void as_before(unsigned mode) { (void)mode; }
#endif

#endif
