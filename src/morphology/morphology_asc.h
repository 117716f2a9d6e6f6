/* The reader of Neurolucida ASC: a text of nested expressions in parentheses. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_ASC_H
#define SI_MORPHOLOGY_MORPHOLOGY_ASC_H

#include "morphology/morphology.h"

/* From a text in memory, which need not be terminated; `path` is for messages. */
si_result si_morphology_parse_asc(const char *text, size_t length, const char *path,
                                  si_morphology **morphology, si_error *error);

#endif
