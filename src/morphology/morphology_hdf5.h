/* HDF5 morphologies, versions 1 and 1.1 to 1.3: one to a file, or one to a group of a container. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_HDF5_H
#define SI_MORPHOLOGY_MORPHOLOGY_HDF5_H

#include "hdf5/hdf5_access.h"
#include "morphology/morphology.h"

si_result si_morphology_read_hdf5(const char *path, si_morphology **morphology, si_error *error);

/* The morphology in a group; `place` says for messages where that is. The caller holds the lock. */
si_result si_morphology_read_hdf5_group(hid_t group, const char *place, si_morphology **morphology,
                                        si_error *error);

#endif
