/* The portable kernels as processors other than x86-64 have them. */
#define SI_WITHOUT_SSE2
#define si_kernels_portable si_kernels_plain
#include "kernels/kernels_portable.c"
