/* Comparison of 64 numbers with one: bit i is set if number i is equal to it. */
static inline uint64_t where_equal(const uint32_t *numbers, uint32_t wanted)
{
    uint64_t found = 0;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++)
        found |= (uint64_t)(numbers[i] == wanted) << i;
    return found;
}
