/* Counts what an index of segments holds in a box, and shows the first few.
 *
 * Usage: query INDEX */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include <spatial_index/spatial_index.h>

enum { SHOWN = 5 };

static int show_box(const si_index *index, const si_query *box, si_error *error)
{
    si_segment_ids ids[SHOWN];
    float midpoints[SHOWN][3], radii[SHOWN];
    const si_column columns[] = {
        {SI_FIELD_IDS, ids},
        {SI_FIELD_CENTROID, midpoints},
        {SI_FIELD_RADIUS, radii},
    };
    uint64_t count;
    if (si_index_find(index, box, columns, 3, SHOWN, &count, error) != SI_OK)
        return 1;
    printf("%" PRIu64 " elements in the box\n", count);
    for (uint64_t i = 0; i < count && i < SHOWN; i++)
        printf("cell %" PRIu64 ", section %" PRIu32 ", segment %" PRIu32
               ": at (%.2f, %.2f, %.2f), radius %.2f um\n",
               ids[i].gid, ids[i].section_id, ids[i].segment_id, (double)midpoints[i][0],
               (double)midpoints[i][1], (double)midpoints[i][2], (double)radii[i]);
    return 0;
}

int main(int argc, char **argv)
{
    const double corner[3] = {-20, 400, -20}, opposite_corner[3] = {20, 440, 20};
    si_index *index = NULL;
    si_query box;
    si_error error = {.message = ""};
    if (argc != 2) {
        fprintf(stderr, "usage: %s INDEX\n", argv[0]);
        return 2;
    }
    int failed = si_index_open(argv[1], NULL, &index, &error) != SI_OK ||
                 si_query_box(corner, opposite_corner, SI_BEST_EFFORT, &box, &error) != SI_OK ||
                 show_box(index, &box, &error) != 0;
    if (failed)
        fprintf(stderr, "%s: %s\n", argv[0], error.message);
    si_index_close(index);
    return failed ? 2 : 0;
}
