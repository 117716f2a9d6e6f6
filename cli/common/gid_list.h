/* Ids as options give them: "1,5,7-20", or a file of such. */
#ifndef CLI_COMMON_GID_LIST_H
#define CLI_COMMON_GID_LIST_H

#include <stddef.h>
#include <stdint.h>

typedef struct cli_gid_list {
    uint64_t *gids; /* NULL: none was given; for free() */
    size_t count;
    size_t capacity;
} cli_gid_list;

/* `text` is a list if it begins with a digit, else the name of a file: ids and ranges between
 * blanks, commas and line ends; # begins a comment. Ends the command if it is neither. */
void cli_gid_list_read(cli_gid_list *list, const char *option, const char *text);

void cli_gid_list_add(cli_gid_list *list, uint64_t gid);

#endif
