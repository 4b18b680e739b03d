// From the first instruction after power-on to C (work.c), in 64-bit mode.
//
// The image stands in the place of a PC's firmware: in the last 2 MiB of the first 4 GiB (work.ld), which are read-only.

// Places in memory.
#define TABLES 0x1000
#define STACK 0x80000

// Places in the list of segments below.
#define CODE_32 8
#define DATA 16
#define CODE_64 24

// Bits of the processor's registers of control.
#define PROTECTED 1
#define PAGED 0x80000000
#define NO_EMULATED_FLOATS ~4
#define LONG_ADDRESSES 0x20
#define SSE 0x600
#define EFER 0xc0000080
#define LONG_MODE 0x100

// Of a page, or of a table of pages.
#define WRITABLE 3
#define LARGE 0x80

// The processor begins here, 16 bytes below 4 GiB, in the mode of 1978.
.section .reset, "ax"
.code16
  jmp real_mode

.section .real_mode, "ax"
real_mode:
  lgdtl %cs:segments_at - 0xffff0000  // only 16 bits of an address count here
  mov %cr0, %eax
  or $PROTECTED, %al
  mov %eax, %cr0
  ljmpl $CODE_32, $protected_mode

// Segments, each of them all of memory, 8 bytes apart: none, code and data of 32 bits, code of 64.
.p2align 3
segments:
  .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
segments_at:
  .word . - segments - 1
  .long segments

.text
.code32
protected_mode:
  mov $DATA, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %ss

  // Every address is its own: a table of tables of four tables of 512 pages of 2 MiB. (Memory is 0 at first.)
  movl $TABLES + 0x1000 + WRITABLE, TABLES
  mov $TABLES + 0x2000 + WRITABLE, %eax
  mov $TABLES + 0x1000, %edi
  mov $4, %ecx
1:mov %eax, (%edi)
  add $0x1000, %eax
  add $8, %edi
  loop 1b
  mov $WRITABLE + LARGE, %eax
  mov $TABLES + 0x2000, %edi
  mov $4 * 512, %ecx
1:mov %eax, (%edi)
  add $0x200000, %eax
  add $8, %edi
  loop 1b
  mov $TABLES, %eax
  mov %eax, %cr3

  mov $LONG_ADDRESSES + SSE, %eax
  mov %eax, %cr4
  mov $EFER, %ecx
  rdmsr
  or $LONG_MODE, %eax
  wrmsr
  mov %cr0, %eax
  and $NO_EMULATED_FLOATS, %eax
  or $PAGED, %eax
  mov %eax, %cr0
  ljmp $CODE_64, $long_mode

.code64
long_mode:
  mov $STACK, %esp
  call begin
