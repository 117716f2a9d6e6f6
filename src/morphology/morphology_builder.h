/* Puts a morphology together section by section, in the order of the section ids. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_BUILDER_H
#define SI_MORPHOLOGY_MORPHOLOGY_BUILDER_H

#include <stdbool.h>

#include "morphology/morphology.h"

enum {
    SI_SECTION_LAST = 19, /* of the custom types, which begin with 5 */
    SI_NO_PARENT = -1
};

typedef struct si_morphology_builder {
    const char *name; /* of the file or group, for messages */
    si_morphology *morphology;
    size_t point_capacity;
    size_t section_capacity;
    size_t soma_capacity;
} si_morphology_builder;

/* After a successful start either finish or abandon must be called, once. */
si_result si_morphology_builder_start(si_morphology_builder *builder, const char *name,
                                      si_error *error);

/* The points added next are those of a new section. */
si_result si_morphology_builder_begin_section(si_morphology_builder *builder, uint8_t type,
                                              int32_t parent, si_error *error);
si_result si_morphology_builder_add_point(si_morphology_builder *builder, const float point[3],
                                          float diameter, si_error *error);
/* Takes back the last section with its points. */
void si_morphology_builder_drop_section(si_morphology_builder *builder);

si_result si_morphology_builder_add_soma_point(si_morphology_builder *builder, const float point[3],
                                               float diameter, si_error *error);

/* Measures the soma and hands the morphology out. */
void si_morphology_builder_finish(si_morphology_builder *builder, si_soma_type soma_type,
                                  si_morphology **morphology);
void si_morphology_builder_abandon(si_morphology_builder *builder);

/* Equal as numbers: -0 is 0, and what is not a number equals nothing. */
static inline bool si_same_position(const float a[3], const float b[3])
{
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

#endif
