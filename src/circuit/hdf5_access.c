#include "circuit/hdf5_access.h"

#include <pthread.h>

#include "base/file.h"

static pthread_mutex_t hdf5_lock;
static pthread_once_t hdf5_once = PTHREAD_ONCE_INIT;

static void initialise_lock(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&hdf5_lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

void si_hdf5_lock(void)
{
    pthread_once(&hdf5_once, initialise_lock);
    pthread_mutex_lock(&hdf5_lock);
    /* HDF5 keeps its error handler for each thread, so it is silenced on every entry. */
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void si_hdf5_unlock(void)
{
    pthread_mutex_unlock(&hdf5_lock);
}

si_status si_hdf5_open(const char *path, hid_t *file, si_error *error)
{
    if (!si_path_exists(path))
        return si_fail(error, SI_ERROR_NOT_FOUND, "%s: no such file", path);
    if (!si_path_is_file(path))
        return si_fail(error, SI_ERROR_IO, "%s: not a regular file", path);
    hid_t opened = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (opened < 0)
        return si_fail(error, SI_ERROR_FORMAT, "%s: not a readable HDF5 file", path);
    *file = opened;
    return SI_OK;
}
