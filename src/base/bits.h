/* Counting the bits of words. */
#ifndef SI_BASE_BITS_H
#define SI_BASE_BITS_H

#include <stdint.h>

/* The number of bits that are set, added up in parallel. The builtin of the compiler would be a
 * function call where the processor may lack the instruction. */
static inline unsigned si_bit_count(uint64_t bits)
{
    bits -= bits >> 1 & UINT64_C(0x5555555555555555);
    bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
    bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(bits * UINT64_C(0x0101010101010101) >> 56);
}

#endif
