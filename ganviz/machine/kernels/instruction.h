// Instructions: what a program is made of, as the machine reads it.
//
// An instruction is a row of 64-bit words: the number of its kernel, how many words it has, and the kernel's arguments.
// Places are counted in bytes from the beginning of the program's memory, strides in numbers. Python has checked that
// every place lies within that memory before a program runs.

#ifndef INSTRUCTION_H
#define INSTRUCTION_H

#include "entry.h"

typedef const int64_t *Words;
typedef void Compute(Words arguments, char *memory);

// A kernel by its name; a family's table ends with one that has none.
typedef struct { const char *name; Compute *compute; } Kernel;

#define FAMILY(name) const Kernel WITH_VARIANT(name, VARIANT)[]

// The bits of a word as a number.
INLINE double number_of(int64_t word) {
  union { int64_t word; double number; } same = {word};
  return same.number;
}

#endif
