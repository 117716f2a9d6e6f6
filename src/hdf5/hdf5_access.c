#include "hdf5/hdf5_access.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Longer names than this are no group's. */
#define SI_HDF5_PATH_SIZE 1024

static pthread_mutex_t hdf5_lock;
static pthread_once_t hdf5_once = PTHREAD_ONCE_INIT;

/* HDF5 prints errors unless told not to. The program around may want it to, so what it has set, for
 * this thread where HDF5 tells them apart, is put back at the end. Under the lock, all of it. */
static unsigned lock_depth;
static si_result noted_failure; /* of the system, since the lock was taken; SI_OK: none */
static char noted_reason[SI_HDF5_REASON_SIZE];
static bool has_caller_handler;
static H5E_auto2_t caller_handler;
static void *caller_data;

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
    if (lock_depth++ > 0)
        return;
    noted_failure = SI_OK;
    has_caller_handler = H5Eget_auto2(H5E_DEFAULT, &caller_handler, &caller_data) >= 0;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void si_hdf5_unlock(void)
{
    if (--lock_depth == 0 && has_caller_handler)
        H5Eset_auto2(H5E_DEFAULT, caller_handler, caller_data);
    pthread_mutex_unlock(&hdf5_lock);
}

/* A reader needs no lock on the file, and some network file systems have none to give. */
static hid_t open_without_file_lock(const char *path)
{
#if H5_VERSION_GE(1, 10, 7)
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0)
        return access;
    H5Pset_file_locking(access, false, true);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return file;
#else
    (void)path;
    return -1;
#endif
}

si_result si_hdf5_open(const char *path, hid_t *file, si_error *error)
{
    mode_t kind;
    SI_TRY(si_path_look(path, &kind, error));
    if (kind == 0)
        return si_fail(error, SI_ERROR_NOT_FOUND, "%s: no such file", path);
    if (kind != S_IFREG)
        return si_fail(error, SI_ERROR_IO, "%s: not a regular file", path);
    if (access(path, R_OK) != 0)
        return si_fail(error, SI_ERROR_IO, "%s: no permission to read the file", path);
    hid_t opened = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (opened < 0) {
        char reason[SI_HDF5_REASON_SIZE];
        si_hdf5_reason(reason);
        si_result result = si_hdf5_blame(SI_ERROR_FORMAT);
        opened = open_without_file_lock(path);
        if (opened < 0)
            return si_fail(error, result, "%s: not a readable HDF5 file: %s", path, reason);
    }
    *file = opened;
    return SI_OK;
}

/* Of "WHAT: time = ..., error message = 'WHY', buf = ..." says WHAT and WHY. */
static void shorten_reason(const char *text, char reason[SI_HDF5_REASON_SIZE])
{
    static const char before_why[] = "error message = '";
    const char *end_of_what = strstr(text, ": time = ");
    const char *why = end_of_what ? strstr(end_of_what, before_why) : NULL;
    if (!why) {
        snprintf(reason, SI_HDF5_REASON_SIZE, "%s", text);
        return;
    }
    why += sizeof before_why - 1;
    snprintf(reason, SI_HDF5_REASON_SIZE, "%.*s: %.*s", (int)(end_of_what - text), text,
             (int)strcspn(why, "'"), why);
}

static herr_t keep_first(unsigned depth, const H5E_error2_t *entry, void *data)
{
    if (depth == 0 && entry->desc)
        shorten_reason(entry->desc, data);
    return 0;
}

/* HDF5 tells the number of the error where a system call has failed, in the words of its entry.
 * That a file is not there is no failure of the system. */
static bool tells_failed_call(const char *words)
{
    static const char before_number[] = "errno = ";
    const char *number = words ? strstr(words, before_number) : NULL;
    long code = number ? strtol(number + sizeof before_number - 1, NULL, 10) : ENOENT;
    return code != ENOENT && code != ENOTDIR;
}

static herr_t find_blame(unsigned depth, const H5E_error2_t *entry, void *data)
{
    si_result *result = data;
    (void)depth;
    if (tells_failed_call(entry->desc))
        *result = SI_ERROR_IO;
    else if (*result != SI_ERROR_IO && entry->maj_num == H5E_RESOURCE &&
             entry->min_num == H5E_NOSPACE)
        *result = SI_ERROR_MEMORY;
    return 0;
}

/* The system's failure that the call before has met; SI_OK: none. */
static si_result blame_of_last_call(void)
{
    si_result result = SI_OK;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, find_blame, &result);
    return result;
}

