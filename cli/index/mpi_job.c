/* Joins the processes that mpirun started, through the MPI library, which is loaded on demand. */
#include "index/mpi_job.h"

#include <assert.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/program.h"
#include "spatial_index/spatial_index_mpi.h"

#define LIBRARY_NAME "libspatial_index_mpi.so.0"

/* What launchers say of the number of processes: Open MPI, MVAPICH, MPICH and others, Slurm. The
 * first one counts: mpirun may itself have been started by srun. */
long cli_launched_processes(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE", "PMI_SIZE",
                                        "SLURM_STEP_NUM_TASKS"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *size = getenv(names[i]);
        if (size)
            return strtol(size, NULL, 10);
    }
    return 1;
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
    void *library = load_beside("src");
    if (!library)
        library = load_beside(CLI_LIBRARY_FOLDER);
    return library ? library : dlopen(LIBRARY_NAME, RTLD_NOW | RTLD_GLOBAL);
}

/* ISO C has no cast between pointers to objects and to functions. */
static void find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    if (!symbol)
        cli_fail("the library for MPI, " LIBRARY_NAME ", has no %s: it belongs to another version",
                 name);
    memcpy(function, &symbol, sizeof symbol);
}

/* Else each process would build the whole index, all in the same place. */
static void check_size(const cli_cluster *joined, long launched)
{
    unsigned (*size)(const si_cluster *);
    find(joined->library, "si_mpi_cluster_size", &size);
    if (size(joined->cluster) == 1)
        cli_fail("this is one of %ld processes, but MPI reports only one: with Slurm, srun "
                 "--mpi=pmix or --mpi=pmi2 may help",
                 launched);
}

void cli_cluster_join(cli_cluster *joined)
{
    si_result (*open_cluster)(si_cluster **, si_error *);
    si_error error;
    *joined = (cli_cluster){0};
    long launched = cli_launched_processes();
    if (launched <= 1)
        return;
    joined->library = load_library();
    if (!joined->library)
        cli_fail("this is one of several processes, but they cannot build together: %s", dlerror());
    find(joined->library, "si_mpi_cluster_open", &open_cluster);
    if (open_cluster(&joined->cluster, &error) != SI_OK)
        cli_fail("%s", error.message);
    check_size(joined, launched);
}

void cli_cluster_leave(cli_cluster *joined)
{
    void (*close_cluster)(si_cluster *);
    if (!joined->library)
        return;
    find(joined->library, "si_mpi_cluster_close", &close_cluster);
    close_cluster(joined->cluster);
    while (joined->settled_count > 0)
        free(joined->settled[--joined->settled_count]);
    *joined = (cli_cluster){0};
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

const void *cli_cluster_settle(cli_cluster *joined, const char *name, const void *own,
                               size_t *bytes)
{
    si_result (*settle)(si_cluster *, const char *, const void *, size_t, void **, size_t *,
                        si_error *);
    void *settled = NULL;
    si_error error;
    if (!joined->library)
        return own;
    assert(joined->settled_count < CLI_MOST_SETTLED);
    find(joined->library, "si_mpi_cluster_settle", &settle);
    if (settle(joined->cluster, name, own, *bytes, &settled, bytes, &error) != SI_OK) {
        if (cli_cluster_speaks(joined, true))
            cli_say("%s", error.message);
        cli_cluster_leave(joined);
        exit(CLI_FAILED);
    }
    joined->settled[joined->settled_count++] = settled;
    return settled;
}
