/* The kernels for any processor: 4 floats at a time, in SSE2 on x86-64. */
#include "kernels/vector_portable.h"

#include "kernels/among_portable.h"
#include "kernels/equal_portable.h"
#include "kernels/kernel_templates.h"
#include "kernels/select_portable.h"

const si_kernel_set si_kernels_portable = {"portable",        match_nodes,         leaf_test_points,
                                           leaf_test_spheres, leaf_test_cylinders, leaf_test_pairs,
                                           select_floats,     select_words,        words_among,
                                           bytes_among,       &distance_kernels,   &voxel_kernels};
