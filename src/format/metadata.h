/* meta_data.json: what an index folder holds, and where its heavy file and its data set lie. */
#ifndef SI_FORMAT_METADATA_H
#define SI_FORMAT_METADATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define SI_METADATA_NAME "meta_data.json"

typedef struct si_metadata si_metadata;

typedef struct si_metadata_population {
    char *name;
    char *path;          /* of its index folder */
    si_metadata *single; /* what its index is; NULL: only its folder says so */
} si_metadata_population;

/* As read, with paths resolved against the folder. */
struct si_metadata {
    char *folder;
    si_element_kind kind;
    char *heavy_path;   /* NULL for several populations */
    bool is_multi;      /* it is the folder of the parts of a multi-index */
    char *population;   /* NULL: none is recorded */
    char *dataset_path; /* NULL: none is recorded */
    char *types_path;   /* likewise */
    size_t population_count;
    si_metadata_population *populations; /* NULL for a single index */
};

/* True if meta_data.json is there. */
bool si_folder_holds_index(const char *folder);

/* `path` is an index folder or its JSON file. */
si_result si_metadata_read(const char *path, si_metadata **metadata, si_error *error);
void si_metadata_free(si_metadata *metadata);

/* How often to read the metadata anew where the file that they name is gone, because the index was
 * replaced in between: so many replacements in a row do not happen by accident. */
#define SI_OPEN_ATTEMPTS 16

/* Keeps a copy of metadata that are to be replaced, under another name in their folder, if they
 * list populations. */
si_result si_metadata_keep_list(const char *folder, const char *name, si_error *error);

/* The metadata is JSON, which cannot hold text that is not UTF-8. `what` says what the text is;
 * NULL text is fine. */
si_result si_metadata_check_text(const char *what, const char *text, si_error *error);

/* Replaces the folder's meta_data.json by that of a single index at once: whoever opens the folder
 * finds the old index or the new one. After a failure it is the old one. Of the path of the heavy
 * file the name is recorded. */
si_result si_metadata_write(const char *folder, const si_metadata *metadata, si_error *error);

/* The same for a folder that holds one index for each population, in folders of their names. Each
 * entry of the list says what the metadata of its index do, so that all indexes are replaced at
 * once. */
si_result si_metadata_write_multi_population(const char *folder, si_element_kind kind,
                                             const char *const *names,
                                             const si_metadata *const *singles, size_t count,
                                             si_error *error);

#endif
