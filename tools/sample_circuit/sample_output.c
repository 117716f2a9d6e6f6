/* Text files whose write errors are found when they are closed. */
#include "sample_circuit/sample_output.h"

#include <errno.h>

si_result si_sample_output_open(si_sample_output *output, const char *path, si_error *error)
{
    output->path = path;
    output->stream = fopen(path, "w");
    return output->stream == NULL ? si_sample_fail_file(error, "create", path) : SI_OK;
}

si_result si_sample_output_close(si_sample_output *output, si_error *error)
{
    /* Once a write has failed later ones may overwrite errno, but they fail for the same reason. */
    errno = 0;
    int failed = ferror(output->stream) | fflush(output->stream);
    int write_errno = errno;
    failed |= fclose(output->stream);
    if (!failed)
        return SI_OK;
    errno = write_errno != 0 ? write_errno : errno != 0 ? errno : EIO;
    return si_sample_fail_file(error, "write", output->path);
}
