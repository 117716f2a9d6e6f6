/* The kernels for AVX-512 (F, BW, DQ, VL): 16 floats at a time. */
#include "kernels/vector_avx512.h"

#include "kernels/among_avx512.h"
#include "kernels/equal_avx512.h"
#include "kernels/kernel_templates.h"
#include "kernels/select_avx512.h"

const si_kernel_set si_kernels_avx512 = {"avx512",          match_nodes,         leaf_test_points,
                                         leaf_test_spheres, leaf_test_cylinders, leaf_test_pairs,
                                         select_floats,     select_words,        words_among,
                                         bytes_among,       &distance_kernels,   &voxel_kernels};
