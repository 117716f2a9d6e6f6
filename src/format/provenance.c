/* Copying and comparing provenances. */
#include "format/provenance.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

static si_result copy_text(const char *text, char **copy, si_error *error)
{
    *copy = text ? si_duplicate_string(text) : NULL;
    return text && !*copy ? si_fail_memory(error) : SI_OK;
}

si_result si_provenance_copy(const si_provenance *provenance, si_provenance *copy, si_error *error)
{
    *copy = (si_provenance){.kind = provenance->kind, .identity = provenance->identity};
    SI_TRY(copy_text(provenance->population, &copy->population, error));
    SI_TRY(copy_text(provenance->dataset_path, &copy->dataset_path, error));
    return copy_text(provenance->types_path, &copy->types_path, error);
}

si_result si_provenance_of_options(si_element_kind kind, const si_build_options *options,
                                   si_provenance *copy, si_error *error)
{
    const si_provenance given = {.kind = kind,
                                 .population = (char *)(uintptr_t)options->population,
                                 .dataset_path = (char *)(uintptr_t)options->dataset_path,
                                 .types_path = (char *)(uintptr_t)options->types_path};
    return si_provenance_copy(&given, copy, error);
}

void si_provenance_free(si_provenance *provenance)
{
    si_free(provenance->population);
    si_free(provenance->dataset_path);
    si_free(provenance->types_path);
    *provenance = (si_provenance){.population = NULL};
}

static bool is_equal_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool si_provenance_is_equal(const si_provenance *a, const si_provenance *b)
{
    return a->kind == b->kind && is_equal_text(a->population, b->population) &&
           is_equal_text(a->dataset_path, b->dataset_path) &&
           is_equal_text(a->types_path, b->types_path);
}
