/* How much memory there is to be had. */
#ifndef SI_BASE_MACHINE_MEMORY_H
#define SI_BASE_MACHINE_MEMORY_H

#include <stdint.h>

/* What the machine has available, or the limit of the control groups that this process is in
 * (version 1 or 2, the groups above included), whichever is less. `root` is "" but for tests: the
 * folder in which proc and sys are. */
uint64_t si_machine_memory(const char *root);

/* What a build may take: what was asked for, or, that being 0, half of what there is. */
uint64_t si_memory_to_use(uint64_t asked);

#endif
