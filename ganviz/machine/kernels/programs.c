// The machine: it runs one instruction after another.

#include "instruction.h"

#define TABLE(family) WITH_VARIANT(family, VARIANT)
extern FAMILY(maps);
extern FAMILY(reductions);
extern FAMILY(moves);
extern FAMILY(orders);
extern FAMILY(products);
extern FAMILY(draws);

static const Kernel *const FAMILIES[] = {
    TABLE(maps), TABLE(reductions), TABLE(moves), TABLE(orders), TABLE(products), TABLE(draws),
};

// A kernel's number: that of its family times this, plus its place in there.
enum { FAMILY_SIZE = 256 };

// The name of a kernel, 0 at the end of a family; beyond the last family there is none either.
__attribute__((visibility("default"))) const char *WITH_VARIANT(kernel_name, VARIANT)(int64_t number) {
  int64_t families = sizeof FAMILIES / sizeof FAMILIES[0];
  return number < families * FAMILY_SIZE ? FAMILIES[number / FAMILY_SIZE][number % FAMILY_SIZE].name : 0;
}

static void run_once(Words code, int64_t words, char *memory) {
  for (Words at = code, end = code + words; at < end; at += at[1]) {
    FAMILIES[at[0] / FAMILY_SIZE][at[0] % FAMILY_SIZE].compute(at + 2, memory);
  }
}

// A program of so many words, once.
ENTRY(run)(Words code, int64_t words, char *memory) {
  unsigned mode = standard_arithmetic();
  run_once(code, words, memory);
  as_before(mode);
}

// Bytes that are copied in each step, between a place in memory and a row of an array outside of it.
typedef struct { char *row; int64_t at, bytes; } Column;

INLINE void copy(char *to, const char *from, int64_t bytes) {
  typedef int64_t Word __attribute__((aligned(1), may_alias));
  int64_t i = 0;
  for (; i + 8 <= bytes; i += 8) *(Word *)(to + i) = *(const Word *)(from + i);
  for (; i < bytes; i++) to[i] = from[i];
}

// A program so many times. Each time the next row of each array of `given` is put into memory, and afterwards what lies at
// the places of `kept` is put into the next row of those; then outputs become inputs: `fed` says from where to where.
// It ends early, after a step at whose end `*stop` is not 0, and says how many steps were made.
__attribute__((visibility("default"))) int64_t WITH_VARIANT(advance, VARIANT)(
    Words code, int64_t words, char *memory, int64_t steps, const Column *given, int64_t givens, const Column *kept,
    int64_t keeps, Words fed, int64_t feeds, const volatile int64_t *stop) {
  unsigned mode = standard_arithmetic();
  int64_t step = 0;
  while (step < steps) {
    for (int64_t i = 0; i < givens; i++) copy(memory + given[i].at, given[i].row + step * given[i].bytes, given[i].bytes);
    run_once(code, words, memory);
    for (int64_t i = 0; i < keeps; i++) copy(kept[i].row + step * kept[i].bytes, memory + kept[i].at, kept[i].bytes);
    for (int64_t i = 0; i < feeds; i++) copy(memory + fed[3 * i], memory + fed[3 * i + 1], fed[3 * i + 2]);
    step++;
    if (*stop) break;
  }
  as_before(mode);
  return step;
}
