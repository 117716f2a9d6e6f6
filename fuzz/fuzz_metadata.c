#include "format/metadata.h"
#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    si_metadata *metadata = NULL;
    si_population_set *set = NULL;
    si_error error;
    const char *path = fuzz_file(data, size);
    if (si_metadata_read(path, &metadata, &error) == SI_OK)
        si_metadata_free(metadata);
    if (si_population_set_open(path, NULL, &set, &error) == SI_OK)
        si_population_set_close(set);
    return 0;
}
