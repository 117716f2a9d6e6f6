/* Names of the section types. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

const char *si_section_type_name(unsigned type)
{
    static const char *const names[] = {NULL, "soma", "axon", "basal_dendrite", "apical_dendrite"};
    return type < sizeof names / sizeof *names ? names[type] : NULL;
}

/* Up to three decimal digits. */
static bool read_number(const char *text, unsigned *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 3 || text[digits] != '\0')
        return false;
    unsigned long value = strtoul(text, NULL, 10);
    if (value > UINT8_MAX)
        return false;
    *number = (unsigned)value;
    return true;
}

si_result si_section_type_from_name(const char *name, unsigned *type, si_error *error)
{
    static const struct {
        const char *name;
        si_section_type type;
    } aliases[] = {{"basal", SI_SECTION_BASAL_DENDRITE},
                   {"dendrite", SI_SECTION_BASAL_DENDRITE},
                   {"apical", SI_SECTION_APICAL_DENDRITE}};
    if (!name || !type)
        return si_fail(error, SI_ERROR_ARGUMENT, "%s is NULL", name ? "type" : "name");
    for (unsigned i = SI_SECTION_SOMA; i <= SI_SECTION_APICAL_DENDRITE; i++)
        if (strcmp(name, si_section_type_name(i)) == 0) {
            *type = i;
            return SI_OK;
        }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(name, aliases[i].name) == 0) {
            *type = (unsigned)aliases[i].type;
            return SI_OK;
        }
    if (read_number(name, type))
        return SI_OK;
    return si_fail(error, SI_ERROR_ARGUMENT,
                   "the section type is '%.80s', expected soma, axon, basal_dendrite, "
                   "apical_dendrite or a number from 0 to 255",
                   name);
}
