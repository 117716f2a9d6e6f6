/* Verification of what joins the parts of a multi-index. */
#ifndef SI_VERIFY_VERIFY_PARTS_H
#define SI_VERIFY_VERIFY_PARTS_H

#include "format/header.h"
#include "format/manifest.h"
#include "verify/damage_list.h"

typedef struct si_parts_check {
    const si_top_content *top;
    const char *top_path;
    int top_descriptor;
    si_box *lowest;       /* boxes of the lowest nodes of the parts that were there */
    bool is_complete;     /* all of them were */
    char last_record[64]; /* of the part before, if `has_last` */
    bool has_last;
} si_parts_check;

/* A part in turn, whose header is that which the top says: notes where it does not follow the part
 * before it. */
si_result si_parts_check_part(si_parts_check *check, uint64_t first_element, int descriptor,
                              const char *path, const si_header_content *header, si_damage_log *log,
                              si_error *error);

/* After the last part: notes where the inner levels of the top are not those above the parts. */
si_result si_parts_check_top(const si_parts_check *check, si_damage_log *log, si_error *error);

#endif
