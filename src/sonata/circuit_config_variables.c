#include "sonata/circuit_config_variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* Variables within variables can double a text again and again. */
#define LONGEST_TEXT ((size_t)1 << 16)
#define LONGEST_CHAIN 100

/* The variable whose name `text` begins with, the longest if there are several. */
static si_config_variable *find_variable(const si_config_variables *variables, const char *text)
{
    for (size_t i = 0; i < variables->count; i++) {
        const char *name = variables->variables[i].name;
        if (strncmp(text, name, strlen(name)) == 0)
            return &variables->variables[i];
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
        size_t plain = strcspn(at, "$");
        si_config_variable *variable = plain == 0 ? find_variable(variables, at) : NULL;
        si_result status;
        if (variable) {
            SI_TRY(evaluate(variables, variable, path, error));
            status = si_text_append_bytes(expanded, variable->value, strlen(variable->value));
            at += strlen(variable->name);
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

static int is_variable_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    return name[0] == '$' && name[1 + strspn(name + 1, allowed)] == '\0';
}

static int compare_variables(const void *left, const void *right)
{
    const si_config_variable *a = left, *b = right;
    size_t a_length = strlen(a->name), b_length = strlen(b->name);
    if (a_length != b_length)
        return a_length > b_length ? -1 : 1;
    return strcmp(a->name, b->name);
}

static si_result collect(json_t *manifest, const char *path, si_config_variables *variables,
                         si_error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach(manifest, name, value)
    {
        if (!is_variable_name(name))
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: invalid variable name '%s' in the manifest, expected $ and then "
                           "letters, digits and _",
                           path, name);
        if (!json_is_string(value))
            return si_fail(error, SI_ERROR_FORMAT, "%s: %s in the manifest is not a string", path,
                           name);
        variables->variables[variables->count++] = (si_config_variable){
            .name = name, .text = json_string_value(value)};
    }
    return SI_OK;
}

static si_result read_manifest(json_t *manifest, const char *path, si_config_variables *variables,
                               si_error *error)
{
    if (!json_is_object(manifest))
        return si_fail(error, SI_ERROR_FORMAT, "%s: manifest is not an object", path);
    variables->variables = si_allocate_zeroed(json_object_size(manifest),
                                              sizeof *variables->variables);
    if (!variables->variables)
        return si_fail_memory(error);
    SI_TRY(collect(manifest, path, variables, error));
    if (variables->count > 0)
        qsort(variables->variables, variables->count, sizeof *variables->variables,
              compare_variables);
    for (size_t i = 0; i < variables->count; i++)
        SI_TRY(evaluate(variables, &variables->variables[i], path, error));
    return SI_OK;
}

si_result si_config_variables_read(json_t *manifest, const char *path,
                                   si_config_variables *variables, si_error *error)
{
    *variables = (si_config_variables){0};
    if (!manifest || json_is_null(manifest))
        return SI_OK;
    si_result status = read_manifest(manifest, path, variables, error);
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
