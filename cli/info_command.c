/* spatial-index info: tells what an index is. */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "commands.h"
#include "common/command_line.h"
#include "common/output.h"
#include "common/program.h"
#include "common/signals.h"
#include "spatial_index/spatial_index.h"

typedef struct info_options {
    bool json;
} info_options;

static const cli_option option_table[] = {
    {.name = "json",
     .words = CLI_FLAG,
     .help = "print a JSON object",
     .offset = offsetof(info_options, json)},
};

static double bytes_per_element(const si_index_info *info)
{
    return info->element_count > 0 ? (double)info->file_bytes / (double)info->element_count : 0.0;
}

static void put_line(const char *label, const char *text)
{
    if (text)
        cli_put_format("%-19s%s\n", label, text);
}

static void put_number_line(const char *label, uint64_t number, const char *unit)
{
    cli_put_format("%-19s%" PRIu64 "%s\n", label, number, unit);
}

static void put_bounds_line(const si_index_info *info)
{
    if (info->element_count == 0)
        return;
    cli_put_format("%-19s", "bounds:");
    for (int i = 0; i < 6; i++) {
        cli_put_text(i == 3 ? "  to  " : i > 0 ? " " : "");
        cli_put_float(i < 3 ? info->bounds_min[i] : info->bounds_max[i - 3]);
    }
    cli_put_character('\n');
}

static void put_text(const si_index_info *info, const char *population)
{
    put_line("kind:", si_element_kind_name(info->kind));
    put_line("population:", population);
    put_line("data set:", info->dataset_path);
    put_line("types:", info->types_path);
    put_line("folder:", info->path);
    put_line("file:", info->heavy_data_path);
    put_number_line("elements:", info->element_count, "");
    if (info->part_count > 0)
        put_number_line("parts:", info->part_count, "");
    put_number_line("file size:", info->file_bytes, " bytes");
    if (info->element_count > 0)
        cli_put_format("%-19s%.2f\n", "bytes per element:", bytes_per_element(info));
    put_number_line("levels:", info->levels, "");
    put_number_line("fan-out:", info->fan_out, "");
    put_number_line("leaf capacity:", info->leaf_capacity, " elements");
    put_number_line("block size:", info->block_bytes, " bytes");
    put_number_line("format version:", info->format_version, "");
    put_bounds_line(info);
}

static void put_json_text(const char *name, const char *text)
{
    cli_put_format(",\"%s\":", name);
    if (text)
        cli_put_json_string(text);
    else
        cli_put_text("null");
}

static void put_json_number(const char *name, uint64_t number)
{
    cli_put_format(",\"%s\":%" PRIu64, name, number);
}

static void put_json_corner(const char *name, const float corner[3])
{
    cli_put_format(",\"%s\":", name);
    for (int i = 0; i < 3; i++) {
        cli_put_character(i == 0 ? '[' : ',');
        cli_put_float(corner[i]);
    }
    cli_put_character(']');
}

static void put_json(const si_index_info *info, const char *population)
{
    cli_put_format("{\"kind\":\"%s\"", si_element_kind_name(info->kind));
    put_json_text("population", population);
    put_json_text("dataset_path", info->dataset_path);
    put_json_text("types_path", info->types_path);
    put_json_text("path", info->path);
    put_json_text("heavy_data_path", info->heavy_data_path);
    put_json_number("element_count", info->element_count);
    put_json_number("part_count", info->part_count);
    put_json_number("file_bytes", info->file_bytes);
    if (info->element_count > 0)
        cli_put_format(",\"bytes_per_element\":%.2f", bytes_per_element(info));
    else
        cli_put_text(",\"bytes_per_element\":null");
    put_json_number("levels", info->levels);
    put_json_number("fan_out", info->fan_out);
    put_json_number("leaf_capacity", info->leaf_capacity);
    put_json_number("block_bytes", info->block_bytes);
    put_json_number("format_version", info->format_version);
    if (info->element_count > 0) {
        put_json_corner("bounds_min", info->bounds_min);
        put_json_corner("bounds_max", info->bounds_max);
    } else {
        cli_put_text(",\"bounds_min\":null,\"bounds_max\":null");
    }
    cli_put_character('}');
}

static void tell_population(const si_population_set *set, size_t position, bool json)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    const char *name = si_population_set_name(set, position);
    si_index_get_info(si_population_set_index(set, position), &info);
    if (json) {
        cli_put_text(position > 0 ? ",\n" : "");
        put_json(&info, name ? name : info.population);
    } else {
        cli_put_text(position > 0 ? "\n" : "");
        put_text(&info, name ? name : info.population);
    }
}

static void tell(const si_population_set *set, bool json)
{
    bool list = json && si_population_set_is_multi(set);
    cli_put_text(list ? "{\"populations\":[\n" : "");
    for (size_t i = 0; i < si_population_set_count(set); i++)
        tell_population(set, i, json);
    cli_put_text(list ? "\n]}" : "");
    cli_put_text(json ? "\n" : "");
}

int cli_info_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"info segments", "info synapses --json"},
        .operands = "INDEX",
        .summary = "Shows what an index contains, where its data came from and how large it is.",
        .page = "spatial-index-info",
        .options = option_table,
        .option_count = sizeof option_table / sizeof option_table[0],
        .least_operands = 1,
        .most_operands = 1,
    };
    info_options options = {false};
    cli_operands operands;
    si_population_set *set;
    si_error error;
    cli_read_arguments(&command, argc, argv, &options, &operands);
    cli_exit_on_signals();
    if (si_population_set_open(operands.words[0], NULL, &set, &error) != SI_OK)
        cli_fail("%s", error.message);
    tell(set, options.json);
    cli_finish_output();
    si_population_set_close(set);
    free(operands.words);
    return CLI_DONE;
}
