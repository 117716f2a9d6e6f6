/*
 * A library of morphologies: finds them by name in a folder of files of any of the formats, or in
 * an HDF5 container with a group for each.
 *
 * In a folder a name with the suffix of a format is tried as it is; then the suffixes of the
 * formats are appended in turn, each in lower and in upper case. Names may lead into folders or
 * groups below; an absolute name replaces the folder.
 */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_LIBRARY_H
#define SI_MORPHOLOGY_MORPHOLOGY_LIBRARY_H

#include "morphology/morphology.h"

typedef struct si_morphology_library si_morphology_library;

si_result si_morphology_library_open(const char *path, si_morphology_library **library,
                                     si_error *error);
/* Safe from several threads at once. SI_ERROR_NOT_FOUND: there is no morphology of this name. */
si_result si_morphology_library_load(si_morphology_library *library, const char *name,
                                     si_morphology **morphology, si_error *error);
void si_morphology_library_close(si_morphology_library *library);

#endif
