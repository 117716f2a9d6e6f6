/* The version of the library. */
#ifndef SI_SPATIAL_INDEX_VERSION_H
#define SI_SPATIAL_INDEX_VERSION_H

#include "spatial_index/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. */
#define SI_VERSION_MAJOR 0
#define SI_VERSION_MINOR 1
#define SI_VERSION_PATCH 0
/* The version as one number for comparisons: 1.2.3 is 10203. */
#define SI_VERSION_NUMBER (SI_VERSION_MAJOR * 10000 + SI_VERSION_MINOR * 100 + SI_VERSION_PATCH)

/* The version of the library, such as "0.1.0". */
SI_API const char *si_version(void);

#ifdef __cplusplus
}
#endif

#endif
