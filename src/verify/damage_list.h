/* The damage that a verification finds: how many places, and sentences about the first ones, in the
 * order of the file, whatever the order in which threads find them. */
#ifndef SI_VERIFY_DAMAGE_LIST_H
#define SI_VERIFY_DAMAGE_LIST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct si_damage {
    uint64_t task;
    uint64_t number; /* in the task */
    char *sentence;
} si_damage;

typedef struct si_damage_list {
    uint64_t most;        /* sentences to keep; 0: no bound */
    pthread_mutex_t lock; /* of all below */
    uint64_t count;
    size_t kept_count;
    size_t capacity;
    si_damage *kept; /* by task, then by number */
    bool out_of_memory;
} si_damage_list;

void si_damage_list_create(si_damage_list *list, uint64_t most);
void si_damage_list_destroy(si_damage_list *list);

/* What one task of the verification finds. One thread. */
typedef struct si_damage_log {
    si_damage_list *list;
    uint64_t task;
    uint64_t number; /* of the next one */
} si_damage_log;

void si_damage_add(si_damage_log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
