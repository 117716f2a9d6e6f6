/* Opening the file of a part of a multi-index, and checking that it is the part that the manifest
 * names: a part may have been replaced since the manifest was read. */
#include "read/part_file.h"

#include "base/file.h"
#include <errno.h>

si_result si_part_open(const char *path, int *descriptor, si_error *error)
{
    *descriptor = si_open_readonly(path);
    if (*descriptor >= 0)
        return SI_OK;
    int reason = errno;
    return si_fail_errno(error, reason == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, reason,
                         "%s: cannot open this part of a multi-index%s", path,
                         reason == ENOENT ? ", which may have been replaced since it was opened"
                                          : "");
}

si_result si_part_check_header(const si_index *index, const si_part *part, int descriptor,
                               const char *path, si_header_content *header, si_error *error)
{
    SI_TRY(si_header_read(descriptor, path, header, error));
    if (header->layout.kind == index->layout.kind && header->checksum == part->checksum &&
        header->layout.element_count == part->element_count)
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: holds %llu elements of kind %s with the checksum %016llx, but the top of "
                   "the multi-index names %llu of kind %s with %016llx",
                   path, (unsigned long long)header->layout.element_count,
                   si_element_kind_name(header->layout.kind), (unsigned long long)header->checksum,
                   (unsigned long long)part->element_count, index->type->name,
                   (unsigned long long)part->checksum);
}
