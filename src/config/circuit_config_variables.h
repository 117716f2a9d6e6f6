/* The manifest of a circuit configuration: variables that stand for parts of paths. */
#ifndef SI_CONFIG_CIRCUIT_CONFIG_VARIABLES_H
#define SI_CONFIG_CIRCUIT_CONFIG_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/error.h"

typedef struct si_config_variable {
    const char *name; /* with its $; belongs to the JSON, as does `text` */
    const char *text; /* as written; NULL: the value is known from the beginning */
    const char *bare; /* the name without $ and braces */
    size_t bare_length;
    bool wants_braces; /* it is no variable without them */
    char *value;       /* without variables; NULL while it is not known */
    int is_open;       /* its value is being worked out */
} si_config_variable;

typedef struct si_config_variables {
    size_t count;
    si_config_variable *variables; /* the longest name first */
    unsigned depth;                /* of variables within variables, while they are worked out */
} si_config_variables;

/* `manifest` may be NULL. It must live as long as the variables. `path` is for messages. `folder`,
 * that of the configuration, is ${configdir} and the folder one is in ${workingdir}, unless the
 * manifest says otherwise. */
si_result si_config_variables_read(json_t *manifest, const char *path, const char *folder,
                                   si_config_variables *variables, si_error *error);
void si_config_variables_free(si_config_variables *variables);

/* A text with the values of its variables, written $NAME or ${NAME}; what is no variable stays.
 * Give it to si_free. */
si_result si_config_variables_expand(si_config_variables *variables, const char *text,
                                     const char *path, char **expanded, si_error *error);

#endif
