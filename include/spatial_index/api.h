/* Marks the functions that the library exports. */
#ifndef SI_SPATIAL_INDEX_API_H
#define SI_SPATIAL_INDEX_API_H

#if defined(__GNUC__)
#define SI_API __attribute__((visibility("default")))
#else
#define SI_API
#endif

#endif
