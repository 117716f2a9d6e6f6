/* Checks and copies what callers of a build give, and finds out what memory it may take. */
#include "circuit/build_options.h"

#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/struct_size.h"

si_result si_build_options_copy(const si_build_options *options, si_build_options *copy,
                                si_error *error)
{
    *copy = (si_build_options)SI_BUILD_OPTIONS_INIT;
    if (!options)
        return SI_OK;
    return si_struct_read(copy, sizeof *copy, options,
                          SI_SIZE_THROUGH(si_build_options, progress_context), "si_build_options",
                          error);
}

si_result si_build_options_record(const char *file, const char **recorded, char **owned,
                                  si_error *error)
{
    if (*recorded || !file || file[0] == '\0')
        return SI_OK;
    *owned = si_path_absolute(file);
    *recorded = *owned;
    return *owned ? SI_OK : si_fail_memory(error);
}

si_result si_build_report_check(const si_build_report *report, si_error *error)
{
    return report ? si_struct_check(report, SI_SIZE_THROUGH(si_build_report, bad_cells),
                                    sizeof *report, "si_build_report", error)
                  : SI_OK;
}

void si_build_report_free(si_build_report *report)
{
    if (!report)
        return;
    for (uint64_t i = 0; report->bad_cells && i < report->bad_cell_count; i++)
        si_free(report->bad_cells[i].message);
    si_free(report->bad_cells);
    report->bad_cells = NULL;
    report->bad_cell_count = 0;
}

/* Of equal gids those of the left population come first. */
static void merge_bad_cells(si_bad_cell *merged, const si_bad_cell *left, uint64_t left_count,
                            const si_bad_cell *right, uint64_t right_count)
{
    while (left_count > 0 || right_count > 0) {
        bool take_left = right_count == 0 || (left_count > 0 && left->gid <= right->gid);
        *merged++ = take_left ? *left++ : *right++;
        *(take_left ? &left_count : &right_count) -= 1;
    }
}

static si_result add_bad_cells(si_build_report *sum, si_build_report *part, si_error *error)
{
    if (part->bad_cell_count == 0)
        return SI_OK;
    uint64_t count = sum->bad_cell_count + part->bad_cell_count;
    si_bad_cell *merged = si_allocate(count, sizeof *merged);
    if (!merged)
        return si_fail_memory(error);
    merge_bad_cells(merged, sum->bad_cells, sum->bad_cell_count, part->bad_cells,
                    part->bad_cell_count);
    si_free(sum->bad_cells);
    si_free(part->bad_cells);
    sum->bad_cells = merged;
    sum->bad_cell_count = count;
    part->bad_cells = NULL;
    part->bad_cell_count = 0;
    return SI_OK;
}

si_result si_build_report_add(si_build_report *sum, si_build_report *part, si_error *error)
{
    SI_TRY(add_bad_cells(sum, part, error));
    sum->element_count += part->element_count;
    sum->file_bytes += part->file_bytes;
    sum->cell_count += part->cell_count;
    sum->cells_without_soma += part->cells_without_soma;
    sum->cells_without_morphology += part->cells_without_morphology;
    return SI_OK;
}
