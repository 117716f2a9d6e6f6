/* The commands of spatial-index. Each takes its command line, whose first word is the command
 * itself, and returns the exit code. cli/main.c lists them in a table. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

int cli_index_segments_command(int argc, char **argv);
int cli_index_synapses_command(int argc, char **argv);
int cli_query_command(int argc, char **argv);
int cli_grid_command(int argc, char **argv);
int cli_info_command(int argc, char **argv);
int cli_compare_command(int argc, char **argv);
int cli_verify_command(int argc, char **argv);
int cli_sample_circuit_command(int argc, char **argv);

/* The older forms of `index`: spatial-index-nodes, -synapses and -circuit. */
int cli_nodes_command(int argc, char **argv);
int cli_synapses_command(int argc, char **argv);
int cli_circuit_command(int argc, char **argv);

#endif
