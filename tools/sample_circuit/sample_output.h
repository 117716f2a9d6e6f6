/* Files that are written from beginning to end. */
#ifndef SI_SAMPLE_CIRCUIT_SAMPLE_OUTPUT_H
#define SI_SAMPLE_CIRCUIT_SAMPLE_OUTPUT_H

#include <stdio.h>

#include "sample_circuit/sample_error.h"

typedef struct si_sample_output {
    FILE *stream;
    const char *path;
} si_sample_output;

si_result si_sample_output_open(si_sample_output *output, const char *path, si_error *error);
/* Closes, and tells whether everything written until then has arrived. */
si_result si_sample_output_close(si_sample_output *output, si_error *error);

#endif
