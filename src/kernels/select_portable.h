/* Copies the values of the elements in a mask, one by one. */
static void select_floats(const float *column, uint64_t mask, float *values)
{
    for (; mask; mask &= mask - 1)
        *values++ = column[__builtin_ctzll(mask)];
}

static void select_words(const uint64_t *column, uint64_t mask, uint64_t *values)
{
    for (; mask; mask &= mask - 1)
        *values++ = column[__builtin_ctzll(mask)];
}
