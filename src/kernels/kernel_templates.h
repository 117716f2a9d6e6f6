/* All kernel templates, in the order in which they use each other. Included by kernels_*.c, once
 * for each instruction set, after the header with its vectors. */
#include "kernels/vector_box.h"

#include <float.h>
#include <math.h>

#include "geometry/query_shape.h"
#include "geometry/scalar_math.h"

#include "kernels/solid_vector.h"

#include "kernels/leaf_test.h"

#include "kernels/cylinder_vector.h"

#include "kernels/judge_capsules.h"
#include "kernels/judge_flat_caps.h"

#include "kernels/judge_cylinders.h"

#include "kernels/leaf_test_solids.h"

#include "kernels/leaf_test_cylinders.h"
#include "kernels/leaf_test_points.h"
#include "kernels/leaf_test_spheres.h"
#include "kernels/node_kernel.h"

#include "kernels/distance_kernel.h"

#include "kernels/voxel_kernel.h"
