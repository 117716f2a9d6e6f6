/* All kernels, for the vectors of the header included before. */
#include "geometry/vector_box.h"

#include <float.h>
#include <math.h>

#include "geometry/distance.h"
#include "geometry/query.h"

#include "geometry/solid_vector.h"

#include "geometry/filter.h"

#include "geometry/cylinder_vector.h"

#include "geometry/judge_capsules.h"
#include "geometry/judge_flat_caps.h"

#include "geometry/judge_cylinders.h"

#include "geometry/filter_solids.h"

#include "geometry/filter_cylinders.h"
#include "geometry/filter_points.h"
#include "geometry/filter_spheres.h"
#include "geometry/node_kernel.h"

#include "geometry/distance_kernel.h"

#include "geometry/voxel_kernel.h"
