#include "common/cluster.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program.h"
#include "spatial_index/spatial_index_mpi.h"

#define LIBRARY_NAME "libspatial_index_mpi.so.0"

/* What launchers say of the number of processes: Open MPI, MPICH and others, Slurm. */
static bool is_one_of_many(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *size = getenv(names[i]);
        if (size && strtol(size, NULL, 10) > 1)
            return true;
    }
    return false;
}

/* Beside the command, where it was built or installed. */
static void *load_beside(const char *folder)
{
    char own[PATH_MAX], path[2 * PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length < 0)
        return NULL;
    own[length] = '\0';
    char *slash = strrchr(own, '/');
    if (slash)
        *slash = '\0';
    snprintf(path, sizeof path, "%s/../%s/" LIBRARY_NAME, own, folder);
    return dlopen(path, RTLD_NOW | RTLD_GLOBAL);
}

static void *load_library(void)
{
    void *library = load_beside("src/mpi");
    if (!library)
        library = load_beside(CLI_LIBRARY_FOLDER);
    return library ? library : dlopen(LIBRARY_NAME, RTLD_NOW | RTLD_GLOBAL);
}

/* ISO C has no cast between pointers to objects and to functions. */
static void find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    if (!symbol)
        cli_fail("the library for MPI, " LIBRARY_NAME ", has no %s: it is of another version",
                 name);
    memcpy(function, &symbol, sizeof symbol);
}

void cli_cluster_join(cli_cluster *joined)
{
    si_result (*open_cluster)(si_cluster **, si_error *);
    si_error error;
    *joined = (cli_cluster){NULL, NULL};
    if (!is_one_of_many())
        return;
    joined->library = load_library();
    if (!joined->library)
        cli_fail("this is one of several processes, but they cannot build together: %s", dlerror());
    find(joined->library, "si_mpi_cluster_open", &open_cluster);
    if (open_cluster(&joined->cluster, &error) != SI_OK)
        cli_fail("%s", error.message);
}

void cli_cluster_leave(cli_cluster *joined)
{
    void (*close_cluster)(si_cluster *);
    if (!joined->library)
        return;
    find(joined->library, "si_mpi_cluster_close", &close_cluster);
    close_cluster(joined->cluster);
    *joined = (cli_cluster){NULL, NULL};
}

unsigned cli_cluster_rank(const cli_cluster *joined)
{
    unsigned (*rank)(const si_cluster *);
    if (!joined->library)
        return 0;
    find(joined->library, "si_mpi_cluster_rank", &rank);
    return rank(joined->cluster);
}

bool cli_cluster_speaks(const cli_cluster *joined, bool has_something)
{
    int (*is_first)(const si_cluster *, int);
    if (!joined->library)
        return true;
    find(joined->library, "si_mpi_cluster_is_first", &is_first);
    return is_first(joined->cluster, has_something) != 0;
}
