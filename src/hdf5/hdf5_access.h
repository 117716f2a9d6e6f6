/* The one way to HDF5: the library has a single lock and prints errors unless told not to. */
#ifndef SI_HDF5_HDF5_ACCESS_H
#define SI_HDF5_HDF5_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#include <hdf5.h>

#include "base/error.h"

/* Every sequence of HDF5 calls stands between these two. The lock is recursive. */
void si_hdf5_lock(void);
void si_hdf5_unlock(void);

/* For all that follows the caller holds the lock. */

/* Opens a file for reading. */
si_result si_hdf5_open(const char *path, hid_t *file, si_error *error);

/* Whether `path`, of one or more links, leads from `location` to an object. False only if that is
 * certain: where the file cannot be read, whoever then opens the object fails, and learns why. */
bool si_hdf5_exists(hid_t location, const char *path);

/* The same for an object of this type: H5O_TYPE_GROUP or H5O_TYPE_DATASET. */
bool si_hdf5_has_object(hid_t location, const char *path, H5O_type_t type);

/* The same for an attribute of an object. */
bool si_hdf5_has_attribute(hid_t location, const char *object, const char *name);

/* Why the HDF5 call that has just failed did so, in its own words. */
#define SI_HDF5_REASON_SIZE 256
void si_hdf5_reason(char reason[SI_HDF5_REASON_SIZE]);

/* Whose fault that was: SI_ERROR_IO where the system has failed to open or read, SI_ERROR_MEMORY
 * where there was none left; else `otherwise`, which says what is wrong with the content. */
si_result si_hdf5_blame(si_result otherwise);

/* Fails with the sentence, ": " and the reason; with `result` unless it is the system's fault. */
#define si_hdf5_fail(error, result, format, ...)                                                   \
    do {                                                                                           \
        char si_hdf5_why[SI_HDF5_REASON_SIZE];                                                     \
        si_hdf5_reason(si_hdf5_why);                                                               \
        si_result si_hdf5_whose = si_hdf5_blame(result);                                           \
        return si_fail(error, si_hdf5_whose, format ": %s", __VA_ARGS__, si_hdf5_why);             \
    } while (0)

/* The reason and the result of a read of `dataset` that has just failed. Names a filter, such as a
 * compression, that this HDF5 does not have, with the way out. */
si_result si_hdf5_read_reason(hid_t dataset, char reason[SI_HDF5_REASON_SIZE]);

/* Calls `visit` for each name in a group, in alphabetical order, until one fails. */
typedef si_result (*si_hdf5_visitor)(void *context, const char *name, si_error *error);
si_result si_hdf5_each_child(hid_t group, const char *path, si_hdf5_visitor visit, void *context,
                             si_error *error);

#endif
