/* Gathers the columns of one element of a leaf into a record. */
#include "element/record_read.h"

#include <string.h>

void si_stored_record_read(const si_element_type *type, const si_columns *leaf, unsigned slot,
                           char record[SI_MAX_RECORD_BYTES])
{
    char *to = record;
    memset(record, 0, SI_MAX_RECORD_BYTES);
    for (unsigned i = 0; i < type->word_count; i++, to += sizeof(uint64_t))
        memcpy(to, &leaf->words[i][slot], sizeof(uint64_t));
    for (unsigned i = 0; i < type->float_count; i++, to += sizeof(float))
        memcpy(to, &leaf->floats[i][slot], sizeof(float));
    for (unsigned i = 0; i < type->byte_count; i++, to++)
        *to = (char)leaf->bytes[i][slot];
}

void si_record_describe(si_element_kind kind, const char *record, char *text, size_t size)
{
    uint64_t words[SI_MAX_WORDS] = {0};
    memcpy(words, record, si_element_type_of(kind)->word_count * sizeof *words);
    si_element_type_of(kind)->describe(words, text, size);
}
