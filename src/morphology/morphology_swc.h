/* The reader of SWC: a text with one sample a line, each with its parent. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_SWC_H
#define SI_MORPHOLOGY_MORPHOLOGY_SWC_H

#include "morphology/morphology.h"

/* From a text in memory, which need not be terminated; `path` is for messages. */
si_result si_morphology_parse_swc(const char *text, size_t length, const char *path,
                                  si_morphology **morphology, si_error *error);

#endif
