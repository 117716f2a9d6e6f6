/* Shapes of cells by the name of their morphology: each is made once, by the first thread that
 * needs it, and kept while there is room. */
#ifndef SI_CIRCUIT_MORPHOLOGY_CACHE_H
#define SI_CIRCUIT_MORPHOLOGY_CACHE_H

#include "circuit/cell_shape.h"

typedef struct si_morphology_cache si_morphology_cache;

/* Makes the shape of a name. Called without any lock held, from any thread. */
typedef si_result (*si_shape_loader)(void *context, const char *name, si_cell_shape **shape,
                                     si_error *error);

/* Shapes that nobody uses are forgotten, the least recently used first, while all of them take more
 * than `byte_limit`. */
si_result si_morphology_cache_create(si_shape_loader loader, void *context, size_t byte_limit,
                                     si_morphology_cache **cache, si_error *error);
/* After all shapes were released. */
void si_morphology_cache_free(si_morphology_cache *cache);

/* The shape stays until it is released. A failure of the loader is remembered and given again, but
 * for SI_ERROR_MEMORY. */
si_result si_morphology_cache_acquire(si_morphology_cache *cache, const char *name,
                                      const si_cell_shape **shape, si_error *error);
void si_morphology_cache_release(si_morphology_cache *cache, const char *name);

#endif
