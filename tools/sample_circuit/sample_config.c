/* circuit_config.json: a fixed text but for the names of the populations. */
#include "sample_circuit/sample_circuit.h"
#include "sample_circuit/sample_output.h"

/* "partial": there are no electrical models of the cells. */
static const char before_nodes[] = "{\n"
                                   "  \"version\": 2,\n"
                                   "  \"metadata\": {\"result\": \"partial\"},\n"
                                   "  \"manifest\": {\n"
                                   "    \"$CIRCUIT_DIR\": \".\",\n"
                                   "    \"$MORPHOLOGIES_DIR\": \"$CIRCUIT_DIR/morphologies\"\n"
                                   "  },\n"
                                   "  \"components\": {\n"
                                   "    \"morphologies_dir\": \"$MORPHOLOGIES_DIR\"\n"
                                   "  },\n"
                                   "  \"networks\": {\n"
                                   "    \"nodes\": [\n"
                                   "      {\n"
                                   "        \"nodes_file\": \"$CIRCUIT_DIR/nodes.h5\",\n"
                                   "        \"populations\": {\n";
static const char before_edges[] = "        }\n"
                                   "      }\n"
                                   "    ],\n"
                                   "    \"edges\": [\n"
                                   "      {\n"
                                   "        \"edges_file\": \"$CIRCUIT_DIR/edges.h5\",\n"
                                   "        \"populations\": {\n";
static const char at_end[] = "        }\n"
                             "      }\n"
                             "    ]\n"
                             "  }\n"
                             "}\n";

static void put_population(FILE *stream, const char *name, const char *type, bool last)
{
    fprintf(stream, "          \"%s\": {\"type\": \"%s\"}%s\n", name, type, last ? "" : ",");
}

si_result si_sample_write_config(const si_sample_circuit *circuit, const char *path,
                                 si_error *error)
{
    size_t count = circuit->plan.population_count;
    si_sample_output output;
    SI_SAMPLE_TRY(si_sample_output_open(&output, path, error));
    fputs(before_nodes, output.stream);
    for (size_t i = 0; i < count; i++)
        put_population(output.stream, si_sample_node_name(circuit, i).text, "biophysical", false);
    put_population(output.stream, SI_SAMPLE_VIRTUAL_POPULATION, "virtual", true);
    fputs(before_edges, output.stream);
    for (size_t i = 0; i < count * count; i++)
        put_population(output.stream, si_sample_edge_name(circuit, i / count, i % count).text,
                       "chemical", i + 1 == count * count);
    fputs(at_end, output.stream);
    return si_sample_output_close(&output, error);
}
