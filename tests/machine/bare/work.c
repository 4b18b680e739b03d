// The machine without an operating system: calls of `advance` in one variant or another, one after the other.
//
// What there is to do is read from a disk. tests/machine/emulator.py has written it there, with all places as addresses; it
// is changed where it lies in memory, and written back as it is at the end.

#include <stdint.h>

typedef int64_t Advance(const int64_t *code, int64_t words, char *memory, int64_t steps, const void *given, int64_t givens,
                        const void *kept, int64_t keeps, const int64_t *fed, int64_t feeds, const int64_t *stop);

// The kernels', as they are in the library.
Advance advance_plain, advance_avx2, advance_avx512;
int supported_variants(void);

static Advance *const VARIANTS[] = {advance_plain, advance_avx2, advance_avx512};

typedef struct {
  int64_t variant;
  const int64_t *code; int64_t words;
  char *memory; int64_t steps;
  const void *given; int64_t givens;
  const void *kept; int64_t keeps;
  const int64_t *fed; int64_t feeds;
  int64_t made;  // how many steps: an answer
} Call;

typedef struct {
  int64_t saved_state;  // which registers a system would save for its threads
  int64_t bytes;        // of all the work
  Call *call; int64_t calls;
  int64_t supported;    // an answer
} Work;

#define WORK ((Work *)0x1000000)

// ---------------------------------------------------------------------------------------------------------------- ports

static void out(uint16_t port, uint8_t byte) { __asm__ volatile("outb %0, %1" : : "a"(byte), "Nd"(port)); }
static uint8_t in(uint16_t port) {
  uint8_t byte;
  __asm__ volatile("inb %1, %0" : "=a"(byte) : "Nd"(port));
  return byte;
}

// The first disk, as disks have been spoken to since 1986: a sector of 512 bytes at a time.
enum {
  DATA = 0x1f0, COUNT = 0x1f2, PLACE = 0x1f3, DRIVE = 0x1f6, COMMAND = 0x1f7,
  FIRST_DRIVE = 0xe0, READ = 0x20, WRITE = 0x30, BUSY = 0x80, WANTS_DATA = 8,
  SECTOR = 512, WORDS = SECTOR / 2,
};

static void ask_for(uint8_t command, uint32_t sector) {
  out(DRIVE, FIRST_DRIVE | sector >> 24);
  out(COUNT, 1);
  for (int i = 0; i < 3; i++) out(PLACE + i, (uint8_t)(sector >> 8 * i));
  out(COMMAND, command);
  while ((in(COMMAND) & (BUSY | WANTS_DATA)) != WANTS_DATA) {}
}
static void read_sector(void *to, uint32_t sector) {
  int64_t words = WORDS;
  ask_for(READ, sector);
  __asm__ volatile("rep insw" : "+D"(to), "+c"(words) : "d"(DATA) : "memory");
}
static void write_sector(const void *from, uint32_t sector) {
  int64_t words = WORDS;
  ask_for(WRITE, sector);
  __asm__ volatile("rep outsw" : "+S"(from), "+c"(words) : "d"(DATA) : "memory");
  while (in(COMMAND) & BUSY) {}
}

// Bochs switches off when it is told so at a port of its own.
static void switch_off(void) {
  enum { SWITCH = 0x8900 };
  for (const char *letter = "Shutdown"; *letter; letter++) out(SWITCH, (uint8_t)*letter);
}

// ------------------------------------------------------------------------------------------------------------- the work

static void read_work(void) {
  read_sector(WORK, 0);  // which says how much there is
  for (int64_t at = SECTOR; at < WORK->bytes; at += SECTOR) read_sector((char *)WORK + at, (uint32_t)(at / SECTOR));
}
static void write_work(void) {
  for (int64_t at = 0; at < WORK->bytes; at += SECTOR) write_sector((char *)WORK + at, (uint32_t)(at / SECTOR));
}

// As a system does that saves more of its threads than the registers of SSE; one that was never asked to does neither.
static void save_registers(int64_t state) {
  enum { OSXSAVE = 1 << 18 };
  if (!state) return;
  int64_t mode;
  __asm__ volatile("mov %%cr4, %0" : "=r"(mode));
  __asm__ volatile("mov %0, %%cr4" : : "r"(mode | OSXSAVE));
  __asm__ volatile("xsetbv" : : "a"((uint32_t)state), "d"(0), "c"(0));
}

static void do_calls(void) {
  static const int64_t never = 0;
  for (Call *c = WORK->call; c < WORK->call + WORK->calls; c++) {
    c->made = VARIANTS[c->variant](c->code, c->words, c->memory, c->steps, c->given, c->givens, c->kept, c->keeps, c->fed,
                                   c->feeds, &never);
  }
}

void begin(void) {
  read_work();
  save_registers(WORK->saved_state);
  WORK->supported = supported_variants();
  do_calls();
  write_work();
  switch_off();
  for (;;) __asm__ volatile("hlt");
}
