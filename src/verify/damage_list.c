/* The first sentences about damage, kept sorted by insertion; threads add to it under a lock. */
#include "verify/damage_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

void si_damage_list_create(si_damage_list *list, uint64_t most)
{
    *list = (si_damage_list){.most = most};
    pthread_mutex_init(&list->lock, NULL);
}

void si_damage_list_destroy(si_damage_list *list)
{
    for (size_t i = 0; i < list->kept_count; i++)
        si_free(list->kept[i].sentence);
    si_free(list->kept);
    pthread_mutex_destroy(&list->lock);
}

static bool is_full(const si_damage_list *list)
{
    return list->most > 0 && list->kept_count == list->most;
}

static bool is_found_before(const si_damage *a, const si_damage *b)
{
    return a->task != b->task ? a->task < b->task : a->number < b->number;
}

static bool make_room_for_sentence(si_damage_list *list)
{
    if (is_full(list)) {
        si_free(list->kept[--list->kept_count].sentence);
        return true;
    }
    si_damage *grown = si_grow(list->kept, &list->capacity, list->kept_count + 1,
                               sizeof *list->kept);
    if (grown)
        list->kept = grown;
    return grown != NULL;
}

/* Tasks start in ascending order, so a place near the end is found soon. */
static void insert_damage(si_damage_list *list, const si_damage *damage)
{
    size_t place = list->kept_count++;
    for (; place > 0 && is_found_before(damage, &list->kept[place - 1]); place--)
        list->kept[place] = list->kept[place - 1];
    list->kept[place] = *damage;
}

static void keep_sentence(si_damage_list *list, si_damage *damage, const char *sentence)
{
    if (is_full(list) && !is_found_before(damage, &list->kept[list->kept_count - 1]))
        return;
    damage->sentence = si_duplicate_string(sentence);
    if (damage->sentence && make_room_for_sentence(list)) {
        insert_damage(list, damage);
        return;
    }
    si_free(damage->sentence);
    list->out_of_memory = true;
}

void si_damage_add(si_damage_log *log, const char *format, ...)
{
    char sentence[SI_ERROR_MESSAGE_SIZE];
    si_damage damage = {.task = log->task, .number = log->number++};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&log->list->lock);
    log->list->count++;
    keep_sentence(log->list, &damage, sentence);
    pthread_mutex_unlock(&log->list->lock);
}
