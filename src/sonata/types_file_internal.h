/* What the files about types files share. */
#ifndef SI_SONATA_TYPES_FILE_INTERNAL_H
#define SI_SONATA_TYPES_FILE_INTERNAL_H

#include <locale.h>

#include "sonata/types_file.h"

typedef struct si_type_row {
    int64_t id;
    size_t line;
    size_t first_field;
} si_type_row;

struct si_types_file {
    char *path;
    const char *id_name;
    char *text;     /* fields are terminated in place */
    locale_t plain; /* numbers have a point, whatever the user's language */
    size_t column_count;
    size_t id_column;
    char **fields; /* the header's, then each row's */
    size_t field_count;
    size_t field_capacity;
    si_type_row *rows; /* ascending by id */
    size_t row_count;
    size_t row_capacity;
};

/* Finds the fields and rows of `text`. */
si_result si_types_file_parse_text(si_types_file *types, size_t length, si_error *error);

/* False unless the number takes up the whole text. */
bool si_types_file_parse_integer(const char *text, int64_t *value);
bool si_types_file_parse_number(const si_types_file *types, const char *text, double *value);

#endif
