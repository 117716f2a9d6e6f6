/* Suggestions for mistyped words, by the number of slips between two words: a character that is
 * missing, added or wrong, or two neighbors that are swapped (the optimal string alignment
 * distance). */
#include "common/suggestion.h"

#include <string.h>

enum { LONGEST = 31 };

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* Both words have at most LONGEST characters. slips[i][j] is the distance of their first i and j
 * characters. */
static size_t distance_of_words(const char *left, const char *right)
{
    size_t slips[LONGEST + 1][LONGEST + 1];
    size_t rows = strlen(left), columns = strlen(right);
    for (size_t j = 0; j <= columns; j++)
        slips[0][j] = j;
    for (size_t i = 1; i <= rows; i++) {
        slips[i][0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t added_or_missing = least(slips[i - 1][j], slips[i][j - 1]) + 1;
            size_t wrong = slips[i - 1][j - 1] + (left[i - 1] != right[j - 1]);
            slips[i][j] = least(added_or_missing, wrong);
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                slips[i][j] = least(slips[i][j], slips[i - 2][j - 2] + 1);
        }
    }
    return slips[rows][columns];
}

void cli_suggestion_consider(cli_suggestion *suggestion, const char *candidate)
{
    size_t length = strlen(suggestion->mistyped);
    if (length < 2 || length > LONGEST || strlen(candidate) > LONGEST)
        return;
    /* The beginning of a word is as good as a word with one slip. */
    size_t distance = length > 2 && strncmp(suggestion->mistyped, candidate, length) == 0
                          ? 1
                          : distance_of_words(suggestion->mistyped, candidate);
    size_t most = length < 6 ? 1 : length / 3;
    if (distance <= most && (!suggestion->closest || distance < suggestion->distance)) {
        suggestion->closest = candidate;
        suggestion->distance = distance;
    }
}
