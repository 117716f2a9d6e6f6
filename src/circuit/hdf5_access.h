/* The one way to HDF5: the library has a single lock and prints errors unless told not to. */
#ifndef SI_CIRCUIT_HDF5_ACCESS_H
#define SI_CIRCUIT_HDF5_ACCESS_H

#include <hdf5.h>

#include "base/error.h"

/* Every sequence of HDF5 calls stands between these two. The lock is recursive. */
void si_hdf5_lock(void);
void si_hdf5_unlock(void);

/* Opens a file for reading. The caller holds the lock. */
si_status si_hdf5_open(const char *path, hid_t *file, si_error *error);

#endif
