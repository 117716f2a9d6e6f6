#include "fuzz_file.h"
#include "morphology/morphology_swc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    si_morphology *morphology = NULL;
    si_error error;
    si_morphology_parse_swc((const char *)data, size, "fuzz", &morphology, &error);
    si_morphology_free(morphology);
    return 0;
}
