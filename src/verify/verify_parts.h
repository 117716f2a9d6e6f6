/* Verifies what joins the parts of a multi-index: their order and the nodes above them. */
#ifndef SI_VERIFY_VERIFY_PARTS_H
#define SI_VERIFY_VERIFY_PARTS_H

#include "format/header.h"
#include "format/manifest.h"
#include "verify/damage_list.h"

typedef struct si_parts_check {
    const si_top_content *top;
    const char *top_path;
    int top_descriptor;
    si_box *lowest;       /* boxes of the lowest nodes of the parts that exist */
    bool is_complete;     /* all parts exist */
    char last_record[64]; /* of the part before, if `has_last` */
    bool has_last;
} si_parts_check;

/* Called for each part in order, if its header is the one that the manifest lists: reports it if
 * its first element belongs before the last one of the part before. */
si_result si_parts_check_part(si_parts_check *check, uint64_t first_element, int descriptor,
                              const char *path, const si_header_content *header, si_damage_log *log,
                              si_error *error);

/* Called after the last part: reports it if the inner levels of the manifest are not those above
 * the parts. */
si_result si_parts_check_top(const si_parts_check *check, si_damage_log *log, si_error *error);

#endif
