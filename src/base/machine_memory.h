/* How much memory this process can use. */
#ifndef SI_BASE_MACHINE_MEMORY_H
#define SI_BASE_MACHINE_MEMORY_H

#include <stdint.h>

/* The available memory of the machine, or the limit of the control groups of this process (version
 * 1 or 2, including the groups above), whichever is less. `root` is the folder that holds proc and
 * sys; it is "" except in tests. */
uint64_t si_machine_memory(const char *root);

/* The memory that a build may use: `asked`, or half of si_machine_memory if that is 0. */
uint64_t si_memory_to_use(uint64_t asked);

#endif
