/* The places where the morphologies of a circuit may lie, in order of preference. */
#ifndef SI_CIRCUIT_MORPHOLOGY_PLACES_H
#define SI_CIRCUIT_MORPHOLOGY_PLACES_H

#include "circuit/cell_shape.h"
#include "morphology/morphology_library.h"

#define SI_MORPHOLOGY_PLACES_MAX 3

/* Start with all members zero but `soma_radius`. */
typedef struct si_morphology_places {
    size_t count;
    const char *paths[SI_MORPHOLOGY_PLACES_MAX];
    si_morphology_library *libraries[SI_MORPHOLOGY_PLACES_MAX];
    si_soma_radius soma_radius;
} si_morphology_places;

/* Each of the paths may be NULL or "", and may name nothing as long as another one does; they are
 * kept, not copied. SI_ERROR_NOT_FOUND: there is no place at all. */
si_result si_morphology_places_open(si_morphology_places *places, const char *morphologies,
                                    const char *alternate_h5v1, const char *alternate_asc,
                                    si_error *error);
void si_morphology_places_close(si_morphology_places *places);

/* The shape of a morphology from the first place that has it: an si_shape_loader whose context are
 * the places. */
si_result si_morphology_places_load(void *places, const char *name, si_cell_shape **shape,
                                    si_error *error);

#endif
