/* What the elements of a leaf add to the voxels of a grid. */
#ifndef SI_INDEX_GRID_LEAF_H
#define SI_INDEX_GRID_LEAF_H

#include "geometry/voxels.h"
#include "index/element_kind.h"
#include "index/grid_totals.h"

typedef enum si_grid_measure {
    SI_GRID_CENTRES,  /* elements, in the voxel of their centre */
    SI_GRID_TOUCHING, /* elements, in every voxel of which a box query finds them */
    SI_GRID_LENGTHS   /* of axes, in units */
} si_grid_measure;

/* What all threads share. */
typedef struct si_grid_frame {
    const si_element_type *type;
    si_grid_measure measure;
    si_accuracy accuracy; /* of touching */
    si_voxel_axis axes[3];
    si_voxel_locator locators[3];
    double units;   /* in a micrometre; a power of two */
    double longest; /* line in a voxel: its diagonal */
    si_grid_totals *totals;
} si_grid_frame;

/* Neighbouring elements fall into the same few voxels, which are added up here before they go to
 * the totals of all threads. */
#define SI_GRID_WINDOW_VOXELS 65536u

/* The most elements that may be added between flushes: sums then fit into 64 bits. */
#define SI_GRID_WINDOW_ELEMENTS 65536u

typedef struct si_grid_window {
    const si_grid_frame *frame;
    unsigned worker;
    bool out_of_memory;
    si_voxel_window voxels;
    uint32_t voxel_count; /* 0: none; everything goes to the totals */
    uint64_t sums[SI_GRID_WINDOW_VOXELS];
} si_grid_window;

/* A window must be empty, and is when it has been flushed. */
void si_grid_window_open(si_grid_window *window, const si_voxel_window *voxels);
void si_grid_window_flush(si_grid_window *window);

/* Adds so much to a voxel, in the window or not. */
void si_grid_add(si_grid_window *window, const int32_t voxel[3], uint64_t amount);

/* The elements `mask` of a leaf, whose floats lie a column after the other. All of a column may be
 * read. */
void si_grid_add_leaf(si_grid_window *window, const float *floats, uint64_t mask);

/* The voxels that what is in a box may add to, some of which need not be in the grid. False: none.
 */
bool si_grid_voxels_of_box(const si_grid_frame *frame, const si_box *box, int32_t first[3],
                           int32_t last[3]);

#endif
