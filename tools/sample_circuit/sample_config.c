/* circuit_config.json. It holds no names but fixed ones, so the text is fixed too. */
#include "sample_circuit/sample_circuit.h"
#include "sample_circuit/sample_output.h"

/* "partial": there are no electrical models of the cells. */
static const char config[] = "{\n"
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
                             "        \"populations\": {\n"
                             "          \"" SI_SAMPLE_NODE_POPULATION
                             "\": {\"type\": \"biophysical\"},\n"
                             "          \"" SI_SAMPLE_VIRTUAL_POPULATION
                             "\": {\"type\": \"virtual\"}\n"
                             "        }\n"
                             "      }\n"
                             "    ],\n"
                             "    \"edges\": [\n"
                             "      {\n"
                             "        \"edges_file\": \"$CIRCUIT_DIR/edges.h5\",\n"
                             "        \"populations\": {\n"
                             "          \"" SI_SAMPLE_EDGE_POPULATION
                             "\": {\"type\": \"chemical\"}\n"
                             "        }\n"
                             "      }\n"
                             "    ]\n"
                             "  }\n"
                             "}\n";

si_result si_sample_write_config(const char *path, si_error *error)
{
    si_sample_output output;
    SI_SAMPLE_TRY(si_sample_output_open(&output, path, error));
    fputs(config, output.stream);
    return si_sample_output_close(&output, error);
}