static void read_reason(char reason[SI_HDF5_REASON_SIZE])
{
    snprintf(reason, SI_HDF5_REASON_SIZE, "HDF5 gives no reason");
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, reason);
}

/* After a failure of the system HDF5 may hold half of what it has read, and say later that what is
 * missing does not exist. */
static void note_failure(void)
{
    si_result result = blame_of_last_call();
    if (noted_failure != SI_OK || result == SI_OK)
        return;
    noted_failure = result;
    read_reason(noted_reason);
}

void si_hdf5_reason(char reason[SI_HDF5_REASON_SIZE])
{
    if (noted_failure != SI_OK)
        memcpy(reason, noted_reason, sizeof noted_reason);
    else
        read_reason(reason);
}

si_result si_hdf5_blame(si_result otherwise)
{
    si_result result = noted_failure != SI_OK ? noted_failure : blame_of_last_call();
    return result != SI_OK ? result : otherwise;
}

/* What HDF5 answers; where it fails, that is not known. */
static bool may_exist(htri_t answer)
{
    if (answer < 0)
        note_failure();
    return answer != 0;
}

/* H5Lexists wants all links on the way but the last one to be there. */
static bool has_links(hid_t location, const char *path)
{
    char part[SI_HDF5_PATH_SIZE];
    for (const char *end = strchr(path, '/'); end; end = strchr(end + 1, '/')) {
        size_t length = (size_t)(end - path);
        if (length >= sizeof part)
            return false;
        memcpy(part, path, length);
        part[length] = '\0';
        if (!may_exist(H5Lexists(location, part, H5P_DEFAULT)))
            return false;
    }
    return may_exist(H5Lexists(location, path, H5P_DEFAULT));
}

bool si_hdf5_exists(hid_t location, const char *path)
{
    return has_links(location, path) && may_exist(H5Oexists_by_name(location, path, H5P_DEFAULT));
}

bool si_hdf5_has_attribute(hid_t location, const char *object, const char *name)
{
    return may_exist(H5Aexists_by_name(location, object, name, H5P_DEFAULT));
}

bool si_hdf5_has_object(hid_t location, const char *path, H5O_type_t type)
{
    H5O_info_t info;
    return si_hdf5_exists(location, path) &&
           (H5Oget_info_by_name1(location, path, &info, H5P_DEFAULT) < 0 || info.type == type);
}

/* The first filter of a data set that is not there; its name may be "". Negative: all are. */
static H5Z_filter_t missing_filter(hid_t dataset, char *name, size_t name_size)
{
    H5Z_filter_t missing = H5Z_FILTER_ERROR;
    hid_t properties = H5Dget_create_plist(dataset);
    int count = properties < 0 ? 0 : H5Pget_nfilters(properties);
    for (int i = 0; i < count && missing < 0; i++) {
        unsigned flags, configuration;
        size_t values = 0;
        name[0] = '\0';
        H5Z_filter_t filter = H5Pget_filter2(properties, (unsigned)i, &flags, &values, NULL,
                                             name_size, name, &configuration);
        if (filter >= 0 && H5Zfilter_avail(filter) <= 0)
            missing = filter;
    }
    if (properties >= 0)
        H5Pclose(properties);
    return missing;
}

si_result si_hdf5_read_reason(hid_t dataset, char reason[SI_HDF5_REASON_SIZE])
{
    char name[64];
    si_hdf5_reason(reason);
    si_result result = si_hdf5_blame(SI_ERROR_FORMAT);
    H5Z_filter_t filter = missing_filter(dataset, name, sizeof name);
    if (filter < 0)
        return result;
    snprintf(reason, SI_HDF5_REASON_SIZE,
             "compressed with '%s' (filter %d), which this HDF5 library does not have; "
             "'h5repack -f GZIP=4 OLD NEW', where the filter is there, converts the file",
             name[0] ? name : "an unnamed filter", (int)filter);
    return SI_ERROR_UNSUPPORTED;
}

typedef struct child_visit {
    si_hdf5_visitor visit;
    void *context;
    si_result result;
    si_error *error;
} child_visit;

static herr_t visit_child(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    (void)group;
    (void)info;
    child_visit *children = data;
    children->result = children->visit(children->context, name, children->error);
    return children->result == SI_OK ? 0 : 1;
}

si_result si_hdf5_each_child(hid_t group, const char *path, si_hdf5_visitor visit, void *context,
                             si_error *error)
{
    child_visit children = {visit, context, SI_OK, error};
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_child, &children) < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: cannot be listed", path);
    return children.result;
}
