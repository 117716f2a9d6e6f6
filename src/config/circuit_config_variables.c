#include "config/circuit_config_variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

/* Variables within variables can double a text again and again. */
#define LONGEST_TEXT ((size_t)1 << 16)
#define LONGEST_CHAIN 100

/* ${configdir} and ${workingdir} */
#define KNOWN_VARIABLES 2

/* The variable that `text` begins with, as ${NAME}; NULL: none. */
static si_config_variable *find_braced(const si_config_variables *variables, const char *text,
                                       size_t *length)
{
    const char *end = text[1] == '{' ? strchr(text, '}') : NULL;
    size_t name_length = end ? (size_t)(end - text) - 2 : 0;
    for (size_t i = 0; end && i < variables->count; i++) {
        si_config_variable *variable = &variables->variables[i];
        if (variable->bare_length != name_length ||
            memcmp(text + 2, variable->bare, name_length) != 0)
            continue;
        *length = (size_t)(end - text) + 1;
        return variable;
    }
    return NULL;
}

/* The same as ${NAME} or $NAME, in that form the longest name if there are several. */
static si_config_variable *find_variable(const si_config_variables *variables, const char *text,
                                         size_t *length)
{
    si_config_variable *braced = find_braced(variables, text, length);
    if (braced || text[0] != '$')
        return braced;
    for (size_t i = 0; i < variables->count; i++) {
        si_config_variable *variable = &variables->variables[i];
        if (variable->wants_braces || strncmp(text + 1, variable->bare, variable->bare_length) != 0)
            continue;
        *length = variable->bare_length + 1;
        return variable;
    }
    return NULL;
}

static si_result evaluate(si_config_variables *variables, si_config_variable *variable,
                          const char *path, si_error *error);

static si_result append_expanded(si_config_variables *variables, const char *text, const char *path,
                                 si_text *expanded, si_error *error)
{
    const char *at = text;
    while (*at) {
        size_t plain = strcspn(at, "$"), length = 0;
        si_config_variable *variable = plain == 0 ? find_variable(variables, at, &length) : NULL;
        si_result status;
        if (variable) {
            SI_TRY(evaluate(variables, variable, path, error));
            status = si_text_append_bytes(expanded, variable->value, strlen(variable->value));
            at += length;
        } else {
            plain += plain == 0;
            status = si_text_append_bytes(expanded, at, plain);
            at += plain;
        }
        if (status != SI_OK)
            return si_fail_memory(error);
        if (expanded->length > LONGEST_TEXT)
            return si_fail(error, SI_ERROR_LIMIT,
                           "%s: '%.60s' has more than %zu characters with its variables replaced",
                           path, text, LONGEST_TEXT);
    }
    return SI_OK;
}

si_result si_config_variables_expand(si_config_variables *variables, const char *text,
                                     const char *path, char **expanded, si_error *error)
{
    si_text result = {0};
    si_result status = append_expanded(variables, text, path, &result, error);
    if (status == SI_OK && !result.data)
        result.data = si_duplicate_string("");
    if (status == SI_OK && !result.data)
        status = si_fail_memory(error);
    if (status != SI_OK) {
        si_text_free(&result);
        return status;
    }
    *expanded = result.data;
    return SI_OK;
}

static si_result evaluate(si_config_variables *variables, si_config_variable *variable,
                          const char *path, si_error *error)
{
    if (variable->value)
        return SI_OK;
    if (variable->is_open)
        return si_fail(error, SI_ERROR_FORMAT, "%s: %s in the manifest refers to itself", path,
                       variable->name);
    if (variables->depth == LONGEST_CHAIN)
        return si_fail(error, SI_ERROR_LIMIT,
                       "%s: %s in the manifest is nested in more than %d variables", path,
                       variable->name, LONGEST_CHAIN);
    variable->is_open = 1;
    variables->depth++;
    si_result status = si_config_variables_expand(variables, variable->text, path, &variable->value,
                                                  error);
    variables->depth--;
    variable->is_open = 0;
    return status;
}

/* $NAME */
static bool read_name(const char *name, si_config_variable *variable)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    if (name[0] != '$')
        return false;
    variable->name = name;
    variable->bare = name + 1;
    variable->bare_length = strspn(variable->bare, allowed);
    return variable->bare[variable->bare_length] == '\0';
}

static int compare_variables(const void *left, const void *right)
{
    const si_config_variable *a = left, *b = right;
    if (a->bare_length != b->bare_length)
        return a->bare_length > b->bare_length ? -1 : 1;
    return strcmp(a->name, b->name);
}

static si_result collect(json_t *manifest, const char *path, si_config_variables *variables,
                         si_error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach(manifest, name, value)
    {
        si_config_variable variable = {.text = json_string_value(value)};
        if (!read_name(name, &variable))
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: invalid variable name '%s' in the manifest, expected $ and then "
                           "letters, digits and _",
                           path, name);
        if (!json_is_string(value))
            return si_fail(error, SI_ERROR_FORMAT, "%s: %s in the manifest is not a string", path,
                           name);
        variables->variables[variables->count++] = variable;
    }
    return SI_OK;
}

/* Takes over `value`. Gives way to a variable of the manifest of the same name. */
static si_result add_known(si_config_variables *variables, const char *name, char *value,
                           si_error *error)
{
    si_config_variable variable = {.value = value, .wants_braces = true};
    if (!value)
        return si_fail_memory(error);
    read_name(name, &variable);
    for (size_t i = 0; i < variables->count; i++) {
        if (strcmp(variables->variables[i].bare, variable.bare) == 0) {
            si_free(value);
            return SI_OK;
        }
    }
    variables->variables[variables->count++] = variable;
    return SI_OK;
}

static si_result read_manifest(json_t *manifest, const char *path, const char *folder,
                               si_config_variables *variables, si_error *error)
{
    if (manifest && !json_is_object(manifest))
        return si_fail(error, SI_ERROR_FORMAT, "%s: manifest is not an object", path);
    variables->variables = si_allocate_zeroed(json_object_size(manifest) + KNOWN_VARIABLES,
                                              sizeof *variables->variables);
    if (!variables->variables)
        return si_fail_memory(error);
    SI_TRY(collect(manifest, path, variables, error));
    SI_TRY(add_known(variables, "$configdir", si_duplicate_string(folder), error));
    SI_TRY(add_known(variables, "$workingdir", si_path_absolute("."), error));
    qsort(variables->variables, variables->count, sizeof *variables->variables, compare_variables);
    for (size_t i = 0; i < variables->count; i++)
        SI_TRY(evaluate(variables, &variables->variables[i], path, error));
    return SI_OK;
}

si_result si_config_variables_read(json_t *manifest, const char *path, const char *folder,
                                   si_config_variables *variables, si_error *error)
{
    *variables = (si_config_variables){0};
    si_result status = read_manifest(json_is_null(manifest) ? NULL : manifest, path, folder,
                                     variables, error);
    if (status != SI_OK)
        si_config_variables_free(variables);
    return status;
}

void si_config_variables_free(si_config_variables *variables)
{
    for (size_t i = 0; i < variables->count; i++)
        si_free(variables->variables[i].value);
    si_free(variables->variables);
    *variables = (si_config_variables){0};
}
