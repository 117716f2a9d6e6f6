/* Chooses the fields and attributes to print, and names their columns. */
#include "query/shown_fields.h"

#include <stdio.h>
#include <string.h>

#include "common/program.h"

const si_field_info *cli_find_field(si_element_kind kind, const char *name)
{
    const si_field_info *infos;
    size_t count = si_element_kind_fields(kind, &infos);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(infos[i].name, name) == 0)
            return &infos[i];
    }
    return NULL;
}

const si_field_info *cli_row_field(si_element_kind kind)
{
    return cli_find_field(kind, kind == SI_SEGMENT ? "gid" : "id");
}

static void add(cli_fields *fields, const si_field_info *info, const char *attribute)
{
    fields->fields = cli_reallocate(fields->fields, fields->count + 1, sizeof *fields->fields);
    fields->fields[fields->count++] = (cli_field){info, attribute};
    fields->attribute_count += attribute != NULL;
}

static void add_all(cli_fields *fields, si_element_kind kind)
{
    const si_field_info *infos;
    size_t count = si_element_kind_fields(kind, &infos);
    for (size_t i = 0; i < count; i++) {
        if (infos[i].field != SI_FIELD_IDS)
            add(fields, &infos[i], NULL);
    }
}

/* Several fields under one name. False: `name` is none of these. */
static bool add_group(cli_fields *fields, si_element_kind kind, const char *name)
{
    static const char *const groups[][4] = {{"ids", "gid", "section_id", "segment_id"},
                                            {"endpoints", "endpoint1", "endpoint2", NULL}};
    for (size_t i = 0; kind == SI_SEGMENT && i < 2; i++) {
        if (strcmp(name, groups[i][0]) != 0)
            continue;
        for (size_t member = 1; member < 4 && groups[i][member]; member++)
            add(fields, cli_find_field(kind, groups[i][member]), NULL);
        return true;
    }
    return false;
}

void cli_fields_choose(cli_fields *fields, cli_populations *populations, const cli_names *names)
{
    *fields = (cli_fields){NULL, 0, 0};
    if (names->count == 0)
        add_all(fields, populations->kind);
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->names[i];
        if (add_group(fields, populations->kind, name))
            continue;
        const si_field_info *info = cli_find_field(populations->kind, name);
        if (!info)
            cli_populations_need_attribute(populations, name);
        add(fields, info, info ? NULL : name);
    }
}

static void add_vector_columns(const si_field_info *info, cli_table *table)
{
    char name[64];
    for (unsigned i = 0; i < info->components; i++) {
        snprintf(name, sizeof name, "%s_%c", info->name, 'x' + (int)i);
        cli_table_add_column(table, name);
    }
}

void cli_fields_add_columns(const cli_fields *fields, cli_table *table)
{
    for (size_t i = 0; i < fields->count; i++) {
        const cli_field *field = &fields->fields[i];
        if (field->info && field->info->components > 1)
            add_vector_columns(field->info, table);
        else
            cli_table_add_column(table, field->info ? field->info->name : field->attribute);
    }
}
