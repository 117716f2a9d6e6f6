/* The kernels for AVX2: 8 floats at a time. */
#include "kernels/vector_avx2.h"

#include "kernels/among_avx2.h"
#include "kernels/equal_avx2.h"
#include "kernels/kernel_templates.h"
#include "kernels/select_portable.h"

const si_kernel_set si_kernels_avx2 = {"avx2",
                                       match_nodes,
                                       leaf_test_points,
                                       leaf_test_spheres,
                                       leaf_test_cylinders,
                                       leaf_test_pairs,
                                       select_floats,
                                       select_words,
                                       words_among,
                                       bytes_among,
                                       &distance_kernels,
                                       &voxel_kernels};
