/*
 * Radix sort from the highest bits of the keys that differ, down to groups that are small, which an
 * insertion sort puts in order. Entries of equal keys are sorted by merging, because only their
 * records tell them apart.
 */
#include "sort/sort_entries.h"

#include <string.h>

#include "base/arithmetic.h"
#include "element/record_order.h"

#define INSERTION_SORT_LIMIT 24
#define DIGIT_BITS 8
#define DIGIT_VALUES (1u << DIGIT_BITS)

static bool comes_before(const si_sorted_records *input, const si_sort_entry *a,
                         const si_sort_entry *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    return si_record_compare(input->type, si_record_at(input->records, a->place),
                             si_record_at(input->records, b->place)) < 0;
}

static void insertion_sort(const si_sorted_records *input, si_sort_entry *entries, uint64_t count)
{
    for (uint64_t i = 1; i < count; i++) {
        si_sort_entry entry = entries[i];
        uint64_t hole = i;
        for (; hole > 0 && comes_before(input, &entry, &entries[hole - 1]); hole--)
            entries[hole] = entries[hole - 1];
        entries[hole] = entry;
    }
}

/* ---- merging, where keys are of no use ---- */

static void merge(const si_sorted_records *input, const si_sort_entry *left, uint64_t left_count,
                  const si_sort_entry *right, uint64_t right_count, si_sort_entry *merged)
{
    while (left_count > 0 && right_count > 0) {
        bool take_right = comes_before(input, right, left);
        *merged++ = take_right ? *right++ : *left++;
        *(take_right ? &right_count : &left_count) -= 1;
    }
    memcpy(merged, left, left_count * sizeof *merged);
    memcpy(merged + left_count, right, right_count * sizeof *merged);
}

static void merge_sort(const si_sorted_records *input, si_sort_entry *entries,
                       si_sort_entry *scratch, uint64_t count)
{
    uint64_t length = INSERTION_SORT_LIMIT;
    for (uint64_t first = 0; first < count; first += length)
        insertion_sort(input, entries + first, si_min_u64(length, count - first));
    si_sort_entry *from = entries, *to = scratch;
    for (; length < count; length *= 2) {
        for (uint64_t first = 0; first < count; first += 2 * length) {
            uint64_t left = si_min_u64(length, count - first);
            uint64_t right = si_min_u64(length, count - first - left);
            merge(input, from + first, left, from + first + left, right, to + first);
        }
        si_sort_entry *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != entries)
        memcpy(entries, from, count * sizeof *entries);
}

/* ---- radix ---- */

static uint64_t differing_bits(const si_sort_entry *entries, uint64_t count)
{
    uint64_t differing = 0;
    for (uint64_t i = 1; i < count; i++)
        differing |= entries[i].key ^ entries[0].key;
    return differing;
}

/* Groups the entries by a digit of their keys. `ends[value]` receives where its group ends. */
static void scatter_by_digit(si_sort_entry *entries, si_sort_entry *scratch, uint64_t count,
                             unsigned shift, uint64_t ends[DIGIT_VALUES])
{
    uint64_t total = 0;
    memset(ends, 0, DIGIT_VALUES * sizeof *ends);
    for (uint64_t i = 0; i < count; i++)
        ends[entries[i].key >> shift & (DIGIT_VALUES - 1)]++;
    for (unsigned value = 0; value < DIGIT_VALUES; value++) {
        uint64_t size = ends[value];
        ends[value] = total;
        total += size;
    }
    for (uint64_t i = 0; i < count; i++)
        scratch[ends[entries[i].key >> shift & (DIGIT_VALUES - 1)]++] = entries[i];
    memcpy(entries, scratch, count * sizeof *entries);
}

void si_sort_entries(const si_sorted_records *input, si_sort_entry *entries, si_sort_entry *scratch,
                     uint64_t count)
{
    if (count <= INSERTION_SORT_LIMIT) {
        insertion_sort(input, entries, count);
        return;
    }
    uint64_t differing = differing_bits(entries, count);
    if (differing == 0) {
        merge_sort(input, entries, scratch, count);
        return;
    }
    unsigned bits = 64u - (unsigned)__builtin_clzll(differing);
    uint64_t ends[DIGIT_VALUES], first = 0;
    scatter_by_digit(entries, scratch, count, bits > DIGIT_BITS ? bits - DIGIT_BITS : 0, ends);
    /* Each level leaves eight bits less that differ, so this is no deep recursion. */
    for (unsigned value = 0; value < DIGIT_VALUES; first = ends[value++])
        if (ends[value] - first > 1)
            si_sort_entries(input, entries + first, scratch + first, ends[value] - first);
}
